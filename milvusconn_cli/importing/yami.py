"""yami 0.1: `profiles.toml`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.connection.tables import Table
from milvusconn_cli.connection.uri import userinfo_of
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import checked_text, read_toml
from milvusconn_cli.importing.source import Importer, Variables
from milvusconn_cli.registry.aliases import Entry, shown

_REFERENCE = re.compile(r"\$\{([^}]+)\}")


class Yami(Importer):
    """`[profiles.NAME]` with `uri`, `token`, `db` and `description`; `${NAME}` is a variable."""

    mark: ClassVar[str | None] = r"^\s*\[\s*profiles\s*[.\]]"

    def usual_file(self, environment: Variables) -> str | None:
        """In yami's own directory."""
        return f"{environment.get('YAMI_CONFIG_DIR') or '~/.yami'}/profiles.toml"

    def recognizes(self, document: Mapping[str, Any], text: str) -> bool:
        """By its table."""
        return "profiles" in document

    def read(self, text: str, base: Path, environment: Variables) -> list[Entry]:
        """One alias a profile."""
        tables = _tables(read_toml(text), environment)
        return [Entry(alias, table, base) for alias, table in tables]


def _tables(document: Mapping[str, Any], variables: Variables) -> Iterator[tuple[str, Table]]:
    """`[profiles.NAME]` with `uri`, `token`, `db` and `description`; `${NAME}` is a variable."""
    profiles = document.get("profiles")
    if not isinstance(profiles, dict):
        raise ConfigError("missing table `profiles`, where yami keeps its connections")
    for name, profile in profiles.items():
        if not isinstance(profile, dict):
            raise ConfigError(f"`profiles.{shown(name)}` is not a table")
        table = {
            key: profile[key] for key in ("uri", "token", "db", "description") if key in profile
        }
        said = {key: value for key, value in table.items() if value != ""}
        if isinstance(said.get("uri"), str):
            said["uri"] = _filled_in(name, said["uri"], variables)
        if "token" in said:
            token = checked_text(said["token"], f"{shown(name)}: its token")
            said["token"] = _by_reference(name, token)
        yield name, said


def _filled_in(name: str, text: str, variables: Variables) -> str:
    missing = [found[1] for found in _REFERENCE.finditer(text) if found[1] not in variables]
    if missing:
        raise ConfigError(
            f"{shown(name)}: its uri needs the variable {missing[0]}, which is not set"
        )
    filled_in = _REFERENCE.sub(lambda found: variables[found[1]], text)
    if userinfo_of(filled_in) != userinfo_of(text):
        raise ConfigError(
            f"{shown(name)}: its uri takes its user or password from a variable",
            "use that variable as the token instead",
        )
    return filled_in


def _by_reference(name: str, token: str) -> object:
    """A token that is a variable refers to it; one that is partly one could not be kept so."""
    whole = _REFERENCE.fullmatch(token)
    if whole:
        return {"env": whole[1]}
    if _REFERENCE.search(token):
        raise ConfigError(
            f"{shown(name)}: its token mixes text and a variable",
            "put the whole token, USER:PASSWORD, into one variable",
        )
    return token

"""yami 0.1: `profiles.toml`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.connection.uri import userinfo_of
from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import checked_text, read_toml
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.registry.aliases import Entry, shown

_REFERENCE = re.compile(r"\$\{([^}]+)\}")
_OUR_KEYS = ("timeout", "description")


class Yami(Importer):
    """`[profiles.NAME]` with `uri`, `token`, `db` and `description`; `${NAME}` is a variable.

    What yami itself does not read, such as `user` or `secure`, is taken as it is meant.
    """

    mark: ClassVar[str | None] = r"^\s*\[\s*profiles\s*[.\]]"

    def usual_file(self, environment: Variables) -> str | None:
        """In yami's own directory."""
        return f"{environment.get('YAMI_CONFIG_DIR') or '~/.yami'}/profiles.toml"

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By its table."""
        return any("profiles" in one for one in documents)

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias a profile."""
        profiles = read_toml(text).get("profiles")
        if not isinstance(profiles, dict):
            raise ConfigError("missing table `profiles`, where yami keeps its connections")
        entries: list[Entry] = []
        notes: list[Note] = []
        for name, profile in profiles.items():
            if not isinstance(profile, dict):
                raise ConfigError(f"`profiles.{shown(name)}` is not a table")
            table, told = _table(shown(name), profile, environment)
            entries.append(Entry(name, table, base))
            notes += told
        return Read(entries=entries, notes=tuple(notes))


def _table(
    name: str, profile: Mapping[str, Any], variables: Variables
) -> tuple[dict[str, object], tuple[Note, ...]]:
    settings = {key: value for key, value in profile.items() if value != ""}
    if "uri" not in settings or not isinstance(settings["uri"], str):
        # The registry's own reader says what is wrong with it.
        return {key: settings[key] for key in ("uri",) if key in settings}, ()
    settings["uri"] = _filled_in(name, settings["uri"], variables)
    for key in ("token", "password"):
        if key in settings:
            checked_text(settings[key], f"{name}: its {key}")
    section = Section(
        settings=settings, path=name, environment=variables, syntax=None, taken=_OUR_KEYS
    )
    table, notes = section.read()
    kept: dict[str, object] = {key: settings[key] for key in _OUR_KEYS if key in settings}
    secrets: dict[str, object] = {
        key: _by_reference(name, key, checked_text(table[key], f"{name}: its {key}"))
        for key in ("token", "password")
        if key in table
    }
    return table | secrets | kept, notes


def _filled_in(name: str, text: str, variables: Variables) -> str:
    missing = [found[1] for found in _REFERENCE.finditer(text) if found[1] not in variables]
    if missing:
        raise ConfigError(f"{name}: its uri needs the variable {missing[0]}, which is not set")
    filled_in = _REFERENCE.sub(lambda found: variables[found[1]], text)
    if userinfo_of(filled_in) != userinfo_of(text):
        raise ConfigError(
            f"{name}: its uri takes its user or password from a variable",
            "use that variable as the token instead",
        )
    return filled_in


def _by_reference(name: str, key: str, text: str) -> object:
    """A secret that is a variable refers to it; one that is partly one could not be kept so."""
    whole = _REFERENCE.fullmatch(text)
    if whole:
        return {"env": whole[1]}
    if _REFERENCE.search(text):
        form = "USER:PASSWORD, " if key == "token" else ""
        raise ConfigError(
            f"{name}: its {key} mixes text and a variable",
            f"put the whole {key}, {form}into one variable",
        )
    return text

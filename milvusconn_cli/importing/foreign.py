"""Connections that are kept elsewhere, as aliases of ours: as they were found, not yet checked.

Pure: text or variables in, entries out. The forms: an export or a registry of milvusconn, what
milvus_cli 1.2 saves (`~/.milvus_cli_connections.json`), yami 0.1's profiles (`profiles.toml`), and
the variables of an environment or of a `.env` file. What other programs keep is text to them, and
so it is here: it cannot say that a command is to be run, or a file to be read, for a secret.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

from milvusconn_cli import toml_nesting
from milvusconn_cli.connection.corrections import DEFAULT_PORT
from milvusconn_cli.connection.tables import Table
from milvusconn_cli.connection.uri import compose, is_ipv6, parse_address, userinfo_of
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing import dotenv
from milvusconn_cli.registry.aliases import (
    DEFAULT_ALIAS,
    Entry,
    Registry,
    read_document,
    shown,
    with_environment,
    without_passwords,
)
from milvusconn_cli.text import is_unicode

Variables = Mapping[str, str]


class Source(Enum):
    """Where connections are imported from."""

    MILVUSCONN = "milvusconn"
    MILVUS_CLI = "milvus-cli"
    YAMI = "yami"
    DOTENV = "dotenv"
    ENVIRONMENT = "environment"


_ONE_WAY_TLS, _MUTUAL_TLS = 1, 2
"""milvus_cli's `tlsmode`; it has no way to say the second's certificate and key."""
_REFERENCE = re.compile(r"\$\{([^}]+)\}")
_VARIABLES_OF_DEFAULT = {
    "token": ("MILVUS_TOKEN",),
    "user": ("MILVUS_USER", "MILVUS_USERNAME"),
    "password": ("MILVUS_PASSWORD",),
    "db": ("MILVUS_DB", "MILVUS_DB_NAME", "MILVUS_DATABASE"),
}
_PORT = re.compile(r":\d+$")
_SECRETS = ("password", "token")
_MARKS = (
    (Source.MILVUSCONN, r"^\s*\[\s*connections\s*[.\]]"),
    (Source.YAMI, r"^\s*\[\s*profiles\s*[.\]]"),
    (Source.MILVUS_CLI, r"\A\s*\{"),
)
"""What a text that cannot be read is meant to be: who reads it says what is wrong, and where."""


def recognised(text: str) -> Source | None:
    """Whose form a file's text has; None where it is nobody's that is known here."""
    found: Mapping[str, Any] = {}
    for read in (_json, _toml):
        with suppress(ConfigError):
            found = found or read(text)
    if {"registry", "connections"} & found.keys() or found.keys() == {"version"}:
        return Source.MILVUSCONN
    if "profiles" in found:
        return Source.YAMI
    if found and all(isinstance(one, dict) and "uri" in one for one in found.values()):
        return Source.MILVUS_CLI
    if re.search(r"^\s*(export\s+)?MILVUS(CONN)?_\w+\s*=", text, re.MULTILINE):
        return Source.DOTENV
    marks = (form for form, mark in _MARKS if re.search(mark, text, re.MULTILINE))
    return None if found else next(marks, None)


def of_text(source: Source, text: str, base: Path, variables: Variables) -> list[Entry]:
    """The aliases that a file's text holds; relative paths in it are relative to `base`.

    `variables` are those of the environment, for forms that refer to them. `ConfigError` where
    the text is not of that form, or says something that cannot be said here.
    """
    if source is Source.MILVUS_CLI:
        found = _of_milvus_cli(_json(text))
    elif source is Source.YAMI:
        found = _of_yami(_toml(text), variables)
    else:
        document = _json(text) if text.lstrip().startswith("{") else _toml(text)
        registry = document.get("registry", document)
        if not isinstance(registry, dict):
            raise ConfigError("`registry` must be a table")
        return list(read_document(registry, base).entries.values())
    return [Entry(alias, table, base) for alias, table in found]


def of_variables(variables: Variables, base: Path) -> list[Entry]:
    """The aliases that the environment's variables make; secrets are referred to by theirs."""
    return _made(variables, base, lambda name: {"env": name})


def of_dotenv(text: str, environment: Variables, base: Path) -> list[Entry]:
    """The aliases that a `.env` file's variables make.

    A secret that is a variable of the environment refers to it; other `${NAME}` are filled in.
    """
    said = dotenv.but_for_secrets(dotenv.read(text), environment)
    return _made(said, base, lambda name: dotenv.secret(name, said[name]))


def _made(variables: Variables, base: Path, secret: Callable[[str], object]) -> list[Entry]:
    """The aliases that variables make: ours, and `default` of the usual `MILVUS_*`.

    `secret` tells what is to be kept of a secret, by the name of its variable.
    """
    made = {
        alias: {key: _kept(entry, key, value, secret) for key, value in entry.table.items()}
        for alias, entry in with_environment(Registry({}), variables, base).entries.items()
    }
    usual = _usual(variables, secret)
    # Where our own variables say where `default` is, these are another place's secrets.
    if usual and not variables.get("MILVUSCONN_DEFAULT_URI"):
        made[DEFAULT_ALIAS] = usual
    return [Entry(alias, table, base) for alias, table in made.items()]


def _kept(entry: Entry, key: str, value: object, secret: Callable[[str], object]) -> object:
    variable = entry.variable_of(key) if key in _SECRETS else None
    return secret(variable) if variable else value


def _usual(variables: Variables, secret: Callable[[str], object]) -> dict[str, object]:
    """The table of `default` by the variables that programs commonly read; empty if none."""
    uri = _usual_uri(variables)
    if not uri:
        return {}
    table: dict[str, object] = {"uri": uri}
    for key, names in _VARIABLES_OF_DEFAULT.items():
        name = next((name for name in names if variables.get(name)), None)
        if name:
            table[key] = secret(name) if key in _SECRETS else variables[name]
    return table


def _usual_uri(variables: Variables) -> str | None:
    """`MILVUS_URI`, else `MILVUS_ADDRESS`, else `MILVUS_HOST` and `MILVUS_PORT`."""
    if variables.get("MILVUS_URI"):
        return variables["MILVUS_URI"]
    if variables.get("MILVUS_ADDRESS"):
        return _with_scheme(variables["MILVUS_ADDRESS"], tls=False)
    host, port = variables.get("MILVUS_HOST"), variables.get("MILVUS_PORT")
    if not host and not port:
        return None
    if host and "://" in host:
        return _with_port(host, port) if port else host
    place = f"[{host}]" if host and is_ipv6(host) else host or "localhost"
    return compose(*parse_address(f"{place}:{port or DEFAULT_PORT}"), tls=False)


def _with_port(uri: str, port: str) -> str:
    """The URI with that port where it names none: before its path."""
    scheme, _, rest = uri.partition("://")
    place, slash, path = rest.partition("/")
    return uri if _PORT.search(place) else f"{scheme}://{place}:{port}{slash}{path}"


def _of_milvus_cli(saved: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    """`{NAME: {uri, token, tlsmode, cert, last_used}}`; a connection without a name has its URI."""
    for name, one in saved.items():
        if not isinstance(one, dict) or not isinstance(one.get("uri"), str):
            raise ConfigError(f"{shown(name)!r} is not a connection as milvus_cli saves it")
        mode = one.get("tlsmode")
        if mode == _MUTUAL_TLS:
            raise ConfigError(
                f"{shown(name)!r} uses mutual TLS, whose files milvus_cli does not save",
                "add it with `milvusconn add`, and remove it from the file",
            )
        table: dict[str, object] = {"uri": _with_scheme(one["uri"], tls=mode == _ONE_WAY_TLS)}
        token = _checked_text(one.get("token", ""), f"{shown(name)!r}: its token")
        if token:
            table["token"] = token
        if one.get("cert") and mode == _ONE_WAY_TLS:
            table["tls"] = {"ca": one["cert"]}
        yield name, table


def _of_yami(document: Mapping[str, Any], variables: Variables) -> Iterator[tuple[str, Table]]:
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
            token = _checked_text(said["token"], f"{shown(name)}: its token")
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


def _checked_text(value: object, what: str) -> str:
    """What a form that has only text says there; a table would be a reference of ours."""
    if isinstance(value, str):
        return value
    raise ConfigError(f"{what} is not text")


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


def _with_scheme(text: str, *, tls: bool) -> str:
    """An address as a URI; `http` gives way to `https` where TLS was asked for beside it."""
    if "://" not in text and not text.endswith(".db") and not text.startswith("unix:"):
        return f"{'https' if tls else 'http'}://{text}"
    return re.sub(r"^(http|tcp|grpc)://", "https://", text, flags=re.IGNORECASE) if tls else text


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
        unicode = is_unicode(json.dumps(found, ensure_ascii=False))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ConfigError(f"not JSON: {error.msg} (at {place})") from None
    except (ValueError, RecursionError):
        found, unicode = None, True
    if not isinstance(found, dict):
        raise ConfigError("not a JSON object")
    if not unicode:
        raise ConfigError("invalid Unicode (half of a surrogate pair)")
    return {key: _without_nulls(value) for key, value in found.items()}


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """A value without what is null in it: TOML has no such thing, and it says nothing."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value if one is not None]
    return value


def _toml(text: str) -> dict[str, Any]:
    deep = toml_nesting.too_deep(text)
    if deep is not None:
        line = text.count("\n", 0, deep) + 1
        column = deep - text.rfind("\n", 0, deep)
        raise ConfigError(
            f"a key has more than {toml_nesting.DEEPEST} parts (at line {line}, column {column})"
        )
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not TOML: {without_passwords(str(error))}") from None

"""The variables that programs read: of the environment, and of a `.env` file."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.connection.corrections import DEFAULT_PORT
from milvusconn_cli.connection.uri import compose, is_ipv6, parse_address
from milvusconn_cli.importing import dotenv
from milvusconn_cli.importing.documents import with_scheme
from milvusconn_cli.importing.source import Importer, Variables
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry, Registry, with_environment

_VARIABLES_OF_DEFAULT = {
    "token": ("MILVUS_TOKEN",),
    "user": ("MILVUS_USER", "MILVUS_USERNAME"),
    "password": ("MILVUS_PASSWORD",),
    "db": ("MILVUS_DB", "MILVUS_DB_NAME", "MILVUS_DATABASE"),
}
_PORT = re.compile(r":\d+$")
_SECRETS = ("password", "token")


class Dotenv(Importer):
    """A `.env` file."""

    def usual_file(self, environment: Variables) -> str | None:
        """In the working directory."""
        return ".env"

    def recognizes(self, document: Mapping[str, Any], text: str) -> bool:
        """By the names of its variables."""
        pattern = r"^\s*(export\s+)?MILVUS(CONN)?_\w+\s*="
        return re.search(pattern, text, re.MULTILINE) is not None

    def read(self, text: str, base: Path, environment: Variables) -> list[Entry]:
        """A secret that is a variable of the environment refers to it; others are filled in."""
        said = dotenv.but_for_secrets(dotenv.read(text), environment)
        return _made(said, base, lambda name: dotenv.secret(name, said[name]))


class Environment(Importer):
    """The environment itself."""

    def usual_file(self, environment: Variables) -> str | None:
        """None: it is no file."""

    def recognizes(self, document: Mapping[str, Any], text: str) -> bool:
        """No file is."""
        return False

    def read(self, text: str, base: Path, environment: Variables) -> list[Entry]:
        """Secrets are referred to by the names of their variables."""
        return _made(environment, base, lambda name: {"env": name})


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
        return with_scheme(variables["MILVUS_ADDRESS"], tls=False)
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

"""What connection options change in the settings of an alias that is saved already."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from milvusconn_cli.cli.connection_options import GIVEN_TWICE, ConnectionOptions
from milvusconn_cli.connection.tables import Table
from milvusconn_cli.connection.uri import ParsedUri, TcpEndpoint, compose, parse
from milvusconn_cli.errors import ConfigError, UriError, UsageError
from milvusconn_cli.registry import edits
from milvusconn_cli.secrets.references import from_toml
from milvusconn_cli.system.environment_info import here
from milvusconn_cli.text import MASK

Keys = tuple[str, ...]
_SECRETS = ("password", "token")


class Unset(Enum):
    """What `--unset` takes."""

    DB = "db"
    USER = "user"
    PASSWORD = "password"  # noqa: S105 -- the name of a setting
    TOKEN = "token"  # noqa: S105 -- the same
    CREDENTIALS = "credentials"
    CA = "ca"
    CERT = "cert"
    KEY = "key"
    SERVER_NAME = "server-name"
    TLS = "tls"
    TIMEOUT = "timeout"
    DESCRIPTION = "description"
    TAGS = "tags"


ToUnset = Annotated[
    list[Unset] | None,
    typer.Option(
        "--unset",
        metavar="KEY",
        help=f"Clear a setting: {', '.join(one.value for one in Unset)}; repeatable.",
    ),
]
_KEYS_OF: Mapping[Unset, Sequence[Keys]] = {
    Unset.CREDENTIALS: (("user",), ("password",), ("token",)),
    Unset.CA: (("tls", "ca"),),
    Unset.CERT: (("tls", "cert"),),
    Unset.KEY: (("tls", "key"),),
    Unset.SERVER_NAME: (("tls", "server_name"),),
}


class Step(NamedTuple):
    """One key, and its new value; None takes it out."""

    keys: Keys
    value: object | None

    def change(self, alias: str) -> edits.Change:
        """The edit of the registry."""
        if self.value is None:
            return edits.unsetting(alias, self.keys)
        return edits.setting(alias, self.keys, self.value)


class Changes:
    """What was asked for, read once: a password is asked for once, too."""

    def __init__(
        self,
        given: ConnectionOptions,
        place: str | None,
        unset: Sequence[Unset],
        timeout: float | None,
    ) -> None:
        if place is not None and given.has_place:
            raise UsageError(*GIVEN_TWICE)
        self._given = given
        self._uri = given.uri_of() if given.has_place else place
        self._unset = [keys for one in unset for keys in _KEYS_OF.get(one, ((one.value,),))]
        self._timeout = timeout
        self._credentials = given.credentials()
        self.anything = bool(
            place or given.anything or given.description is not None or unset or timeout
        )

    @property
    def has_secret(self) -> bool:
        """Whether a password or a token is given."""
        parsed = parse(self._uri, here()) if self._uri else None
        in_uri = parsed is not None and parsed.has_credentials
        return bool(self._credentials.password or self._credentials.token or in_uri)

    def steps(self, table: Table, base: Path) -> list[Step]:
        """The keys of an alias's table that change, each once; those that stay are left out."""
        wanted: dict[Keys, object | None] = dict.fromkeys(self._unset)
        wanted.update(self._of_place(table, base))
        wanted.update(self._of_credentials())
        wanted.update(self._others())
        return [
            Step(keys, value)
            for keys, value in wanted.items()
            if _at(table, keys) != value or type(_at(table, keys)) is not type(value)
        ]

    def _of_place(self, table: Table, base: Path) -> Iterator[tuple[Keys, object | None]]:
        """The URI: the given one, or the saved one with TLS switched, or rid of credentials."""
        if self._uri is not None:
            self._given.check_tls(self._uri)
            parsed = parse(self._uri, here())
            yield ("uri",), parsed.text
            yield from _userinfo(parsed)
            return
        replaces_credentials = bool(
            self._credentials.user or self._credentials.password or self._credentials.token
        )
        if self._given.tls is None and not replaces_credentials:
            return
        saved = table.get("uri")
        if not isinstance(saved, str):
            raise ConfigError("`uri` is missing", "pass the URI, too")
        parsed = parse(saved, base)
        if self._given.tls is not None:
            if not isinstance(parsed.endpoint, TcpEndpoint):
                raise UriError("only http:// and https:// URIs can use TLS")
            place = compose(parsed.endpoint.host, parsed.endpoint.port, tls=self._given.tls)
            yield ("uri",), place + (f"/{parsed.database}" if parsed.database else "")
        elif parsed.has_credentials:
            yield ("uri",), parsed.text
        if parsed.has_credentials:
            yield from _userinfo(parsed)

    def _of_credentials(self) -> Iterator[tuple[Keys, object | None]]:
        user, password, token = self._credentials
        if token is not None:
            yield from ((("user",), None), (("password",), None), (("token",), token.to_toml()))
        if user is not None:
            yield from ((("user",), user), (("token",), None))
        if password is not None:
            yield from ((("password",), password.to_toml()), (("token",), None))

    def _others(self) -> Iterator[tuple[Keys, object | None]]:
        files = self._given.tls_files
        values: dict[Keys, object | None] = {
            ("db",): self._given.db,
            ("timeout",): self._timeout,
            ("description",): self._given.description,
            ("tags",): list(self._given.tag) if self._given.tag else None,
            ("tls", "ca"): files.ca and str(files.ca),
            ("tls", "cert"): files.cert and str(files.cert),
            ("tls", "key"): files.key and str(files.key),
            ("tls", "server_name"): files.server_name,
        }
        yield from ((keys, value) for keys, value in values.items() if value is not None)


def applied(table: Table, steps: Sequence[Step]) -> dict[str, object]:
    """The table after the steps."""
    changed: dict[str, object] = {
        key: dict(value) if isinstance(value, Mapping) else value for key, value in table.items()
    }
    for (*above, key), value in steps:
        inner = changed
        for name in above:
            found = inner.setdefault(name, {})
            if not isinstance(found, dict):
                raise ConfigError(f"`{name}` must be a table")
            inner = found
        if value is None:
            inner.pop(key, None)
        else:
            inner[key] = value
    return changed


def in_words(table: Table, steps: Sequence[Step], base: Path) -> str:
    """What the steps change: `db books → films, token → env:NAME, timeout removed`."""
    return ", ".join(_in_words(table, step, base) for step in steps)


def dropped(before: Table, after: Table) -> list[str]:
    """The settings that an alias no longer has."""
    names = [key for key in before if key not in after and key != "disconnected"]
    tls, kept = before.get("tls"), after.get("tls", {})
    if isinstance(tls, Mapping) and isinstance(kept, Mapping) and "tls" in after:
        names += [f"tls.{key}" for key in tls if key not in kept]
    return names


def _in_words(table: Table, step: Step, base: Path) -> str:
    name = ".".join(step.keys)
    before = _shown(step.keys, _at(table, step.keys), base)
    if step.value is None:
        return f"{name} removed"
    after = _shown(step.keys, step.value, base)
    return f"{name} {before} → {after}" if before else f"{name} → {after}"


def _shown(keys: Keys, value: object | None, base: Path) -> str:
    """A value as a message may show it: a secret by its reference, a URI without credentials."""
    if value is None:
        return ""
    try:
        if keys[0] in _SECRETS:
            return str(from_toml(value, base))
        if keys == ("uri",):
            return parse(str(value), base).text
    except ConfigError:
        return MASK
    if isinstance(value, float):
        return f"{value:g} s"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _userinfo(parsed: ParsedUri) -> Iterator[tuple[Keys, object | None]]:
    """The credentials of a URI in the place of those that the alias has; nothing if it has none."""
    if not parsed.has_credentials:
        return
    yield ("user",), parsed.user
    yield ("password",), parsed.password.reveal() if parsed.password else None
    yield ("token",), parsed.token.reveal() if parsed.token else None


def _at(table: Table, keys: Keys) -> object | None:
    found: object | None = table
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found

"""pymilvus's arguments of a connection, as settings of ours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from milvusconn_cli.api.errors import ConnectionConfigException
from milvusconn_cli.connection import client_reading, tables
from milvusconn_cli.connection.corrections import DEFAULT_PORT
from milvusconn_cli.connection.settings import Connection, TlsFiles
from milvusconn_cli.connection.tables import Credentials
from milvusconn_cli.connection.uri import (
    TcpEndpoint,
    compose,
    in_home,
    is_ipv6,
    parse,
    parse_address,
)
from milvusconn_cli.connection.variables import with_scheme
from milvusconn_cli.disclosure import place, quoted, suggestion
from milvusconn_cli.errors import ConfigError, UriError
from milvusconn_cli.secrets.reference import Literal, Reference, Secret
from milvusconn_cli.secrets.references import from_toml
from milvusconn_cli.system.environment_info import here
from milvusconn_cli.values import value_class

HOST_TYPE = "Type of 'host' must be str."
PORT_TYPE = "Type of 'port' must be str or int."
_DEFAULT_HOST = "localhost"
_WITHOUT_EFFECT = ("keep_alive", "_async", "_unbind_with_db")
"""Arguments of pymilvus that say nothing about where or how to connect."""

SecretReference = Mapping[str, str | Sequence[str]]
"""Where a secret comes from, as in the registry file: `{"env": "MILVUS_PASSWORD"}`."""


class Place(TypedDict, total=False):
    """Where to connect, over what, and what is kept about it; every key may be left out.

    Of `address`, `uri` and `host` with `port` one is enough; values that disagree are rejected.
    """

    address: str
    """`HOST:PORT`."""
    uri: str
    """`http(s)://HOST[:PORT][/DATABASE]`, `tcp://…`, `unix:PATH`, or a path ending in `.db`."""
    host: str
    """Default: `localhost`."""
    port: str | int
    """1 to 65535. Default: 19530."""
    secure: bool
    """Whether to use TLS. Default: what the URI says."""
    server_pem_path: str | PathLike[str]
    """The CA to trust, PEM."""
    ca_pem_path: str | PathLike[str]
    """The same."""
    client_pem_path: str | PathLike[str]
    """A client certificate, PEM; needs `client_key_path`."""
    client_key_path: str | PathLike[str]
    """Its private key, PEM."""
    server_name: str
    """The name to expect in the server's certificate, if it is not the host."""
    timeout: float | None
    """Seconds for one check, DNS included; more than 0. Default: 5."""
    description: str
    """Free text."""
    tags: Sequence[str]
    """Labels to filter on."""
    replace: bool
    """Whether to overwrite settings of this alias that differ. Default: no."""
    keep_alive: bool
    """Accepted and without effect: every check is a connection of its own."""


class Settings(Place, total=False):
    """All settings of a connection, by pymilvus's names; every key may be left out."""

    user: str | None
    password: str | SecretReference | None
    """The password itself, or a reference to it; needs `user`."""
    token: str | SecretReference | None
    """An API key or `user:password`, or a reference to it; instead of `user` and `password`."""
    db_name: str
    """The database. Default: the URI's path, or `default`."""


_KNOWN = (*Settings.__annotations__, *_WITHOUT_EFFECT)


class _Files(NamedTuple):
    """pymilvus's names of the TLS files."""

    ca: str | None
    cert: str | None
    key: str | None


@value_class
class Given:
    """What one call says of a connection, checked as far as it goes; None is not said."""

    uri: str | None
    database: str | None
    credentials: Credentials
    tls_files: TlsFiles
    timeout: float | None
    description: str | None
    tags: tuple[str, ...]
    replaces: bool
    remarks: tuple[str, ...] = ()
    """How pymilvus reads these arguments, where it does so differently."""

    @property
    def anything(self) -> bool:
        """Whether any setting is given."""
        return any(
            (
                self.uri,
                self.database,
                any(self.credentials),
                self.tls_files != TlsFiles(),
                self.timeout,
                self.description,
                self.tags,
            )
        )

    def connection(self) -> Connection:
        """The connection that is meant, where a place is given."""
        if self.uri is None:
            raise ConfigError("the settings do not say where to connect", "pass uri or host")
        built = tables.build(
            self.uri,
            here(),
            database=self.database,
            credentials=self.credentials,
            tls_files=self.tls_files,
            timeout=tables.checked_timeout(self.timeout),
            description=self.description,
            tags=self.tags,
        )
        return replace(built, remarks=(*built.remarks, *self.remarks))

    def completing(self, known: Connection) -> tuple[Connection, bool]:
        """`known` with what is given besides, and whether that takes the place of something."""
        known_credentials = Credentials(known.user, known.password, known.token)
        before = {
            "database": known.database,
            "credentials": known_credentials if any(known_credentials) else None,
            "timeout": known.timeout,
            "description": known.description,
            "tags": known.tags or None,
            **_by_name(known.tls_files),
        }
        given = {
            "database": self.database,
            "credentials": self.credentials if any(self.credentials) else None,
            "timeout": self.timeout,
            "description": self.description,
            "tags": self.tags or None,
            **_by_name(self.tls_files),
        }
        said = {name: value for name, value in given.items() if value is not None}
        differs = any(before[name] not in (None, value) for name, value in said.items())
        whole = replace(
            self,
            uri=known.uri,
            database=self.database or known.database,
            credentials=said.get("credentials", known_credentials),
            tls_files=TlsFiles(**{name: said.get(name, before[name]) for name in _TLS_FIELDS}),
            timeout=self.timeout or known.timeout,
            description=self.description or known.description,
            tags=self.tags or known.tags,
        )
        return whole.connection(), differs


_TLS_FIELDS = tuple(one.name for one in fields(TlsFiles))


def _by_name(files: TlsFiles) -> dict[str, Any]:
    return {name: getattr(files, name) for name in _TLS_FIELDS}


def read(settings: Mapping[str, Any]) -> Given:
    """What pymilvus's arguments say; `ConnectionConfigException` or `ConfigError` if wrong."""
    for name in settings:
        if name not in _KNOWN:
            raise ConnectionConfigException(
                f"unknown setting{quoted(str(name))}", suggestion(str(name), _KNOWN)
            )
    secure = settings.get("secure")
    if secure is not None and not isinstance(secure, bool):
        raise ConnectionConfigException("secure must be bool type")
    ca, cert, key = _files(settings)
    return Given(
        uri=_place(settings, secure=secure),
        database=_text(settings, "db_name"),
        credentials=Credentials(
            _user(settings), _secret(settings, "password"), _secret(settings, "token")
        ),
        tls_files=TlsFiles(
            ca=_absolute(ca),
            cert=_absolute(cert),
            key=_absolute(key),
            server_name=_text(settings, "server_name"),
        ),
        timeout=timeout(settings.get("timeout")),
        description=_text(settings, "description"),
        tags=tuple(settings.get("tags") or ()),
        replaces=bool(settings.get("replace")),
        remarks=tuple(_remarks(settings)),
    )


def _place(settings: Mapping[str, Any], *, secure: bool | None) -> str | None:
    """One URI from `address`, `uri` and `host` with `port`; refused where they disagree."""
    is_encrypted = secure or str(settings.get("uri", "")).lower().startswith("https:")
    uris = [
        uri
        for uri in (
            _from_uri(settings, secure=secure),
            _from_address(settings, tls=bool(is_encrypted)),
            _from_host(settings, tls=bool(is_encrypted)),
        )
        if uri is not None
    ]
    if not uris:
        return None
    addresses = sorted({_parsed(uri).address for uri in uris})
    if len(addresses) > 1:
        places = " and ".join(map(place, addresses))
        raise ConnectionConfigException(f"conflicting addresses: {places}", "pass one of them")
    return uris[0]


def _parsed(uri: str) -> Any:  # noqa: ANN401 -- one of the endpoints
    return parse(uri, here()).endpoint


def _from_uri(settings: Mapping[str, Any], *, secure: bool | None) -> str | None:
    uri = settings.get("uri", "")
    if uri == "":
        return None
    if not isinstance(uri, str):
        raise ConnectionConfigException("Illegal uri: it must be str")
    try:
        endpoint = parse(uri, here()).endpoint
    except UriError as error:
        raise ConnectionConfigException(f"Illegal uri: {error.message}", error.hint) from None
    if secure is None or not isinstance(endpoint, TcpEndpoint) or secure == endpoint.tls:
        return uri
    if secure:
        return with_scheme(uri, tls=True)  # as pymilvus reads it
    hint = f"did you mean {compose(endpoint.host, endpoint.port, tls=False)}?"
    raise ConnectionConfigException(
        f"secure=False contradicts the https URI of {place(endpoint.address)}"
        f" ({client_reading.USES_TLS_OR_NOT})",
        hint,
    )


def _from_address(settings: Mapping[str, Any], *, tls: bool) -> str | None:
    address = settings.get("address", "")
    if address == "":
        return None
    form = "should be in form 'localhost:19530'"
    if not isinstance(address, str):
        raise ConnectionConfigException(f"Illegal address: it {form}")
    try:
        host, port = parse_address(address)
    except UriError as error:
        raise ConnectionConfigException(f"Illegal address: {error.message}, it {form}") from None
    return compose(host, port, tls=tls)


def _from_host(settings: Mapping[str, Any], *, tls: bool) -> str | None:
    if settings.get("host", "") == "" and settings.get("port", "") == "":
        return None
    host, port = settings.get("host", ""), settings.get("port", "")
    host = _DEFAULT_HOST if host == "" else host
    port = DEFAULT_PORT if port == "" else port
    if not isinstance(host, str):
        raise ConnectionConfigException(HOST_TYPE)
    if ":" in host and not is_ipv6(host.removeprefix("[").removesuffix("]")):
        raise ConnectionConfigException(HOST_TYPE, "a host name or an IP address, without a port")
    if isinstance(port, bool) or not isinstance(port, str | int) or not _is_number(port):
        raise ConnectionConfigException(PORT_TYPE)
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    try:
        name, number = parse_address(f"{shown}:{int(port)}")
    except UriError as error:
        raise ConnectionConfigException(f"Illegal host or port: {error.message}") from None
    return compose(name, number, tls=tls)


def _is_number(port: str | int) -> bool:
    try:
        int(port)
    except ValueError:
        return False
    return True


def _user(settings: Mapping[str, Any]) -> str | None:
    """pymilvus turns whatever is given into text."""
    user = settings.get("user")
    return None if user in (None, "") else str(user)


def _text(settings: Mapping[str, Any], name: str) -> str | None:
    value = settings.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise ConnectionConfigException(f"Type of {name!r} must be str.")


def timeout(value: object) -> float | None:
    """A time limit in seconds, or None; `ConnectionConfigException` or `ConfigError` if wrong."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConnectionConfigException("Type of 'timeout' must be int or float.")
    return tables.checked_timeout(float(value))


def _secret(settings: Mapping[str, Any], name: str) -> Reference | None:
    """Text is the secret itself, whatever it looks like; a mapping refers to it."""
    value = settings.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, Mapping):
        return from_toml(dict(_as_lists(value)), here())
    return Literal(Secret(str(value)))


def _as_lists(reference: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for kind, said in reference.items():
        yield kind, list(said) if isinstance(said, tuple) else said


def _files(settings: Mapping[str, Any]) -> _Files:
    """The TLS files: pymilvus has two names for the CA, which depend on the client's pair."""
    server, ca = _path(settings, "server_pem_path"), _path(settings, "ca_pem_path")
    if server and ca and server != ca:
        raise ConnectionConfigException(
            "server_pem_path and ca_pem_path differ", "both name the CA to trust: pass one of them"
        )
    return _Files(
        server or ca, _path(settings, "client_pem_path"), _path(settings, "client_key_path")
    )


def _remarks(settings: Mapping[str, Any]) -> Iterator[str]:
    """pymilvus has two names for the CA: the one for mutual TLS, the other without it."""
    is_mutual = bool(settings.get("client_pem_path") and settings.get("client_key_path"))
    if settings.get("ca_pem_path") and not is_mutual and not settings.get("server_pem_path"):
        yield "MilvusClient ignores ca_pem_path without a client certificate: use server_pem_path"
    if settings.get("server_pem_path") and is_mutual:
        yield "MilvusClient ignores a client certificate with server_pem_path: use ca_pem_path"


def _path(settings: Mapping[str, Any], name: str) -> str | None:
    value = settings.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str | PathLike):
        raise ConnectionConfigException(f"Type of {name!r} must be str or a path.")
    return str(value)


def _absolute(path: str | None) -> Path | None:
    return None if path is None else in_home(path).absolute()

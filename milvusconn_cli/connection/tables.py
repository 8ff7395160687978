"""Tables ↔ Connection: what the registry file, the environment and the options mean.

Pure. Everything that does not fit together is refused here; a `Connection` that comes out is one
that a client could use (whether its files can be read is pem.py's question).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from milvusconn_cli.connection import client_reading
from milvusconn_cli.connection.corrections import is_unfilled
from milvusconn_cli.connection.settings import Connection, TlsFiles
from milvusconn_cli.connection.uri import (
    ParsedUri,
    TcpEndpoint,
    checked_host,
    compose,
    in_home,
    is_ipv6,
    parse,
)
from milvusconn_cli.disclosure import is_template, quoted
from milvusconn_cli.errors import ConfigError, PemError, RegistryError, SecretError, UriError
from milvusconn_cli.secrets.reference import Literal, Reference
from milvusconn_cli.secrets.references import from_toml
from milvusconn_cli.text import clean, is_unicode

KEYS = (
    "uri",
    "db",
    "user",
    "password",
    "token",
    "timeout",
    "description",
    "tags",
    "disconnected",
    "tls",
)
TLS_KEYS = ("ca", "cert", "key", "server_name")
_LONGEST_NAME = 255
_LONGEST_TEXT = 4096
"""Characters; also the longest path that Linux takes."""
LONGEST_TIMEOUT = 86400.0
"""Seconds. gRPC takes a limit of years for one that is already over."""

Table = Mapping[str, object]


class Credentials(NamedTuple):
    """Who asks; a token stands alone, a password needs its user."""

    user: str | None = None
    password: Reference | None = None
    token: Reference | None = None


def build(
    uri: str,
    base: Path,
    *,
    database: str | None = None,
    credentials: Credentials = Credentials(),  # noqa: B008 -- frozen
    tls_files: TlsFiles = TlsFiles(),  # noqa: B008 -- frozen
    timeout: float | None = None,
    description: str | None = None,
    tags: tuple[str, ...] = (),
    disconnected: bool = False,
) -> Connection:
    """Put settings together; relative paths in the URI are relative to `base`.

    Raises `UriError`, `PemError` or `ConfigError` for what does not fit together.
    """
    paths = (str(path) for path in (tls_files.ca, tls_files.cert, tls_files.key) if path)
    for name, text, longest in (
        ("URI", uri, _LONGEST_TEXT),
        ("database name", database, _LONGEST_NAME),
        ("user", credentials.user, _LONGEST_NAME),
        ("description", description, _LONGEST_TEXT),
        *(("tag", tag, _LONGEST_NAME) for tag in tags),
        *(("path of a TLS file", one, _LONGEST_TEXT) for one in paths),
    ):
        _check_text(name, text, longest)
    parsed = parse(uri, base)
    merged = _merge_credentials(parsed, credentials)
    _check_secret("password", merged.password)
    _check_secret("token", merged.token)
    _check_tls(parsed, tls_files)
    return Connection(
        uri=parsed.text,
        endpoint=parsed.endpoint,
        database=_checked_database(database or parsed.database),
        user=merged.user,
        password=merged.password,
        token=merged.token,
        tls_files=tls_files,
        timeout=checked_timeout(timeout),
        description=description,
        tags=tags,
        disconnected=disconnected,
        remarks=tuple(_remarks(parsed, uri, database)),
    )


def _remarks(parsed: ParsedUri, uri: str, database: str | None) -> Iterator[str]:
    """Of the URI as it was given: a slash at its end, dropped here, has a meaning there."""
    yield from parsed.remarks
    if isinstance(parsed.endpoint, TcpEndpoint):
        yield from client_reading.of_database(uri, database)


def read(table: Table, base: Path) -> Connection:
    """The connection that an alias's table in the registry describes.

    `base` is the directory of the file, which relative paths are relative to.
    """
    tls = _subtable(table, "tls")
    return build(
        _required_text(table, "uri"),
        base,
        database=_text(table, "db"),
        credentials=Credentials(
            _text(table, "user"), _secret(table, "password", base), _secret(table, "token", base)
        ),
        tls_files=TlsFiles(
            ca=_path(tls, "ca", base),
            cert=_path(tls, "cert", base),
            key=_path(tls, "key", base),
            server_name=_text(tls, "server_name"),
        ),
        timeout=_number(table, "timeout"),
        description=_text(table, "description"),
        tags=_texts(table, "tags"),
        disconnected=_flag(table, "disconnected"),
    )


def write(connection: Connection) -> dict[str, object]:
    """The inverse of `read`, without the keys that say nothing."""
    from_path = parse(connection.uri, Path("/")).database
    explicit = connection.database if connection.database != from_path else None
    files = connection.tls_files
    tls = {key: getattr(files, key) for key in TLS_KEYS}
    table: dict[str, object | None] = {
        "uri": connection.uri,
        "db": explicit,
        "user": connection.user,
        "password": connection.password and connection.password.to_toml(),
        "token": connection.token and connection.token.to_toml(),
        "timeout": connection.timeout,
        "description": connection.description,
        "tags": list(connection.tags) or None,
        "disconnected": connection.disconnected or None,
        "tls": {key: str(value) for key, value in tls.items() if value is not None} or None,
    }
    return {key: value for key, value in table.items() if value is not None}


def unknown_keys(table: Table) -> Iterator[tuple[str, str | None]]:
    """Each key that means nothing here, dotted, with the nearest one that does."""
    tls = table.get("tls")
    for key in table:
        if key not in KEYS:
            yield key, _nearest(key, KEYS)
    for key in tls if isinstance(tls, dict) else ():
        if key not in TLS_KEYS:
            yield f"tls.{key}", _nearest(key, TLS_KEYS)


def unknown_to(table: Table) -> dict[str, object]:
    """The keys of a table that mean nothing here: they are somebody else's, and survive."""
    return {key: value for key, value in table.items() if key not in KEYS}


def checked_timeout(seconds: float | None) -> float | None:
    """A time limit that a probe can keep, in seconds; `ConfigError` otherwise."""
    if seconds is None or (isfinite(seconds) and 0 < seconds <= LONGEST_TIMEOUT):
        return seconds
    raise ConfigError(f"a timeout must be more than 0 and at most {LONGEST_TIMEOUT:.0f} seconds")


def _merge_credentials(parsed: ParsedUri, given: Credentials) -> Credentials:
    """The URI's own user and password, unless the settings say otherwise; both is one too many."""
    if parsed.has_credentials:
        if given.user or given.password or given.token:
            read = client_reading.SENDS_TOKEN if given.token else client_reading.PREFERS_ONE
            raise ConfigError(
                f"credentials are given twice: in the URI and separately ({read})",
                "remove them from the URI",
            )
        password = Literal(parsed.password) if parsed.password else None
        token = Literal(parsed.token) if parsed.token else None
        given = Credentials(parsed.user, password, token)
    if given.token and (given.user or given.password):
        raise ConfigError(
            "use either a token or a user with a password, not both"
            f" ({client_reading.SENDS_TOKEN})",
            "a token can be user:password",
        )
    if given.password and not given.user:
        raise ConfigError(
            f"--password needs --user ({client_reading.SENDS_NOTHING})", "add the user"
        )
    return given


def _check_text(name: str, text: str | None, longest: int) -> None:
    """Text that is no Unicode (a lone surrogate, of bytes that were not UTF-8) goes nowhere.

    Text that is too long is the wrong text, and would fill every output.
    """
    if text is None:
        return
    if len(text) > longest:
        raise ConfigError(f"the {name} is longer than {longest} characters")
    if not is_unicode(text):
        raise ConfigError(f"the {name} is not UTF-8 text")


def _check_secret(name: str, reference: Reference | None) -> None:
    """A secret that is there, and empty or no text, is a mistake: a client would send nothing."""
    if not isinstance(reference, Literal):
        if reference and not reference.is_unicode:
            raise SecretError(f"the reference {clean(str(reference))} is not UTF-8 text")
        return
    text = reference.secret.reveal()
    if not text:
        raise SecretError(f"the {name} is empty", "check that the variable is set")
    if not is_unicode(text):
        raise SecretError(f"the {name} is not UTF-8 text")


def _check_tls(parsed: ParsedUri, files: TlsFiles) -> None:
    if (files.cert is None) != (files.key is None):
        missing = "key" if files.key is None else "certificate"
        raise PemError(
            f"a client certificate needs its key, and vice versa: the {missing} is missing"
            f" ({client_reading.IGNORES_FILES})",
            "pass both --cert FILE and --key FILE, or neither",
        )
    if files.server_name is not None:
        _check_server_name(files.server_name)
    encrypted = isinstance(parsed.endpoint, TcpEndpoint) and parsed.endpoint.tls
    if files == TlsFiles() or encrypted:
        return
    corrected = None
    if isinstance(parsed.endpoint, TcpEndpoint):
        corrected = compose(parsed.endpoint.host, parsed.endpoint.port, tls=True)
    raise UriError(
        f"TLS settings need an https URI, but {parsed.text} is plaintext"
        f" ({client_reading.IGNORES_FILES})",
        corrected and f"did you mean {corrected}?",
    )


def _check_server_name(name: str) -> None:
    if ":" in name and not is_ipv6(name):
        raise UriError("the server name must be a host name or an IP address, without a port")
    in_ascii = checked_host(name)
    if in_ascii != name and not name.isascii():
        raise UriError(
            "the server name must be ASCII, as it is in certificates", f"did you mean {in_ascii}?"
        )


def check_is_filled_in(database: str | None) -> None:
    """Refuse a template in the place of a database's name."""
    if database and is_unfilled(database):
        shown = quoted(database, is_template)
        raise ConfigError(f"the database{shown} looks like an unfilled placeholder")


def _checked_database(name: str | None) -> str | None:
    """The name travels as gRPC metadata, which carries printable ASCII alone."""
    check_is_filled_in(name)
    if name is None or (name.isascii() and name.isprintable()):
        return name
    raise ConfigError(
        "the database name is invalid: gRPC sends printable ASCII only"
        f" ({client_reading.FAILS_TOO})"
    )


def _nearest(key: str, known: tuple[str, ...]) -> str | None:
    return next(iter(get_close_matches(key, known, n=1)), None)


def _wrong(key: str, shape: str) -> RegistryError:
    return RegistryError(f"`{key}` must be {shape}")


def _required_text(table: Table, key: str) -> str:
    text = _text(table, key)
    if text is None:
        raise RegistryError(f"`{key}` is missing")
    return text


def _text(table: Table, key: str) -> str | None:
    value = table.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _wrong(key, "text")


def _texts(table: Table, key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _wrong(key, "a list of strings")


def _number(table: Table, key: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    # bool is an int to Python, but `timeout = true` is no number to anybody else.
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):  # TOML's integers have no end
            return float(value)
    raise _wrong(key, "a number")


def _flag(table: Table, key: str) -> bool:
    value = table.get(key, False)
    if isinstance(value, bool):
        return value
    raise _wrong(key, "true or false")


def _path(table: Table, key: str, base: Path) -> Path | None:
    text = _text(table, key)
    return base / in_home(text) if text else None


def _subtable(table: Table, key: str) -> Table:
    value = table.get(key, {})
    if isinstance(value, dict):
        return value
    raise _wrong(key, "a table")


def _secret(table: Table, key: str, base: Path) -> Reference | None:
    value = table.get(key)
    return None if value is None else from_toml(value, base)

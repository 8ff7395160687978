"""A connection as environment variables, by the names of the one table, and those to be cleared.

Pure. What `default` is made of when these variables are set is this very connection.
"""

from collections.abc import Iterator, Mapping

from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.uri import LiteEndpoint, TcpEndpoint, UnixEndpoint
from milvusconn_cli.connection.variables import STANDARD, WIDE, prefixed
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.secrets.reference import Secret

_LEGACY = "MILVUS_DEFAULT_CONNECTION"
"""pymilvus's older name of `MILVUS_URI`."""


def variables(connection: Connection, secret: Secret | None) -> dict[str, str]:
    """The variables and their texts; `secret` is the token or password, fetched.

    A password goes as `MILVUS_TOKEN` too, `user:password`, for programs that read that alone.
    """
    files = connection.tls_files
    text = secret.reveal() if secret else None
    user = connection.user if text is not None else None
    # A CA alone goes by the name that pymilvus reads then.
    ca = "CA_PEM_PATH" if files.cert else "SERVER_PEM_PATH"
    texts = {
        "URI": place(connection),
        "TOKEN": f"{user}:{text}" if user else text,
        "USER": user,
        "PASSWORD": text if user else None,
        "DB_NAME": connection.database,
        ca: files.ca,
        "CLIENT_PEM_PATH": files.cert,
        "CLIENT_KEY_PATH": files.key,
        "SERVER_NAME": files.server_name,
    }
    made = {prefixed(name): str(value) for name, value in texts.items() if value is not None}
    for name, value in made.items():
        if "\0" in value:
            raise ConfigError(f"{name} would contain a NUL character, which no variable can")
    return made


def place(connection: Connection) -> str:
    """The URI without credentials and database; `grpc://` and `tcp://` as `http://`."""
    endpoint = connection.endpoint
    if isinstance(endpoint, TcpEndpoint):
        return f"{'https' if endpoint.tls else 'http'}://{endpoint.address}"
    return endpoint.address


def to_clear(given: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """The variables that would mix another connection in: those of the table, others if set."""
    standard = [prefixed(name) for row in STANDARD.values() for name in row]
    others = [prefixed(name) for row in WIDE.values() for name in row]
    set_besides = (name for name in (*others, _LEGACY) if name in environment)
    return [name for name in dict.fromkeys((*standard, *set_besides)) if name not in given]


def warnings(connection: Connection) -> Iterator[str]:
    """What a program that reads these variables may trip over."""
    endpoint = connection.endpoint
    is_ipv6 = isinstance(endpoint, TcpEndpoint) and ":" in endpoint.host
    kind = {LiteEndpoint: "a .db", UnixEndpoint: "a unix"}.get(type(endpoint))
    if is_ipv6:
        kind = "an IPv6"
    if kind:
        yield f"`import pymilvus` fails while MILVUS_URI is {kind} URI"
    if connection.user and not connection.has_secret:
        yield "a user without a password sends no credentials, so MILVUS_USER is not set"

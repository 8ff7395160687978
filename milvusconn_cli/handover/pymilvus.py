"""The arguments of pymilvus's `MilvusClient`, as it really reads them.

Read in pymilvus's source, and tried with clients of 2.4.15, 2.5.18, 2.6.17 and 3.0.2.
"""

from urllib.parse import quote

from milvusconn_cli.connection.settings import Connection, TlsFiles
from milvusconn_cli.connection.tls_files import grpc_roots
from milvusconn_cli.connection.uri import LiteEndpoint, TcpEndpoint, UnixEndpoint
from milvusconn_cli.secrets.reference import Secret

Arguments = dict[str, str | float]


def arguments(connection: Connection, secret: Secret | None) -> Arguments:
    """What to call `MilvusClient` with; `secret` is the connection's token or password, fetched."""
    given: dict[str, str | float | None] = {
        "uri": uri(connection),
        **_credentials(connection, secret),
        "db_name": connection.database,
        **tls_files(connection.tls_files),
        "timeout": connection.timeout,
    }
    return {name: value for name, value in given.items() if value is not None}


def uri(connection: Connection) -> str:
    """A URI without credentials and database: those in it are not decoded by every version.

    Always with a port, so that no URI ends in `.db`, which means a file there.
    """
    match connection.endpoint:
        case LiteEndpoint(path=path):
            return str(path)
        case UnixEndpoint() as endpoint:
            return endpoint.address
        case TcpEndpoint(host=host, port=port, tls=tls):
            # The brackets of an IPv6 address get lost on the way to gRPC, which needs them, but
            # percent-encoded ones arrive.
            name = quote(f"[{host}]", safe="") if ":" in host else host
            return f"{'https' if tls else 'http'}://{name}:{port}"


def tls_files(files: TlsFiles) -> dict[str, str | None]:
    """The files by the names that have an effect.

    A CA alone is read from `server_pem_path`. A client certificate and its key are read only with
    `ca_pem_path`, so without a CA they go with the roots that gRPC trusts by itself.
    """
    if files.cert is None:
        named = {"server_pem_path": files.ca}
    else:
        named = {
            "ca_pem_path": files.ca or grpc_roots(),
            "client_pem_path": files.cert,
            "client_key_path": files.key,
        }
    paths = {name: str(path) if path else None for name, path in named.items()}
    return {**paths, "server_name": files.server_name}


def _credentials(connection: Connection, secret: Secret | None) -> dict[str, str | None]:
    """The token: `user:password` is one. A user alone sends nothing, here as there."""
    if secret is None:
        return {"user": connection.user}
    text = secret.reveal()
    return {"token": f"{connection.user}:{text}" if connection.user else text}

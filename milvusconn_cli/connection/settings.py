"""A connection: everything that a client needs in order to establish one, valid by construction.

Pure values. `settings.py` makes them from the registry's tables and from the command line.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from milvusconn_cli.connection.uri import Endpoint, TcpEndpoint
from milvusconn_cli.secrets.reference import Literal, Reference
from milvusconn_cli.values import value_class

DEFAULT_DATABASE = "default"
DEFAULT_TIMEOUT = 5.0
"""Seconds for the whole of one probe, name look-up included."""


@value_class
class TlsFiles:
    """What TLS needs beyond the endpoint. Paths are absolute; cert and key come together."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    server_name: str | None = None
    """The name that the certificate is checked against, where it is not the host."""


@value_class
class Connection:
    """Where to, as whom, and how: one alias's settings."""

    uri: str
    """As it was given, less credentials; a `.db` or socket path is absolute."""
    endpoint: Endpoint
    database: str | None = None
    user: str | None = None
    password: Reference | None = None
    token: Reference | None = None
    tls_files: TlsFiles = TlsFiles()
    timeout: float | None = None
    """Seconds; None is the default."""
    description: str | None = None
    tags: tuple[str, ...] = ()
    disconnected: bool = False
    remarks: tuple[str, ...] = field(default=(), compare=False)
    """How other clients read these settings as they were written; nothing of it is saved."""

    @property
    def address(self) -> str:
        """`host:port`, `unix:PATH`, or the path of the `.db`."""
        return self.endpoint.address

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return isinstance(self.endpoint, TcpEndpoint) and self.endpoint.tls

    @property
    def has_secret(self) -> bool:
        """Whether a secret goes with every call."""
        return self.token is not None or bool(self.user and self.password)

    @property
    def secret(self) -> Reference | None:
        """The token or the password: a connection has one of them at most."""
        return self.token or self.password

    @property
    def literal_secrets(self) -> dict[str, Literal]:
        """Those of `password` and `token` that are the secret itself, and no reference to it."""
        secrets = {"password": self.password, "token": self.token}
        return {field: one for field, one in secrets.items() if isinstance(one, Literal)}

    def with_secrets(self, secrets: Mapping[str, Reference | None]) -> "Connection":
        """The same connection with another `password` or `token`."""
        return replace(
            self,
            password=secrets.get("password", self.password),
            token=secrets.get("token", self.token),
        )

    def without_literal_secrets(self) -> "Connection":
        """The same connection, but for the secrets that are no references."""
        return self.with_secrets(dict.fromkeys(self.literal_secrets))

    @property
    def effective_database(self) -> str:
        """The database that a client ends up in."""
        return self.database or DEFAULT_DATABASE

"""What an attempt is given, and what comes of it: values, which load no gRPC."""

from typing import NamedTuple

from milvusconn_cli.connection.tls_files import NO_FILES, Pem
from milvusconn_cli.probing.answers import Sent
from milvusconn_cli.report import Finding, Server
from milvusconn_cli.secrets.reference import Secret


class Dial(NamedTuple):
    """Everything that one attempt needs, secrets and files fetched."""

    target: str
    """`host:port` or `unix:PATH`, as gRPC takes it."""
    tls: bool
    pem: Pem = NO_FILES
    server_name: str | None = None
    user: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    database: str | None = None
    embedded: bool = False
    """Whether Milvus Lite answers; version 2 does not say so itself."""

    @property
    def sent(self) -> Sent:
        """Which kind of credential goes with the call; a user alone sends nothing."""
        if self.token is not None:
            return Sent.PASSWORD if ":" in self.token.reveal() else Sent.TOKEN
        if self.user and self.password is not None:
            return Sent.PASSWORD
        return Sent.USER_ALONE if self.user else Sent.NOTHING


class Accepted(NamedTuple):
    """`Connect` succeeded."""

    server: Server


class Refused(NamedTuple):
    """Something that speaks gRPC answered, and it was not yes; no layer below is at fault."""

    finding: Finding


class Unexplained(NamedTuple):
    """gRPC could not get through, or says nothing that names a cause."""

    code: str
    details: str


Outcome = Accepted | Refused | Unexplained

"""`connections` for Python programs: pymilvus's operations, over milvusconn's registry and probes.

`from milvusconn_cli import connections` is the way in; nothing here imports typer or rich.
"""

from milvusconn_cli.api.errors import (
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    MilvusException,
)
from milvusconn_cli.api.operations import Connections, connections
from milvusconn_cli.api.outcome import ConnectionReport
from milvusconn_cli.api.settings import SecretReference, Settings

__all__ = [
    "ConnectError",
    "ConnectionConfigException",
    "ConnectionNotExistException",
    "ConnectionReport",
    "Connections",
    "MilvusException",
    "SecretReference",
    "Settings",
    "connections",
]

"""milvusconn says whether a Milvus connection is established, and if not, why not.

Where to look:

- `api/`: `from milvusconn_cli import connections`, for Python programs.
- `app`: the command line; `commands/`: one verb a file; `formats/`: one output format a file.
- `probing/probe`, `probing/fleet`: one connection, and many, to a `report.Report` each.
- `probing/attempt`: the call that a client would make; `diagnosis` and `layers/`: why it failed.
- `registry/`: the aliases, at rest and in use.
- `causes`: every reason why a connection is not established, as data.

ARCHITECTURE.md says why it is cut like this.
"""

from milvusconn_cli._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from milvusconn_cli.api import (
        ConnectError,
        ConnectionConfigException,
        ConnectionNotExistException,
        ConnectionReport,
        Connections,
        MilvusException,
        SecretReference,
        Settings,
        connections,
    )

__all__ = [
    "ConnectError",
    "ConnectionConfigException",
    "ConnectionNotExistException",
    "ConnectionReport",
    "Connections",
    "MilvusException",
    "SecretReference",
    "Settings",
    "__version__",
    "connections",
]


def __getattr__(name: str) -> object:
    """Import the Python interface when a program asks for it: the command line never does."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 -- the same

    return getattr(import_module(f"{__name__}.api"), name)

"""milvusconn says whether a Milvus connection is established, and if not, why not.

Where to look:

- `app`: the command line; `commands/`: one verb a file; `formats/`: one output format a file.
- `probe`, `fleet`: one connection, and many, to a `report.Report` each.
- `attempt`: the gRPC call that a client would make; `diagnosis` and `layers/`: why it failed.
- `registry`, `registry_file`, `registry_text`: the aliases, at rest and in use.
- `causes`: every reason why a connection is not established, as data.

ARCHITECTURE.md says why it is cut like this.
"""

from milvusconn_cli._version import __version__

__all__ = ["__version__"]

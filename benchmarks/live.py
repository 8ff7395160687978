"""A real Milvus for a benchmark, in a process of its own: its URI is the first line of output.

    python benchmarks/live.py

It ends when its standard input does. Where the `milvus` package has no build, Milvus Lite stands
in.
"""

import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.servers.lite import LiteServer
from tests.servers.milvus import MilvusServer, packed, unpack
from tests.servers.server import Server


def main() -> None:
    """Serve until nobody wants it any more."""
    with tempfile.TemporaryDirectory(prefix="milvus-live-") as place, _server(Path(place)) as one:
        sys.stdout.write(f"{one.uri} {type(one).__name__}\n")
        sys.stdout.flush()
        sys.stdin.read()


def _server(place: Path) -> AbstractContextManager[Server]:
    if packed() is None:
        return LiteServer(place / "lite")
    return MilvusServer(unpack(place / "program"), place / "milvus")


if __name__ == "__main__":
    main()

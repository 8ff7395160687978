"""A connection whose packets are dropped from some moment on; run in a network of its own.

    unshare --user --map-root-user --net python -m tests.probing.half_open

Prints the kind of end that was seen, and its summary.
"""

import asyncio
import subprocess
import sys

from milvusconn_cli.probing.attempt import Keepalive
from tests.probing.keeping import Kept
from tests.servers.speaking_milvus import SpeakingMilvus


async def main() -> None:
    """Connect, drop every packet to the server, and wait for the end."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with SpeakingMilvus() as server:
        async with Kept(server.uri, Keepalive(1.0, 1.0), limit=2.0) as kept:
            first = await kept.ask()
            assert first.established, first
            drop = ("iptables", "-A", "INPUT", "-p", "tcp", "--dport", str(server.port))
            subprocess.run([*drop, "-j", "DROP"], check=True)
            end = await kept.next_cut()
            sys.stdout.write(f"{end.end.label}: {end.summary}\n")
            undo = [*drop[:1], "-D", *drop[2:]]
            subprocess.run([*undo, "-j", "DROP"], check=True)


if __name__ == "__main__":
    asyncio.run(main())

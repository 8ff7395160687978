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


def run(*command: str) -> None:
    """Run a command that is done in a moment."""
    subprocess.run(command, check=True)


async def main() -> None:
    """Connect, drop every packet to the server, and wait for the end."""
    run("ip", "link", "set", "lo", "up")
    with SpeakingMilvus() as server:
        async with Kept(server.uri, Keepalive(1.0, 1.0), limit=2.0) as kept:
            first = await kept.ask()
            assert first.established, first
            rule = ("INPUT", "-p", "tcp", "--dport", str(server.port), "-j", "DROP")
            run("iptables", "-A", *rule)
            end = await kept.next_cut()
            sys.stdout.write(f"{end.end.label}: {end.summary}\n")
            run("iptables", "-D", *rule)


if __name__ == "__main__":
    asyncio.run(main())

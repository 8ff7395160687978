"""gRPC brings a resolver of its own; where it and the system's disagree, that is the cause."""

import json
import sys
from collections.abc import Callable
from subprocess import CompletedProcess

Run = Callable[..., CompletedProcess[str]]

# The program beside a Milvus, with a system's resolver that knows a name which no DNS server does.
_SYSTEM_KNOWS_MORE = """
import socket
import sys

from milvusconn_cli.app import main
from tests.servers.speaking_milvus import SpeakingMilvus

known = socket.getaddrinfo


def knowing_more(host, *rest, **more):
    if host in ("milvus.test", b"milvus.test"):
        host = "127.0.0.1"
    return known(host, *rest, **more)


socket.getaddrinfo = knowing_more
with SpeakingMilvus() as server:
    uri = f"http://milvus.test:{server.port}"
    code = main(["inspect", "--uri", uri, "--timeout", "3", "--output", "json"])
sys.exit(code)
"""


def test_the_system_knows_the_name_and_grpc_does_not(run_with_resolver: Run) -> None:
    """Every layer of the climb holds, gRPC cannot resolve: dns-unavailable, and how to mend it."""
    ran = run_with_resolver([sys.executable, "-c", _SYSTEM_KNOWS_MORE], "unknown")

    (row,) = json.loads(ran.stdout)["connections"]
    assert (ran.returncode, row["status"]) == (3, "dns-unavailable")
    assert "c-ares" in row["summary"]
    assert "GRPC_DNS_RESOLVER=native" in row["advice"]
    assert [step["verdict"] for step in row["steps"]] == ["held"] * 4 + ["failed"]

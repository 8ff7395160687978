"""Servers that stop, are killed and come back: whatever a probe meets then has a true name."""

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from milvusconn_cli.cli import runner
from milvusconn_cli.connection.tables import build
from milvusconn_cli.connection.target import Target
from milvusconn_cli.report import Report, Subject
from tests.conftest import Milvusconn
from tests.servers import envoy as gateway
from tests.servers import faults
from tests.servers.lite import LiteServer
from tests.servers.milvus import MilvusServer
from tests.servers.raw_http2 import GOAWAY, PING, SETTINGS, frame

Row = dict[str, Any]
AT_WORK = {"established", "starting", "stopping", "unhealthy"}
DOWN = {"tcp-refused", "tcp-closed", "silent"}
BEHIND = {"gateway-upstream", "tcp-closed"}
"""What a gateway makes of a server that is down: as HTTP/2, and as a TCP proxy."""


def goaway(last: int, error: int = 0, data: bytes = b"") -> bytes:
    return frame(GOAWAY, payload=struct.pack("!II", last, error) + data)


@contextmanager
def greeting_with(data: bytes, *, stays: bool) -> Iterator[str]:
    """A server that sends SETTINGS and `data`, then waits or closes; its URI."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(frame(SETTINGS) + data)
        if stays:
            faults.keep_silent(connection)
        else:
            connection.shutdown(socket.SHUT_WR)
            faults.keep_silent(connection)

    with faults._answering(talk, faults.LOOPBACK) as place:
        yield f"http://{place.address}"


PING_FRAME = frame(PING, payload=bytes(8))


@pytest.mark.parametrize(
    ("data", "stays", "cause"),
    [
        pytest.param(goaway(2**31 - 1) + PING_FRAME, True, "stopping", id="graceful"),
        pytest.param(goaway(2**31 - 1) + PING_FRAME + goaway(0), False, "stopping", id="twice"),
        pytest.param(goaway(0), False, "stopping", id="and-closes"),
        pytest.param(goaway(0, 11, b"too_many_pings"), False, "busy", id="enhance-your-calm"),
    ],
)
def test_goaway(
    milvusconn: Milvusconn,
    data: bytes,
    stays: bool,  # noqa: FBT001
    cause: str,
) -> None:
    """Of a Go server that shuts down, and of one that is pinged too often."""
    with greeting_with(data, stays=stays) as uri:
        milvusconn("add", "dev", "--uri", uri)
        row = milvusconn("has", "dev", "-o", "json", "-t", "2").row

    assert row["status"] == cause, row
    assert "violates" not in row["summary"]
    if cause == "busy":
        assert "too_many_pings" in row["summary"]


GRPC_TRUE_BINARY = b"\xfe\x03"
"""A setting of HTTP/2 that only gRPC's own clients send."""


def test_connection_that_is_lost_during_the_call(
    milvusconn: Milvusconn, milvus: MilvusServer
) -> None:
    """gRPC's are cut while a call is on them, twice, and everybody else's reach Milvus."""

    def cut_or_relay(connection: socket.socket) -> None:
        first = connection.recv(65536)
        if GRPC_TRUE_BINARY in first:
            connection.sendall(frame(SETTINGS))
            connection.recv(65536)
            return
        there = urlsplit(milvus.uri)
        with socket.create_connection((there.hostname, there.port)) as beyond:
            beyond.sendall(first)
            faults.relay(connection, beyond)

    with faults._answering(cut_or_relay, faults.LOOPBACK) as place:
        milvusconn("add", "dev", "--uri", f"http://{place.address}")
        row = milvusconn("has", "dev", "-o", "json").row

    assert (row["status"], row["summary"]) == (
        "tcp-closed",
        "the connection was closed during the call",
    )
    assert "Socket closed" in row["evidence"]["grpc_details"]


def probes(uri: str, until: threading.Event) -> list[Report]:
    """Probe again and again, until somebody says that it is enough."""
    target = Target(subject=Subject(alias="dev"), connection=build(uri, Path("/")))
    found: list[Report] = []
    while not until.is_set():
        found += [one for one in runner.probe_all([target] * 4, 2.0) if one is not None]
    return found


@contextmanager
def probed(uri: str) -> Iterator[list[Report]]:
    """Probe while the block does something to the server; the reports, afterwards."""
    enough, found = threading.Event(), list[Report]()
    worker = threading.Thread(target=lambda: found.extend(probes(uri, enough)))
    worker.start()
    try:
        yield found
    finally:
        enough.set()
        worker.join()


def assert_true_causes(found: list[Report], allowed: set[str], fewest: int = 20) -> None:
    """Nothing but these, and nothing unexplained."""
    counts = Counter(one.status for one in found)
    odd = [one.finding for one in found if one.status not in allowed]

    assert not odd, (counts, odd[:5])
    assert len(found) >= fewest, counts


@pytest.mark.slow
def test_a_real_milvus_through_its_life(mortal_milvus: Callable[[], MilvusServer]) -> None:
    """Stopped, started on the same port, killed, and started again: 300 probes."""
    server = mortal_milvus()
    with probed(server.uri) as found:
        time.sleep(1)
        server.stop()
        time.sleep(1)
        server.start()
        server.wait_until_ready()
        time.sleep(1)
        server.kill()
        time.sleep(1)
        server.start()
        server.wait_until_ready()

    # While it starts, its port is open: a probe may wait for the answer until its time is up.
    assert_true_causes(found, AT_WORK | DOWN | {"slow"}, fewest=300)


@pytest.mark.slow
@pytest.mark.parametrize("spoken", ["http2", "tcp"])
def test_a_milvus_behind_envoy_through_its_life(
    mortal_milvus: Callable[[], MilvusServer], tmp_path: Path, spoken: str
) -> None:
    """As HTTP/2 the gateway answers for it, as TCP it hangs up."""
    server = mortal_milvus()
    with milvus_behind_envoy(server, tmp_path, spoken) as uri, probed(uri) as found:
        time.sleep(1)
        server.stop()
        time.sleep(1)
        server.start()
        server.wait_until_ready()
        time.sleep(1)
        server.kill()
        time.sleep(1)

    # While it starts, its port is open, and the gateway waits for an answer: slow.
    assert_true_causes(found, AT_WORK | DOWN | BEHIND | {"slow"})


@contextmanager
def milvus_behind_envoy(server: MilvusServer, directory: Path, spoken: str) -> Iterator[str]:
    """The URI of an Envoy before a Milvus."""
    cluster = gateway.cluster("milvus", server.port)
    running = (
        gateway.envoy(directory, [gateway.to("milvus")], [cluster])
        if spoken == "http2"
        else gateway.tcp_envoy(directory, cluster)
    )
    with running as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.slow
@pytest.mark.usefixtures("milvus_lite_package")
def test_milvus_lite_s_server_through_its_life(tmp_path: Path) -> None:
    """Killed, and started again on the same port."""
    server = LiteServer(tmp_path)
    with server, probed(server.uri) as found:
        time.sleep(1)
        server.kill()
        time.sleep(0.5)
        server.start()
        server.wait_until_ready()
        time.sleep(0.5)

    assert_true_causes(found, AT_WORK | DOWN)

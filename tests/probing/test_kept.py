"""What ends a connection that was to be kept, each by its name, on real servers and gateways."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli.probing.attempt import Keepalive
from milvusconn_cli.probing.severed import Cut, End
from tests.probing.keeping import LONG, NO_PINGS, Kept
from tests.servers import daemons, faults
from tests.servers import envoy as gateway
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.daemons import ProgramMissingError
from tests.servers.milvus import MilvusServer
from tests.servers.namespace import entering, namespaces_available
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
EVERY_SECOND = Keepalive(1.0, 1.0)
ROOT = Path(__file__).parents[2]


def cut_of(uri: str, keepalive: Keepalive = NO_PINGS, calls: int = 1) -> Cut:
    """Call so many times at once, then wait for the end of the connection."""

    async def run() -> Cut:
        async with Kept(uri, keepalive) as kept:
            for _ in range(calls):
                report = await kept.ask()
                assert report.established, report
            return await kept.next_cut()

    return asyncio.run(run())


@pytest.fixture
def envoy(tmp_path: Path, speaking_milvus: Speak) -> Iterator[Callable[..., str]]:
    """Each call starts an Envoy before a Milvus, with limits of connections; its URI."""
    try:
        gateway.program()
    except ProgramMissingError as error:
        pytest.skip(str(error))
    with ExitStack() as running:

        def start(**limits: str) -> str:
            to = gateway.cluster("milvus", speaking_milvus().port)
            options: dict[str, Any] = {"common_http_protocol_options": limits}
            port = running.enter_context(
                gateway.envoy(tmp_path, [gateway.to("milvus")], [to], **options)
            )
            return f"http://127.0.0.1:{port}"

        yield start


def test_calls_share_one_connection(milvus: MilvusServer) -> None:
    """Milvus sees one TCP connection, however many calls there are."""

    async def run() -> tuple[list[str], int, int]:
        async with Kept(milvus.uri) as kept:
            statuses = [(await kept.ask()).status for _ in range(5)]
            tap = kept.connection._tap
            assert tap
            return statuses, tap.connections, kept.cuts

    assert asyncio.run(run()) == (["established"] * 5, 1, 0)


@pytest.mark.slow
def test_too_many_pings(speaking_milvus: Speak) -> None:
    """gRPC's servers close a connection that pings too often without a call.

    gRPC's clients ping twice, then once a minute: the third ping is one too many here.
    """
    end = cut_of(speaking_milvus(options=(("grpc.http2.max_ping_strikes", 1),)).uri, EVERY_SECOND)

    assert end.end is End.TOO_MANY_PINGS
    assert "too_many_pings" in end.summary


def test_max_age_of_a_grpc_server(speaking_milvus: Speak) -> None:
    """It says so itself."""
    age = (("grpc.max_connection_age_ms", 1500), ("grpc.max_connection_age_grace_ms", 1000))

    end = cut_of(speaking_milvus(options=age).uri)

    assert end.end is End.MAX_AGE
    assert end.age > 1


def test_max_age_of_envoy(envoy: Callable[..., str]) -> None:
    """Envoy gives no reason: the connection ends in the middle of its calls."""

    async def run() -> Cut:
        async with Kept(envoy(max_connection_duration="2s")) as kept:
            cutting = asyncio.create_task(kept.next_cut())
            while not cutting.done():
                assert (await kept.ask()).established
                await asyncio.wait({cutting}, timeout=0.3)
            return cutting.result()

    end = asyncio.run(run())

    assert end.end is End.MAX_AGE
    assert end.age > 1.5


def test_idle_timeout_of_envoy(envoy: Callable[..., str]) -> None:
    """A connection without a call, though with pings."""
    end = cut_of(envoy(idle_timeout="1.5s"), Keepalive(0.5, 5.0), calls=2)

    assert end.end is End.IDLE
    assert "without a call" in end.summary


def test_idle_timeout_of_haproxy(tmp_path: Path, speaking_milvus: Speak) -> None:
    """A TCP balancer closes what it sees no traffic on."""
    try:
        running = daemons.haproxy_with(tmp_path, speaking_milvus().port, "1s")
    except ProgramMissingError as error:
        pytest.skip(str(error))
    with running as doors:
        end = cut_of(f"http://127.0.0.1:{doors['port']}", calls=3)

    assert end.end is End.IDLE
    assert "without traffic" in end.summary


def test_pings_postpone_that(tmp_path: Path, milvus: MilvusServer) -> None:
    """Pings are traffic to a balancer; but gRPC stops after two if there is no call."""
    try:
        running = daemons.haproxy_with(tmp_path, milvus.port, "3s")
    except ProgramMissingError as error:
        pytest.skip(str(error))

    with running as doors:
        end = cut_of(f"http://127.0.0.1:{doors['port']}", Keepalive(1.0, 5.0))

    assert end.end is End.IDLE
    assert end.age > 4


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
@pytest.mark.slow
def test_half_open() -> None:
    """Packets are dropped without a word, as by a NAT that has forgotten the connection."""
    why_not = namespaces_available()
    if why_not:
        pytest.skip(why_not)
    ran = subprocess.run(
        [
            *entering(),
            *(sys.executable, "-m", "tests.probing.half_open"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("half-open: packets are lost: no answer for "), ran.stdout


@pytest.mark.slow
def test_suspended_server(mortal_milvus: Callable[[], MilvusServer]) -> None:
    """Its host still acknowledges every packet."""
    server = mortal_milvus()

    async def run() -> Cut:
        async with Kept(server.uri, EVERY_SECOND) as kept:
            assert (await kept.ask()).established
            server.suspend()
            return await kept.next_cut()

    end = asyncio.run(run())

    assert end.end is End.NO_RESPONSE


def test_killed_server(mortal_milvus: Callable[[], MilvusServer]) -> None:
    server = mortal_milvus()

    async def run() -> tuple[Cut, str]:
        async with Kept(server.uri) as kept:
            assert (await kept.ask()).established
            server.kill()
            return await kept.next_cut(), (await kept.ask()).status

    end, afterwards = asyncio.run(run())

    assert (end.end, afterwards) == (End.STOPPED, "tcp-refused")


def test_connection_is_made_again(envoy: Callable[..., str]) -> None:
    """As every client does: the next call after the end is established."""

    async def run() -> list[str]:
        async with Kept(envoy(idle_timeout="1s")) as kept:
            statuses = [(await kept.ask()).status]
            await kept.next_cut()
            return [*statuses, (await kept.ask()).status]

    assert asyncio.run(run()) == ["established"] * 2


def test_tls(speaking_milvus: Speak, authority: Authority) -> None:
    """Frames are read inside of TLS, and certificates are still verified."""
    age = (("grpc.max_connection_age_ms", 1500),)
    server = speaking_milvus(tls=authority.issue("127.0.0.1"), options=age)

    async def run() -> tuple[str, Cut, str]:
        async with Kept(server.uri, ca=authority.ca_file) as kept:
            trusted = (await kept.ask()).status
            end = await kept.next_cut()
        async with Kept(server.uri) as kept:
            return trusted, end, (await kept.ask()).status

    trusted, end, untrusted = asyncio.run(run())

    assert (trusted, end.end, untrusted) == ("established", End.MAX_AGE, "tls-untrusted")


def test_unix_socket(speaking_milvus: Speak, tmp_path: Path) -> None:
    async def run() -> str:
        async with Kept(speaking_milvus(unix=tmp_path / "s").uri) as kept:
            return (await kept.ask()).status

    assert asyncio.run(run()) == "established"


@pytest.mark.parametrize(
    ("answer", "status"),
    [(answers.status(code=1400), "auth-missing"), (answers.status(code=1), "starting")],
)
def test_what_milvus_refuses(speaking_milvus: Speak, answer: answers.Answer, status: str) -> None:
    async def run() -> str:
        async with Kept(speaking_milvus(connect=answer).uri) as kept:
            return (await kept.ask()).status

    assert asyncio.run(run()) == status


def test_call_that_hangs_though_new_connections_work(speaking_milvus: Speak) -> None:
    """The kept connection is to a peer that is gone; a balancer sends new ones to another."""
    target = speaking_milvus().port
    taken = 0

    def first_hangs(connection: socket.socket) -> None:
        nonlocal taken
        taken += 1
        if taken == 1:
            faults.keep_silent(connection)
            return
        with socket.create_connection(("127.0.0.1", target)) as beyond:
            faults.relay(connection, beyond)

    async def run(uri: str) -> tuple[str, str]:
        async with Kept(uri, limit=1.0) as kept:
            report = await kept.ask()
            assert report.finding
            return report.status, report.finding.summary

    with faults._answering(first_hangs, faults.LOOPBACK) as place:
        status, summary = asyncio.run(run(f"http://{place.address}"))

    assert status == "slow"
    assert "a new one works" in summary

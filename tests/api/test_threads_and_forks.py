"""The same answers from many threads, from event loops, and from the children of a fork."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from milvusconn_cli import ConnectError, ConnectionConfigException, Connections
from tests.commands.verbs import NOWHERE, Speak
from tests.servers.milvus import MilvusServer

FORKED = """
import os, sys
from milvusconn_cli import Connections

connections = Connections.in_memory()
connections.add_connection(up={"uri": sys.argv[1]}, down={"uri": "http://127.0.0.1:1"})
if sys.argv[2] == "grpc":
    assert connections.has_connection("up")
child = os.fork()
if not child:
    answers = connections.has_connection("up"), connections.report("down").cause
    os._exit(0 if answers == (True, "tcp-refused") else 1)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
assert connections.has_connection("up")
sys.exit(code)
"""

IN_A_POOL = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from milvusconn_cli import connections

def ask(_):
    return connections.has_connection("up"), connections.report("down").cause

if __name__ == "__main__":
    connections.has_connection("up")
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        print(set(pool.map(ask, range(4))))
"""


def test_threads_get_their_own_answers(connections: Connections, milvus: MilvusServer) -> None:
    connections.add_connection(up={"uri": milvus.uri}, down={"uri": NOWHERE})

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(connections.has_connection, ["up", "down"] * 20))

    assert answers == [True, False] * 20


def test_threads_that_change_lose_nothing(connections: Connections, speaking_milvus: Speak) -> None:
    server = speaking_milvus()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: connections.connect(f"a{n}", uri=server.uri), range(16)))
        list(pool.map(lambda n: connections.remove_connection(f"a{n}"), range(0, 16, 2)))

    left = {alias for alias, _ in connections.list_connections(probe=False)}
    assert left == {f"a{n}" for n in range(1, 16, 2)}


@pytest.mark.usefixtures("milvus_lite_package")
def test_threads_share_a_local_database(connections: Connections) -> None:
    """Two engines of one process would lock each other out."""
    connections.add_connection(
        one={"uri": "./a.db", "timeout": 60}, two={"uri": "./a.db", "timeout": 60}
    )

    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(connections.report, ["one", "two", "one"]))

    assert [one.status for one in reports] == ["established"] * 3


def test_asynchronous_twins(connections: Connections, milvus: MilvusServer) -> None:
    """Each does what its synchronous twin does."""

    async def use() -> None:
        await connections.async_add_connection(down={"uri": NOWHERE})
        await connections.async_connect("up", uri=milvus.uri)
        assert await connections.async_has_connection("up")
        assert not await connections.async_has_connection("down")
        assert (await connections.async_report("down")).cause == "tcp-refused"
        assert (await connections.async_get_connection_addr("up"))["address"] == milvus.address
        listed = await connections.async_list_connections()
        assert [(alias, bool(report)) for alias, report in listed] == [
            ("down", False),
            ("up", True),
        ]
        with pytest.raises(ConnectError):
            await connections.async_connect("new", uri=NOWHERE)
        with pytest.raises(ConnectionConfigException):
            await connections.async_connect("nope")
        await connections.async_disconnect("up")
        assert (await connections.async_report("up")).cause == "disconnected"
        await connections.async_remove_connection("up")
        assert await connections.async_list_connections(probe=False) == [("down", None)]

    asyncio.run(use())


def test_synchronous_calls_work_inside_an_event_loop(
    connections: Connections, milvus: MilvusServer
) -> None:
    """As in a notebook, whose cells run in a loop."""
    connections.add_connection(up={"uri": milvus.uri})

    async def cell() -> bool:
        return connections.has_connection("up")

    assert asyncio.run(cell())


def test_event_loop_goes_on_while_a_check_waits(connections: Connections, silent_port: int) -> None:
    connections.add_connection(silent={"uri": f"http://127.0.0.1:{silent_port}"})

    async def count() -> int:
        ticks = 0
        checking = asyncio.create_task(connections.async_has_connection("silent", timeout=0.5))
        while not checking.done():
            await asyncio.sleep(0)
            ticks += 1
        assert checking.result() is False
        return ticks

    assert asyncio.run(count()) > 100


def test_cancelled_check_ends(connections: Connections, silent_port: int) -> None:
    """Whoever gives up does not wait for the limit of the check, and the next check works."""
    connections.add_connection(silent={"uri": f"http://127.0.0.1:{silent_port}"})

    async def give_up() -> str:
        async with asyncio.timeout(0.2):
            await connections.async_report("silent", timeout=3600)
        return "answered"

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    assert connections.report("silent", timeout=0.3).cause == "silent"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("before", ["grpc", "nothing"])
def test_child_of_a_fork_has_the_same_answers(milvus: MilvusServer, before: str) -> None:
    """Whether its parent has checked before, so that gRPC's threads are missing, or not."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED, milvus.uri, before],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system has no fork"
)
def test_pool_of_processes(milvus: MilvusServer, tmp_path: Path) -> None:
    Connections().add_connection(up={"uri": milvus.uri}, down={"uri": NOWHERE})
    program = tmp_path / "pool.py"
    program.write_text(IN_A_POOL)

    ran = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", program],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout) == (0, "{(True, 'tcp-refused')}\n"), ran.stderr


def test_program_that_checks_ends_quietly(milvus: MilvusServer) -> None:
    """The thread with the event loop keeps no program alive, and says nothing at its end."""
    program = "from milvusconn_cli import connections; print(connections.has_connection('default'))"

    ran = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program],
        env={**os.environ, "MILVUS_URI": milvus.uri},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "True\n", "")


@pytest.mark.usefixtures("milvus_lite_package")
def test_database_that_this_process_has_open_is_established(own_place: Path) -> None:
    """A client of this process would share the engine; every other process is locked out."""
    program = """
from pymilvus import MilvusClient
from milvusconn_cli import connections
client = MilvusClient("./a.db")
connections.add_connection(a={"uri": "./a.db"})
print(connections.report("a", timeout=30).status)
"""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=own_place,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout == "established\n", ran.stderr

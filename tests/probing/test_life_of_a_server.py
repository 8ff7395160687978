"""One server from before its start to its end and back: `has` is right at every point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.servers.calls import came_true
from tests.servers.milvus import MilvusServer

NOT_YET = {"tcp-refused", "tcp-closed", "silent", "slow", "starting", "unhealthy"}
"""What a Milvus that is starting may be taken for, and nothing else."""
PATIENCE = 120.0
"""Seconds after which a server that should be back makes the test fail."""


@pytest.fixture
def unborn_milvus(milvus_binaries: Path, tmp_path: Path) -> MilvusServer:
    """A server with its ports, and without a process."""
    return MilvusServer(milvus_binaries, tmp_path / "milvus")


def status(milvusconn: Milvusconn) -> str:
    """What `has` says of `dev`, its exit code being that of the cause."""
    ran = milvusconn("has", "dev", "-t", "2", "-o", "json")
    assert ran.row["established"] is (ran.code == 0)
    assert ran.row["seconds"] <= 2.5
    return str(ran.row["status"])


def eventually_established(milvusconn: Milvusconn, allowed: set[str]) -> bool:
    """Ask until it is established; what is said before must be of `allowed`."""

    def is_established() -> bool:
        said = status(milvusconn)
        assert said in {"established", *allowed}
        return said == "established"

    return came_true(is_established, PATIENCE)


def test_from_before_its_start_until_after_its_end(
    milvusconn: Milvusconn, unborn_milvus: MilvusServer
) -> None:
    """Refused, not yet, established, refused: and never True before it serves."""
    server = unborn_milvus
    milvusconn("add", "dev", "--uri", server.uri)
    try:
        assert status(milvusconn) == "tcp-refused"

        server.start()
        assert eventually_established(milvusconn, NOT_YET)
        assert server.answers()

        server.kill()
        assert status(milvusconn) == "tcp-refused"
    finally:
        server.close()


def test_suspended_resumed_killed_and_back(
    milvusconn: Milvusconn, mortal_milvus: Callable[[], MilvusServer]
) -> None:
    """What pymilvus calls connected all the time is silent, well again, gone, and back."""
    server = mortal_milvus()
    milvusconn("add", "dev", "--uri", server.uri)
    assert status(milvusconn) == "established"

    server.suspend()
    assert status(milvusconn) == "silent"
    server.resume()
    assert eventually_established(milvusconn, NOT_YET)

    server.kill()
    assert status(milvusconn) == "tcp-refused"
    server.start()
    assert eventually_established(milvusconn, NOT_YET)


def test_stopped_in_good_order(
    milvusconn: Milvusconn, mortal_milvus: Callable[[], MilvusServer]
) -> None:
    """SIGTERM ends it as well as SIGKILL does: True, then False."""
    server = mortal_milvus()
    milvusconn("add", "dev", "--uri", server.uri)
    before = milvusconn("has", "dev")

    server.stop()
    after = milvusconn("has", "dev")

    assert (before.code, before.out) == (0, "True\n")
    assert (after.code, after.out) == (3, "False\n")

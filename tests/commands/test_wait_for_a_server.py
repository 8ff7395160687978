"""`wait` beside a real Milvus that is started, killed and started again meanwhile."""

import itertools
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.cli.programs import PROGRAM
from tests.conftest import Milvusconn
from tests.servers.milvus import MilvusServer

NOT_YET = {"tcp-refused", "tcp-closed", "silent", "slow", "starting", "unhealthy", "stopping"}
LONG = 240.0
"""Seconds after which a wait that should be over makes its test fail."""


@pytest.fixture
def unborn_milvus(milvus_binaries: Path, tmp_path: Path) -> Iterator[MilvusServer]:
    """A server with its ports, and without a process."""
    server = MilvusServer(milvus_binaries, tmp_path / "milvus")
    yield server
    server.close()


@contextmanager
def waiting(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", IO[str]]]:
    """A process that waits, and its standard error."""
    program = subprocess.Popen([*PROGRAM, "wait", *arguments], stderr=subprocess.PIPE, text=True)
    assert program.stderr
    try:
        yield program, program.stderr
    finally:
        program.kill()
        program.communicate()


def statuses(lines: list[str]) -> list[str]:
    """What each message says of `dev`."""
    told = [line.removeprefix("milvusconn: dev: ") for line in lines if ": dev: " in line]
    return [line.replace(" (", ":").split(":")[0].split(" after ")[0] for line in told]


def until(stream: IO[str], word: str) -> list[str]:
    """The lines up to the first one that has the word."""
    lines = []
    for line in stream:
        lines.append(line)
        if word in line:
            return lines
    raise AssertionError(lines)


def test_started_killed_and_started_again(
    milvusconn: Milvusconn, unborn_milvus: MilvusServer
) -> None:
    """It was up for a moment, which is not enough; the second time it stays."""
    server = unborn_milvus
    milvusconn("add", "dev", "--uri", server.uri)
    with waiting("dev", "--stable", "8", "-t", str(LONG)) as (program, said):
        lines = until(said, "tcp-refused")
        server.start()
        lines += until(said, "dev: established")
        server.kill()
        lines += until(said, "tcp-")
        server.start()
        lines += said.readlines()
        code = program.wait(LONG)
        answers = server.answers()

    told = statuses(lines)
    assert (code, answers) == (0, True)
    assert told[0] == "tcp-refused"
    assert told[-1] == "established"
    assert set(told) <= {*NOT_YET, "established"}
    assert told.count("established") >= 3, "up, up again, and the end"
    assert all(earlier != later for earlier, later in itertools.pairwise(told[:-1])), told


def test_until_it_is_down(
    milvusconn: Milvusconn, mortal_milvus: Callable[[], MilvusServer]
) -> None:
    server = mortal_milvus()
    milvusconn("add", "dev", "--uri", server.uri)
    with waiting("dev", "--down", "-t", str(LONG)) as (program, said):
        lines = until(said, "dev: established")
        server.kill()
        lines += said.readlines()
        code = program.wait(LONG)

    assert code == 0
    assert lines[-1].startswith("milvusconn: dev: down after ")
    assert milvusconn("has", "dev").code == 3


def test_connect_waits(
    milvusconn: Milvusconn, unborn_milvus: MilvusServer, registry_path: Path
) -> None:
    """Nothing is saved before it is established, and then all of it."""
    server = unborn_milvus
    late = milvusconn("connect", "dev", "--uri", server.uri, "--wait", "0.3")
    saved_too_early = registry_path.exists()
    program = subprocess.Popen(
        [*PROGRAM, "connect", "dev", "--uri", server.uri, "--wait", str(LONG)],
        stderr=subprocess.PIPE,
        text=True,
    )
    server.start()
    _, err = program.communicate(timeout=LONG)

    assert (late.code, saved_too_early) == (124, False)
    assert program.returncode == 0
    assert err.splitlines()[-1].startswith(f"milvusconn: dev: established: {server.address}")
    assert milvusconn("has", "dev").out == "True\n"

"""A reference that many aliases have is resolved once for each call of the program."""

import asyncio
from pathlib import Path

import pytest

from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.secrets.fetch import fetch, sharing
from tests.cli.programs import NOWHERE
from tests.conftest import Milvusconn
from tests.secrets.reading import LONG, SHORT

ALIASES = [f"a{number}" for number in range(8)]


@pytest.fixture
def counting(tmp_path: Path) -> tuple[Path, Path]:
    """A program that prints a secret, and the file in which it counts its runs."""
    runs, script = tmp_path / "runs", tmp_path / "secret"
    script.write_text(f"#!/bin/sh\necho run >> {runs}\necho root:x\n")
    script.chmod(0o755)
    return script, runs


def test_once_for_many_aliases(milvusconn: Milvusconn, counting: tuple[Path, Path]) -> None:
    """And once for each argument list: another one is another secret."""
    script, runs = counting
    for alias in ALIASES:
        milvusconn("add", alias, "--uri", NOWHERE, "--token", f"command:{script} one")
    milvusconn("add", "other", "--uri", NOWHERE, "--token", f"command:{script} two")

    rows = milvusconn("list", "-o", "json").json["connections"]

    assert {row["status"] for row in rows} == {"tcp-refused"}
    assert runs.read_text().split() == ["run"] * 2

    milvusconn("has", "other")
    assert runs.read_text().split() == ["run"] * 3  # another call asks again


def test_a_failure_is_shared_too(milvusconn: Milvusconn, counting: tuple[Path, Path]) -> None:
    """Each row has it, and the command is not run again."""
    script, runs = counting
    script.write_text(script.read_text() + "exit 3\n")
    for alias in ALIASES:
        milvusconn("add", alias, "--uri", NOWHERE, "--token", f"command:{script}")

    rows = milvusconn("list", "-o", "json").json["connections"]

    assert {row["status"] for row in rows} == {"config-secret"}
    assert runs.read_text().split() == ["run"]


def test_who_has_less_time_leaves_the_others_theirs(tmp_path: Path) -> None:
    """One that gives up ends nothing; at the end of all, the command is ended."""
    gate = tmp_path / "gate"
    reference = FromCommand(("sh", "-c", f"until test -e {gate}; do sleep 0.01; done; echo x"))

    async def ask() -> str:
        async with sharing():
            patient = asyncio.create_task(fetch(reference, Deadline(LONG)))
            with pytest.raises(SecretError, match="in time"):
                await fetch(reference, Deadline(SHORT))
            gate.touch()
            return (await patient).reveal()

    assert asyncio.run(ask()) == "x"


def test_what_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    """With the process that was started for it."""
    pid = tmp_path / "pid"
    reference = FromCommand(("sh", "-c", f"echo $$ > {pid}; exec sleep 3600"))

    async def ask() -> None:
        async with sharing():
            with pytest.raises(SecretError, match="in time"):
                await fetch(reference, Deadline(1))

    asyncio.run(ask())

    assert not Path(f"/proc/{pid.read_text().strip()}").exists()

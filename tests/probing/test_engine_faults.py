"""Engines of Milvus Lite that misbehave: a row, never a fault of this program."""

import asyncio
from pathlib import Path

import pytest

from milvusconn_cli.probing import lite_engine
from milvusconn_cli.probing.layers import local
from tests.conftest import Milvusconn


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of the engine."""
    program = tmp_path / "engine.py"
    monkeypatch.setattr(lite_engine, "__file__", str(program))
    return program


@pytest.mark.parametrize(
    "program", ["print('x' * 200_000)", "print('[')", "", "import sys; sys.stdout.write('x' * 99)"]
)
def test_it_says_nothing_that_can_be_read(
    milvusconn: Milvusconn, engine: Path, program: str, tmp_path: Path
) -> None:
    """A line longer than any answer, no JSON, or nothing."""
    engine.write_text(program)
    milvusconn("add", "lite", "--uri", str(tmp_path / "x.db"))

    ran = milvusconn("has", "lite", "-o", "json")

    assert (ran.code, ran.row["status"]) == (3, "lite-engine")


def test_it_ends_while_it_is_being_killed() -> None:
    """Between the look at it and the signal."""

    class Gone:
        stdin = None
        waits = 0

        async def wait(self) -> None:
            self.waits += 1
            if self.waits == 1:
                await asyncio.sleep(3600)

        def kill(self) -> None:
            raise ProcessLookupError

    engine = local._Engine()
    gone = Gone()
    engine.process = gone  # type: ignore[assignment]

    asyncio.run(local._end(engine))

    assert gone.waits == 2

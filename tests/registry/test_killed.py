"""A change that is killed, at any moment of its course: the file is the old one or the new one.

This file plays two parts. Run as a program it is the killer: one thread, everything imported, so
that a child is forked, sent about a change and killed in a few milliseconds. It says on standard
output what it found after each kill; the tests judge.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from itertools import cycle
from pathlib import Path
from typing import Any, TypedDict

import pytest

from milvusconn_cli.registry.edits import Change, adding, removing, replacing
from milvusconn_cli.registry.file import change
from tests.conftest import run_program

MOMENTS = 210
ALIASES = 500
OLD = "version = 1\n" + "".join(
    f'\n# {number}\n[connections.dev{number}]\nuri = "http://127.0.0.1:1"\n'
    for number in range(ALIASES)
)
NEW = {"uri": "http://127.0.0.1:2", "tags": ["new"]}
LOCK, UNFINISHED_FILE = ".connections.toml.lock", ".connections.toml.new"
UNFINISHED = re.compile(r"\.[0-9a-f]{8}\.new$")
SYSTEM_CALLS = frozenset({"posix", "fcntl", "_io"})


class Found(TypedDict):
    """What lay there after one kill."""

    moment: str
    file: str
    """`old`, `new`, or what it was instead."""
    beside: list[str]
    """What else there was in the directory."""
    next_worked: bool | None
    """Whether the next change was made; None where it was not tried."""


def changes() -> Iterator[Change]:
    """One of each kind, again and again: at the end, in the midst, and at the beginning."""
    return cycle((adding({"new": NEW}), replacing({"dev250": NEW}), removing("dev0")))


# --- the killer ---------------------------------------------------------------------------------


def kill_at_many_moments(path: Path) -> Iterator[Found]:
    """Kill changes after times spread evenly over their course, and a little beyond."""
    path.write_text(OLD, encoding="utf-8")
    lasts = sorted(
        _seconds_of(path, wanted) for _, wanted in zip(range(9), changes(), strict=False)
    )
    longest = lasts[-2] * 1.1
    for number, wanted in zip(range(MOMENTS), changes(), strict=False):
        seconds = longest * number / MOMENTS
        child = _forked(partial(_change, path, wanted))
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        yield _found(path, f"{seconds * 1000:.2f} ms", wanted, try_next=number % 10 == 0)


def kill_at_every_system_call(path: Path) -> Iterator[Found]:
    """Kill changes just after each call of the system that they make."""
    path.write_text(OLD, encoding="utf-8")
    for number, wanted in enumerate(changes()):
        child = _forked(partial(_killing_itself, path, wanted, number))
        _, status = os.waitpid(child, 0)
        yield _found(path, f"call {number}", wanted, try_next=number % 5 == 0)
        if not os.WIFSIGNALED(status):
            return


def _killing_itself(path: Path, wanted: Change, moment: int) -> None:
    """Make the change, and be killed at the event of that number."""
    left = moment

    def look(_frame: object, event: str, called: object) -> None:
        nonlocal left
        if event == "c_return" and _is_system_call(called):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)
    _change(path, wanted)
    sys.setprofile(None)


def _is_system_call(called: object) -> bool:
    owner = getattr(called, "__self__", None)
    module = getattr(called, "__module__", None) or type(owner).__module__
    return module in SYSTEM_CALLS


def _seconds_of(path: Path, wanted: Change) -> float:
    began = time.perf_counter()
    os.waitpid(_forked(partial(_change, path, wanted)), 0)
    seconds = time.perf_counter() - began
    path.write_text(OLD, encoding="utf-8")
    return seconds


def _forked(do: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    with suppress(BaseException):
        do()
        os._exit(0)
    os._exit(1)


def _change(path: Path, wanted: Change) -> None:
    change(path, lambda _: [wanted])


def _found(path: Path, moment: str, wanted: Change, *, try_next: bool) -> Found:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    beside = sorted(one.name for one in path.parent.iterdir() if one != path)
    worked = None
    if try_next or len(beside) > 1:
        path.write_text(OLD, encoding="utf-8")
        _, status = os.waitpid(_forked(partial(_change, path, wanted)), 0)
        worked = status == 0 and _named(path.read_text(encoding="utf-8"), wanted) == "new"
    if path.read_text(encoding="utf-8") != OLD:
        path.write_text(OLD, encoding="utf-8")
    return Found(moment=moment, file=_named(text, wanted), beside=beside, next_worked=worked)


def _named(text: str, wanted: Change) -> str:
    return {OLD: "old", _after(wanted): "new"}.get(text, text)


@cache
def _after(wanted: Change) -> str:
    """The file that the change makes of the old one."""
    text = wanted.edit(OLD)
    found: dict[str, Any] = tomllib.loads(OLD)
    wanted.apply(found)
    assert tomllib.loads(text) == found
    return text


if __name__ == "__main__":
    import filelock  # noqa: F401 -- before the forks, not in each
    import tomlkit  # noqa: F401 -- the same

    kill = {"times": kill_at_many_moments, "calls": kill_at_every_system_call}[sys.argv[1]]
    json.dump(list(kill(Path(sys.argv[2]))), sys.stdout)
    sys.exit()


# --- the judgement ------------------------------------------------------------------------------
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system forks no processes"),
    pytest.mark.slow,
]


@pytest.fixture(params=["times", "calls"])
def series(request: pytest.FixtureRequest) -> list[Found]:
    """What lay there after each kill of a whole series."""
    return _series(request.param)


@cache
def _series(kind: str) -> list[Found]:
    """The series, made once; a fixture of the module would be made again for each test."""
    path = Path(tempfile.mkdtemp()) / "connections.toml"
    ran = subprocess.run(
        [sys.executable, "-m", __name__, kind, path],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(path.parent)
    assert ran.returncode == 0, ran.stderr
    found: list[Found] = json.loads(ran.stdout)
    return found


def test_some_kills_leave_an_unfinished_file() -> None:
    """Those before each system call do for certain: that nothing piles up is seen in these."""
    beside = {UNFINISHED.sub(".new", name) for one in _series("calls") for name in one["beside"]}

    assert UNFINISHED_FILE in beside


def test_the_file_is_the_old_or_the_new(series: list[Found]) -> None:
    """Whole, whenever it was; and the series saw both."""
    files = Counter(one["file"] for one in series)

    assert set(files) == {"old", "new"}
    assert len(series) >= 50


def test_nothing_piles_up(series: list[Found]) -> None:
    """Beside the file lie its lock and one unfinished file at most."""
    beside = {UNFINISHED.sub(".new", name) for one in series for name in one["beside"]}

    assert {LOCK} <= beside <= {LOCK, UNFINISHED_FILE}
    assert all(sum(name.endswith(".new") for name in one["beside"]) <= 1 for one in series)


def test_the_next_change_is_made(series: list[Found]) -> None:
    """The dead hold no lock, and what they left is in nobody's way."""
    tried = [one for one in series if one["next_worked"] is not None]

    assert all(one["next_worked"] for one in tried)
    assert any(name.endswith(".new") for one in tried for name in one["beside"])


def test_what_was_left_is_gone_after_the_next_command(registry_path: Path) -> None:
    """The program itself, over what a killed one left."""
    registry_path.parent.mkdir()
    registry_path.write_text(OLD, encoding="utf-8")
    registry_path.with_name(".connections.toml.0a1b2c3d.new").write_text(
        OLD[:1000], encoding="utf-8"
    )
    registry_path.with_name(".connections.toml.lock").touch()

    ran = run_program(["add", "new", "--uri", "http://127.0.0.1:1"])

    assert ran.code == 0, ran.err
    found = {one.name for one in registry_path.parent.iterdir()}
    assert found == {"connections.toml", ".connections.toml.lock"}
    assert len(tomllib.loads(registry_path.read_text())["connections"]) == ALIASES + 1

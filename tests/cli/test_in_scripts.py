"""The program where scripts have it: under `set -e`, in `xargs`, in a pipe, on any terminal, ended.

test_streams.py has its streams one by one; here shells put it to use.
"""

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

from tests.cli.programs import ESCAPE, LONG, NOWHERE, PROGRAM, assert_no_traceback
from tests.conftest import Ran, run_program

SHELLS = ["sh", "bash"]
SOON = 0.5
"""Seconds within which a signal ends it, where `python -c pass` takes no more than 25 ms."""


@pytest.fixture(autouse=True)
def aliases(registry_path: Path) -> None:
    """One that refuses, one that is out of service."""
    dead = f'[connections.dead]\nuri = "{NOWHERE}"\n'
    registry_path.parent.mkdir()
    registry_path.write_text(f"{dead}{dead.replace('dead', 'off')}disconnected = true\n")
    registry_path.chmod(0o600)


def script(text: str, shell: str = "bash", **environment: str) -> Ran:
    """Run a script in which `milvusconn` is the program."""
    command = shlex.join(PROGRAM)
    (Path.home() / "bin").mkdir(exist_ok=True)
    program = Path.home() / "bin" / "milvusconn"
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        [shell, "-c", text],
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize("shell", SHELLS)
def test_as_a_condition(shell: str) -> None:
    """`if`, `||` and `&&` read the answer."""
    text = "if milvusconn has -q dead; then echo up; else echo down $?; fi"

    ran = script(f"{text}; milvusconn has -q off || echo $?", shell)

    assert (ran.code, ran.out, ran.err) == (0, "down 3\n1\n", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_set_e(shell: str) -> None:
    """A probe that fails ends the script, with its code; what succeeds does not."""
    text = "set -eu; milvusconn list --names; milvusconn has dead; echo not reached"

    ran = script(text, shell)

    assert (ran.code, ran.out) == (3, "dead\noff\nFalse\n")
    assert "tcp-refused" in ran.err


def test_pipefail() -> None:
    """The answer is heard through a pipe; a reader that leaves early does not change it."""
    assert script("set -o pipefail; milvusconn has dead | cat").code == 3
    assert script("set -o pipefail; milvusconn explain -o plain | head -n 1").code == 0
    assert script("milvusconn list -o plain | cut -f 6 | sort").out == "disconnected\ntcp-refused\n"


def test_xargs() -> None:
    """Names out of one command into the next: all at once, one each, and side by side."""
    names = "milvusconn list --names |"

    assert script(f"{names} xargs milvusconn has 2>/dev/null").out == "dead\tFalse\noff\tFalse\n"
    each = script(f"{names} xargs -n 1 milvusconn address")
    assert (each.code, each.out) == (0, "127.0.0.1:1\n127.0.0.1:1\n")
    assert script(f"{names} xargs -P 2 -n 1 milvusconn has -q").code == 123  # xargs's own
    assert script(f"{names} xargs milvusconn remove").code == 0
    assert run_program(["list", "--names"]).out == ""


def test_substitution() -> None:
    """What is printed has nothing before or after it."""
    ran = script('echo "[$(milvusconn address dead)] [$(milvusconn has dead 2>/dev/null)]"')

    assert ran.out == "[127.0.0.1:1] [False]\n"


def test_loop_that_reads() -> None:
    """In a `while read` loop it leaves the loop's input alone."""
    body = "milvusconn has -q $name; echo $name $?"

    assert (
        script(f"milvusconn list --names | while read -r name; do {body}; done").out
        == "dead 3\noff 1\n"
    )


@pytest.mark.sweep(one_in=3)
@pytest.mark.parametrize("closed", ["<&-", "<&- 2>&-"])
@pytest.mark.parametrize("command", ["has dead", "list --no-probe", "completion show bash"])
def test_streams_that_a_scheduler_closes(command: str, closed: str) -> None:
    """The same answer as ever."""
    expected = script(f"milvusconn {command}")

    ran = script(f"milvusconn {command} {closed}")

    assert ran.code == expected.code
    assert re.sub(r"[\d.]+ ms", "", ran.out) == re.sub(r"[\d.]+ ms", "", expected.out)
    assert_no_traceback(ran.err)


def on_a_terminal(columns: int, *arguments: str, **environment: str) -> Ran:
    """What the program says to a terminal of that width, on both streams."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    program = subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **environment},
    )
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:  # Linux's way to say that nobody is there any more
        pass
    os.close(ours)
    return Ran(program.wait(LONG), said.decode("utf-8", "replace"), "")


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("arguments", [("list",), ("-h",), ("has", "-h"), ("completion", "status")])
def test_width_of_the_terminal(columns: int, arguments: tuple[str, ...]) -> None:
    """Tables and screens keep within it; what a person would paste is never cut."""
    ran = on_a_terminal(columns, *arguments, TERM="xterm", NO_COLOR="1")

    assert ran.code == 0
    for line in ran.out.splitlines():
        is_message = line.startswith(("milvusconn: ", "  hint: "))
        pasted = is_message or line.startswith("      milvusconn ")
        assert len(line) <= columns or pasted, line


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}],
    ids=str,
)
@pytest.mark.parametrize("arguments", [("list",), ("inspect", "dead"), ("-h",)])
def test_terminal_without_colour(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    """Not one escape sequence, in the C locale neither a traceback."""
    ran = on_a_terminal(80, *arguments, LC_ALL="C", **environment)

    assert ran.code in {0, 3}
    assert ESCAPE not in ran.out
    assert_no_traceback(ran.out)


def a_moment() -> float:
    """`SOON`, but longer where the machine is slow: 20 starts of a Python that does nothing."""
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return max(SOON, 20 * (time.monotonic() - start))


@pytest.mark.sweep(one_in=3)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str)
@pytest.mark.parametrize("verb", ["has", "inspect", "connect", "list"])
def test_signal_ends_it_soon(
    visited: tuple[int, threading.Event], number: signal.Signals, code: int, verb: str
) -> None:
    """A probe that waits is given up within half a second: by its code, without an answer."""
    port, arrived = visited
    run_program(["add", "hung", "--uri", f"http://127.0.0.1:{port}", "--tag", "hung"])
    arguments = ["--tag", "hung"] if verb == "list" else ["hung"]
    program = subprocess.Popen(
        [*PROGRAM, verb, *arguments, "-t", "3600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert arrived.wait(LONG)
    limit = a_moment()

    start = time.monotonic()
    program.send_signal(number)
    out, err = program.communicate(timeout=LONG)
    took = time.monotonic() - start

    assert (program.returncode, out) == (code, "")
    assert_no_traceback(err)
    assert took < limit


def test_interrupted_while_it_is_imported(tmp_path: Path) -> None:
    """A person's Ctrl-C right after ENTER: by its code, and no traceback of an import."""
    (tmp_path / "typer.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nsum(range(1000))\n"
    )

    ran = run_program(["list"], environment={"PYTHONPATH": str(tmp_path)})

    assert ran == Ran(130, "", "")

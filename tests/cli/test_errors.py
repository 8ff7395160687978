"""Internal errors, wrong use, signals and limits."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli.app import VERBS
from tests.cli.programs import ESCAPE, LONG, NOWHERE, PROGRAM, assert_no_traceback, by_words
from tests.conftest import Ran, run_program
from tests.servers.calls import came_true

pytestmark = pytest.mark.usefixtures("dev")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--no-such-option",),
        ("has", "--no-such-option"),
        ("hsa", "dev"),
        ("has", "-o", "xml"),
        ("has", "-t", "soon"),
        ("has", "-o"),
        ("rename", "dev"),
        ("rename", "dev", "b", "c"),
        ("add",),
        ("disconnect",),
        ("list", "dev"),
    ],
    ids=by_words,
)
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    """Exit 2, one line and a hint; nothing on stdout."""
    ran = run_program(arguments)

    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith("milvusconn: ")
    verb = arguments[0]
    exact = ("did you mean ", "-t is --timeout", f"usage: `milvusconn {verb} ", "`milvusconn has ")
    is_exact = second.startswith(tuple(f"  hint: {one}" for one in exact))
    assert is_exact or (second.startswith("  hint: `milvusconn ") and second.endswith("--help`"))


def test_no_arguments() -> None:
    """Help, and exit 2: a script that forgot the verb must not read success."""
    ran = run_program([])

    assert ran.code == 2
    assert "Usage: milvusconn" in ran.out + ran.err


@pytest.mark.sweep(one_in=8)
@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("verb", [None, *VERBS])
def test_help(verb: str | None, option: str) -> None:
    """Everywhere, on stdout, exit 0."""
    ran = run_program([verb, option] if verb else [option])

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: milvusconn {verb or ''}")
    assert ESCAPE not in ran.out


def test_help_lists_every_verb() -> None:
    """Each with a line on what it does."""
    said = run_program(["--help"]).out

    assert all(re.search(rf"^  {verb} +\w", said, re.MULTILINE) for verb in VERBS)


def test_version() -> None:
    """The name and the number."""
    ran = run_program(["--version"])

    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"milvusconn \d+\.\d+\S*\n", ran.out)


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("has", "nobody"), ("has", "--nope")], ids=by_words
)
def test_both_names_are_one_program(arguments: tuple[str, ...]) -> None:
    """`milvusconn` says what `python -m milvusconn_cli` says."""
    script = Path(sys.executable).with_name("milvusconn")
    if not script.exists():
        pytest.skip("milvusconn is not installed here")

    ran = subprocess.run([script, *arguments], capture_output=True, text=True, check=False)

    assert Ran(ran.returncode, ran.stdout, ran.stderr) == run_program(arguments)


@pytest.fixture
def broken_program(tmp_path: Path) -> dict[str, str]:
    """An environment in which the program has a fault."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(
        "import milvusconn_cli.registry.file\n"
        "def load(*_):\n"
        "    raise RuntimeError('a screw is loose')\n"
        "milvusconn_cli.registry.file.load = load\n"
    )
    return {"PYTHONPATH": str(tmp_path / "broken")}


def test_fault_of_the_program(broken_program: dict[str, str]) -> None:
    """One line, a hint, exit 70, no traceback: and never `False`, which nobody knows."""
    ran = run_program(["has", "dev"], environment=broken_program)

    assert (ran.code, ran.out) == (70, "")
    first, second = ran.err.splitlines()
    assert "RuntimeError in sitecustomize.py:3" in first
    assert "a screw is loose" not in ran.err  # its text may quote anything
    assert "MILVUSCONN_DEBUG" in second
    assert "Traceback" not in ran.err


def test_fault_of_the_program_for_its_makers(broken_program: dict[str, str]) -> None:
    """The traceback where it is asked for, without the text of the exception."""
    environment = {**broken_program, "MILVUSCONN_DEBUG": "1"}

    ran = run_program(["has", "dev"], environment=environment)

    assert (ran.code, ran.out) == (70, "")
    assert "Traceback" in ran.err
    assert "sitecustomize.py" in ran.err
    assert "RuntimeError: " not in ran.err  # the line that raised it is shown, its text is not


def test_debug_changes_no_answer() -> None:
    """stdout and exit code are the same, and no secret is told."""
    run_program(["add", "new", "--uri", NOWHERE, "--token", "Open-Sesame-77"])

    ran = run_program(["has", "new"], environment={"MILVUSCONN_DEBUG": "1"})

    assert (ran.code, ran.out) == (3, "False\n")
    assert "Open-Sesame-77" not in ran.err


@pytest.mark.sweep(one_in=3)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str)
@pytest.mark.parametrize(
    "arguments",
    [("has", "hung"), ("has", "hung", "-o", "json"), ("list",), ("connect", "hung")],
    ids=by_words,
)
def test_signal_while_probing(
    visited: tuple[int, threading.Event],
    number: signal.Signals,
    code: int,
    arguments: tuple[str, ...],
) -> None:
    """It ends at once, by the code for it, without an answer and without a traceback."""
    port, arrived = visited
    run_program(["add", "hung", "--uri", f"http://127.0.0.1:{port}"])
    run_program(["remove", "dev", "--force"])  # of which `list` might know by then
    before = Path(os.environ["MILVUSCONN_CONFIG"]).read_bytes()
    program = subprocess.Popen(
        [*PROGRAM, *arguments, "-t", "3600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert arrived.wait(LONG)

    program.send_signal(number)
    out, err = program.communicate(timeout=LONG)

    assert (program.returncode, out) == (code, "")
    assert_no_traceback(err)
    assert Path(os.environ["MILVUSCONN_CONFIG"]).read_bytes() == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_while_a_secret_is_fetched(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """A command that hangs does not keep the program from ending, and ends with it."""
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    reference = f"command:sh -c 'echo $$ > {fifo}; exec sleep 3600'"
    run_program(["add", "locked", "--uri", NOWHERE, "--token", reference])
    program = subprocess.Popen(
        [*PROGRAM, "has", "locked", "-t", "3600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    secret_command = int(fifo.read_text())

    program.send_signal(number)
    out, err = program.communicate(timeout=LONG)

    assert (program.returncode, out) == (code, "")
    assert_no_traceback(err)
    ended = came_true(lambda: has_ended(secret_command), LONG)
    if not ended:
        os.kill(secret_command, signal.SIGKILL)
    assert ended


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_nobody_keeps_the_secret_command_alive(tmp_path: Path) -> None:
    """Out of time or interrupted: what was started for a secret is gone with the program."""
    pid_file = tmp_path / "pid"
    reference = f"command:sh -c 'echo $$ > {pid_file}; exec sleep 3600'"
    run_program(["add", "locked", "--uri", NOWHERE, "--token", reference])

    ran = run_program(["has", "locked", "-t", "1"])

    assert ran.code == 78
    assert came_true(lambda: has_ended(int(pid_file.read_text())), LONG)


@pytest.mark.parametrize("limit", ["0.5", "1", "2.5"])
def test_hung_resolver(
    run_with_resolver: Callable[..., subprocess.CompletedProcess[str]], limit: str
) -> None:
    """getaddrinfo has no limit of its own; the program has."""
    run_program(["add", "far", "--uri", "http://milvus.example"])
    command = [*PROGRAM, "has", "far", "dev", "-t", limit, "-o", "json"]

    ran = run_with_resolver(command, "silent")

    far, near = document(ran)["connections"]
    assert far["status"] == "dns-unavailable"
    assert far["seconds"] <= float(limit) + 0.5
    assert near["status"] == "tcp-refused"
    assert ran.returncode == 3


def document(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer

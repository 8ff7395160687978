"""What only a process shows: its streams, its signals, its environment, its way out.

Nothing here takes the way through `main` in the test's own process.
"""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli.app import VERBS
from tests.conftest import Ran, run_program
from tests.servers.calls import came_true

PROGRAM = [sys.executable, "-m", "milvusconn_cli"]
NOWHERE = "http://127.0.0.1:1"
ESCAPE = "\x1b"
LONG = 30.0
"""Seconds after which a program that should have ended makes its test fail."""

FULL = Path("/dev/full")
OUTPUTS = [
    ("has", "dev"),
    ("has", "dev", "-o", "json"),
    ("has", "dev", "-o", "table"),
    ("list",),
    ("list", "--names"),
    ("list", "--no-probe", "-o", "plain"),
    ("show", "dev"),
    ("address", "dev"),
    ("explain",),
    ("--version",),
]
"""Commands that write to stdout."""


def by_words(arguments: object) -> str:
    return " ".join(arguments) if isinstance(arguments, tuple) else str(arguments)


@pytest.fixture(autouse=True)
def dev() -> None:
    """An alias that refuses, in each test's registry."""
    assert run_program(["add", "dev", "--uri", NOWHERE]).code == 0


def through_shell(redirections: str, *arguments: str) -> Ran:
    """Run the program with the redirections of a shell."""
    command = ["sh", "-c", f'exec "$@" {redirections}', "sh", *PROGRAM, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def assert_no_traceback(said: str) -> None:
    """Neither ours nor one of Python's own complaints at exit."""
    for word in ("Traceback", "Exception", "BrokenPipeError", 'File "', "Errno"):
        assert word not in said


# stdout that cannot be written


@pytest.mark.parametrize("arguments", [*OUTPUTS, ("--help",), ("has", "--help")], ids=by_words)
def test_reader_that_went_away(arguments: tuple[str, ...]) -> None:
    """It has heard enough: quiet about it, and the exit code is that of the answer."""
    expected = run_program(arguments)
    reading, writing = os.pipe()
    os.close(reading)

    with os.fdopen(writing, "wb") as closed:
        ran = subprocess.run(
            [*PROGRAM, *arguments], stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )

    assert ran.returncode == expected.code
    assert_no_traceback(ran.stderr)
    assert comparable(ran.stderr) == comparable(expected.err)


def comparable(said: str) -> str:
    return re.sub(r"\d+ ms", "", said)


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("arguments", [*OUTPUTS, ("--help",), ("has", "--help")], ids=by_words)
def test_full_disk(arguments: tuple[str, ...]) -> None:
    """Exit 74 and one line that says so."""
    with FULL.open("w") as full:
        ran = subprocess.run(
            [*PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert ran.returncode == 74
    (line,) = [line for line in ran.stderr.splitlines() if "standard output" in line]
    assert line.startswith("milvusconn: ")
    assert_no_traceback(ran.stderr)


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
def test_full_disk_of_stderr() -> None:
    """The answer does not depend on whether the reason can be told."""
    ran = through_shell("2>/dev/full", "has", "dev")

    assert (ran.code, ran.out) == (3, "False\n")


@pytest.mark.parametrize("arguments", OUTPUTS[:-1], ids=by_words)
def test_stdout_closed(arguments: tuple[str, ...]) -> None:
    """There is nobody to tell the answer to: exit 74, one line."""
    ran = through_shell(">&-", *arguments)

    assert ran.code == 74
    assert len([line for line in ran.err.splitlines() if "standard output" in line]) == 1
    assert_no_traceback(ran.err)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("has", "-h"), ()])
def test_stdout_closed_on_help(arguments: tuple[str, ...]) -> None:
    """No traceback there either."""
    assert_no_traceback(through_shell(">&-", *arguments).err)


def test_stdout_closed_and_nothing_to_say() -> None:
    """What writes nothing does not mind."""
    assert through_shell(">&-", "has", "-q", "dev").code == 3
    assert through_shell(">&-", "add", "new", "--uri", NOWHERE).code == 0
    assert run_program(["list", "--names"]).out == "dev\nnew\n"


@pytest.mark.parametrize(
    ("redirections", "expected"),
    [("<&-", "False\n"), ("2>&-", "False\n"), ("<&- 2>&-", "False\n"), ("<&- >&- 2>&-", "")],
)
def test_other_streams_closed(redirections: str, expected: str) -> None:
    """stdin is not needed, stderr is a courtesy."""
    ran = through_shell(redirections, "has", "dev")

    assert ran.out == expected
    assert ran.code == (3 if expected else 74)
    assert_no_traceback(ran.err)


def test_stdin_closed_where_it_is_read() -> None:
    """A secret that should have come from there: exit 78, and no alias."""
    ran = through_shell("<&-", "add", "new", "--uri", NOWHERE, "--token", "-")

    assert ran.code == 78
    assert_no_traceback(ran.err)
    assert run_program(["list", "--names"]).out == "dev\n"


def test_secret_from_a_pipe() -> None:
    """One line of standard input, as documented."""
    added = run_program(["add", "new", "--uri", NOWHERE, "--token", "-"], input="Sesame\nmore\n")

    assert added.code == 0
    assert "Sesame" not in added.out + added.err
    assert "***" in run_program(["show", "new", "-o", "plain"]).out


# Text


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LANG": "C", "LC_ALL": ""},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=str,
)
@pytest.mark.parametrize("output", ["table", "plain", "json"])
def test_locale_that_cannot_show_it(environment: dict[str, str], output: str) -> None:
    """What it cannot show is escaped; it is no reason to fail."""
    run_program(["add", "snow", "--uri", NOWHERE, "--description", "snow ☃ man"])

    ran = subprocess.run(
        [*PROGRAM, "show", "snow", "-o", output],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 0
    assert b"snow" in ran.stdout
    assert b"man" in ran.stdout
    assert ran.stderr == b""


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_help_in_any_locale(encoding: str) -> None:
    """It holds characters that ASCII lacks."""
    for verb in VERBS:
        ran = subprocess.run(
            [*PROGRAM, verb, "--help"],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        assert (verb, ran.returncode, ran.stderr) == (verb, 0, b"")


# Colour


COLOURLESS: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({}, ()),
    ({"NO_COLOR": "1"}, ()),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, ()),
    ({"FORCE_COLOR": "1"}, ("--no-color",)),
]


@pytest.mark.parametrize(("environment", "options"), COLOURLESS)
def test_no_colour_in_a_pipe(environment: dict[str, str], options: tuple[str, ...]) -> None:
    """Unless it is forced; who says no is heard over who forces."""
    ran = run_program(["list", *options], environment={"TERM": "xterm", **environment})

    assert "tcp-refused" in ran.out
    assert ESCAPE not in ran.out + ran.err


def test_colour_by_force() -> None:
    """FORCE_COLOR colours a pipe, and changes no word."""
    plain = run_program(["list", "--no-probe"])
    forced = run_program(["list"], environment={"FORCE_COLOR": "1", "TERM": "xterm"})

    assert ESCAPE in forced.out
    assert "tcp-refused" in forced.out
    assert ESCAPE not in plain.out


@pytest.mark.parametrize("output", ["plain", "json"])
def test_colour_is_for_tables(output: str) -> None:
    """Data is data, whatever is forced."""
    ran = run_program(["list", "-o", output], environment={"FORCE_COLOR": "1", "TERM": "xterm"})

    assert ESCAPE not in ran.out


def on_a_terminal(arguments: Sequence[str], **environment: str) -> str:
    """What the program says to a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        with os.fdopen(theirs, "wb", buffering=0) as line:
            program = subprocess.Popen(
                [*PROGRAM, *arguments],
                stdin=line,
                stdout=line,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "COLUMNS": "100", **environment},
            )
        said = b""
        with contextlib.suppress(OSError):  # Linux's way to say that nobody is there any more
            while piece := screen.read(4096):
                said += piece
        program.wait(LONG)
    return said.decode()


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
    ],
    ids=str,
)
def test_terminal(
    environment: dict[str, str],
    coloured: bool,  # noqa: FBT001 -- pytest's parameter
) -> None:
    """Colour where there is any; a dumb terminal gets no escape sequence at all."""
    said = on_a_terminal(["list"], **environment)

    assert "tcp-refused" in said
    assert (ESCAPE in said) is coloured


def test_no_colour_on_a_terminal() -> None:
    """By option."""
    assert ESCAPE not in on_a_terminal(["list", "--no-color"], TERM="xterm")


def test_pipe_is_never_too_narrow() -> None:
    """Nothing is cut for a reader that is no terminal; COLUMNS leaves the least important out."""
    host = f"{'a' * 60}.{'b' * 60}.example"
    run_program(["add", "long", "--uri", f"http://{host}:1"])

    wide = run_program(["list", "--no-probe"])
    narrow = run_program(["list"], environment={"COLUMNS": "40"})

    assert f"{host}:1" in wide.out
    assert max(map(len, narrow.out.splitlines())) <= 40
    assert "STATUS" in narrow.out
    assert "TIME" not in narrow.out


# Faults and wrong use


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
    nearest = second.startswith("  hint: did you mean ") and second.endswith("?")
    assert nearest or (second.startswith("  hint: milvusconn ") and second.endswith("--help"))


def test_no_arguments() -> None:
    """Help, and exit 2: a script that forgot the verb must not read success."""
    ran = run_program([])

    assert ran.code == 2
    assert "Usage: milvusconn" in ran.out + ran.err


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


# Signals


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


# Limits


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

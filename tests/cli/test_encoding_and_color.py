"""Encodings, widths and color of what is printed."""

import contextlib
import os
import pty
import subprocess
from collections.abc import Sequence

import pytest

from milvusconn_cli.app import VERBS
from tests.cli.programs import ESCAPE, LONG, NOWHERE, PROGRAM
from tests.conftest import run_program

pytestmark = pytest.mark.usefixtures("dev")


@pytest.mark.sweep(one_in=4)
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

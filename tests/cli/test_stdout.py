"""Standard output that cannot be written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.programs import NOWHERE, PROGRAM, assert_no_traceback, by_words
from tests.conftest import Ran, run_program

pytestmark = pytest.mark.usefixtures("dev")
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


def through_shell(redirections: str, *arguments: str) -> Ran:
    """Run the program with the redirections of a shell."""
    command = ["sh", "-c", f'exec "$@" {redirections}', "sh", *PROGRAM, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.sweep(one_in=4)
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


@pytest.mark.sweep(one_in=4)
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

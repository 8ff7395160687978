"""`list --watch`: a line for each change in a pipe, a living table on a terminal."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.programs import PROGRAM, assert_no_traceback
from tests.commands.verbs import NOWHERE, Speak, assert_refused, register
from tests.conftest import Milvusconn
from tests.servers import speaking_milvus as answers
from tests.servers.milvus import MilvusServer

LONG = 120.0
"""Seconds after which what should have happened makes a test fail."""


def watching(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*PROGRAM, "list", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def end(
    program: "subprocess.Popen[str]", number: signal.Signals = signal.SIGINT
) -> tuple[str, str]:
    program.send_signal(number)
    return program.communicate(timeout=LONG)


def test_changes_of_a_real_milvus(
    milvusconn: Milvusconn, mortal_milvus: Callable[[], MilvusServer]
) -> None:
    """Killed, and seen."""
    server = mortal_milvus()
    register(milvusconn, "dev", uri=server.uri)
    program = watching("--watch", "0.2")
    assert program.stdout

    first = program.stdout.readline().split("\t")
    server.kill()
    second = program.stdout.readline().split("\t")
    _, err = end(program)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first[0])
    assert first[1:4] == ["dev", "-", "established"]
    assert second[1:3] == ["dev", "established"]
    assert second[3].startswith("tcp-")
    assert (program.returncode, err) == (130, "")


def test_only_changes(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """The server is asked many times, and two lines are printed."""
    asked = threading.Event()
    server = speaking_milvus(connect=None, get_version=answers.version("v2.2.0"))
    register(milvusconn, "old", uri=server.uri)
    register(milvusconn, "down")
    program = watching("--watch=0.05", "-o", "json")
    deadline = time.monotonic() + LONG
    while len(server.calls) < 20 and time.monotonic() < deadline:
        asked.wait(0.01)

    out, err = end(program, signal.SIGTERM)

    rows = [json.loads(one) for one in out.splitlines()]
    assert {(row["alias"], row["before"], row["status"]) for row in rows} == {
        ("old", None, "too-old"),
        ("down", None, "tcp-refused"),
    }
    assert (len(rows), program.returncode, err) == (2, 143, "")


def test_failing_and_tags(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    uri = speaking_milvus().uri
    milvusconn("add", "up", "--uri", uri, "--tag", "eu")
    milvusconn("add", "down", "--uri", NOWHERE, "--tag", "eu")
    register(milvusconn, "other")
    program = watching("--watch", "--failing", "--tag", "eu")
    assert program.stdout

    first = program.stdout.readline()
    rest, _ = end(program)

    assert first.split("\t")[1] == "down"
    assert rest == ""


def test_reader_that_leaves_ends_it(milvusconn: Milvusconn) -> None:
    register(milvusconn, *(f"a{number}" for number in range(20)))

    ran = subprocess.run(
        ["timeout", str(LONG), "sh", "-c", f"{' '.join(PROGRAM)} list --watch 1 | head -1"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert (ran.stdout.count("\n"), ran.stderr) == (1, "")


def replace_text(path: Path, text: str) -> None:
    """Atomically, as editors do: nobody is to read half of it."""
    other = path.with_name("other.toml")
    other.write_text(text)
    other.chmod(0o600)
    other.replace(path)


def test_registry_that_changes(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Aliases come and go; what is no registry leaves them as they are, and is told once."""
    milvusconn("add", "down", "--uri", NOWHERE, "--tag", "eu")
    program = watching("--watch", "0.2", "--tag", "eu")
    assert program.stdout
    assert program.stderr

    said = [program.stdout.readline()]
    milvusconn("add", "new", "--uri", NOWHERE, "--tag", "eu")
    said.append(program.stdout.readline())
    milvusconn("add", "elsewhere", "--uri", NOWHERE)
    messages = [program.stderr.readline() for _ in range(2)]
    whole = registry_path.read_text()
    replace_text(registry_path, whole + "[")
    messages.append(program.stderr.readline())
    hint = program.stderr.readline()
    changed = whole.replace('uri = "http', 'timeout = 3.0\nuri = "http', 1)
    replace_text(registry_path, changed)
    said.append(program.stdout.readline())
    rest, errors = end(program)

    assert [line.split("\t")[1:4] for line in said] == [
        ["down", "-", "tcp-refused"],
        ["new", "-", "tcp-refused"],
        ["down", "-", "tcp-refused"],
    ]
    assert messages[:2] == [
        "milvusconn: registry reloaded: 2 aliases\n",
        "milvusconn: registry reloaded: 3 aliases\n",
    ]
    assert messages[2].startswith("milvusconn: the registry is not reloaded: ")
    assert hint.startswith("  hint: ")
    assert (rest, errors) == ("", "milvusconn: registry reloaded: 3 aliases\n")


def test_registry_that_cannot_be_read_is_told_below_the_table(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    register(milvusconn, "down")
    screen = Screen(100, "list", "--watch", "0.2")
    try:
        screen.until(r"1 alias: 1 tcp-refused")
        whole = registry_path.read_text()
        replace_text(registry_path, "[")
        screen.until(r"the registry is not reloaded: ")
        replace_text(registry_path, whole.replace("down", "renamed"))
        screen.until(r"renamed .*tcp-refused")
        code = screen.end(signal.SIGINT)
    finally:
        screen.program.kill()

    assert code == 130
    assert "not reloaded" not in screen.said.rpartition("renamed")[2]


@pytest.mark.parametrize("option", ["--names", "--no-probe", "--exit-code", "-q"])
def test_options_that_need_an_end(milvusconn: Milvusconn, option: str) -> None:
    assert_refused(milvusconn("list", "--watch", option), 2, "--watch")


@pytest.mark.parametrize("value", ["0", "-1", "x", "nan"])
def test_refused_periods(milvusconn: Milvusconn, value: str) -> None:
    assert_refused(milvusconn("list", f"--watch={value}"), 2, "--watch")


class Screen:
    """The program on a terminal of its own."""

    def __init__(self, columns: int, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "LINES": "20"}
        self.program = subprocess.Popen(
            [*PROGRAM, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.said = ""

    def until(self, pattern: str) -> str:
        """Read until it has drawn that; all that it has said."""
        limit = time.monotonic() + LONG
        while not re.search(pattern, self.said):
            assert time.monotonic() < limit, self.said
            self._read(limit - time.monotonic())
        return self.said

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # the other side is closed
            return False
        self.said += data.decode()
        return bool(data)

    def end(self, number: signal.Signals) -> int:
        self.program.send_signal(number)
        while self._read(LONG):
            pass
        os.close(self._ours)
        return self.program.wait(LONG)


@pytest.mark.parametrize("columns", [60, 200])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_living_table(
    milvusconn: Milvusconn, speaking_milvus: Speak, columns: int, number: signal.Signals, code: int
) -> None:
    """It is drawn again and again, marks what changed, and leaves the terminal as it was."""
    is_up = threading.Event()

    def answer(request: object, context: object) -> object:
        chosen = answers.established() if is_up.is_set() else answers.status(code=1)
        return chosen(request, context)  # type: ignore[arg-type]

    register(milvusconn, "dev", uri=speaking_milvus(connect=answer).uri)
    register(milvusconn, "down")
    screen = Screen(columns, "list", "--watch", "0.2")
    try:
        screen.until(r"dev .*starting")
        is_up.set()
        screen.until(r"dev .*established.*was starting")
        said_code = screen.end(number)
    finally:
        screen.program.kill()

    assert said_code == code
    assert "2 aliases: 1 established, 1 tcp-refused" in screen.said
    assert screen.said.count("\x1b[?25l") == screen.said.count("\x1b[?25h") == 1, "the cursor"
    assert_no_traceback(screen.said)

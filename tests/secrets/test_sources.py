"""Secrets, read from variables, files, commands and the keyring."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import keyring.backend
import keyring.errors
import pytest

from milvusconn_cli.errors import ConfigError, SecretError
from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.file import FromFile
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.secrets.reference import Literal, Secret
from tests.conftest import unprivileged
from tests.secrets.reading import SHORT, TEXT, fetched, refusal


def python(program: str, *arguments: str) -> FromCommand:
    """A command that runs a line of Python."""
    return FromCommand((sys.executable, "-c", program, *arguments))


def test_a_literal_is_its_own_source() -> None:
    """Nothing is looked up, and no time is needed."""
    assert fetched(Literal(Secret(TEXT)), 0) == TEXT
    assert fetched(Literal(Secret(""))) == ""


def test_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is, line breaks and all."""
    monkeypatch.setenv("MY_SECRET", f"{TEXT}\n")

    assert fetched(FromEnvironment("MY_SECRET")) == f"{TEXT}\n"


def test_a_variable_that_is_not_set() -> None:
    """Named, as the reference names it."""
    assert refusal(FromEnvironment("NOT_SET_HERE")).endswith(
        "environment variable NOT_SET_HERE is not set"
    )


def test_an_empty_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty secret is a mistake of whoever set it."""
    monkeypatch.setenv("MY_SECRET", "")

    assert "env:MY_SECRET is empty" in refusal(FromEnvironment("MY_SECRET"))


def test_a_variable_that_is_not_utf8() -> None:
    """It could not be sent; a file with the same bytes is refused too."""
    os.environb[b"MY_SECRET_BYTES"] = b"\xff\xfe"
    try:
        assert "not UTF-8" in refusal(FromEnvironment("MY_SECRET_BYTES"))
    finally:
        del os.environb[b"MY_SECRET_BYTES"]


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"pw", "pw"),
        (b"pw\n", "pw"),
        (b"pw\r\n", "pw"),
        (b"pw\n\n", "pw\n"),
        (b" pw ", " pw "),
        (b"a\nb\n", "a\nb"),
        ("schlüssel\n".encode(), "schlüssel"),
        pytest.param(b"x" * 65536, "x" * 65536, id="long"),
        (b"\xef\xbb\xbfpw\n", "pw"),
        (b"\xef\xbb\xbf\xef\xbb\xbfpw", "\ufeffpw"),
    ],
)
def test_a_file_and_a_command_lose_one_line_break(
    content: bytes, secret: str, tmp_path: Path
) -> None:
    """One trailing line break and one mark of UTF-8, which editors and shells put there."""
    path = tmp_path / "secret"
    path.write_bytes(content)

    assert fetched(FromFile(path)) == secret
    program = "import sys, pathlib; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    assert fetched(python(program, str(path))) == secret


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"\xff\xfe", "is not UTF-8"),
        ("\ufeffpw\n".encode("utf-16-le"), "is not UTF-8 text, but UTF-16"),
        ("\ufeffpw\n".encode("utf-16-be"), "is not UTF-8 text, but UTF-16"),
        (b"x" * 65537, "is longer than 65536 bytes"),
    ],
)
def test_a_file_that_holds_no_secret(content: bytes, message: str, tmp_path: Path) -> None:
    """Named for what is wrong, without what it holds."""
    path = tmp_path / "secret"
    path.write_bytes(content)

    said = refusal(FromFile(path))

    assert f"file:{path} {message}" in said


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    """The path, and the system's reason."""
    assert "No such file" in refusal(FromFile(tmp_path / "none"))
    assert "Is a directory" in refusal(FromFile(tmp_path))
    assert "Not a directory" in refusal(FromFile(Path("/dev/null/x")))


def test_a_path_that_no_file_can_have() -> None:
    """A NUL in the registry's path is a bad reference, not a fault of this program."""
    assert refusal(FromFile(Path("/a\x00b"))).endswith("cannot be read: embedded null byte")


def test_an_endless_file_is_not_read_to_its_end() -> None:
    """/dev/zero is longer than a secret may be."""
    assert "longer than" in refusal(FromFile(Path("/dev/zero")))


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    """A named pipe without a writer; who waits for one is let go in the end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    yield path
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def test_a_pipe_without_a_writer_runs_out_of_time(pipe: Path) -> None:
    """Opening it blocks for ever; the deadline ends the wait."""
    assert f"file:{pipe} could not be fetched in time" in refusal(FromFile(pipe), SHORT)


def test_a_deadline_that_is_over_is_said() -> None:
    """No time left, no secret, no crash."""
    assert "could not be fetched in time" in refusal(python("print('x')"), 0)


def test_a_command_is_run_without_a_shell(own_place: Path) -> None:
    """Its words are its words: nothing is expanded, no file is made."""
    words = ("$HOME", "*", "; touch made", "`id`", "a b", "> made")

    said = fetched(python("import sys; print('|'.join(sys.argv[1:]))", *words))

    assert said == "|".join(words)
    assert not list(own_place.iterdir())


def test_a_commands_stderr_is_not_ours(capfd: pytest.CaptureFixture[str]) -> None:
    """It may echo what it was given; nobody sees it."""
    program = f"import sys; print('{TEXT}', file=sys.stderr); print('pw')"

    assert fetched(python(program)) == "pw"
    assert capfd.readouterr() == ("", "")


def test_a_command_has_no_standard_input() -> None:
    """One that asks gets an end of file, not the user's keyboard."""
    own, (reader, keyboard) = os.dup(0), os.pipe()
    os.write(keyboard, b"typed")
    os.close(keyboard)
    os.dup2(reader, 0)
    try:
        assert fetched(python("import sys; print(repr(sys.stdin.read()))")) == "''"
    finally:
        os.dup2(own, 0)
        os.close(own)
        os.close(reader)


def test_a_command_that_fails(capfd: pytest.CaptureFixture[str]) -> None:
    """Its exit code, and neither its output nor its stderr."""
    program = f"import sys; print('{TEXT[:4]}' '{TEXT[4:]}'); sys.exit(3)"

    said = refusal(python(program))

    assert "exit code 3" in said
    assert TEXT not in said
    assert capfd.readouterr() == ("", "")


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    """The reference, and the system's reason."""
    missing = tmp_path / "none"

    assert f"command:{missing} cannot be run: No such file" in refusal(FromCommand((str(missing),)))
    assert "cannot be run" in refusal(FromCommand(("",)))
    assert "cannot be run" in refusal(FromCommand((str(tmp_path),)))


def test_a_command_that_cannot_be_named() -> None:
    """A NUL in the registry's command is a bad reference, not a fault of this program."""
    assert refusal(FromCommand(("a\x00b",))).endswith("cannot be run: embedded null byte")


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("pass", "is empty"),
        ("print()", "is empty"),
        (r"import sys; sys.stdout.buffer.write(b'\xff')", "is not UTF-8"),
        ("print('x' * 65537)", "is longer than"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
        ("import sys; print('x' * 65536, end=''); sys.exit(3)", "exit code 3"),
    ],
)
def test_a_command_that_gives_no_secret(program: str, message: str) -> None:
    """Named for what is wrong."""
    command = python(program)

    assert refusal(command).startswith(f"the secret {command} ")
    assert message in refusal(command)


def test_a_command_that_hangs_is_killed(tmp_path: Path) -> None:
    """The deadline ends the wait and the process: its end of a pipe closes."""
    path = tmp_path / "alive"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    program = (
        "import os, signal, sys\n"
        "held = os.open(sys.argv[1], os.O_WRONLY)\n"
        "os.write(held, b'up')\n"
        "signal.pause()\n"
    )

    assert "could not be fetched in time" in refusal(python(program, str(path)), 1.0)

    os.set_blocking(reader, True)
    said = os.read(reader, 2)
    assert os.read(reader, 1) == b""  # blocks for as long as anybody holds the other end
    os.close(reader)
    assert said in (b"up", b"")


def test_a_command_whose_child_keeps_the_output_open_runs_out_of_time(tmp_path: Path) -> None:
    """The command has ended, its output has not: the deadline ends the wait, and quietly."""
    path = tmp_path / "lifeline"
    os.mkfifo(path)
    lifeline = os.open(path, os.O_RDWR)  # the child lives until this is closed
    child = "import sys; open(sys.argv[1]).read()"
    program = "import subprocess, sys; subprocess.Popen([sys.executable, *sys.argv[1:]])"
    try:
        said = refusal(python(program, "-c", child, str(path)), 1.0)
    finally:
        os.close(lifeline)

    assert "could not be fetched in time" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts processes of other users")
def test_a_command_that_is_not_ours_to_kill_is_left(tmp_path: Path) -> None:
    """As one under sudo: the deadline ends the wait, if not the command."""
    path = tmp_path / "lifeline"
    os.mkfifo(path)
    lifeline = os.open(path, os.O_RDWR)  # the command lives until this is closed
    program = "import os, sys; held = open(sys.argv[1]); os.setresuid(1, 1, 1); held.read()"
    try:
        with unprivileged():
            said = refusal(python(program, str(path)), 1.0)
    finally:
        os.close(lifeline)

    assert "could not be fetched in time" in said


def test_an_endless_command_is_stopped_at_the_limit() -> None:
    """Who writes more than a secret may have is refused then, not when memory or time is out."""
    program = (
        "import sys\n"
        "for _ in range(256): sys.stdout.write('x' * 65536)\n"
        "sys.stdout.flush()\n"
        "import signal; signal.pause()\n"
    )

    assert "longer than" in refusal(python(program), 3.0)


def test_a_keyring_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install, since it is an extra."""
    monkeypatch.setitem(sys.modules, "keyring", None)  # which makes its import fail

    with pytest.raises(SecretError) as caught:
        fetched(FromKeyring("milvus", "root"))

    assert caught.value.message == "the secret keyring:milvus/root needs the keyring package"
    assert caught.value.hint == "`pip install 'milvusconn[keyring]'`"


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority: ClassVar[float] = 1
    entries: ClassVar[dict[tuple[str, str], str]] = {}
    failure: ClassVar[Exception | None] = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure:
            raise self.failure
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Ring]]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    monkeypatch.setattr(Ring, "entries", {})
    monkeypatch.setattr(Ring, "failure", None)
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield Ring
    keyring.set_keyring(before)


def test_a_keyring_entry(ring: type[Ring]) -> None:
    """By service and user."""
    ring.entries["milvus", "root"] = TEXT

    assert fetched(FromKeyring("milvus", "root")) == TEXT


@pytest.mark.usefixtures("ring")
def test_a_keyring_entry_that_is_missing() -> None:
    """Named, as the reference names it."""
    assert "keyring:milvus/root is not in the keyring" in refusal(FromKeyring("milvus", "root"))


@pytest.mark.parametrize(
    "failure",
    [keyring.errors.KeyringLocked(TEXT), keyring.errors.NoKeyringError(TEXT)],
    ids=["locked", "none"],
)
def test_a_keyring_that_gives_nothing(ring: type[Ring], failure: Exception) -> None:
    """The kind of failure, not its words."""
    ring.failure = failure

    said = refusal(FromKeyring("milvus", "root"))

    assert type(failure).__name__ in said
    assert TEXT not in said


def test_a_keyring_that_breaks(ring: type[Ring]) -> None:
    """A backend's own exception, such as a bus that is not there, is a secret that is not had."""
    ring.failure = OSError("no bus")

    with pytest.raises(ConfigError):
        fetched(FromKeyring("milvus", "root"))

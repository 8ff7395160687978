"""The program where Python lacks what only some systems have, as on Windows and macOS.

A process of its own, with the names taken away before anything is imported: neither system is at
hand here. What is left of a name is what Python itself needs.
"""

import os
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from milvusconn_cli.cli import stderr
from milvusconn_cli.completion import places
from milvusconn_cli.secrets import command
from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.system.open_files import raise_open_file_limit
from tests.conftest import Ran, run_program
from tests.servers.speaking_milvus import SpeakingMilvus

pytestmark = pytest.mark.skipif(os.name != "posix", reason="takes away what Windows lacks anyway")

TAKEN_AWAY = """
import asyncio, os, select, signal, socket, subprocess, sys

number, family = signal.SIGKILL, socket.AF_UNIX
pair, create = socket.socketpair, asyncio.get_event_loop_policy
for module, names in {
    os: "killpg getpgid fchown memfd_create listxattr setxattr getxattr mkfifo sysconf",
    signal: "SIGKILL SIGHUP SIGPIPE pthread_sigmask",
    socket: "AF_UNIX",
    select: "poll",
}.items():
    for name in names.split():
        delattr(module, name)
socket.socketpair = lambda *_: pair(family)
subprocess.Popen.kill = lambda self: os.kill(self.pid, number)
sys.modules["resource"] = None

def refuse(*_):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = refuse
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Callable[..., Ran]:
    """Run the program without them."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "sitecustomize.py").write_text(TAKEN_AWAY)

    def run(*arguments: str | Path) -> Ran:
        return run_program(arguments, environment={"PYTHONPATH": str(place)})

    return run


@pytest.fixture
def healthy(speaking_milvus: Callable[..., SpeakingMilvus]) -> str:
    """The URI of a server that is well."""
    return speaking_milvus().uri


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize(
    "arguments",
    [
        ("has", "ok"),
        ("has", "ok", "-o", "json"),
        ("list",),
        ("inspect", "ok"),
        ("connect", "ok"),
        ("add", "new", "--uri", "http://127.0.0.1:1"),
        ("rename", "ok", "other"),
        ("disconnect", "ok"),
        ("export",),
        ("show", "ok"),
        ("completion", "status"),
    ],
    ids=" ".join,
)
def test_every_kind_of_verb(
    elsewhere: Callable[..., Ran], healthy: str, arguments: Sequence[str]
) -> None:
    """It ends as it does here."""
    run_program(["add", "ok", "--uri", healthy])

    ran = elsewhere(*arguments)

    assert ran.code == 0, ran.err
    assert "internal error" not in ran.err


def test_failures_are_explained(elsewhere: Callable[..., Ran]) -> None:
    """Each by its cause."""
    run_program(["add", "refused", "--uri", "http://127.0.0.1:1"])
    run_program(["add", "socket", "--uri", "unix:/run/x.sock"])

    ran = elsewhere("has", "refused", "socket")

    assert ran.code == 3
    assert "refused: tcp-refused: " in ran.err
    assert "socket: unix-refused: this system's Python has no unix domain sockets" in ran.err


def test_the_command_of_a_secret(
    elsewhere: Callable[..., Ran], healthy: str, tmp_path: Path
) -> None:
    """It is run, and one that hangs is ended."""
    run_program(["add", "ok", "--uri", healthy, "--token", "command:echo root:x"])
    pid = tmp_path / "pid"
    hangs = f"command:sh -c 'echo $$ > {pid}; exec sleep 3600'"
    run_program(["add", "hangs", "--uri", healthy, "--token", hangs])

    assert elsewhere("has", "ok").code == 0
    assert elsewhere("has", "hangs", "-t", "1").code == 78
    assert not Path(f"/proc/{pid.read_text().strip()}").exists() or sys.platform != "linux"


def test_a_limit_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS calls the number of files unlimited, and allows fewer: lower ones are tried."""
    asked: list[int] = []

    def refuse(_: int, limits: tuple[int, int]) -> None:
        asked.append(limits[0])
        if limits[0] > 4096:
            raise ValueError

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refuse)

    raise_open_file_limit(16448)

    assert asked == [16448, 10240, 8192, 4096]


@pytest.mark.parametrize(
    ("environment", "has_color"),
    [({}, False), ({"WT_SESSION": "1"}, True), ({"FORCE_COLOR": "1"}, True)],
    ids=["legacy", "Windows Terminal", "forced"],
)
def test_a_legacy_console_gets_no_escapes(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, has_color: bool
) -> None:
    """It would print them as they are."""
    monkeypatch.setattr(stderr, "os", SimpleNamespace(name="nt", environ=environment))
    monkeypatch.setattr(stderr, "_is_terminal", lambda: True)

    assert stderr._has_color() == has_color


def test_homebrew_is_looked_at() -> None:
    """Where packages lay completion scripts on macOS."""
    packaged = places.place_of("zsh", {"HOME": "/Users/me"}).packaged

    assert Path("/opt/homebrew/share/zsh/site-functions/_milvusconn") in packaged


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        (r"C:\Tools\op.exe read op://vault/x", (r"C:\Tools\op.exe", "read", "op://vault/x")),
        (r'"C:\Program Files\op.exe" read', (r"C:\Program Files\op.exe", "read")),
        ("op read 'a b' #1", ("op", "read", "a b", "#1")),
    ],
)
def test_backslashes_of_windows(
    monkeypatch: pytest.MonkeyPatch, text: str, argv: tuple[str, ...]
) -> None:
    """They are the separators of paths there, and escape nothing."""
    monkeypatch.setattr(command, "_SEPARATORS", frozenset("/\\"))
    monkeypatch.setattr(command, "_program", lambda word, _: word)

    assert FromCommand.from_text(text).argv == argv


def test_a_directory_with_a_space(tmp_path: Path) -> None:
    """macOS's own is `Application Support`: hints can be pasted."""
    directory = tmp_path / "Application Support"
    directory.mkdir(mode=0o700)
    registry = directory / "connections.toml"
    registry.write_text("[connections.a]\nuri = 'http://127.0.0.1:1'\n")
    registry.chmod(0o644)

    ran = run_program(["list", "--no-probe", "--config", registry])

    assert f"chmod 600 '{registry}'" in ran.err

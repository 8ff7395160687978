"""`--config <(…)`: a registry that can be read once, and not changed."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from milvusconn_cli.registry import pipes
from tests.conftest import Milvusconn, Ran
from tests.servers.speaking_milvus import SpeakingMilvus

CHANGES = {
    "add": ("new", "--uri", "http://127.0.0.1:1"),
    "connect": ("new", "--uri", "{uri}"),
    "disconnect": ("dev",),
    "remove": ("dev",),
    "rename": ("dev", "new"),
    "copy": ("dev", "new"),
    "import": ("r.toml",),
}
bash = pytest.mark.skipif(not Path("/bin/bash").exists(), reason="bash has process substitution")


@pytest.fixture
def uri(speaking_milvus: Callable[..., SpeakingMilvus]) -> str:
    return speaking_milvus().uri


@pytest.fixture
def registry(tmp_path: Path, uri: str) -> Path:
    """A file for `cat` to read from."""
    path = tmp_path / "secrets.toml"
    path.write_text(f'[connections.dev]\nuri = "{uri}"\n', encoding="utf-8")
    return path


def substituted(registry: Path, *arguments: str) -> Ran:
    """The program, given the registry by bash's process substitution."""
    script = '"$1" -m milvusconn_cli "${@:3}" --config <(cat "$2")'
    ran = subprocess.run(
        ["bash", "-c", script, "bash", sys.executable, str(registry), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


# Reading


@bash
@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("has", "dev"), "True\n"),
        (("has", "--all"), "dev\tTrue\n"),
        (("list", "--names"), "dev\n"),
        (("list", "-o", "plain"), "dev\t"),
        (("address", "dev"), "127.0.0.1:"),
        (("show", "dev", "-o", "plain"), "uri\t"),
        (("inspect", "dev", "-o", "plain"), "established"),
        (("connect", "dev"), ""),
        (("export",), "[connections.dev]"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_every_verb_that_reads(registry: Path, arguments: tuple[str, ...], said: str) -> None:
    """As from a file."""
    ran = substituted(registry, *arguments)

    assert ran.code == 0, ran.err
    assert said in ran.out


def test_a_pipe_is_read_to_its_end(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """However many writes it comes in, and however late the first."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    text = "".join(f'[connections.a{number}]\nuri = "http://h"\n' for number in range(5000))

    def write() -> None:
        with fifo.open("w", encoding="utf-8", buffering=1) as file:
            file.write(text)

    writer = threading.Timer(0.3, write)
    writer.start()
    ran = milvusconn("list", "--names", "--config", fifo)
    writer.join()

    assert len(ran.out.splitlines()) == 5000


def test_paths_are_relative_to_the_working_directory(
    milvusconn: Milvusconn, tmp_path: Path, own_place: Path
) -> None:
    """A pipe has no directory."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    text = '[connections.dev]\nuri = "https://h"\ntls.ca = "ca.pem"\n'
    writer = threading.Thread(target=fifo.write_text, args=(text,))
    writer.start()

    ran = milvusconn("show", "dev", "-o", "plain", "--config", fifo)
    writer.join()

    assert f"tls.ca\t{own_place / 'ca.pem'}\t" in ran.out


def test_a_pipe_that_nobody_writes_to_ends_the_command(
    milvusconn: Milvusconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not waited for without end."""
    monkeypatch.setattr(pipes, "_SECONDS", 0.2)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    ran = milvusconn("list", "--config", fifo)

    assert ran.code == 78
    assert f"{fifo} is a pipe that nothing was written to for 0.2 s" in ran.err


@bash
def test_a_writer_that_is_gone_already_is_no_wait(tmp_path: Path) -> None:
    """An empty registry, as from an empty file."""
    empty = tmp_path / "empty"
    empty.touch()

    ran = substituted(empty, "list", "--names")

    assert (ran.code, ran.out) == (0, "")


def test_a_flood_is_cut_off(
    milvusconn: Milvusconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the wrong file."""
    monkeypatch.setattr(pipes, "_LONGEST", 1 << 20)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def flood() -> None:
        try:
            with fifo.open("wb") as file:
                while True:
                    file.write(b"#" * 65536)
        except BrokenPipeError:
            return

    writer = threading.Thread(target=flood)
    writer.start()
    ran = milvusconn("list", "--config", fifo)
    writer.join()

    assert ran.code == 78
    assert "is longer than 1 MB" in ran.err


def test_text_that_is_not_utf_8(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """An error, as in a file."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(b"\xff",))
    writer.start()

    ran = milvusconn("list", "--config", fifo)
    writer.join()

    assert ran.code == 78
    assert "is not UTF-8" in ran.err


# Changing, completing, and what is neither file nor pipe


@bash
@pytest.mark.sweep(one_in=3)
@pytest.mark.parametrize("verb", CHANGES)
def test_every_verb_that_changes_refuses(registry: Path, uri: str, verb: str) -> None:
    """Nothing is written anywhere."""
    Path("r.toml").write_text('[connections.new]\nuri = "http://127.0.0.1:1"\n', encoding="utf-8")
    before = registry.read_text(encoding="utf-8")

    ran = substituted(registry, verb, *(one.format(uri=uri) for one in CHANGES[verb]))

    assert ran.code == 78, ran
    assert "is a pipe and not a regular file: it can be read, not changed" in ran.err
    assert registry.read_text(encoding="utf-8") == before


def test_a_tab_never_waits_for_a_writer(tmp_path: Path) -> None:
    """Completion has nothing to offer, and says nothing."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    ran = subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", "__complete", "aliases", "--config", str(fifo)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize("kind", ["device", "directory", "socket"])
@pytest.mark.parametrize("verb", ["list", "remove dev"])
def test_what_is_neither_file_nor_pipe(
    milvusconn: Milvusconn, tmp_path: Path, kind: str, verb: str
) -> None:
    """Refused, whether it is to be read or changed."""
    place = tmp_path / "s"
    if kind == "device":
        place = Path("/dev/zero")
    elif kind == "directory":
        place.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as listener:
            os.chdir(tmp_path)
            listener.bind("s")

    ran = milvusconn(*verb.split(), "--config", place)

    assert ran.code == 78
    assert "is not a regular file" in ran.err

"""Directories, pipes and devices in the place of the registry."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from milvusconn_cli.registry import pipes
from tests.conftest import Milvusconn, Ran, run_program
from tests.registry.adversity import (
    CHANGES,
    NOWHERE,
    QUESTIONS,
    assert_refused,
    beside,
    every_command,
    written,
)


@every_command
@pytest.mark.sweep(one_in=4)
def test_a_file_that_became_a_directory(command: tuple[str, ...], registry_path: Path) -> None:
    """Between two commands; what lies in it stays."""
    assert run_program(("add", "dev1", "--uri", NOWHERE)).code == 0
    registry_path.unlink()
    kept = written(registry_path / "kept", "kept")

    assert_refused(run_program(command), "is not a regular file")

    assert kept.read_text(encoding="utf-8") == "kept"
    assert beside(registry_path) <= {".connections.toml.lock"}


@pytest.mark.parametrize("kind", ["FIFO", "socket"])
@every_command
def test_what_is_no_file_at_all(
    command: tuple[str, ...],
    kind: str,
    tmp_path: Path,
    milvusconn: Milvusconn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits long for a writer, and it stays what it is."""
    monkeypatch.setattr(pipes, "_SECONDS", 0.1)
    path = tmp_path / "no" / "connections.toml"
    path.parent.mkdir()
    if kind == "FIFO":
        os.mkfifo(path)
        is_still = stat.S_ISFIFO
    else:
        with socket.socket(socket.AF_UNIX) as listener:
            os.chdir(path.parent)  # the whole path may be longer than a socket's may be
            listener.bind(path.name)
        is_still = stat.S_ISSOCK

    expected = "is a pipe" if kind == "FIFO" else "is not a regular file"
    assert_refused(milvusconn(*command, "--config", path), expected)

    assert is_still(path.stat().st_mode)
    assert beside(path) == set()
    path.unlink()


@every_command
def test_a_file_where_a_directory_must_be(
    command: tuple[str, ...], registry_path: Path, milvusconn: Milvusconn
) -> None:
    """The way there leads through a file."""
    registry_path.parent.write_text("kept", encoding="utf-8")

    assert_refused(milvusconn(*command), "Not a directory")

    assert registry_path.parent.read_text(encoding="utf-8") == "kept"


@every_command
def test_links_that_lead_in_a_circle(
    command: tuple[str, ...], registry_path: Path, milvusconn: Milvusconn
) -> None:
    """There is nothing to find."""
    registry_path.parent.mkdir()
    other = registry_path.with_name("other.toml")
    registry_path.symlink_to(other)
    other.symlink_to(registry_path)

    assert_refused(milvusconn(*command), str(registry_path))

    assert beside(registry_path) == {"other.toml"}
    assert registry_path.is_symlink()


@pytest.mark.parametrize("path", ["n" * 4000, "/".join(["d" * 200] * 30)], ids=["name", "path"])
@every_command
def test_a_path_too_long(
    command: tuple[str, ...], path: str, tmp_path: Path, milvusconn: Milvusconn
) -> None:
    """No file can be named so."""
    assert_refused(milvusconn(*command, "--config", tmp_path / path))

    assert list(tmp_path.glob("n*")) == list(tmp_path.glob("d*")) == []


def test_a_path_of_4000_characters(tmp_path: Path, milvusconn: Milvusconn) -> None:
    """Long, and a path as any other."""
    path = tmp_path
    while len(str(path)) < 3900:
        path /= "d" * min(200, 3985 - len(str(path)))
    path /= "connections.toml"

    assert milvusconn("add", "dev", "--uri", NOWHERE, "--config", path).code == 0
    assert milvusconn("disconnect", "dev", "--config", path).code == 0

    assert milvusconn("list", "--names", "--config", path) == Ran(0, "dev\n", "")
    assert beside(path) == {".connections.toml.lock"}


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("command", [*CHANGES[2:], *QUESTIONS], ids=lambda words: words[0])
def test_a_working_directory_that_is_gone(command: tuple[str, ...], registry_path: Path) -> None:
    """No command needs one whose words have no path in them."""
    written(registry_path)

    ran = subprocess.run(
        ["sh", "-c", 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', "sh", sys.executable, "-m",
         "milvusconn_cli", *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == (3 if command[0] in ("has", "connect", "inspect") else 0), ran.stderr


@pytest.mark.parametrize("option", [(), ("--config", "here.toml")])
def test_a_path_from_a_working_directory_that_is_gone(option: tuple[str, ...]) -> None:
    """What the path would mean cannot be told."""
    ran = subprocess.run(
        ["sh", "-c", 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', "sh", sys.executable, "-m",
         "milvusconn_cli", "add", "dev", "--uri", "./m.db", *option],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert_refused(Ran(ran.returncode, ran.stdout, ran.stderr))

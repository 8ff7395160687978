"""Symbolic links to the registry, and its owner and mode."""

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import Milvusconn, run_program
from tests.registry.adversity import (
    NOWHERE,
    QUESTIONS,
    REGISTRY,
    beside,
    every_change,
    only_root,
    written,
)


def aliases(path: Path) -> list[str]:
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["connections"])


@pytest.fixture
def linked(registry_path: Path, tmp_path: Path) -> Path:
    """The file that the registry is a chain of links to: relative ones, one of a directory."""
    target = written(tmp_path / "dotfiles" / "milvus" / "real.toml")
    (tmp_path / "dotfiles" / "current").symlink_to("milvus")
    (tmp_path / "dotfiles" / "link.toml").symlink_to("current/real.toml")
    registry_path.parent.mkdir()
    registry_path.symlink_to("../dotfiles/link.toml")
    return target


@every_change
def test_links_stay_links(
    command: tuple[str, ...], registry_path: Path, linked: Path, milvusconn: Milvusconn
) -> None:
    """Relative, in a chain, through a linked directory: only the file at their end is another."""
    before, dotfiles = linked.stat().st_ino, linked.parent.parent

    assert milvusconn(*command).code == 0

    assert registry_path.readlink() == Path("../dotfiles/link.toml")
    assert (dotfiles / "link.toml").readlink() == Path("current/real.toml")
    assert (dotfiles / "current").readlink() == Path("milvus")
    assert linked.stat().st_ino != before
    assert linked.read_text(encoding="utf-8") != REGISTRY
    assert beside(linked) == {".real.toml.lock"}
    assert beside(registry_path) == set()


def test_who_comes_by_another_link_meets_the_same_lock(
    registry_path: Path, linked: Path, tmp_path: Path
) -> None:
    """Changes at once by three ways to one file: none is lost."""
    other = tmp_path / "other.toml"
    other.symlink_to(linked)
    program = [sys.executable, "-m", "milvusconn_cli", "add", "-q", "--uri", NOWHERE, "--config"]
    running = [
        subprocess.Popen([*program, way, f"{name}{number}"])
        for number in range(3)
        for name, way in (("x", registry_path), ("y", other), ("z", linked))
    ]

    assert [one.wait() for one in running] == [0] * 9

    assert {f"{name}{number}" for number in range(3) for name in "xyz"} < set(aliases(linked))
    assert other.is_symlink()
    assert beside(linked) == {".real.toml.lock"}


def test_a_link_into_a_directory_that_is_missing(
    registry_path: Path, tmp_path: Path, milvusconn: Milvusconn
) -> None:
    """Empty to who asks; the first alias makes the directory and the file, their owner's alone."""
    target = tmp_path / "later" / "still" / "real.toml"
    registry_path.parent.mkdir()
    registry_path.symlink_to(target)

    assert milvusconn("list", "--names").out == ""
    assert not target.parent.exists()
    assert milvusconn("add", "dev", "--uri", NOWHERE).code == 0

    assert registry_path.is_symlink()
    assert aliases(target) == ["dev"]
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_hard_link_is_not_followed(
    registry_path: Path, tmp_path: Path, milvusconn: Milvusconn
) -> None:
    """A file that is replaced whole leaves its other names behind, with what it was."""
    written(registry_path)
    other = tmp_path / "other.toml"
    other.hardlink_to(registry_path)

    assert milvusconn("remove", "dev1").code == 0

    assert other.read_text(encoding="utf-8") == REGISTRY
    assert "dev1" not in aliases(registry_path)


@only_root
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
@every_change
def test_owner_group_and_mode_stay(
    command: tuple[str, ...], mode: int, registry_path: Path, milvusconn: Milvusconn
) -> None:
    """Whoever makes the change."""
    written(registry_path, mode=mode)
    os.chown(registry_path, 12345, 54321)

    assert milvusconn(*command).code == 0

    found = registry_path.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12345, 54321, mode)
    assert registry_path.read_text(encoding="utf-8") != REGISTRY


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_a_new_registry_is_its_owners_alone(umask: int, tmp_path: Path) -> None:
    """File, lock, and every directory that had to be made, whatever the umask."""
    path = tmp_path / "one" / "two" / "connections.toml"

    ran = run_program(
        ("add", "dev", "--uri", NOWHERE),
        environment={"MILVUSCONN_CONFIG": str(path)},
        umask=umask,
    )

    assert ran.code == 0, ran.err
    modes = {one: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.joinpath("one").rglob("*")}
    assert modes == {
        path.parent: 0o700,
        path: 0o600,
        path.with_name(".connections.toml.lock"): 0o600,
    }
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
@pytest.mark.parametrize("command", QUESTIONS[:5], ids=lambda words: words[0])
def test_a_looser_mode_is_complained_of_once(
    command: tuple[str, ...], mode: int, registry_path: Path, milvusconn: Milvusconn
) -> None:
    """With the command that mends it, which is then obeyed."""
    written(registry_path, mode=mode)

    complaint = milvusconn(*command).err

    assert complaint.count(f"chmod 600 {registry_path}") == 1
    assert f"{mode:04o}" in complaint
    subprocess.run(["chmod", "600", registry_path], check=True)
    assert "chmod" not in milvusconn(*command).err

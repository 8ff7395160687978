"""Files and directories that this user may not read or write."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import Milvusconn, Ran
from tests.registry.adversity import (
    CHANGES,
    REGISTRY,
    assert_intact,
    assert_refused,
    every_change,
    every_command,
    only_root,
    written,
)


def run_unprivileged(arguments: Sequence[str]) -> Ran:
    """The program as one whom permissions stop: root, where it is root, without its powers."""
    without = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    if without and shutil.which(without[0]) is None:
        pytest.skip("util-linux's setpriv is not installed")
    ran = subprocess.run(
        [*without, sys.executable, "-m", "milvusconn_cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def closing(registry_path: Path) -> Iterator[Path]:
    """A registry in a directory that a test closes, and that is opened again."""
    yield written(registry_path)
    registry_path.parent.chmod(0o700)


@pytest.mark.parametrize("lock", ["no lock", "a lock"])
@every_change
@pytest.mark.sweep(one_in=4)
def test_a_directory_that_may_not_be_written(
    command: tuple[str, ...], lock: str, closing: Path
) -> None:
    """Neither the lock nor the new file can be made there."""
    if lock == "a lock":
        closing.with_name(".connections.toml.lock").touch()
        closing.with_name(".connections.toml.lock").chmod(0o666)
    closing.parent.chmod(0o555)

    assert_refused(run_unprivileged(command), "Permission denied", str(closing))

    assert_intact(closing)
    assert run_unprivileged(("address", "dev1")).code == 0


@every_command
@pytest.mark.sweep(one_in=4)
def test_a_file_that_may_not_be_read(command: tuple[str, ...], closing: Path) -> None:
    """Not an empty registry."""
    closing.chmod(0)

    assert_refused(run_unprivileged(command), "cannot be read: Permission denied")

    closing.chmod(0o600)
    assert_intact(closing)


@every_command
def test_a_directory_that_may_not_be_searched(command: tuple[str, ...], closing: Path) -> None:
    """Whether there is a file cannot be told: neither an empty registry nor a fault of ours."""
    closing.parent.chmod(0)

    assert_refused(run_unprivileged(command), "cannot be read: Permission denied")

    closing.parent.chmod(0o700)
    assert_intact(closing)


@every_change
def test_a_file_that_may_not_be_written(command: tuple[str, ...], closing: Path) -> None:
    """It is replaced, not written, so the directory decides; its mode stays."""
    closing.chmod(0o400)

    assert run_unprivileged(command).code == 0

    assert stat.S_IMODE(closing.stat().st_mode) == 0o400
    assert closing.read_text(encoding="utf-8") != REGISTRY


def test_a_link_to_where_nothing_can_be_made(registry_path: Path, tmp_path: Path) -> None:
    """The target's directory is missing, and may not be made."""
    closed = tmp_path / "closed"
    closed.mkdir(0o555)
    registry_path.parent.mkdir()
    registry_path.symlink_to(closed / "missing" / "connections.toml")

    assert_refused(run_unprivileged(CHANGES[0]), "Permission denied")

    assert registry_path.is_symlink()
    assert list(closed.iterdir()) == []


@only_root
def test_a_file_of_somebody_else(registry_path: Path) -> None:
    """It could be replaced, but not given back to whom it belongs: so it is left alone."""
    written(registry_path, mode=0o644)
    os.chown(registry_path, 12345, 12345)

    ran = run_unprivileged(
        (*CHANGES[0], "-q")
    )  # others may read it: that is not what this is about

    assert_refused(ran, "Operation not permitted", "nothing was changed")

    assert_intact(registry_path)
    assert registry_path.stat().st_uid == 12345


@only_root
def test_a_lock_that_root_made_is_the_owners(registry_path: Path, milvusconn: Milvusconn) -> None:
    """After one `sudo milvusconn …` it does not stand in the way of whose registry it is."""
    written(registry_path)
    os.chown(registry_path, 12345, 54321)

    assert milvusconn("remove", "dev1").code == 0

    lock = registry_path.with_name(".connections.toml.lock").stat()
    assert (lock.st_uid, stat.S_IMODE(lock.st_mode)) == (12345, 0o600)

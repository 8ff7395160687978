"""A registry that several users, names or programs change, with and without its lock."""

import codecs
import errno
import fcntl
import json
import os
import shutil
import stat
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from milvusconn_cli.errors import RegistryError
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.registry.edits import Change, adding
from milvusconn_cli.registry.file import change
from milvusconn_cli.system import atomic_file
from tests.conftest import Milvusconn, Ran

OWNER, COLLEAGUE, GROUP, STRANGERS = 31001, 31002, 31100, 31200
TABLE = {"uri": "http://127.0.0.1:1"}
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")


@pytest.fixture
def shared(milvusconn: Milvusconn) -> Iterator[Path]:
    """A registry of OWNER in a directory that all of GROUP may write to."""
    # Everything is imported by then: another user may not be able to read this Python.
    assert milvusconn("add", "warm", "--uri", TABLE["uri"]).code == 0
    codecs.lookup("ascii")
    directory = Path(tempfile.mkdtemp())
    registry = directory / "connections.toml"
    registry.write_text('[connections.dev]\nuri = "http://127.0.0.1:1"\n', encoding="utf-8")
    for path, mode in ((directory, 0o2770), (registry, 0o660)):
        os.chown(path, OWNER, GROUP)
        path.chmod(mode)
    yield registry
    shutil.rmtree(directory)


def run_as(user: int, group: int, arguments: Sequence[str]) -> Ran:
    """The program, called by another user in a process of its own."""
    from milvusconn_cli.app import main  # noqa: PLC0415 -- after the environment is set

    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        child = os.fork()
        if not child:
            sys.stderr = said
            os.setgroups([])
            os.setresgid(group, group, group)
            os.setresuid(user, user, user)
            os._exit(int(main(list(arguments))))
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return Ran(os.waitstatus_to_exitcode(status), "", said.read())


def add_as(user: int, group: int, registry: Path, alias: str) -> Ran:
    return run_as(user, group, ["add", alias, "--uri", TABLE["uri"], "--config", str(registry)])


def aliases(registry: Path) -> set[str]:
    return set(tomllib.loads(registry.read_text(encoding="utf-8"))["connections"])


# The lock


@only_root
def test_a_colleague_who_fails_does_not_lock_out_the_owner(shared: Path) -> None:
    """The file stays its owner's, so the colleague is refused; the lock that is left is shared."""
    refused = add_as(COLLEAGUE, GROUP, shared, "new")
    assert refused.code == 78, refused.err

    assert add_as(OWNER, GROUP, shared, "new").code == 0

    assert aliases(shared) == {"dev", "new"}


@only_root
def test_the_owner_does_not_lock_out_a_colleague(shared: Path) -> None:
    """The lock has the group and the permissions of the registry."""
    assert add_as(OWNER, GROUP, shared, "new").code == 0

    lock = shared.with_name(".connections.toml.lock").stat()
    assert (lock.st_gid, stat.S_IMODE(lock.st_mode)) == (GROUP, 0o660)
    refused = add_as(COLLEAGUE, GROUP, shared, "newer")
    assert "cannot be written" in refused.err  # got past the lock


@only_root
def test_a_registry_of_one_user_has_a_lock_of_one_user(shared: Path) -> None:
    """Who may only read the registry cannot block others with its lock."""
    shared.chmod(0o644)

    assert add_as(OWNER, GROUP, shared, "new").code == 0

    lock = shared.with_name(".connections.toml.lock").stat()
    assert stat.S_IMODE(lock.st_mode) == 0o600


@only_root
def test_a_lock_of_a_group_that_its_maker_is_not_in_is_private(shared: Path) -> None:
    """The permissions of a group go to the registry's group or to none."""
    shared.parent.chmod(0o777)
    shared.chmod(0o666)

    add_as(COLLEAGUE, STRANGERS, shared, "new")

    lock = shared.with_name(".connections.toml.lock").stat()
    assert not stat.S_IMODE(lock.st_mode) & stat.S_IWGRP
    assert add_as(OWNER, GROUP, shared, "new").code == 0


@only_root
def test_a_lock_that_cannot_be_opened_is_named(shared: Path) -> None:
    """With the command that removes it."""
    lock = shared.with_name(".connections.toml.lock")
    lock.touch(0o600)

    refused = add_as(OWNER, GROUP, shared, "new")

    assert refused.code == 78
    assert f"the lock file {lock} cannot be opened: Permission denied" in refused.err
    assert f"rm {lock}" in refused.err


# Hard links


def test_a_hard_link_that_keeps_the_old_content_is_reported(
    milvusconn: Milvusconn, registry_path: Path, tmp_path: Path
) -> None:
    """Atomic replacement gives this name a new file."""
    milvusconn("add", "dev", "--uri", TABLE["uri"])
    (tmp_path / "backup.toml").hardlink_to(registry_path)

    ran = milvusconn("add", "new", "--uri", TABLE["uri"])

    assert ran.code == 0
    assert f"{registry_path} has 2 hard links" in ran.err
    assert aliases(tmp_path / "backup.toml") == {"dev"}
    assert "hard link" not in milvusconn("add", "newer", "--uri", TABLE["uri"]).err


def test_quiet_says_nothing_of_hard_links(
    milvusconn: Milvusconn, registry_path: Path, tmp_path: Path
) -> None:
    """Nor does a verb that only reads."""
    milvusconn("add", "dev", "--uri", TABLE["uri"])
    (tmp_path / "backup.toml").hardlink_to(registry_path)

    assert "hard link" not in milvusconn("list", "--no-probe").err
    assert milvusconn("add", "new", "--uri", TABLE["uri"], "-q").err == ""


# Changes beside the lock


def test_an_edit_by_hand_during_a_change_is_kept(registry_path: Path) -> None:
    """The change starts over from what the file holds now."""
    change(registry_path, lambda _: [adding({"dev": TABLE})])
    asked: list[set[str]] = []

    def decide(registry: Registry) -> list[Change]:
        if not asked:
            text = registry_path.read_text(encoding="utf-8")
            registry_path.write_text(f"# by hand\n{text}\n[connections.hand]\nuri = 'http://h'\n")
        asked.append(set(registry.entries))
        return [adding({"new": TABLE})]

    left = change(registry_path, decide)

    assert asked == [{"dev"}, {"dev", "hand"}]
    assert aliases(registry_path) == set(left.entries) == {"dev", "hand", "new"}
    assert "# by hand" in registry_path.read_text(encoding="utf-8")


def test_a_file_that_keeps_changing_ends_the_change(registry_path: Path) -> None:
    """After a few tries: whoever writes takes no lock."""
    change(registry_path, lambda _: [adding({"dev": TABLE})])
    tries = 0

    def decide(_: Registry) -> list[Change]:
        nonlocal tries
        tries += 1
        registry_path.write_text(f"[connections.dev{tries}]\nuri = 'http://h'\n", encoding="utf-8")
        return [adding({"new": TABLE})]

    with pytest.raises(RegistryError, match="keeps being changed"):
        change(registry_path, decide)

    assert 1 < tries <= 20
    assert aliases(registry_path) == {f"dev{tries}"}


def test_a_lock_file_that_was_deleted_loses_no_alias(registry_path: Path) -> None:
    """Another process takes a new lock at once, and is done before this one replaces the file."""
    change(registry_path, lambda _: [adding({"dev": TABLE})])
    is_first = True

    def decide(_: Registry) -> list[Change]:
        nonlocal is_first
        if is_first:
            is_first = False
            registry_path.with_name(".connections.toml.lock").unlink()
            child = os.fork()
            if not child:
                change(registry_path, lambda _: [adding({"other": TABLE})])
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        return [adding({"new": TABLE})]

    change(registry_path, decide)

    assert aliases(registry_path) == {"dev", "other", "new"}


# The writer


def test_two_exports_to_one_file_leave_one_of_them_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each writes a file of its own first; neither moves the other's half into place."""
    target, inner = tmp_path / "out.json", json.dumps(["x"] * 10_000)
    keep = atomic_file._keep_owner_and_mode

    def write_another_first(descriptor: int, path: Path, mode: int) -> None:
        monkeypatch.setattr(atomic_file, "_keep_owner_and_mode", keep)
        atomic_file.replace(path, inner)
        keep(descriptor, path, mode)

    monkeypatch.setattr(atomic_file, "_keep_owner_and_mode", write_another_first)

    atomic_file.replace(target, json.dumps(["y"]))

    assert json.loads(target.read_text(encoding="utf-8")) == ["y"]
    assert [path.name for path in tmp_path.glob(".*.new")] == []
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_an_export_keeps_the_attributes_of_the_file_that_it_replaces(
    milvusconn: Milvusconn, tmp_path: Path
) -> None:
    """As an edit of the registry does."""
    milvusconn("add", "dev", "--uri", TABLE["uri"])
    target = tmp_path / "out.toml"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    try:
        os.setxattr(target, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")

    assert milvusconn("export", "--to", str(target), "--replace").code == 0

    assert os.getxattr(target, "user.note") == b"kept"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert aliases(target) == {"dev"}


def test_a_file_system_without_locks_is_no_warning(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """filelock falls back to a marker file, and would say so on stderr in words of its own."""

    def missing(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", missing)

    ran = milvusconn("add", "dev", "--uri", TABLE["uri"])

    assert (ran.code, ran.err) == (0, "milvusconn: dev: added: 127.0.0.1:1\n")
    assert aliases(registry_path) == {"dev"}

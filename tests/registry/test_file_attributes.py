"""Modes, owners, links and what remains on the disk."""

import errno
import os
import resource
import stat
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from milvusconn_cli.errors import AliasError, LimitError, RegistryError
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import lock as registry_lock
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.registry.edits import (
    Change,
    adding,
    disconnecting,
    reconnecting,
    removing,
    replacing,
)
from milvusconn_cli.registry.file import change, load, loose_mode
from tests.conftest import unprivileged
from tests.registry.changes import TABLE, TWO, changed, load_refusal, refusal, written


@pytest.fixture
def no_umask() -> Iterator[None]:
    """A process whose new files everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("no_umask")
def test_a_new_file_is_the_users_alone(registry_path: Path) -> None:
    """0600 in 0700, whatever the umask, the lock too."""
    changed(registry_path, adding({"a": TABLE}))

    assert mode(registry_path) == 0o600
    assert mode(registry_path.parent) == 0o700
    for beside in registry_path.parent.iterdir():
        assert mode(beside) == 0o600


@pytest.mark.usefixtures("no_umask")
@pytest.mark.parametrize("given_mode", [0o600, 0o640, 0o604, 0o644, 0o400])
def test_a_files_mode_is_kept(given_mode: int, registry_path: Path) -> None:
    """Who shares it with a group goes on sharing it."""
    written(registry_path, TWO).chmod(given_mode)

    changed(registry_path, removing("a"))

    assert mode(registry_path) == given_mode
    others = given_mode & 0o077
    assert loose_mode(registry_path) == (f"{given_mode:04o}" if others else None)


@contextmanager
def limited(kind: int, most: int) -> Iterator[None]:
    """A resource of this process, made scarce."""
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(kind, before)


@contextmanager
def no_more_files() -> Iterator[None]:
    """No file can be opened."""
    free = os.dup(0)
    os.close(free)
    with limited(resource.RLIMIT_NOFILE, free):
        yield


@pytest.mark.parametrize(
    ("scarcity", "reason"),
    [
        (no_more_files, "too many open files"),
        (
            lambda: limited(resource.RLIMIT_FSIZE, 10),
            f"cannot be written: {os.strerror(errno.EFBIG)}",
        ),
    ],
    ids=["not opened", "not finished"],
)
def test_a_file_that_cannot_be_written_is_left_alone(
    scarcity: Callable[[], AbstractContextManager[None]], reason: str, registry_path: Path
) -> None:
    """Whole or not at all, with the system's reason, and nothing lies beside it."""
    written(registry_path, TWO)

    with ExitStack() as stack:

        def decide(_: Registry) -> list[Change]:
            stack.enter_context(scarcity())
            return [removing("a")]

        with pytest.raises((RegistryError, LimitError)) as caught:
            change(registry_path, decide)

    place = registry_path.resolve()
    if isinstance(caught.value, LimitError):
        assert reason in caught.value.message
    else:
        assert caught.value.message == f"{place} {reason}"
        assert caught.value.hint == "nothing was changed"
    assert registry_path.read_text(encoding="utf-8") == TWO
    assert not list(registry_path.parent.glob(".*.new"))


NOBODY = 65534
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of other users")


@only_root
def test_a_file_of_another_user_stays_theirs(registry_path: Path) -> None:
    """Under sudo too: who owned it goes on owning it."""
    written(registry_path, TWO).chmod(0o640)
    os.chown(registry_path, NOBODY, 4321)

    changed(registry_path, removing("a"))

    found = registry_path.stat()
    assert (found.st_uid, found.st_gid, mode(registry_path)) == (NOBODY, 4321, 0o640)


@only_root
def test_what_a_group_could_read_no_other_group_can(registry_path: Path) -> None:
    """Where the file cannot be given to its group again, no group may read or write it."""
    written(registry_path, TWO).chmod(0o664)
    os.chown(registry_path, -1, 4321)

    with unprivileged():
        changed(registry_path, removing("a"))

    found = registry_path.stat()
    assert (found.st_uid, found.st_gid, mode(registry_path)) == (0, os.getegid(), 0o604)


@only_root
def test_a_file_that_would_change_hands_is_left_alone(registry_path: Path) -> None:
    """A directory of one's own does not make the files in it one's own."""
    written(registry_path, TWO).chmod(0o644)
    os.chown(registry_path, NOBODY, -1)

    with unprivileged():
        error = refusal(registry_path, removing("a"))

    assert error.message.endswith(f" cannot be written: {os.strerror(errno.EPERM)}")
    assert registry_path.stat().st_uid == NOBODY
    assert registry_path.read_text(encoding="utf-8") == TWO


@only_root
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, (NOBODY, 4321)),
        ((0, 0), (NOBODY, 4321)),
        ((4242, 4242), (4242, 4242)),
        ((NOBODY, 4242), (NOBODY, 4242)),
    ],
)
def test_a_lock_that_root_made_is_given_to_the_files_owner(
    before: tuple[int, int] | None, after: tuple[int, int], registry_path: Path
) -> None:
    """Who owns the registry can change it after one change as root; others keep what they have."""
    written(registry_path, TWO)
    os.chown(registry_path, NOBODY, 4321)
    lock = registry_path.with_name(".connections.toml.lock")
    if before is not None:
        lock.touch(0o600)
        os.chown(lock, *before)

    changed(registry_path, removing("a"))

    found = lock.stat()
    assert (found.st_uid, found.st_gid, mode(lock)) == (*after, 0o600)


@only_root
@pytest.mark.parametrize("kind", ["filled", "of two names", "a link"])
def test_what_is_no_lock_is_not_given_away(kind: str, registry_path: Path) -> None:
    """The owner of a directory may put another's file in the place of the lock."""
    written(registry_path, TWO)
    os.chown(registry_path, NOBODY, 4321)
    lock, precious = registry_path.with_name("lock"), registry_path.with_name("precious")
    precious.write_text("x" if kind == "filled" else "", encoding="utf-8")
    match kind:
        case "filled":
            precious.replace(lock)
        case "of two names":
            lock.hardlink_to(precious)
        case _:
            lock.symlink_to(precious)

    registry_lock._share_with_users_of(registry_path, lock)

    assert lock.stat().st_uid == 0


@only_root
def test_a_lock_of_ones_own_registry_stays_as_it_is(registry_path: Path) -> None:
    """Its group is nobody's business."""
    written(registry_path, TWO)
    os.chown(registry_path, -1, 4321)

    changed(registry_path, removing("a"))

    assert registry_path.with_name(".connections.toml.lock").stat().st_gid == os.getegid()


def test_a_directory_that_cannot_be_listed_takes_a_change(registry_path: Path) -> None:
    """Only its durability is less sure then."""
    registry_path.parent.mkdir()
    registry_path.parent.chmod(0o300)

    with unprivileged():
        changed(registry_path, adding({"a": TABLE}))

    assert "a" in load(registry_path, {})


def test_a_directory_that_cannot_be_entered(registry_path: Path) -> None:
    """Whether the file is there cannot be told: not an empty registry."""
    written(registry_path, TWO).parent.chmod(0)
    denied = f"cannot be read: {os.strerror(errno.EACCES)}"

    with unprivileged():
        assert load_refusal(registry_path).message == f"{registry_path} {denied}"
        assert refusal(registry_path, removing("a")).message.endswith(denied)
    registry_path.parent.chmod(0o700)


def test_a_symbolic_link_stays_one(registry_path: Path, tmp_path: Path) -> None:
    """Dotfiles that are linked into a repository stay there."""
    real = written(tmp_path / "dotfiles" / "real.toml", TWO)
    registry_path.parent.mkdir()
    registry_path.symlink_to(real)

    changed(registry_path, removing("a"))

    assert registry_path.is_symlink()
    assert list(tomllib.loads(real.read_text(encoding="utf-8"))["connections"]) == ["b"]
    assert [path.name for path in registry_path.parent.iterdir()] == [registry_path.name]


def test_a_link_to_nothing_is_filled(registry_path: Path, tmp_path: Path) -> None:
    """The target is made, the link stays."""
    registry_path.parent.mkdir()
    registry_path.symlink_to(tmp_path / "later" / "real.toml")

    changed(registry_path, adding({"a": TABLE}))

    assert registry_path.is_symlink()
    assert (tmp_path / "later" / "real.toml").is_file()


def test_nothing_but_the_file_and_its_lock_remains(registry_path: Path) -> None:
    """No temporary file, after a change and after a refusal."""
    changed(registry_path, adding({"a": TABLE}))
    with pytest.raises(AliasError):
        change(registry_path, lambda registry: [removing(registry.get("nope").alias)])

    beside = {path.name for path in registry_path.parent.iterdir()}
    assert beside <= {"connections.toml", ".connections.toml.lock"}


def test_what_a_killed_writer_left_is_overwritten(registry_path: Path) -> None:
    """The file of a writer that was killed does not stop the next."""
    written(registry_path, TWO)
    registry_path.with_name(".connections.toml.0a1b2c3d.new").write_text("half", encoding="utf-8")

    changed(registry_path, removing("a"))

    assert not list(registry_path.parent.glob(".*.new"))


def test_a_change_that_comes_to_nothing_makes_nothing(registry_path: Path) -> None:
    """Neither file nor directory nor lock."""
    change(registry_path, lambda _: [])
    with pytest.raises(AliasError):
        change(registry_path, lambda registry: [removing(registry.get("nope").alias)])

    assert not registry_path.parent.exists()


def test_a_change_that_comes_to_nothing_leaves_the_file(registry_path: Path) -> None:
    """The very file: not even replaced by its equal."""
    written(registry_path, TWO)
    before = registry_path.stat()

    change(registry_path, lambda _: [reconnecting("a")])

    assert registry_path.stat().st_ino == before.st_ino
    assert registry_path.stat().st_mtime_ns == before.st_mtime_ns


def test_who_raises_leaves_the_file(registry_path: Path) -> None:
    """`decide` may refuse in the middle."""
    written(registry_path, TWO)

    def decide(registry: Registry) -> list[Change]:
        return [removing("a"), removing(registry.get("nope").alias)]

    with pytest.raises(AliasError):
        change(registry_path, decide)
    assert registry_path.read_text(encoding="utf-8") == TWO


def test_an_edit_that_does_something_else_is_not_written(
    registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every edit is proved by parsing it before it replaces anything."""
    written(registry_path, TWO)
    monkeypatch.setattr(registry_file, "_edit_one", lambda text, *_: text)
    edits: list[Callable[[str], str]] = [
        lambda text: text + "x = 1\n",
        lambda text: text,
        lambda _: "[[",
        lambda _: "",
    ]
    for edit in edits:
        wrong = Change(removing("a").apply, edit)

        error = refusal(registry_path, wrong)
        assert error.message == ("this change cannot be made safely in the layout of the file")
        assert error.hint == "nothing was changed; edit the file by hand"
        assert registry_path.read_text(encoding="utf-8") == TWO


ODD = """\
rest = 1
number = 1.0
none = nan
list = ['x', ['y'], {z = 1}]
[connections.a]
uri = "http://a"
[connections.b]
uri = "http://b"
odd = ['x']
"""


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("rest = 1", "rest = 2"),
        ("rest = 1", "rest = true"),
        ("rest = 1", "rest = 1.0"),
        ("rest = 1\n", ""),
        ("rest = 1", "rest = 1\nmore = 1"),
        ("number = 1.0", "number = nan"),
        ("none = nan", "none = 1.0"),
        ("['x', [", "['w', ["),
        ("['x', [", "['x', 'x', ["),
        ("['y']", "['z']"),
        ("['y']", "['y', 'z']"),
        ("['y']", "[]"),
        ("z = 1", "z = 2"),
        ("http://b", "http://c"),
        ("odd = ['x']", "odd = ['y']"),
    ],
)
def test_an_edit_that_does_something_beside_it_is_not_written(
    part: str, other: str, registry_path: Path
) -> None:
    """Not of another alias, nor of what is none; all kinds of values are looked at."""
    written(registry_path, ODD)
    right = removing("a")
    assert part in right.edit(ODD)
    wrong = Change(right.apply, lambda text: right.edit(text).replace(part, other))

    assert refusal(registry_path, wrong).hint == "nothing was changed; edit the file by hand"
    assert registry_path.read_text(encoding="utf-8") == ODD
    assert changed(registry_path, right)["connections"].keys() == {"b"}


def test_a_value_of_no_sense_under_a_quoted_name(registry_path: Path) -> None:
    """It is replaced where it stands, with the name as its header has it."""
    text = "[connections.'x y']\nuri = 'x'\ndisconnected = 'no' # c\n"

    changed(written(registry_path, text), disconnecting("x y"))

    assert registry_path.read_text(encoding="utf-8") == text.replace("'no'", "true")


def test_a_setting_that_python_cannot_write(registry_path: Path) -> None:
    """A number of thousands of digits under an unknown key: refused, and no fault of ours."""
    written(registry_path, TWO)

    for wanted in (adding, replacing):
        error = refusal(registry_path, wanted({"a": {"uri": "http://h", "odd": 16**5000}}))
        assert error.hint == "nothing was changed; edit the file by hand"
    assert registry_path.read_text(encoding="utf-8") == TWO

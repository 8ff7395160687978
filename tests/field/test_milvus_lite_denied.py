"""Milvus Lite, in each version that people have, where this user may not read or write."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.field.test_milvus_lite import add, assert_cause, lite
from tests.servers.lite_versions import Lite

__all__ = ["add", "lite"]

pytestmark = [
    pytest.mark.usefixtures("milvus_lite_package"),
    pytest.mark.skipif(sys.platform != "linux", reason="made with Linux's mounts and privileges"),
    pytest.mark.timeout(1800),  # the first test installs two environments
]
SOMEBODY = 65534
IMPOSSIBLE = 77
"""The exit code where there can be no mounts."""


def without_privileges() -> Sequence[str]:
    """The words before a command whom permissions stop: of root, one without its powers."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("util-linux's setpriv is not installed")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


def give_away(*paths: Path) -> None:
    """Let them be somebody else's, as far as this user can; nobody may write to them."""
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
        if os.geteuid() == 0:
            os.chown(path, SOMEBODY, SOMEBODY)


def on_a_mount(place: Path, options: str, later: str = "") -> Sequence[str]:
    """The words before a command that sees a tmpfs at `place`, with what is there copied to it."""
    if shutil.which("unshare") is None:
        pytest.skip("util-linux's unshare is not installed")
    at = shlex.quote(str(place))
    steps = [
        f"mkdir -p {at}.old",
        f"mount --bind {at} {at}.old",
        f"mount -t tmpfs -o {options} none {at}",
        f"cp -a {at}.old/. {at}",
        *([f"mount -o {later} {at}"] if later else []),
    ]
    script = f'{" && ".join(steps)} || exit {IMPOSSIBLE}; exec "$@"'
    enter = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    return [*enter, "sh", "-c", script, "sh"]


def mounted(ran: Ran) -> Ran:
    if ran.code == IMPOSSIBLE or "unshare" in ran.err:
        pytest.skip(f"no mounts here: {ran.err.strip()}")
    return ran


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "place"
    made.mkdir()
    return made


def created(lite: Lite) -> None:
    ran = lite.has("dev")
    assert ran.out == "True\n", ran.err


@pytest.mark.parametrize("exists", [False, True], ids=["new", "exists"])
def test_a_read_only_mount(
    exists: bool,  # noqa: FBT001 -- a parameter of the test
    lite: Lite,
    add: Callable[[Path], None],
    place: Path,
) -> None:
    """Of a new database and of one that is there."""
    add(place / "x.db")
    if exists:
        created(lite)

    ran = mounted(lite.has("dev", before=on_a_mount(place, "size=1m", "remount,ro")))

    assert_cause(ran, "lite-denied", "read-only file system", "mount it read-write")


@pytest.mark.parametrize("options", ["size=1m,nr_inodes=1", "size=4k"], ids=["inodes", "pages"])
def test_a_full_file_system(
    options: str, lite: Lite, add: Callable[[Path], None], place: Path
) -> None:
    """It takes no database; version 3 needs no page to begin with."""
    add(place / "x.db")

    ran = mounted(lite.has("dev", before=on_a_mount(place, options)))

    if options == "size=4k" and not lite.keeps_a_file:
        assert ran.out == "True\n"
    else:
        assert_cause(ran, "lite-denied")


def test_a_volume_of_another_user(lite: Lite, add: Callable[[Path], None], place: Path) -> None:
    """There is no database yet, and it cannot be created."""
    add(place / "x.db")
    give_away(place)

    ran = lite.has("dev", before=without_privileges())

    assert_cause(ran, "lite-denied", "permission denied", str(place), "mode, which is 0555")
    assert list(place.iterdir()) == []


def test_a_database_of_another_user(lite: Lite, add: Callable[[Path], None], place: Path) -> None:
    """In a directory of our own."""
    add(place / "x.db")
    created(lite)
    give_away(place / "x.db", *(place / "x.db").rglob("*"))

    ran = lite.has("dev", before=without_privileges())

    assert_cause(ran, "lite-denied", "permission denied", "x.db")


def test_one_file_of_another_user(lite: Lite, add: Callable[[Path], None], place: Path) -> None:
    """The database was used once by root, say: its lock is not ours."""
    add(place / "x.db")
    created(lite)
    lock = place / ".x.db.lock" if lite.keeps_a_file else place / "x.db" / "LOCK"
    lock.touch()
    give_away(lock)

    ran = lite.has("dev", before=without_privileges())

    assert_cause(ran, "lite-denied", "permission denied", lock.name)


@pytest.mark.parametrize("deep", ["", "deeper"])
def test_a_directory_not_to_be_entered(
    deep: str, lite: Lite, add: Callable[[Path], None], place: Path
) -> None:
    """Whatever is in it: that one is named, and not one below."""
    (place / deep).mkdir(exist_ok=True)
    add(place / deep / "x.db")
    give_away(place)
    place.chmod(0o600 if os.geteuid() else 0o700)

    ran = lite.has("dev", before=without_privileges())

    place.chmod(0o700)
    assert_cause(ran, "lite-denied", f"cannot enter the directory {place}\n")

"""The registry where the system refuses: full, read-only, unreadable, or something else entirely.

One line, exit 78, and the old file to the byte. And where it does not refuse: links stay links,
owner and mode stay, new files are their owner's alone.
"""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from milvusconn_cli.registry import pipes
from tests.conftest import Milvusconn, Ran, run_program

NOWHERE = "http://127.0.0.1:1"
REGISTRY = "version = 1\n" + "".join(
    f'\n# {number}\n[connections.dev{number}]\nuri = "{NOWHERE}"\n' for number in range(200)
)
"""Some 10 kB: three pages of a file system."""
CHANGES: list[tuple[str, ...]] = [
    ("add", "new", "--uri", NOWHERE),
    ("add", "dev1", "--replace", "--uri", NOWHERE, "--db", "other"),
    ("remove", "dev1", "dev2"),
    ("rename", "dev1", "new"),
    ("copy", "dev1", "new"),
    ("disconnect", "dev1"),
]
QUESTIONS: list[tuple[str, ...]] = [
    ("list", "--no-probe"),
    ("list", "--names"),
    ("has", "dev1"),
    ("show", "dev1"),
    ("address", "dev1"),
    ("connect", "dev1"),
    ("inspect", "dev1"),
]
every_change = pytest.mark.parametrize("command", CHANGES, ids=lambda words: "-".join(words[:3]))
every_command = pytest.mark.parametrize(
    "command", [*CHANGES, *QUESTIONS], ids=lambda words: "-".join(words[:3])
)
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="made with Linux's mounts")


def assert_refused(ran: Ran, *words: str) -> None:
    """Exit 78, silence on stdout, one line on stderr and a hint at most."""
    assert (ran.code, ran.out) == (78, ""), ran
    first, *rest = ran.err.splitlines()
    assert first.startswith("milvusconn: ")
    assert len(rest) <= 1
    assert all(line.startswith("  hint: ") for line in rest)
    assert all(word in ran.err for word in words), ran.err


def assert_intact(path: Path, text: str = REGISTRY) -> None:
    """The file to the byte, and beside it its lock at most."""
    assert path.read_text(encoding="utf-8") == text
    assert beside(path) <= {f".{path.name}.lock"}


def beside(path: Path) -> set[str]:
    return {one.name for one in path.parent.iterdir()} - {path.name}


def aliases(path: Path) -> list[str]:
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["connections"])


def written(path: Path, text: str = REGISTRY, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


# --- no room ------------------------------------------------------------------------------------


LIMITED = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
os.execv(sys.executable, [sys.executable, "-m", "milvusconn_cli", *sys.argv[1:]])
"""


@every_change
def test_no_file_may_be_that_large(command: tuple[str, ...], registry_path: Path) -> None:
    """A limit of the process; it stops the new file in its midst."""
    written(registry_path)

    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, *command], capture_output=True, text=True, check=False
    )

    assert_refused(Ran(ran.returncode, ran.stdout, ran.stderr), "File too large", "nothing was")
    assert_intact(registry_path)


INSIDE = """
import json, os, subprocess, sys
place, options, later, registry, commands = sys.argv[1:]
if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place]).returncode:
    sys.exit(77)
path = os.path.join(place, "connections.toml")
with open(path, "w") as file:
    file.write(registry)
os.chmod(path, 0o600)
if later and subprocess.run(["mount", "-o", later, place]).returncode:
    sys.exit(77)
found = []
for command in json.loads(commands):
    ran = subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", *command, "--config", path],
        capture_output=True, text=True,
    )
    with open(path) as file:
        text = file.read()
    found.append([ran.returncode, ran.stdout, ran.stderr, text, sorted(os.listdir(place))])
json.dump(found, sys.stdout)
"""


@linux_only
@pytest.mark.parametrize(
    ("options", "later", "word"),
    [
        ("size=20k", "", "No space left on device"),
        ("size=1m,nr_inodes=2", "", "No space left on device"),
        ("size=1m,nr_inodes=3", "", "No space left on device"),
        ("size=1m", "remount,ro", "Read-only file system"),
    ],
    ids=["pages", "no inode for the lock", "no inode for the file", "read-only"],
)
def test_a_file_system_that_takes_no_more(
    options: str, later: str, word: str, tmp_path: Path
) -> None:
    """A small tmpfs of its own: each change is refused, in its words, and nothing has changed."""
    place = tmp_path / "small"
    place.mkdir()
    enter = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    if shutil.which(enter[0]) is None:
        pytest.skip("util-linux's unshare is not installed")

    ran = subprocess.run(
        [
            *enter,
            sys.executable,
            "-c",
            INSIDE,
            place,
            options,
            later,
            REGISTRY,
            json.dumps(CHANGES),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    if ran.returncode == 77 or "unshare" in ran.stderr:
        pytest.skip(f"no mounts here: {ran.stderr.strip()}")
    for code, out, err, text, names in json.loads(ran.stdout):
        assert_refused(Ran(code, out, err), word)
        assert text == REGISTRY
        assert set(names) <= {"connections.toml", ".connections.toml.lock"}


# --- no permission ------------------------------------------------------------------------------


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


# --- not a file ---------------------------------------------------------------------------------


@every_command
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


# --- links --------------------------------------------------------------------------------------


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

    assert milvusconn("list", "--names") == Ran(0, "", "")
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


# --- owner and mode -----------------------------------------------------------------------------


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

"""Who holds a file lock, where the system tells (Linux does, in /proc/locks)."""

import os
from pathlib import Path


def holder(path: Path) -> str | None:
    """`pid 123 (python3)` of the process that holds a lock on `path`; None if unknown."""
    pid = holder_pid(path)
    return named(pid) if pid else None


def named(pid: int) -> str:
    """A process as people know it."""
    command = _command(pid)
    return f"pid {pid} ({command})" if command else f"pid {pid}"


def holder_pid(path: Path) -> int | None:
    """The process that holds a lock on `path`; None if none does, or the system does not say."""
    try:
        found = path.stat()
        table = Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return None
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    return _pid_in(table, place)


def is_held(path: Path) -> bool:
    """Whether another process holds a POSIX lock on `path`; `OSError` if it cannot be opened.

    Where there is no such file, nobody does.
    """
    try:
        import fcntl  # noqa: PLC0415 -- not on Windows
    except ImportError:
        return False
    try:
        opened = path.open("rb+")
    except FileNotFoundError:
        return False
    except PermissionError:
        if holder_pid(path):
            return True
        raise
    with opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return True
    return False


def _pid_in(table: str, place: str) -> int | None:
    """The holder that `/proc/locks` names for a place: device and inode."""
    for line in table.splitlines():
        # 1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF; a `->` marks one who waits.
        fields = line.split()
        if "->" not in fields and place in fields:
            pid = int(fields[fields.index(place) - 1])
            return pid if pid > 0 else None  # 0 is beyond this namespace, -1 no one process
    return None


def _command(pid: int) -> str:
    """The process's program, without its arguments: those may hold secrets."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

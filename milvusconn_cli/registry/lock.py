"""The lock that every change of the registry takes: a file next to it, never removed.

It is as accessible as the registry: every user who may change one may open the other.
"""

import os
import shlex
import stat
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from milvusconn_cli.errors import RegistryError
from milvusconn_cli.system import limits, locks
from milvusconn_cli.system.environment_info import shown_path

LOCK_SECONDS = 5.0
_POLL_SECONDS = 0.02
_PRIVATE = 0o600


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the lock of the registry file `target`; creates the directory if there is none.

    `RegistryError` if another process keeps the lock, or if it cannot be opened.
    """
    from filelock import Timeout  # noqa: PLC0415 -- only who writes needs it

    lock_file = target.with_name(f".{target.name}.lock")
    try:
        _make_directory(target.parent)
        with _acquired(lock_file, target):
            _share_with_users_of(target, lock_file)
            yield
    except Timeout:
        holder = locks.holder(lock_file)
        by = f"another process, {holder}" if holder else "another process"
        raise RegistryError(
            f"{shown_path(target)} is being changed by {by} (it holds {lock_file})",
            "retry when it is done",
        ) from None
    except OSError as error:
        limits.raise_if_short(error)
        if error.filename == str(lock_file) and os.path.lexists(lock_file):
            raise RegistryError(
                f"the lock file {lock_file} cannot be opened: {error.strerror}",
                f"if no other milvusconn is running: `rm {shlex.quote(str(lock_file))}`",
            ) from None
        raise RegistryError(f"{shown_path(target)} cannot be changed: {error.strerror}") from None


def _acquired(lock_file: Path, target: Path) -> AbstractContextManager[object]:
    """The lock, held until the context ends; `Timeout` if one process keeps it.

    With many processes waiting, our turn may take long to come. As long as the lock changes hands
    or the file is replaced, nothing is stuck.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 -- only who writes needs it

    lock = FileLock(lock_file, timeout=LOCK_SECONDS, mode=_PRIVATE)
    while True:
        before = _progress(lock_file, target)
        try:
            with warnings.catch_warnings():
                # On a file system without flock, filelock creates a marker file instead, and warns.
                warnings.simplefilter("ignore", UserWarning)
                return lock.acquire(poll_interval=_POLL_SECONDS)
        except Timeout:
            if _progress(lock_file, target) == before:
                raise


def _progress(lock_file: Path, target: Path) -> object:
    """What changes when others make progress: who holds the lock, and which file is in place."""
    try:
        file = target.stat()
    except OSError:
        return locks.holder_pid(lock_file)
    return locks.holder_pid(lock_file), file.st_ino, file.st_mtime_ns


def _share_with_users_of(target: Path, lock_file: Path) -> None:
    """Give a lock of ours the owner, group and permissions of the registry, as far as we may.

    Otherwise a lock that root made would lock out the owner of the registry, and a lock that one
    user of a shared directory made would lock out the others.
    """
    if os.name != "posix":
        return
    with suppress(OSError):
        registry = target.stat()
        descriptor = os.open(lock_file, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            lock = os.fstat(descriptor)
            # A lock is empty and has one name; nothing else in their directory is given away.
            if lock.st_uid != os.geteuid() or lock.st_size or lock.st_nlink != 1:
                return
            _share(descriptor, lock, registry)
        finally:
            os.close(descriptor)


def _share(descriptor: int, lock: os.stat_result, registry: os.stat_result) -> None:
    """The same, for an open lock. Who may only read the registry could block others with it."""
    access = _PRIVATE
    if registry.st_mode & stat.S_IWGRP:
        with suppress(OSError):  # a group that we are not in
            os.fchown(descriptor, -1, registry.st_gid)
            access |= stat.S_IRGRP | stat.S_IWGRP
    if registry.st_mode & stat.S_IWOTH:
        access |= stat.S_IROTH | stat.S_IWOTH
    if stat.S_IMODE(lock.st_mode) != access:
        os.fchmod(descriptor, access)
    if lock.st_uid != registry.st_uid:
        os.fchown(descriptor, registry.st_uid, registry.st_gid)


def _make_directory(directory: Path) -> None:
    """Make it and those above it, for their owner alone whatever the umask."""
    missing = [place for place in (directory, *directory.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
        place.chmod(0o700)

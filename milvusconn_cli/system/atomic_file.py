"""A file replaced atomically: readers see the old content or the new, whatever happens."""

import os
import stat
from contextlib import suppress
from pathlib import Path

_ACL = "system.posix_acl_access"


def replace(target: Path, text: str, *, mode: int = 0o600, is_locked: bool = False) -> None:
    """Put `text` in the place of the file `target`; `OSError` if that fails, with nothing changed.

    Owner, group, permissions, ACL and extended attributes stay as they are; a new file gets
    `mode`, whatever the umask. `is_locked` says that nobody else writes this file at
    the moment: then what killed writers left behind is removed.
    """
    if is_locked:
        _remove_leftovers(target)
    fresh = target.with_name(f".{target.name}.{os.urandom(4).hex()}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            _keep_owner_and_mode(descriptor, target, mode)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(target)
    finally:
        with suppress(OSError):  # it has taken the file's place, or never existed
            fresh.unlink()
    _sync_directory(target.parent)


def _remove_leftovers(target: Path) -> None:
    with suppress(OSError):  # a directory that cannot be listed
        for one in target.parent.iterdir():
            if one.name.startswith(f".{target.name}.") and one.name.endswith(".new"):
                with suppress(OSError):
                    one.unlink()


def _keep_owner_and_mode(descriptor: int, target: Path, mode: int) -> None:
    if os.name != "posix":
        return
    try:
        old = target.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, mode)  # whatever the umask
        return
    mode = stat.S_IMODE(old.st_mode)
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        try:
            os.fchown(descriptor, old.st_uid, old.st_gid)
        except PermissionError:
            if old.st_uid != os.geteuid():
                raise
            mode &= ~stat.S_IRWXG  # a group that we are not in: what it could read, ours must not
    if not _keep_attributes(descriptor, target):
        mode &= ~stat.S_IRWXG  # the bits are those of the ACL's mask: the group never had them
    os.fchmod(descriptor, mode)


def _keep_attributes(descriptor: int, target: Path) -> bool:
    """Copy the extended attributes of `target`; False where its ACL could not be kept."""
    if not hasattr(os, "listxattr"):  # Linux alone has it
        return True
    try:
        names = os.listxattr(target)
    except OSError:  # a file system without attributes has no ACL either
        return True
    kept = set()
    for name in names:
        with suppress(OSError):
            os.setxattr(descriptor, name, os.getxattr(target, name))
            kept.add(name)
    return _ACL not in names or _ACL in kept


def _sync_directory(directory: Path) -> None:
    """Make the new name itself durable, where the system can; the change is made either way."""
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

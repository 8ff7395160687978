"""Whether this user may read and write what Milvus Lite is to use, and if not, whose it is."""

import os
import stat
from pathlib import Path

from milvusconn_cli.causes import Cause
from milvusconn_cli.report import Finding, finding


def allows(place: Path, rights: int) -> bool:
    """Whether this process, as what it runs as, has these rights to `place`."""
    return os.access(place, rights, effective_ids=os.access in os.supports_effective_ids)


def is_usable(place: Path) -> bool:
    """Whether a file can be read and written, and a directory entered too."""
    return allows(place, os.R_OK | os.W_OK | (os.X_OK if place.is_dir() else 0))


def denied(place: Path) -> Finding:
    """The finding where `place` cannot be read or written."""
    if _is_read_only(place):
        summary = f"{place} is on a read-only file system"
        advice = "mount it read-write, or use another path"
        return finding(Cause.LITE_DENIED, summary, advice, path=str(place))
    return _forbidden(place, f"permission denied: no read and write access to {place}")


def cannot_enter(path: Path) -> Finding:
    """The finding where a directory above `path` may not be entered."""
    above = [parent for parent in reversed(path.parents) if not allows(parent, os.X_OK)]
    place = above[0] if above else path.parent
    return _forbidden(place, f"permission denied: cannot enter the directory {place}")


def _forbidden(place: Path, summary: str) -> Finding:
    try:
        found = place.stat()
    except OSError:
        return finding(Cause.LITE_DENIED, summary, f"ls -ld {place}", path=str(place))
    owner, mode = _user(found.st_uid), f"{stat.S_IMODE(found.st_mode):04o}"
    if is_usable(place):
        advice = f"owner and mode allow it: check SELinux, AppArmor and `lsattr -d {place}`"
    elif hasattr(os, "geteuid") and found.st_uid == os.geteuid():  # Windows has none
        advice = f"change its mode, which is {mode}: chmod u+rwX {place}"
    else:
        advice = f"run as its owner, {owner}, or change its owner or mode, which is {mode}"
    evidence = {"path": str(place), "owner": owner, "mode": mode}
    return finding(Cause.LITE_DENIED, summary, advice, **evidence)


def _is_read_only(place: Path) -> bool:
    try:
        return bool(os.statvfs(place).f_flag & os.ST_RDONLY)
    except (AttributeError, OSError):  # Windows has no statvfs
        return False


def _user(number: int) -> str:
    try:
        import pwd  # noqa: PLC0415 -- not on Windows

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return f"uid {number}"

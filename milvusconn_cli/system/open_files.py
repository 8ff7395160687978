"""The limit on open files, which is also the limit on sockets."""

import sys
from contextlib import suppress
from types import ModuleType

_LOWER = (10240, 8192, 4096, 2048, 1024, 512)
"""Tried one after the other; macOS allows 10240 by default."""


def limits_of_process() -> ModuleType | None:
    """Python's `resource`; None on Windows, which has no such limits."""
    try:
        import resource  # noqa: PLC0415 -- not everywhere
    except ImportError:
        return None
    return resource


def open_file_limit() -> int | None:
    """How many files this process may have open; None where the system has no such limit."""
    resource = limits_of_process()
    if resource is None:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else int(soft)


def raise_open_file_limit(needed: int) -> None:
    """Raise the limit of this process to `needed` files, or as far as the system allows."""
    resource, limit = limits_of_process(), open_file_limit()
    if resource is None or limit is None or limit >= needed:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    # macOS says that there is no limit, and refuses what is more than one that it does not tell.
    for wanted in (soft, *(lower for lower in _LOWER if limit < lower < soft)):
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return

"""The limit on open files, which is also the limit on sockets."""

import sys
from contextlib import suppress


def open_file_limit() -> int | None:
    """How many files this process may have open; None where the system has no such limit."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 -- not on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def raise_open_file_limit(needed: int) -> None:
    """Raise the limit of this process to `needed` files, or as far as the system allows."""
    limit = open_file_limit()
    if sys.platform == "win32" or limit is None or limit >= needed:
        return
    import resource  # noqa: PLC0415 -- not on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

"""Become another program, which finds this process as its caller made it."""

import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

_DESCRIPTORS = Path("/dev/fd")


class Process:
    """What the caller gave to this process, to be restored for its successor."""

    def __init__(self) -> None:
        """Take note of it: the environment, the limit on open files, the open files."""
        self._environment = dict(os.environ)
        self._files = _file_limits()
        self._descriptors = _descriptors()

    def become(self, argv: Sequence[str], environment: Mapping[str, str] | None = None) -> NoReturn:
        """Run `argv` in the place of this program; `OSError` where it cannot be started.

        It gets `environment`, or else the one that this process was given.
        Where a process cannot be replaced, this one stays until the other ends, with its exit code.
        """
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        given = self._environment if environment is None else dict(environment)
        if sys.platform == "win32":
            import subprocess  # noqa: PLC0415 -- only here

            os._exit(subprocess.call(argv, env=given))  # noqa: S603 -- the user's own
        if self._files:
            import resource  # noqa: PLC0415 -- not on Windows

            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, self._files)
        for descriptor in _descriptors() - self._descriptors:
            with suppress(OSError):
                os.set_inheritable(descriptor, False)  # noqa: FBT003 -- its signature
        # Python ignores these two, and what is ignored stays so in the next program.
        ignored = {
            number: signal.signal(number, signal.SIG_DFL)
            for number in (getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ"))
        }
        try:
            os.execvpe(argv[0], list(argv), given)  # noqa: S606 -- the user's own
        finally:  # it cannot be started, so this program goes on
            for number, handler in ignored.items():
                signal.signal(number, handler)


def is_program(name: str) -> bool:
    """Whether there is such a program, by its path or in PATH."""
    return shutil.which(name) is not None


def _file_limits() -> tuple[int, int] | None:
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 -- not on Windows

    return resource.getrlimit(resource.RLIMIT_NOFILE)


def _descriptors() -> set[int]:
    """The numbers of the open files."""
    try:
        return {int(name) for name in os.listdir(_DESCRIPTORS)}  # noqa: PTH208 -- names, not paths
    except OSError:
        return set()

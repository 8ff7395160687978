"""The exit codes: what a shell script reads instead of the words.

The numbers are part of the contract and are written out, never derived from a position.
"""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says on leaving."""

    OK = 0
    NO = 1
    """There is no such alias, or it is out of service."""
    USAGE = 2
    UNREACHABLE = 3
    """DNS, TCP, proxy, socket file, local database."""
    NOT_READY = 4
    """Reachable, but not ready, not answering in time, or unexplained."""
    CREDENTIALS = 5
    TLS = 6
    NOT_MILVUS = 7
    NO_DATABASE = 8
    INTERNAL = 70
    """A fault of this program (EX_SOFTWARE of sysexits.h)."""
    LIMIT = 71
    """This machine would not let us try: too many open files, out of memory (EX_OSERR)."""
    OUTPUT = 74
    """The output could not be written (EX_IOERR)."""
    CONFIG = 78
    """The configuration is invalid (EX_CONFIG)."""
    WAIT_TIMEOUT = 124
    """`wait` ran out of time, as timeout(1) says it."""
    NOT_RUN = 126
    """The command of `exec` exists and cannot be run, as shells say it."""
    NOT_FOUND = 127
    """The command of `exec` does not exist, as shells say it."""
    INTERRUPTED = 130
    TERMINATED = 143


MOST_SEVERE_FIRST = (
    ExitCode.INTERNAL,
    ExitCode.LIMIT,
    ExitCode.CONFIG,
    ExitCode.CREDENTIALS,
    ExitCode.TLS,
    ExitCode.NO_DATABASE,
    ExitCode.NOT_MILVUS,
    ExitCode.UNREACHABLE,
    ExitCode.NOT_READY,
    ExitCode.NO,
    ExitCode.OK,
)
"""What a retry cannot fix comes first, and before all else what is not the server's fault."""


def most_severe(codes: Iterable[ExitCode]) -> ExitCode:
    """The most severe of several codes; OK if there are none."""
    return min(codes, key=MOST_SEVERE_FIRST.index, default=ExitCode.OK)

"""Standard output: the data, and nothing else.

A reader that went away has heard enough: the program ends quietly, with the exit code of its
answer. Any other failure to write (a full disk) is an `OutputError`, exit 74.
"""

import os
import select
import sys

from milvusconn_cli.errors import OutputError
from milvusconn_cli.text import encodable


class ReaderLeft(Exception):  # noqa: N818 -- no error: there is nobody left to write for
    """The reader of standard output went away."""


def write(text: str) -> bool:
    """Write and flush; raises `OutputError` where the system would not take it.

    False if the reader went away: what goes on for its output alone may end.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        # What the terminal cannot show (LANG=C) is escaped, never a reason to fail.
        sys.stdout.write(encodable(text, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up()
        return False
    except (OSError, ValueError) as error:
        _give_up()
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise OutputError(f"standard output cannot be written: {reason}") from None
    return True


def write_more(text: str) -> None:
    """The same for output that has no end; raises `ReaderLeft` when nobody reads it any more."""
    if not write(text):
        raise ReaderLeft


def is_read() -> bool:
    """Whether somebody may still read; for output that may have nothing to write for long."""
    if sys.stdout is None or not hasattr(select, "poll"):
        return True
    try:
        polled = select.poll()
        polled.register(sys.stdout.fileno(), 0)
        return not any(event & select.POLLERR for _, event in polled.poll(0))
    except (OSError, ValueError):
        return True


def _give_up() -> None:
    """Let nothing that is still buffered be tried again at exit, with a message of Python's."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 -- for good

"""Standard output: the data, and nothing else.

A reader that went away has heard enough: the program ends quietly, with the exit code of its
answer. Any other failure to write (a full disk) is an `OutputError`, exit 74.
"""

import os
import sys

from milvusconn_cli.errors import OutputError
from milvusconn_cli.text import encodable


def write(text: str) -> None:
    """Write and flush; raises `OutputError` where the system would not take it."""
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        # What the terminal cannot show (LANG=C) is escaped, never a reason to fail.
        sys.stdout.write(encodable(text, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up()
    except (OSError, ValueError) as error:
        _give_up()
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise OutputError(f"standard output cannot be written: {reason}") from None


def _give_up() -> None:
    """Let nothing that is still buffered be tried again at exit, with a message of Python's."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 -- for good

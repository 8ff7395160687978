"""The console script: answers a shell that completes a word, and opens the program to all else.

A TAB waits for the answer, so nothing of the program is imported for it: not typer, and neither
the modules that check what a registry says. candidates.py is all that there is to it.
"""

import gc
import os
import sys
from typing import NoReturn

from milvusconn_cli import candidates

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python would look for cycles every 700: a sixth of the time of ten thousand probes."""


def run() -> NoReturn:
    """One call of the program, from its arguments to its exit code."""
    if sys.argv[1:2] == [candidates.QUESTION]:
        candidates.answer(sys.argv[2:])
        _leave(0)
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        from milvusconn_cli import app  # noqa: PLC0415 -- brings typer
    except KeyboardInterrupt:
        _leave(130)
    app.run()


def _leave(exit_code: int) -> NoReturn:
    """As `app.leave` does, which is not here yet: without Python's teardown."""
    if os.environ.get("MILVUSCONN_TEARDOWN"):
        sys.exit(exit_code)
    os._exit(exit_code)

"""The console script: answers a shell that completes a word, and opens the program to all else.

A TAB waits for the answer, so nothing of the program is imported for it: not typer, and neither
the modules that check what a registry says. candidates.py is all that there is to it.

Ctrl-C ends it from the first line on: what is imported here at the top is in every Python already.
`signal` is not, so its own C module stands in for it.
"""

import os
import sys
from _signal import SIG_IGN, getsignal, signal  # type: ignore[import-not-found]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

_SIGHUP, _SIGINT, _SIGTERM = 1, 2, 15
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python would look for cycles every 700: a sixth of the time of ten thousand probes."""


def run() -> "NoReturn":
    """One call of the program, from its arguments to its exit code."""
    for number in (_SIGINT, _SIGTERM, _SIGHUP) if os.name == "posix" else (_SIGINT, _SIGTERM):
        if getsignal(number) is not SIG_IGN:  # as under nohup
            signal(number, _end_at_once)
    if sys.argv[1:2] == ["__complete"]:  # candidates.QUESTION
        from milvusconn_cli import candidates  # noqa: PLC0415 -- only after Ctrl-C is seen to

        candidates.answer(sys.argv[2:])
        _leave(0)
    import gc  # noqa: PLC0415 -- the same

    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    from milvusconn_cli import app  # noqa: PLC0415 -- brings typer

    app.run()


def _end_at_once(number: int, _frame: "FrameType | None") -> None:
    """No exception: it would be a traceback of whatever is being imported."""
    os._exit(130 if number == _SIGINT else 143)


def _leave(exit_code: int) -> "NoReturn":
    """As `app.leave` does, which is not here yet: without Python's teardown."""
    if os.environ.get("MILVUSCONN_TEARDOWN"):
        sys.exit(exit_code)
    os._exit(exit_code)

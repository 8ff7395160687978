"""How a signal ends the program: Ctrl-C, SIGTERM, or SIGHUP of a terminal that was closed.

Code that holds something sees an exception, and lets go of it. Where there is nothing to let go of,
and an exception would only become somebody's traceback, the process ends at once: while a module
is imported, outside `main`, in a destructor, and when the user insists.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from milvusconn_cli.errors import Terminated
from milvusconn_cli.exits import ExitCode

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def heeded() -> Iterator[signal.Signals]:
    """The signals that end this process; one that it was started to ignore stays ignored."""
    for name in _ENDING:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            yield number


def exception_of(number: int) -> BaseException:
    """What a signal is where the program can let go of what it holds."""
    return KeyboardInterrupt() if number == signal.SIGINT else Terminated()


def end_at_once(number: int, _frame: FrameType | None = None) -> NoReturn:
    """End the process by the signal's exit code, whatever it is doing."""
    os._exit(ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED)


def insist(number: int) -> None:
    """Heed a signal that is not the first one; a shell and its terminal may both send SIGHUP."""
    if number in (signal.SIGINT, signal.SIGTERM):
        end_at_once(number)


def raise_within(function: Callable[..., object]) -> None:
    """From now on a signal is an exception within `function`, and the end at once elsewhere."""
    came: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        if came:
            insist(number)
            return
        came.append(number)
        files = [one.f_code.co_filename for one in _stack(frame)]
        is_importing = any(file.startswith("<frozen importlib") for file in files)
        if is_importing or all(one.f_code is not function.__code__ for one in _stack(frame)):
            end_at_once(number)
        raise exception_of(number)

    for number in list(heeded()):
        signal.signal(number, end)
    sys.unraisablehook = _end_if_interrupted


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _end_if_interrupted(raised: "sys.UnraisableHookArgs") -> None:
    """An interrupt that came in a destructor would be printed there, and be lost."""
    if issubclass(raised.exc_type, KeyboardInterrupt):
        end_at_once(signal.SIGINT)
    if issubclass(raised.exc_type, Terminated):
        end_at_once(signal.SIGTERM)
    sys.__unraisablehook__(raised)

"""The event loop as a command has it: a signal ends it by cancelling what is under way."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, TypeVar

from milvusconn_cli.cli import signals

Result = TypeVar("Result")


def run(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """asyncio.run; `KeyboardInterrupt` or `Terminated` where a signal came, once all is let go of.

    An exception out of a signal handler could come between the start of a child and the line
    that sees to its end.
    """
    if threading.current_thread() is not threading.main_thread():
        return asyncio.run(work())  # signals are the main thread's
    ending = _Ending()
    before = {number: signal.signal(number, ending) for number in list(signals.heeded())}
    try:
        result = asyncio.run(ending.run(work()))
    except asyncio.CancelledError:
        if ending.number is None:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if ending.number is not None:
        raise signals.exception_of(ending.number)
    return result


class _Ending:
    """A handler of signals: the first one that comes cancels the work."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._cancel: Callable[[], object] | None = None

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The work's result; `CancelledError` where a signal came first."""
        task, loop = asyncio.create_task(work), asyncio.get_running_loop()
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        if self.number is not None:
            task.cancel()
        try:
            return await task
        finally:
            self._cancel = None

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if self.number is not None:
            signals.insist(number)
            return
        self.number = number
        if self._cancel:
            self._cancel()

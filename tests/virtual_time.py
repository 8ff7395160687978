"""An event loop whose clock jumps to the next thing that is due: an hour passes in a moment.

Everything in it that sleeps or waits with asyncio does so without waiting. Where nothing is due and
nothing can happen any more, it fails in place of hanging.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")
START = 1000.0
"""The time at which every loop starts."""


class _Jumping(selectors.SelectSelector):
    """Does not wait for files, but lets the clock jump by the time it was to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "nothing is left that could happen"
            self.now += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `time()` is virtual."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._jumping.now


def run(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """`asyncio.run` with virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work())

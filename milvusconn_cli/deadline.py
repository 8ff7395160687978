"""The one clock: made in `probe`, handed down; `fleet` has one too, to tell how far it is."""

import time
from collections.abc import Callable


class Deadline:
    """A limit in seconds that starts to run when it is made."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._start = clock()

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def remaining(self) -> float:
        """Seconds that are left; 0.0 when the time is up, never less."""
        return max(0.0, self.seconds - self.elapsed())

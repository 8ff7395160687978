"""How long to pause between two probes: exponential back-off with jitter."""

from collections.abc import Callable
from random import random

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 2.0
_GROWTH = 1.5
_JITTER = 0.25
"""A pause is shorter by a random part of this, never longer: the interval is a promise."""


class Backoff:
    """The pauses between probes, from `first` up to `longest` seconds."""

    def __init__(
        self,
        longest: float = LONGEST_SECONDS,
        first: float = FIRST_SECONDS,
        chance: Callable[[], float] = random,
    ) -> None:
        """`chance` returns a number from 0 to 1."""
        self.longest = longest
        self._first = min(first, longest)
        self._next = self._first
        self._chance = chance

    def pause(self) -> float:
        """The next pause in seconds; each is longer than the one before, but for the jitter."""
        pause = self._next * (1 - _JITTER * self._chance())
        self._next = min(self._next * _GROWTH, self.longest)
        return pause

    def reset(self) -> None:
        """Start with short pauses again."""
        self._next = self._first

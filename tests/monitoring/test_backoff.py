"""Pauses grow to the interval, and never exceed it."""

import itertools

from hypothesis import given
from hypothesis import strategies as some

from milvusconn_cli.monitoring.backoff import Backoff

CHANCES = some.lists(some.floats(0, 1), min_size=30, max_size=30)


def test_pauses_grow_from_a_tenth_of_a_second_to_two_seconds() -> None:
    pauses = Backoff(chance=lambda: 0.0)

    taken = [pauses.pause() for _ in range(12)]

    assert taken[0] == 0.1
    assert taken == sorted(taken)
    assert taken[8:] == [2.0] * 4


@given(CHANCES, some.floats(0.01, 60))
def test_never_longer_than_the_interval(chances: list[float], longest: float) -> None:
    """Whatever the jitter: a server that becomes ready is noticed within the interval."""
    numbers = itertools.cycle(chances)
    backoff = Backoff(longest, chance=lambda: next(numbers))

    pauses = [backoff.pause() for _ in chances]

    assert all(0 < pause <= longest for pause in pauses)
    assert max(pauses) >= 0.75 * min(longest, 2.0)


def test_jitter_separates_two_that_started_together() -> None:
    slow, fast = Backoff(chance=lambda: 0.1), Backoff(chance=lambda: 0.9)

    assert sum(slow.pause() for _ in range(10)) - sum(fast.pause() for _ in range(10)) > 1


def test_reset_starts_over() -> None:
    backoff = Backoff(chance=lambda: 0.0)
    before = [backoff.pause() for _ in range(5)]

    backoff.reset()

    assert [backoff.pause() for _ in range(5)] == before

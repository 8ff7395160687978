"""Series of probes in virtual time: their pace, their end, and what is counted."""

import asyncio

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.monitoring.pinging import Pace, Ping, Pinging
from milvusconn_cli.report import Report
from tests import virtual_time
from tests.monitoring.scripts import Answer, at_once, report, timeline


def pinged(answer: Answer, pace: Pace) -> tuple[Pinging, list[Ping]]:
    """A series that is over."""
    told: list[Ping] = []

    async def ask(at_most: float) -> Report:
        takes, cause = answer(asyncio.get_running_loop().time() - virtual_time.START)
        await asyncio.sleep(min(takes, at_most))
        return report(cause if takes <= at_most else Cause.SLOW)

    pinging = Pinging(ask, pace, told.append)
    virtual_time.run(pinging.run)
    return pinging, told


def test_count_and_pace() -> None:
    """From start to start; nothing is waited for after the last."""
    pinging, told = pinged(lambda _: (0.25, None), Pace(interval=1, count=5))

    assert [one.at for one in told] == [0, 1, 2, 3, 4]
    assert [one.number for one in told] == [1, 2, 3, 4, 5]
    assert pinging.seconds == pytest.approx(4.25)
    assert pinging.times
    assert pinging.times.p50 == pytest.approx(0.25)


def test_probe_that_outlasts_the_interval_is_not_made_up_for() -> None:
    """The next ones keep the pace; there is no burst."""
    _, told = pinged(lambda now: (2.5 if now < 0.5 else 0.1, None), Pace(interval=1, count=4))

    assert [round(one.at, 3) for one in told] == [0, 3, 4, 5]


def test_pace_does_not_drift() -> None:
    _, told = pinged(lambda _: (0.003, None), Pace(interval=0.1, count=1000))

    assert told[-1].at == pytest.approx(99.9)


def test_time_limit() -> None:
    pinging, told = pinged(at_once(None), Pace(interval=1, limit=4.5))

    assert [one.at for one in told] == [0, 1, 2, 3, 4]
    assert pinging.seconds == pytest.approx(4.5)


def test_probe_that_the_limit_cut_short_is_not_lost() -> None:
    """It would be counted against the server."""
    pinging, _ = pinged(lambda now: (0.1 if now < 1.5 else 9, None), Pace(interval=1, limit=3))

    assert pinging.statuses == {"established": 2}


def test_only_probe_counts_even_if_it_was_cut_short() -> None:
    pinging, _ = pinged(lambda _: (9, None), Pace(interval=1, limit=3))

    assert pinging.statuses == {"slow": 1}


def test_what_is_counted() -> None:
    pinging, _ = pinged(
        timeline((0, None), (3, Cause.TCP_REFUSED), (5, Cause.AUTH_REJECTED), (6, None)),
        Pace(interval=1, count=9),
    )

    assert pinging.statuses == {"established": 6, "tcp-refused": 2, "auth-rejected": 1}
    assert (pinging.sent, pinging.established) == (9, 6)
    assert pinging.worst
    assert pinging.worst.status == "auth-rejected"
    assert pinging.last
    assert pinging.last.established
    assert len(pinging.samples) == 6


def test_failing_probes_have_no_times() -> None:
    pinging, _ = pinged(at_once(Cause.TCP_REFUSED), Pace(count=3))

    assert pinging.times is None

"""Waits in virtual time: when they end, how, what they tell, and how often they ask."""

import asyncio
import itertools

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.monitoring.waiting import Alias, Ending, Goal, Plan, Wait
from milvusconn_cli.report import Report, Subject
from tests import virtual_time
from tests.monitoring.scripts import LIMIT, Answer, ScriptedAsker, at_once, report, timeline

REFUSED, STARTING, AUTH = Cause.TCP_REFUSED, Cause.STARTING, Cause.AUTH_REJECTED
INTERVAL = 2.0


class Ended:
    """A wait that is over, and what it told."""

    def __init__(self, asker: ScriptedAsker, plan: Plan, longest: float = INTERVAL) -> None:
        self.asker = asker
        self.wait = Wait(asker.aliases(longest), plan, asker)
        self.told: list[str] = []
        self.wait.changed = self._note
        virtual_time.run(self.wait.run)

    def _note(self, alias: Alias) -> None:
        assert alias.report
        self.told.append(f"{alias.report.subject.alias} {alias.report.status}")

    @property
    def statuses(self) -> list[str]:
        return [alias.report.status for alias in self.wait.aliases if alias.report]


def waited(plan: Plan, longest: float = INTERVAL, **answers: Answer) -> Ended:
    return Ended(ScriptedAsker(**answers), plan, longest)


def test_what_is_up_already_takes_one_probe() -> None:
    ended = waited(Plan(limit=60), dev=at_once(None))

    assert ended.wait.ended is Ending.MET
    assert ended.asker.starts["dev"] == [0]
    assert ended.told == []


@pytest.mark.parametrize("moment", [0.05, 0.3, 1.0, 7.3, 29.0, 56.0])
def test_ready_is_noticed_within_the_interval(moment: float) -> None:
    ended = waited(Plan(limit=60), dev=timeline((0, REFUSED), (moment, None)))

    assert ended.wait.ended is Ending.MET
    assert moment <= ended.wait.seconds <= moment + INTERVAL + 0.01


def test_ready_is_noticed_though_probes_hang() -> None:
    """Packets that are dropped keep a probe waiting for all of its limit."""
    ended = waited(
        Plan(limit=60), dev=lambda now: (LIMIT, Cause.TCP_TIMEOUT) if now < 10 else (0.01, None)
    )

    assert ended.wait.ended is Ending.MET
    assert 10 <= ended.wait.seconds <= 10 + INTERVAL + 0.1
    assert ended.asker.most_under_way <= 3
    assert ended.asker.under_way == 0


def test_slow_answers_are_waited_for() -> None:
    """A server that takes longer than the interval, and less than the limit, is established."""
    ended = waited(Plan(limit=60), dev=lambda _: (4.0, None))

    assert (ended.wait.ended, round(ended.wait.seconds)) == (Ending.MET, 4)


def test_later_answer_makes_earlier_probes_obsolete() -> None:
    """What a probe of five seconds ago finds out late does not hide what is known since."""
    ended = waited(
        Plan(limit=60, goal=Goal.DOWN),
        dev=lambda now: (4.5, None) if now < 1 else (0.01, REFUSED),
    )

    assert ended.wait.ended is Ending.MET
    assert ended.wait.seconds == pytest.approx(INTERVAL + 0.01)


def test_pauses_grow_and_start_over_with_a_new_cause() -> None:
    ended = waited(Plan(limit=60), dev=timeline((0, REFUSED), (20, STARTING), (40, None)))

    starts = ended.asker.starts["dev"]
    pauses = [round(later - earlier, 1) for earlier, later in itertools.pairwise(starts)]
    assert pauses[:3] == [0.1, 0.2, 0.2]
    at_20 = next(place for place, start in enumerate(starts) if start >= 20)
    assert pauses[at_20 - 1] == 2.0
    assert pauses[at_20] == 0.1
    assert len(starts) < 50


def test_causes_that_alternate_are_not_asked_more_often() -> None:
    """A server behind two balancers: each cause is new only once."""
    ended = waited(Plan(limit=60), dev=lambda now: (0.001, REFUSED if int(now) % 2 else STARTING))

    assert len(ended.asker.starts["dev"]) < 60


def test_each_change_is_told_once() -> None:
    ended = waited(
        Plan(limit=60), dev=timeline((0, REFUSED), (5, STARTING), (9, REFUSED), (12, None))
    )

    assert ended.told == ["dev tcp-refused", "dev starting", "dev tcp-refused"]


def test_time_runs_out_with_the_last_cause() -> None:
    ended = waited(Plan(limit=30), dev=timeline((0, REFUSED), (20, STARTING)))

    assert (ended.wait.ended, ended.statuses) == (Ending.TIMED_OUT, ["starting"])
    assert ended.wait.seconds == 30


def test_probe_that_is_cut_short_does_not_hide_the_cause() -> None:
    """The last probe has 30 ms left; what it says then is about our limit, not about the server."""
    ended = waited(
        Plan(limit=3),
        dev=lambda now: (0.001, REFUSED) if now < 1 else (0.9, REFUSED),
    )

    assert (ended.wait.ended, ended.statuses) == (Ending.TIMED_OUT, ["tcp-refused"])


def test_limit_that_is_shorter_than_a_probe_still_names_a_cause() -> None:
    ended = waited(Plan(limit=1.5), dev=lambda _: (10, None))

    assert (ended.wait.ended, ended.statuses) == (Ending.TIMED_OUT, ["slow"])
    assert ended.wait.seconds <= 1.5 + 0.5


def test_permanent_cause_ends_it_at_once() -> None:
    ended = waited(Plan(limit=60), dev=timeline((0, REFUSED), (5, AUTH)), other=at_once(STARTING))

    assert ended.wait.ended is Ending.HOPELESS
    assert 5 <= ended.wait.seconds <= 5 + INTERVAL + 0.01
    assert [one.status for one in ended.wait.hopeless] == ["auth-rejected"]


def test_patience_goes_on() -> None:
    ended = waited(Plan(limit=60, patient=True), dev=timeline((0, AUTH), (5, None)))

    assert ended.wait.ended is Ending.MET


def test_stable_needs_all_of_its_time() -> None:
    ended = waited(Plan(limit=60, stable=10), dev=timeline((0, REFUSED), (3, None)))

    assert ended.wait.ended is Ending.MET
    assert 13 <= ended.wait.seconds <= 13 + INTERVAL + 0.01


def test_stable_starts_over_when_it_fails() -> None:
    ended = waited(Plan(limit=60, stable=10), dev=timeline((0, None), (7, REFUSED), (12, None)))

    assert ended.wait.ended is Ending.MET
    assert 22 <= ended.wait.seconds <= 22 + INTERVAL + 0.01
    assert ended.told == ["dev established", "dev tcp-refused", "dev established"]


def test_stable_looks_once_more_when_the_time_is_up() -> None:
    """A connection that breaks in the last moment is not stable."""
    ended = waited(Plan(limit=11, stable=10), dev=timeline((0, None), (9.95, REFUSED)))

    assert ended.wait.ended is Ending.TIMED_OUT


def test_several_are_waited_for_together() -> None:
    ended = waited(
        Plan(limit=60),
        first=timeline((0, REFUSED), (3, None)),
        second=timeline((0, STARTING), (8, None)),
    )

    assert ended.wait.ended is Ending.MET
    assert 8 <= ended.wait.seconds <= 8 + INTERVAL + 0.01
    assert "first established" in ended.told


def test_one_that_goes_down_while_others_come_up_is_waited_for_again() -> None:
    ended = waited(
        Plan(limit=60),
        first=timeline((0, None), (5, REFUSED), (15, None)),
        second=timeline((0, STARTING), (10, None)),
    )

    assert ended.wait.ended is Ending.MET
    assert 15 <= ended.wait.seconds <= 15 + 2 * INTERVAL


def test_down() -> None:
    ended = waited(Plan(limit=60, goal=Goal.DOWN), dev=timeline((0, None), (4, REFUSED)))

    assert ended.wait.ended is Ending.MET
    assert 4 <= ended.wait.seconds <= 4 + INTERVAL + 0.01
    assert ended.told == ["dev established"]


@pytest.mark.parametrize("cause", [Cause.TLS_EXPIRED, Cause.AUTH_MISSING, Cause.DISCONNECTED])
def test_down_is_whatever_is_not_established(cause: Cause) -> None:
    assert waited(Plan(limit=60, goal=Goal.DOWN), dev=at_once(cause)).wait.ended is Ending.MET


@pytest.mark.parametrize("cause", [Cause.CONFIG_URI, Cause.NO_SUCH_ALIAS, Cause.INTERNAL_ERROR])
def test_what_cannot_be_probed_is_not_down(cause: Cause) -> None:
    assert waited(Plan(limit=60, goal=Goal.DOWN), dev=at_once(cause)).wait.ended is Ending.HOPELESS


def test_ticks_go_on_between_changes() -> None:
    asker, seen = ScriptedAsker(dev=timeline((0, REFUSED), (2, None))), list[float]()
    wait = Wait(asker.aliases(), Plan(limit=60), asker)
    wait.tick = lambda: seen.append(wait.elapsed)

    virtual_time.run(wait.run)

    assert len(seen) == pytest.approx(wait.seconds / 0.2, abs=2)


def test_when_it_is_cancelled_nothing_is_left_and_the_rows_stay() -> None:
    asker = ScriptedAsker(dev=at_once(REFUSED), other=lambda _: (LIMIT, None))
    wait = Wait(asker.aliases(), Plan(limit=60), asker)

    async def cancel() -> set[asyncio.Task[object]]:
        waiting = asyncio.create_task(wait.run())
        await asyncio.sleep(1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert virtual_time.run(cancel) == set()
    assert asker.under_way == 0
    assert [type(alias.row) for alias in wait.aliases] == [Report, Subject]
    assert wait.seconds == 1


def test_fault_of_this_program_ends_it() -> None:
    def broken() -> Report:
        raise ZeroDivisionError

    asker = ScriptedAsker(dev=at_once(REFUSED))
    (alias,) = asker.aliases()
    alias.judge = broken

    with pytest.raises(ZeroDivisionError):
        virtual_time.run(Wait([alias], Plan(limit=60), asker).run)


def test_goal_names_what_it_is_met_by() -> None:
    assert Goal.UP.is_met(report(None))
    assert not Goal.UP.is_met(report(REFUSED))
    assert Goal.DOWN.is_met(report(REFUSED))

"""Many aliases watched in virtual time: the pace, the changes, and that nothing hinders another."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.tables import build
from milvusconn_cli.connection.target import Judged, Target
from milvusconn_cli.monitoring.watching import BEATS, Watched, Watching
from milvusconn_cli.report import Report, Subject
from tests import virtual_time
from tests.monitoring.scripts import Answer, ScriptedAsker, at_once, report, timeline

REFUSED = Cause.TCP_REFUSED


class TimedAsker(ScriptedAsker):
    """Reports say how long they took, as those of probes do."""

    async def ask(self, judged: Judged, at_most: float) -> Report:
        return replace(await super().ask(judged, at_most), seconds=0.001)


def watched(
    period: float, rounds: int, **answers: Answer
) -> tuple[Watching, TimedAsker, list[str]]:
    """A watch over so many rounds, and what it told."""
    told: list[str] = []
    asker = TimedAsker(**answers)

    def tell(alias: Watched) -> None:
        assert alias.report
        told.append(f"{alias.report.subject.alias} {alias.before} {alias.report.status}")

    watching = Watching([report(None, alias) for alias in answers], asker, period, tell)
    virtual_time.run(lambda: watching.run(rounds))
    return watching, asker, told


def test_each_alias_once_in_a_period() -> None:
    _, asker, _ = watched(10, 5, a=at_once(None), b=at_once(None), c=at_once(None))

    for starts in asker.starts.values():
        assert len(starts) == 5
        later = [after - before for before, after in itertools.pairwise(starts[1:])]
        assert later == pytest.approx([10, 10, 10])


def test_starts_are_spread_over_the_period() -> None:
    """A thousand: no quarter of a second has more than its share, and no second is idle."""
    _, asker, _ = watched(10, 2, **{f"a{number}": at_once(None) for number in range(1000)})

    second_round = [starts[1] for starts in asker.starts.values()]
    by_quarter = Counter(round((start - min(second_round)) / 0.25) for start in second_round)

    assert set(by_quarter.values()) == {25}
    assert len(by_quarter) == 40


def test_first_round_does_not_take_a_whole_period() -> None:
    _, asker, _ = watched(60, 1, **{f"a{number}": at_once(None) for number in range(100)})

    assert max(starts[0] for starts in asker.starts.values()) < 1


def test_only_changes_are_told() -> None:
    watching, _, told = watched(
        10, 9, dev=timeline((0, None), (25, REFUSED), (55, None)), down=at_once(REFUSED)
    )

    assert told == [
        "dev None established",
        "down None tcp-refused",
        "dev established tcp-refused",
        "dev tcp-refused established",
    ]
    dev, down = watching.aliases
    assert (dev.before, down.before, down.changed) == ("tcp-refused", None, None)
    assert dev.changed == pytest.approx(virtual_time.START + 60, abs=10)


def test_last_beats_are_kept() -> None:
    watching, _, _ = watched(1, 50, dev=timeline((0, REFUSED), (39.5, None)))

    beats = list(watching.aliases[0].beats)
    assert len(beats) == BEATS
    assert beats[:3] == [None, None, None]
    assert beats[-3:] == [0.001] * 3


def test_probe_that_hangs_delays_no_other() -> None:
    """Its own next turn is left out, as long as it runs."""
    watching, asker, _ = watched(1, 10, hangs=lambda _: (3.5, REFUSED), dev=at_once(None))

    assert len(asker.starts["dev"]) == 10
    assert len(asker.starts["hangs"]) <= 4
    assert watching.skipped == 10 - len(asker.starts["hangs"])


def test_when_it_is_cancelled_nothing_is_left() -> None:
    asker = TimedAsker(dev=lambda _: (4.0, None), other=at_once(None))
    watching = Watching([report(None, "dev"), report(None, "other")], asker, 10)

    async def cancel() -> set[asyncio.Task[object]]:
        running = asyncio.create_task(watching.run())
        await asyncio.sleep(2)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert virtual_time.run(cancel) == set()
    assert asker.under_way == 0
    assert [alias.report is not None for alias in watching.aliases] == [False, True]


def test_nothing_to_watch() -> None:
    """It goes on, as for an alias that comes later, and does nothing."""
    watching, _, told = watched(10, 3)

    assert (watching.rounds, told) == (3, [])


def test_what_cannot_be_told_ends_it() -> None:
    """The reader of the changes has gone: not only one probe is over then."""

    def refuse(_alias: Watched) -> None:
        raise BrokenPipeError

    asker = TimedAsker(dev=at_once(None))
    watching = Watching([report(None, "dev")], asker, 3600, refuse)

    with pytest.raises(BrokenPipeError):
        virtual_time.run(watching.run)


def changed_while_watched(
    asker: TimedAsker, before: Sequence[Judged], after: Sequence[Judged], at: float = 25.0
) -> tuple[Watching, list[str]]:
    """A watch over 50 s with a period of 10 s; what is watched changes at a given time."""
    told: list[str] = []

    def tell(alias: Watched) -> None:
        assert alias.report
        told.append(f"{alias.report.subject.alias} {alias.before} {alias.report.status}")

    watching = Watching(before, asker, 10, tell)

    async def change() -> None:
        running = asyncio.create_task(watching.run(5))
        await asyncio.sleep(at)
        watching.change_to(after)
        await running

    virtual_time.run(change)
    return watching, told


def target(alias: str, uri: str = "http://localhost:19530", **said: Any) -> Target:  # noqa: ANN401
    connection = build(uri, Path("/"), **said)
    description = said.get("description")
    return Target(subject=Subject(alias=alias, description=description), connection=connection)


def test_new_alias_is_probed_at_once_and_removed_one_no_more() -> None:
    asker = TimedAsker(stays=at_once(None), goes=at_once(None), comes=at_once(REFUSED))
    stays, goes, comes = (target(alias) for alias in asker.starts)

    watching, told = changed_while_watched(asker, [stays, goes], [comes, stays])

    assert [alias.judged.subject.alias for alias in watching.aliases] == ["comes", "stays"]
    assert told == ["stays None established", "goes None established", "comes None tcp-refused"]
    assert asker.starts["comes"][0] == pytest.approx(25, abs=0.1)
    assert max(asker.starts["goes"]) < 25
    assert len(watching.aliases[1].beats) == len(asker.starts["stays"])
    assert len(asker.starts["comes"]) > 1


def test_alias_with_another_address_is_another() -> None:
    asker = TimedAsker(dev=timeline((0, None), (24, REFUSED)))

    watching, told = changed_while_watched(
        asker, [target("dev")], [target("dev", "http://localhost:1")]
    )

    assert told == ["dev None established", "dev None tcp-refused"]
    assert watching.aliases[0].changed is None


def test_alias_with_another_description_is_the_same() -> None:
    asker = TimedAsker(dev=at_once(None))

    watching, told = changed_while_watched(
        asker, [target("dev")], [target("dev", description="new", tags=("eu",))], at=35.0
    )

    assert told == ["dev None established"]
    assert watching.aliases[0].row.subject.description == "new"  # type: ignore[union-attr]
    assert len(watching.aliases[0].beats) == len(asker.starts["dev"])


def test_answer_about_a_removed_alias_is_not_told() -> None:
    asker = TimedAsker(dev=lambda _: (4.0, REFUSED))

    watching, told = changed_while_watched(asker, [target("dev")], [], at=2.0)

    assert (watching.aliases, told, asker.under_way) == ([], [], 0)
    assert asker.starts["dev"] == [0.0]


def test_alias_that_joins_is_probed_while_others_hang() -> None:
    """It does not wait for the end of a round."""
    asker = TimedAsker(hangs=lambda _: (4.0, REFUSED), dev=at_once(None))

    _, told = changed_while_watched(
        asker, [target("hangs")], [target("hangs"), target("dev")], at=1.0
    )

    assert told[0] == "dev None established"

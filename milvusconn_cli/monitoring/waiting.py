"""Wait until connections are established, or until they are not.

Each alias is probed again and again, with growing pauses. A probe that hangs must not hide that the
server has become ready meanwhile, so another starts beside it after the longest pause; the first
that ends makes those that started before it obsolete.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from milvusconn_cli.connection.target import Judged
from milvusconn_cli.monitoring.backoff import Backoff
from milvusconn_cli.monitoring.permanence import is_down, is_permanent
from milvusconn_cli.probing.probe import WAITED
from milvusconn_cli.report import Report, Row
from milvusconn_cli.values import value_class

_MOST_AT_ONCE = 3
"""Probes of one alias: with pauses of 2 s and limits of 5 s there are never more."""
_TICK_SECONDS = 0.2
_GRACE_SECONDS = 0.4
"""How long the first reports may take beyond the limit: a probe ends a little late."""


class Goal(Enum):
    """What is waited for."""

    UP = "established"
    DOWN = "not established"

    def is_met(self, report: Report) -> bool:
        """Whether the report is what is waited for."""
        return report.established if self is Goal.UP else is_down(report)

    def is_hopeless(self, report: Report) -> bool:
        """Whether no time will change the report into that."""
        if report.finding is None or self.is_met(report):
            return False
        return self is Goal.DOWN or is_permanent(report.finding.cause)


class Ending(Enum):
    """Why a wait is over."""

    MET = "met"
    HOPELESS = "hopeless"
    TIMED_OUT = "timed out"


@value_class
class Plan:
    """What to wait for, and for how long; times in seconds."""

    goal: Goal = Goal.UP
    limit: float
    """Of the whole wait."""
    stable: float = 0.0
    """How long the goal has to stay met."""
    patient: bool = False
    """Whether to go on after a cause that time cannot fix."""


@dataclass
class Alias:
    """One alias while it is waited for."""

    judge: Callable[[], Judged]
    """What to probe; asked anew for each probe, since the registry may change."""
    backoff: Backoff
    row: Row
    """The last report, or the subject as long as there is none."""
    met_since: float | None = None
    """Seconds from the start of the wait."""
    seen: set[str] = field(default_factory=set)
    """Every status so far."""

    @property
    def report(self) -> Report | None:
        """The last report."""
        return self.row if isinstance(self.row, Report) else None


class Asking(Protocol):
    """Probes once; `Asker` does."""

    def limit_of(self, judged: Judged) -> float:
        """The seconds that a probe may take."""

    async def ask(self, judged: Judged, at_most: float) -> Report:
        """Probe within so many seconds."""
        ...


class Wait:
    """One wait for all of `aliases`; `ended` says how it ended, `seconds` how long it took."""

    def __init__(self, aliases: Sequence[Alias], plan: Plan, asker: Asking) -> None:
        self.aliases = aliases
        self.plan = plan
        self.changed: Callable[[Alias], None] = lambda _: None
        """Called for each alias whose cause is new, unless the wait is over with it."""
        self.tick: Callable[[], None] | None = None
        """Called five times a second."""
        self._asker = asker
        self._start = 0.0
        self._over: asyncio.Future[None] | None = None
        self.ended = Ending.TIMED_OUT
        self.seconds = 0.0

    async def run(self) -> Ending:
        """Wait; the rows are in `aliases` afterwards, also if this was cancelled."""
        loop = asyncio.get_running_loop()
        self._start = loop.time()
        self._over = loop.create_future()
        tasks = [asyncio.create_task(self._follow(alias)) for alias in self.aliases]
        if self.tick:
            tasks.append(asyncio.create_task(self._ticking()))
        for task in tasks:
            task.add_done_callback(self._pass_on)
        try:
            await asyncio.wait({self._over}, timeout=self.plan.limit)
            if not self._over.done() and not self._all_known():
                await asyncio.wait({self._over}, timeout=_GRACE_SECONDS)
            if self._over.done():
                self._over.result()
        finally:
            self.seconds = self.elapsed
            await end_tasks(tasks)
        return self.ended

    @property
    def elapsed(self) -> float:
        """Seconds since the start, or that it took in all."""
        return self.seconds or asyncio.get_running_loop().time() - self._start

    async def _follow(self, alias: Alias) -> None:
        """Probe one alias until the wait is over; nothing is started after its limit."""
        loop = asyncio.get_running_loop()
        running: list[asyncio.Task[Report]] = []
        due = loop.time()
        try:
            while running or self._left() > 0:
                if loop.time() >= due and len(running) < _MOST_AT_ONCE and self._left() > 0:
                    running.append(asyncio.create_task(self._probe(alias)))
                    due = loop.time() + alias.backoff.longest
                pause = max(0.0, due - loop.time())
                if not running:
                    await asyncio.sleep(pause)
                    continue
                can_start = len(running) < _MOST_AT_ONCE and pause < self._left()
                await asyncio.wait(
                    running,
                    timeout=pause if can_start else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                ended = [place for place, task in enumerate(running) if task.done()]
                if ended:
                    obsolete, running = running[: ended[-1] + 1], running[ended[-1] + 1 :]
                    report = obsolete[-1].result()
                    await end_tasks(obsolete)
                    self._note(alias, report)
                    due = loop.time() + self._pause(alias)
        finally:
            await end_tasks(running)

    def _left(self) -> float:
        return self.plan.limit - self.elapsed

    async def _probe(self, alias: Alias) -> Report:
        judged, left = alias.judge(), self._left()
        report = await self._asker.ask(judged, left)
        # A probe that the end of the wait cut short says only that, not why.
        is_cut = left < self._asker.limit_of(judged)
        waited = report.finding is not None and report.finding.cause in WAITED
        return alias.report if is_cut and waited and alias.report else report

    def _pause(self, alias: Alias) -> float:
        pause = alias.backoff.pause()
        if alias.met_since is None or not self.plan.stable:
            return pause
        # The last look is when the time is up, and not a pause later.
        left = alias.met_since + self.plan.stable - self.elapsed
        return min(pause, left) if left > 0 else pause

    def _note(self, alias: Alias, report: Report) -> None:
        """Take a report in; the wait may be over with it."""
        is_change = alias.report is None or alias.report.status != report.status
        alias.row = report
        if not self.plan.goal.is_met(report):
            alias.met_since = None
        elif alias.met_since is None:
            alias.met_since = self.elapsed
        if report.status not in alias.seen:
            # Something is going on. A server that goes back and forth is not asked more often.
            alias.seen.add(report.status)
            alias.backoff.reset()
        if self.plan.goal.is_hopeless(report) and not self.plan.patient:
            self._finish(Ending.HOPELESS)
        elif self._all_met():
            self._finish(Ending.MET)
        elif self._left() <= 0 and self._all_known():
            self._finish(Ending.TIMED_OUT)
        elif is_change:
            self.changed(alias)

    @property
    def hopeless(self) -> list[Report]:
        """The last reports that no time will change."""
        reports = [alias.report for alias in self.aliases if alias.report]
        return [report for report in reports if self.plan.goal.is_hopeless(report)]

    def is_met(self, alias: Alias) -> bool:
        """Whether the goal is met, and has been for long enough."""
        return alias.met_since is not None and self.elapsed - alias.met_since >= self.plan.stable

    def _all_known(self) -> bool:
        return all(alias.report for alias in self.aliases)

    def _all_met(self) -> bool:
        return all(map(self.is_met, self.aliases))

    def _finish(self, ending: Ending) -> None:
        if self._over and not self._over.done():
            self.ended = ending
            self._over.set_result(None)

    def _pass_on(self, task: asyncio.Task[None]) -> None:
        """Let a fault of this program end the wait."""
        if not task.cancelled() and task.exception() and self._over and not self._over.done():
            self._over.set_exception(task.exception() or AssertionError)

    async def _ticking(self) -> None:
        while self.tick:
            self.tick()
            await asyncio.sleep(_TICK_SECONDS)


async def end_tasks(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel those that still run, and wait until they have let go of what they hold."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

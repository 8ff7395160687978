"""Probe again and again at a steady pace, and keep what was measured."""

import asyncio
import math
from array import array
from collections import Counter
from collections.abc import Awaitable, Callable

from milvusconn_cli.exits import MOST_SEVERE_FIRST
from milvusconn_cli.monitoring.statistics import Times, times
from milvusconn_cli.probing.probe import WAITED
from milvusconn_cli.report import Report
from milvusconn_cli.values import value_class


@value_class
class Ping:
    """One probe of a series."""

    number: int
    """From 1."""
    at: float
    """When it started, in seconds from the start of the series."""
    seconds: float
    report: Report


@value_class
class Pace:
    """How often, and how long; times in seconds."""

    interval: float = 1.0
    count: int | None = None
    limit: float = math.inf


class Pinging:
    """A series of probes; its results grow with every ping, by a few bytes each."""

    def __init__(
        self,
        ask: Callable[[float], Awaitable[Report]],
        pace: Pace,
        told: Callable[[Ping], None] = lambda _: None,
    ) -> None:
        """`ask` probes once, within so many seconds; `told` is given each result."""
        self._ask = ask
        self._pace = pace
        self._told = told
        self._times = array("d")
        self.statuses: Counter[str] = Counter()
        self.worst: Report | None = None
        """A failing report, the first of the most severe ones that were seen."""
        self.last: Report | None = None
        self.seconds = 0.0

    @property
    def sent(self) -> int:
        """How many probes have a result."""
        return self.statuses.total()

    @property
    def established(self) -> int:
        """How many of them were established."""
        return len(self._times)

    @property
    def samples(self) -> "array[float]":
        """The seconds of those that were established."""
        return self._times

    @property
    def times(self) -> Times | None:
        """Their percentiles; None where there are none."""
        return times(self._times)

    async def run(self) -> None:
        """Ping until the count or the time is reached, or this is cancelled."""
        loop = asyncio.get_running_loop()
        start, number = loop.time(), 0
        try:
            while self._pace.count is None or number < self._pace.count:
                at = loop.time() - start
                left = self._pace.limit - at
                if left <= 0:
                    break
                number += 1
                report = await self._ask(left)
                seconds = loop.time() - start - at
                if not self._is_cut(report, seconds, left):
                    self._note(Ping(number=number, at=at, seconds=seconds, report=report))
                if number != self._pace.count:
                    await self._pause(start)
        finally:
            self.seconds = loop.time() - start

    def _is_cut(self, report: Report, seconds: float, left: float) -> bool:
        """Whether the end of the series, and not the server, made this one fail."""
        waited = report.finding is not None and report.finding.cause in WAITED
        return waited and seconds >= left and self.sent > 0

    async def _pause(self, start: float) -> None:
        """Sleep until the next multiple of the interval; those that were missed are left out."""
        loop = asyncio.get_running_loop()
        elapsed = loop.time() - start
        interval = self._pace.interval
        due = (math.floor(elapsed / interval + 1e-9) + 1) * interval
        await asyncio.sleep(max(0.0, min(due, self._pace.limit) - elapsed))

    def _note(self, ping: Ping) -> None:
        report = ping.report
        self.last = report
        self.statuses[report.status] += 1
        if report.established:
            self._times.append(ping.seconds)
        elif self.worst is None or _severity(report) < _severity(self.worst):
            self.worst = report
        self._told(ping)


def _severity(report: Report) -> int:
    return MOST_SEVERE_FIRST.index(report.exit_code)

"""Probe many connections once in each period, for ever, and tell what changes.

The starts are spread over the period, so that no moment has more to do than another; a few start
together, since a wake-up costs as much as the work that it is for. A probe that hangs delays no
other; its alias is asked again when it is done.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from milvusconn_cli.connection.target import Judged
from milvusconn_cli.monitoring.waiting import Asking, end_tasks
from milvusconn_cli.report import Report, Row

BEATS = 20
"""How many of an alias's last probes are kept: as many as are shown."""
DEFAULT_PERIOD = 10.0
_BATCH_SECONDS = 0.25
_FIRST_ROUND_RATE = 200.0
"""Starts a second in the first round, which somebody waits for."""
_MOST_AT_ONCE = 1024


@dataclass
class Watched:
    """One alias, and its last probes."""

    judged: Judged
    row: Row
    beats: deque[float | None] = field(default_factory=lambda: deque(maxlen=BEATS))
    """The seconds of each probe, None where it failed; the newest comes last."""
    before: str | None = None
    """The status before the last change."""
    changed: float | None = None
    """When it last changed, by the clock of the loop; None before a second status was seen."""

    @property
    def report(self) -> Report | None:
        """The last report."""
        return self.row if isinstance(self.row, Report) else None


class Watching:
    """Watches `targets`; `told` is given each alias whose status is new."""

    def __init__(
        self,
        targets: Sequence[Judged],
        asker: Asking,
        period: float = DEFAULT_PERIOD,
        told: Callable[[Watched], None] = lambda _: None,
    ) -> None:
        """`period` in seconds is from one probe of an alias to the next."""
        self.aliases = [Watched(judged=one, row=one.subject) for one in targets]
        self._asker = asker
        self._period = period
        self._told = told
        self._running: dict[int, asyncio.Task[None]] = {}
        self._fault: asyncio.Future[None] | None = None
        self.rounds = 0
        """How many times each alias has had its turn."""
        self.skipped = 0
        """Turns that came while the probe before still ran."""

    async def run(self, rounds: int | None = None) -> None:
        """Watch until this is cancelled, or for so many rounds."""
        self._fault = asyncio.get_running_loop().create_future()
        try:
            first = min(self._period, len(self.aliases) / _FIRST_ROUND_RATE)
            await self._round(first, until=first)
            self.rounds = 1
            while rounds is None or self.rounds < rounds:
                await self._round(self._period, until=self._period)
                self.rounds += 1
            await asyncio.gather(*self._running.values())
        finally:
            self._fault.cancel()
            await end_tasks(list(self._running.values()))

    async def _round(self, seconds: float, until: float) -> None:
        """Start a probe of each alias, spread over so many seconds."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        batches = list(self._batches(seconds))
        for number, batch in enumerate(batches):
            await self._sleep(start + seconds * number / len(batches) - loop.time())
            for place in batch:
                self._start(place)
        await self._sleep(start + until - loop.time())

    async def _sleep(self, seconds: float) -> None:
        """Sleep; a probe that raises ends that, and all of it."""
        if self._fault is not None:
            await asyncio.wait({self._fault}, timeout=max(0.0, seconds))
            if self._fault.done():
                self._fault.result()

    def _batches(self, seconds: float) -> Iterator[range]:
        """The places of the aliases that start together, in the order of the starts."""
        number = max(1, min(len(self.aliases), int(seconds / _BATCH_SECONDS)))
        edges = [len(self.aliases) * edge // number for edge in range(number + 1)]
        for edge in range(number):
            yield range(edges[edge], edges[edge + 1])

    def _start(self, place: int) -> None:
        if place in self._running or len(self._running) >= _MOST_AT_ONCE:
            self.skipped += 1
            return
        task = asyncio.create_task(self._probe(self.aliases[place]))
        self._running[place] = task
        task.add_done_callback(lambda ended: self._take_out(place, ended))

    def _take_out(self, place: int, ended: asyncio.Task[None]) -> None:
        self._running.pop(place, None)
        fault = None if ended.cancelled() else ended.exception()
        if fault is not None and self._fault is not None and not self._fault.done():
            self._fault.set_exception(fault)

    async def _probe(self, alias: Watched) -> None:
        report = await self._asker.ask(alias.judged, self._asker.limit_of(alias.judged))
        before = alias.report
        alias.row = report
        if report.seconds is not None or report.established:  # else nothing was dialled
            alias.beats.append(report.seconds or 0.0 if report.established else None)
        if before is not None and before.status == report.status:
            return
        if before is not None:
            alias.before = before.status
            alias.changed = asyncio.get_running_loop().time()
        self._told(alias)

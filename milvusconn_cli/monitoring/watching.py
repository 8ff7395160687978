"""Probe many connections once in each period, for ever, and tell what changes.

The starts are spread over the period, so that no moment has more to do than another; a few start
together, since a wake-up costs as much as the work that it is for. A probe that hangs delays no
other; its alias is asked again when it is done. What is watched may change meanwhile.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.target import Judged, Target
from milvusconn_cli.monitoring.waiting import Asking, end_tasks
from milvusconn_cli.report import Report, Row

BEATS = 20
"""How many of an alias's last probes are kept: as many as are shown."""
DEFAULT_PERIOD = 10.0
_BATCH_SECONDS = 0.25
_FIRST_ROUND_RATE = 200.0
"""Starts a second in the first round, which somebody waits for."""
_MOST_AT_ONCE = 1024


@dataclass(eq=False)
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
    is_gone: bool = False
    """Whether it is watched no more; what a probe of it still says is not told."""

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
        self._running: dict[Watched, asyncio.Task[None]] = {}
        self._joining: set[asyncio.Task[None]] = set()
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
            await self._round(self.aliases, first, until=first)
            self.rounds = 1
            while rounds is None or self.rounds < rounds:
                await self._round(self.aliases, self._period, until=self._period)
                self.rounds += 1
            await asyncio.gather(*self._running.values())
        finally:
            self._fault.cancel()
            await end_tasks([*self._joining, *self._running.values()])

    def change_to(self, targets: Sequence[Judged]) -> None:
        """Watch these from now on; what is known of those that stay is kept.

        New ones, and those that connect otherwise than before, are probed at once.
        """
        before = {alias.judged.subject.alias: alias for alias in self.aliases}
        self.aliases = [_kept(before.get(one.subject.alias), one) for one in targets]
        known, kept = set(before.values()), set(self.aliases)
        for alias in known - kept:
            alias.is_gone = True
        fresh = [alias for alias in self.aliases if alias not in known]
        seconds = min(self._period, len(fresh) / _FIRST_ROUND_RATE)
        joining = asyncio.create_task(self._round(fresh, seconds, until=0.0))
        self._joining.add(joining)
        joining.add_done_callback(self._joining.discard)

    async def _round(self, aliases: Sequence[Watched], seconds: float, until: float) -> None:
        """Start a probe of each alias, spread over so many seconds."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        batches = list(_batches(aliases, seconds))
        for number, batch in enumerate(batches):
            await self._sleep(start + seconds * number / len(batches) - loop.time())
            for alias in batch:
                self._start(alias)
        await self._sleep(start + until - loop.time())

    async def _sleep(self, seconds: float) -> None:
        """Sleep; a probe that raises ends that, and all of it."""
        if self._fault is not None:
            await asyncio.wait({self._fault}, timeout=max(0.0, seconds))
            if self._fault.done():
                self._fault.result()

    def _start(self, alias: Watched) -> None:
        if alias.is_gone:
            return
        if alias in self._running or len(self._running) >= _MOST_AT_ONCE:
            self.skipped += 1
            return
        task = asyncio.create_task(self._probe(alias))
        self._running[alias] = task
        task.add_done_callback(lambda ended: self._take_out(alias, ended))

    def _take_out(self, alias: Watched, ended: asyncio.Task[None]) -> None:
        self._running.pop(alias, None)
        fault = None if ended.cancelled() else ended.exception()
        if fault is not None and self._fault is not None and not self._fault.done():
            self._fault.set_exception(fault)

    async def _probe(self, alias: Watched) -> None:
        judged = alias.judged
        report = await self._asker.ask(judged, self._asker.limit_of(judged))
        if alias.is_gone:
            return
        before = alias.report
        # The alias may have another description by now.
        alias.row = replace(report, subject=alias.judged.subject)
        if report.seconds is not None or report.established:  # else nothing was dialled
            alias.beats.append(report.seconds or 0.0 if report.established else None)
        if before is not None and before.status == report.status:
            return
        if before is not None:
            alias.before = before.status
            alias.changed = asyncio.get_running_loop().time()
        self._told(alias)


def _batches(aliases: Sequence[Watched], seconds: float) -> Iterator[Sequence[Watched]]:
    """The aliases that start together, in the order of the starts."""
    number = max(1, min(len(aliases), int(seconds / _BATCH_SECONDS)))
    edges = [len(aliases) * edge // number for edge in range(number + 1)]
    for edge in range(number):
        yield aliases[edges[edge] : edges[edge + 1]]


def _kept(before: Watched | None, judged: Judged) -> Watched:
    """What is known of the alias, if it still connects as before; else a new one."""
    if before is None or not _connect_alike(before.judged, judged):
        return Watched(judged=judged, row=judged.subject)
    before.judged = judged
    subject, report = judged.subject, before.report
    before.row = replace(report, subject=subject) if report else subject
    return before


def _connect_alike(one: Judged, other: Judged) -> bool:
    if isinstance(one, Target) and isinstance(other, Target):
        return _dialled(one) == _dialled(other)
    return one == other


def _dialled(target: Target) -> tuple[Connection, bool]:
    """What a probe depends on: not what is only said of an alias."""
    return replace(target.connection, description=None, tags=()), target.create

"""The last result of each alias, probed again when somebody asks for it and it is too old.

Callers that ask for the same alias at the same time, or within the minimum interval, share a probe.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace

from milvusconn_cli.connection.target import Judged, Target
from milvusconn_cli.probing.inspect import inspect
from milvusconn_cli.probing.probe import limit_of, probe
from milvusconn_cli.registry.aliases import Entry, Registry
from milvusconn_cli.registry.lookup import resolve_entry
from milvusconn_cli.report import Inspection, Report, Row, Subject
from milvusconn_cli.serving.throttle import Ask, Throttle
from milvusconn_cli.values import value_class

CERTIFICATE_SECONDS = 600.0
"""How often the certificate of a server is looked at, which takes a handshake of our own."""

Run = Callable[[Target, float | None, Ask], Awaitable[Report]]


@value_class
class Result:
    """What is known of one alias."""

    report: Report
    at: float
    """When the probe ended, by the clock of the board."""
    wall: float
    """The same in seconds since 1970."""
    certificate: Mapping[str, str]
    """The server's certificate, seen now or a while ago."""
    looked_at: float
    """When the certificate was asked for."""

    @property
    def with_certificate(self) -> Report:
        """The report with the certificate, which not every probe sees."""
        if not self.certificate or self.report.inspection:
            return self.report
        return replace(self.report, inspection=Inspection(certificate=self.certificate))


class Board:
    """The aliases, and what is known of each."""

    def __init__(
        self,
        registry: Registry,
        run: Run,
        *,
        limit: float | None = None,
        min_interval: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`run` runs a probe; `limit` in seconds goes before the aliases' own limits."""
        self.registry = registry
        self._run = run
        self._limit = limit
        self._min_interval = min_interval
        self._clock = clock
        self._judged: dict[str, Judged] = {}
        self._results: dict[str, Result] = {}
        self._under_way: dict[str, asyncio.Task[Result]] = {}
        self.probes = 0
        """How many probes have ended."""
        self.on_result: Callable[[Report | None, Report], None] = lambda _before, _after: None

    def __contains__(self, alias: str) -> bool:
        return alias in self.registry.entries

    def replace_registry(self, registry: Registry) -> None:
        """Forget what is known of aliases that are gone, or have other settings."""
        before = self.registry.entries
        self.registry = registry
        for alias in {*self._results, *self._under_way, *self._judged}:
            if registry.entries.get(alias) != before.get(alias):
                self._judged.pop(alias, None)
                self._results.pop(alias, None)
                # It ends by itself; whoever waits for it asked about the old settings.
                self._under_way.pop(alias, None)

    async def ask(self, alias: str, within: float | None = None) -> Report | None:
        """The report of an alias, at most as old as the minimum interval.

        None where a probe takes longer than `within` seconds; it goes on for the next caller.
        """
        judged = self._judge(self.registry.entries[alias])
        if isinstance(judged, Report):
            return judged
        known = self._results.get(alias)
        if known and self._clock() - known.at < self._min_interval:
            return known.report
        probing = self._start(alias, judged, within)
        await asyncio.wait({probing}, timeout=within)
        return probing.result().report if probing.done() else None

    async def refresh(self, within: float) -> None:
        """Bring all aliases up to date, as far as `within` seconds allow; the rest goes on."""
        asking = [asyncio.create_task(self._refresh(alias)) for alias in self.registry.entries]
        if asking:
            await asyncio.wait(asking, timeout=within)

    def row(self, alias: str) -> Row:
        """What is known of an alias now, without waiting; settings alone if nothing is."""
        entry = self.registry.entries[alias]
        judged = self._judge(entry)
        if isinstance(judged, Report):
            return judged
        known = self._results.get(alias)
        return known.with_certificate if known else judged.subject

    def rows(self, aliases: Iterable[str] | None = None) -> list[Row]:
        """The same for several aliases, in order; all, if none are named."""
        return [self.row(one) for one in (self.registry.entries if aliases is None else aliases)]

    def result(self, alias: str) -> Result | None:
        """The last result of a probe."""
        return self._results.get(alias)

    def subject(self, alias: str) -> Subject:
        """The settings of an alias."""
        return self._judge(self.registry.entries[alias]).subject

    async def close(self) -> None:
        """End the probes that are under way."""
        left = list(self._under_way.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _refresh(self, alias: str) -> None:
        if alias in self:  # it may be gone by now
            await self.ask(alias)

    def _judge(self, entry: Entry) -> Judged:
        found = self._judged.get(entry.alias)
        if found is None:
            found = self._judged[entry.alias] = resolve_entry(entry)
        return found

    def _start(self, alias: str, target: Target, within: float | None) -> "asyncio.Task[Result]":
        """The probe of an alias that is under way, or a new one."""
        probing = self._under_way.get(alias)
        if probing is None:
            probing = asyncio.create_task(self._probe(target, self._results.get(alias), within))
            self._under_way[alias] = probing
            probing.add_done_callback(lambda task: self._note(alias, task))
        return probing

    async def _probe(self, target: Target, known: Result | None, within: float | None) -> Result:
        looked_at = known.looked_at if known else None
        certificate = known.certificate if known else {}
        now = self._clock()
        is_due = target.connection.tls and (
            looked_at is None or now - looked_at >= CERTIFICATE_SECONDS
        )
        limit = min(limit_of(target, self._limit), within or math.inf)
        report = await self._run(target, limit, inspect if is_due else probe)
        if report.inspection:
            certificate = report.inspection.certificate
        return Result(
            report=report,
            at=self._clock(),
            wall=time.time(),
            certificate=certificate,
            looked_at=now if is_due or looked_at is None else looked_at,
        )

    def _note(self, alias: str, probing: "asyncio.Task[Result]") -> None:
        self.probes += 1
        if self._under_way.get(alias) is not probing:
            return  # the settings have changed meanwhile
        del self._under_way[alias]
        if probing.cancelled() or probing.exception():
            return
        before, after = self._results.get(alias), probing.result()
        self._results[alias] = after
        self.on_result(before.report if before else None, after.report)


def board_of(
    registry: Registry, throttle: Throttle, *, limit: float | None, min_interval: float
) -> Board:
    """A board whose probes are real."""
    return Board(registry, throttle.run, limit=limit, min_interval=min_interval)

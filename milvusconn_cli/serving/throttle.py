"""Probes that go on for as long as the process runs: few start at a time, many may wait.

A server that is silent holds a place among the many, and gives its start slot back after a moment,
so that it does not delay the probe of another server.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Self

from milvusconn_cli.connection.target import Target
from milvusconn_cli.connection.uri import LiteEndpoint
from milvusconn_cli.probing.fleet import Pulse, Slot, internal_error_report, most_at_once
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.probing.probe import WAITED, limit_of
from milvusconn_cli.report import Report

_START_SLOTS, _SECOND_SLOTS = 32, 8
_LONGEST_START = 0.5
"""Seconds after which a probe gives its start slot back, even if the event loop is always late."""
_FAIR_SHARE, _FAIR_SECONDS = 1 / 2, 2.0
"""A probe that had this much of its limit, or so many seconds, while the event loop was on time,
has given its server a chance."""

Ask = Callable[[Target, float | None, Engines], Awaitable[Report]]


class Throttle:
    """Runs probes; end it with the `async with`."""

    def __init__(self, most: int | None = None) -> None:
        """`most` probes at once; None leaves it to the limit on open files."""
        self._free = asyncio.Semaphore(_START_SLOTS)
        self._in_flight = asyncio.Semaphore(most or most_at_once())
        self._again = asyncio.Semaphore(_SECOND_SLOTS)
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)
        self._engines = Engines()
        self._pulse = Pulse()
        self._beat: asyncio.Task[None] | None = None
        self.running = 0
        """How many probes are under way."""

    async def run(self, target: Target, limit: float | None, ask: Ask) -> Report:
        """The report of one probe; an exception that nobody foresaw becomes one too."""
        lost = self._pulse.lost
        report = await self._in_turn(target, limit, ask)
        seconds = limit_of(target, limit)
        heard = seconds - (self._pulse.lost - lost)
        waited = report.finding is not None and report.finding.cause in WAITED
        if waited and heard < min(seconds * _FAIR_SHARE, _FAIR_SECONDS):
            # Our own event loop was late: that proves nothing of the server. So few are repeated at
            # a time that they do not make each other late.
            async with self._again:
                report = await self._in_turn(target, limit, ask)
        return report

    async def _in_turn(self, target: Target, limit: float | None, ask: Ask) -> Report:
        if isinstance(target.connection.endpoint, LiteEndpoint):
            async with self._cores:
                return await self._counted(target, limit, ask)
        async with self._in_flight:
            await self._free.acquire()
            probing = asyncio.create_task(self._counted(target, limit, ask))
            Slot(self._free, probing, _LONGEST_START)
            try:
                return await probing
            finally:
                probing.cancel()

    async def _counted(self, target: Target, limit: float | None, ask: Ask) -> Report:
        self.running += 1
        try:
            return await ask(target, limit, self._engines)
        except Exception as bug:  # noqa: BLE001 -- it costs this probe, not the process
            return internal_error_report(target, bug)
        finally:
            self.running -= 1

    async def __aenter__(self) -> Self:
        self._beat = asyncio.create_task(self._pulse.beat())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._beat:
            self._beat.cancel()
        await self._engines.__aexit__(None, None, None)

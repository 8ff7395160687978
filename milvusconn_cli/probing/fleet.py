"""Many connections at once: paced starts, order kept, progress told.

Too many handshakes at a time make healthy servers look dead. So a probe takes one of a few start
slots; one that still waits after a moment costs nothing more, and gives its slot back. A probe's
time runs from its own start: who comes late has no less of it.
"""

import asyncio
import math
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import compress, count
from typing import Any

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.target import Target
from milvusconn_cli.connection.uri import LiteEndpoint
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.probing.probe import WAITED, limit_of, probe
from milvusconn_cli.report import Progress, Report, finding
from milvusconn_cli.secrets.fetch import sharing
from milvusconn_cli.system import limits
from milvusconn_cli.system.open_files import open_file_limit

_MOST_SLOTS, _FEWEST_SLOTS = 64, 8
_SLOTS_OF_A_SECOND = 32
"""Start slots for each second of the time limit: together they take a fraction of it, if they are
all healthy and this machine is slow."""
MOST_AT_ONCE = 4096
_FILES_OF_A_PROBE = 4
"""Sockets that one probe holds at most: gRPC's, the climb's, a second look's; and one spare."""
_FILES_OF_OUR_OWN = 64
_SLOT_SECONDS = 0.04
"""A healthy probe over a local network is done by then; one that is not, waits."""
_LATE_SECONDS = 0.01
"""An event loop that is later than this has more to do than it can."""
_BEAT_SECONDS = 0.05
_FAIR_SHARE, _FAIR_SECONDS = 1 / 2, 2.0
"""Who has had so much of the time limit, or so many seconds, in which the loop was on time, has had
a chance to answer."""
_SECOND_SLOTS = 16
_FIRST_WORD_SECONDS = 0.5
_NEXT_WORD_SECONDS = 0.1

Watch = Callable[[Progress], None]
Ask = Callable[[Target, float | None, Engines], Awaitable[Report]]
"""One probe: `probe`, or `inspect`, which learns more."""


async def probe_all(targets: Sequence[Target], limit: float | None = None) -> list[Report]:
    """Probe all targets concurrently; the reports are in the order of the targets.

    `limit` in seconds is that of each probe; None leaves it to the target's own settings. Signals,
    the limit on open files and the environment are left alone: they belong to the caller.
    """
    fleet = Fleet(targets, limit)
    await fleet.probe()
    return [report for report in fleet.known if report is not None]


def internal_error_report(target: Target, bug: Exception) -> Report:
    """The row of a probe that this program could not finish: nothing is known of its server."""
    limit = limits.shortage(bug)
    if limit is not None:
        return Report(
            subject=target.subject,
            finding=finding(Cause.MACHINE_LIMIT, limit.message, limit.hint),
        )
    from milvusconn_cli import internal_error  # noqa: PLC0415 -- brings traceback

    summary = f"internal error: {internal_error.description(bug)}"
    return Report(subject=target.subject, finding=finding(Cause.INTERNAL_ERROR, summary))


class Fleet:
    """Many probes at once; `known` has the report of each target, or None while it is unknown."""

    def __init__(self, targets: Sequence[Target], limit: float | None, ask: Ask = probe) -> None:
        self._targets = targets
        self._limit = limit
        self._local = [isinstance(one.connection.endpoint, LiteEndpoint) for one in targets]
        if not all(self._local):
            # Before any clock runs. Where there are only local databases, it is loaded while
            # their engines start.
            import milvusconn_cli.probing.attempt  # noqa: F401, PLC0415
        self._ask = ask
        self._started = 0
        self._last_start = 0.0
        """By the clock of the loop."""
        self._established = 0
        self._failed = 0
        self._pulse = Pulse()
        self._is_crowd = len(targets) > _FEWEST_SLOTS
        """Only then can it be we who take the time: a few have the limit that was given."""
        self._short_of_time: list[int] = []
        """Places of those that had too little of their time, as it was our own that ran out."""
        self.known: list[Report | None] = [None] * len(targets)

    async def probe(self, watch: Watch | None = None) -> None:
        """Fill in `known`, which keeps what is known when this is cancelled.

        `watch` is told the progress after half a second, and then ten times a second.
        """
        async with sharing(), Engines() as engines:
            beside = [asyncio.create_task(self._pulse.beat())]
            if watch:
                beside.append(asyncio.create_task(self._print_result(watch)))
            try:
                await self._probe_once(engines)
                await self._probe_again(engines)
            except ExceptionGroup as bugs:
                raise bugs.exceptions[0] from None
            finally:
                for task in beside:
                    task.cancel()

    async def _probe_once(self, engines: Engines) -> None:
        """Start all, those with an address as fast as there are slots."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._start_engines(compress(count(), self._local), engines))
            await self._dial(
                [place for place, is_local in enumerate(self._local) if not is_local],
                self._start_slots(),
                lambda place: group.create_task(self._probe(place, engines)),
            )

    async def _probe_again(self, engines: Engines) -> None:
        """Ask those again, a few at a time, whose time was not their own; that verdict stands."""
        async with asyncio.TaskGroup() as group:
            await self._dial(
                self._short_of_time,
                _SECOND_SLOTS,
                lambda place: group.create_task(self._note_second(place, engines)),
            )

    async def _dial(
        self, places: Sequence[int], slots: int, start: Callable[[int], asyncio.Task[None]]
    ) -> None:
        free = asyncio.Semaphore(slots)
        in_flight = asyncio.Semaphore(most_at_once())
        for place in places:
            await in_flight.acquire()
            await free.acquire()
            probing = start(place)
            probing.add_done_callback(lambda _: in_flight.release())
            Slot(free, probing)

    def _start_slots(self) -> int:
        shortest = min(limit_of(target, self._limit) for target in self._targets)
        return max(_FEWEST_SLOTS, min(_MOST_SLOTS, int(shortest * _SLOTS_OF_A_SECOND)))

    async def _start_engines(self, places: Iterable[int], engines: Engines) -> None:
        """Probe the local databases, as many at a time as there are cores.

        An engine is a second of CPU: more of them would take each other's time limit.
        """
        cores = asyncio.Semaphore(os.cpu_count() or 1)

        async def in_turn(place: int) -> None:
            async with cores:
                await self._probe(place, engines)

        async with asyncio.TaskGroup() as group:
            for place in places:
                group.create_task(in_turn(place))

    async def _probe(self, place: int, engines: Engines) -> None:
        """One probe. If it timed out while our own event loop was late, it proves nothing yet."""
        self._note_start()
        target, lost_before = self._targets[place], self._pulse.lost
        report = await self._report(target, engines)
        limit = limit_of(target, self._limit)
        heard = limit - (self._pulse.lost - lost_before)
        waited = report.finding is not None and report.finding.cause in WAITED
        if self._is_crowd and waited and heard < min(limit * _FAIR_SHARE, _FAIR_SECONDS):
            self._short_of_time.append(place)
        else:
            self._note(place, report)

    async def _note_second(self, place: int, engines: Engines) -> None:
        self._last_start = asyncio.get_running_loop().time()
        self._note(place, await self._report(self._targets[place], engines))

    async def _report(self, target: Target, engines: Engines) -> Report:
        """One probe's report. A fault of this program costs that row alone."""
        try:
            return await self._ask(target, self._limit, engines)
        except Exception as bug:  # noqa: BLE001 -- whatever it is, the other rows have their answers
            return internal_error_report(target, bug)

    def _note_start(self) -> None:
        self._started += 1
        self._last_start = asyncio.get_running_loop().time()

    def _note(self, place: int, report: Report) -> None:
        self.known[place] = report
        if report.established:
            self._established += 1
        else:
            self._failed += 1

    async def _print_result(self, watch: Watch) -> None:
        """Let `watch` know how far it is, once somebody has waited, and then again and again."""
        longest = max(limit_of(target, self._limit) for target in self._targets)
        clock = Deadline(longest)
        await asyncio.sleep(_FIRST_WORD_SECONDS)
        while True:
            now = clock.elapsed()
            watch(
                Progress(
                    total=len(self._targets),
                    established=self._established,
                    failed=self._failed,
                    seconds=now,
                    limit=longest,
                    started=self._started,
                    since_last_start=asyncio.get_running_loop().time() - self._last_start,
                )
            )
            await asyncio.sleep(_NEXT_WORD_SECONDS)


class Pulse:
    """How late the event loop was, in all: time of the probes that was lost to other work."""

    def __init__(self) -> None:
        self.lost = 0.0

    async def beat(self) -> None:
        """Look again and again."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _BEAT_SECONDS
            await asyncio.sleep(_BEAT_SECONDS)
            self.lost += loop.time() - due


class Slot:
    """One start slot in use, given back when its probe is done, or only waits.

    Who is not done after a moment waits for its peer, or for this process, where that has more to
    do than it can. A late event loop shows the latter: then more starts would make
    every probe late, and healthy servers look dead.
    """

    def __init__(
        self, slots: asyncio.Semaphore, probing: asyncio.Task[Any], longest: float = math.inf
    ) -> None:
        """`longest` is after how many seconds it is given back, however late the loop is."""
        self._left = longest
        self._slots = slots
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_SLOT_SECONDS, self._look)
        probing.add_done_callback(self._done)
        self._given_back = False

    def _look(self) -> None:
        self._left -= _SLOT_SECONDS
        if self._left <= 0 or self._loop.time() - self._timer.when() < _LATE_SECONDS:
            self._give_back()
        else:
            self._timer = self._loop.call_later(_SLOT_SECONDS, self._look)

    def _done(self, _probing: asyncio.Task[Any]) -> None:
        self._timer.cancel()
        if not self._given_back:
            self._give_back()

    def _give_back(self) -> None:
        self._given_back = True
        self._slots.release()


def files_for(probes: int) -> int:
    """How many open files that many probes need, at most as many as run at once."""
    return min(probes, MOST_AT_ONCE) * _FILES_OF_A_PROBE + _FILES_OF_OUR_OWN


def most_at_once() -> int:
    """How many probes the limit on open files has room for.

    A socket that cannot be made would be our own fault, and look like the server's.
    """
    limit = open_file_limit()
    if limit is None:
        return _MOST_SLOTS
    return max(1, min(MOST_AT_ONCE, (limit - _FILES_OF_OUR_OWN) // _FILES_OF_A_PROBE))

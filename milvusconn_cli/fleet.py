"""Many connections at once: paced starts, order kept.

Too many handshakes at a time make healthy servers look dead. So a probe takes one of a few start
slots; one that still waits after a moment costs nothing more, and gives its slot back.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from milvusconn_cli.errors import Terminated
from milvusconn_cli.foregone import Target
from milvusconn_cli.inspection import inspect
from milvusconn_cli.layers.local import Engines
from milvusconn_cli.probe import probe
from milvusconn_cli.report import Report
from milvusconn_cli.uri import LiteEndpoint

Result = TypeVar("Result")

_START_SLOTS = 64
_MOST_AT_ONCE = 4096
_FILES_OF_A_PROBE = 4
"""Sockets that one probe holds at most: gRPC's, the climb's, a second look's; and one spare."""
_FILES_OF_OUR_OWN = 64
_SLOT_SECONDS = 0.05
"""A healthy probe over a local network is done by then; one that is not, waits."""


def probe_all(targets: Sequence[Target], timeout: float | None) -> list[Report]:
    """A report for each target, in their order; `timeout` in seconds is that of each probe."""
    return _run(_probe_all(targets, timeout))


def inspect_one(target: Target, timeout: float | None) -> Report:
    """A report with everything that can be learned of one target."""
    return _run(_inspect_one(target, timeout))


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """asyncio.run, which SIGTERM ends as it ends it for SIGINT: by cancelling what is under way.

    An exception out of a signal handler could come between the start of a child and the line
    that sees to its end.
    """
    if threading.current_thread() is not threading.main_thread():
        return asyncio.run(work)  # signals are the main thread's
    before = signal.getsignal(signal.SIGTERM)
    try:
        return asyncio.run(_terminable(work))
    finally:
        signal.signal(signal.SIGTERM, before)


async def _terminable(work: Coroutine[Any, Any, Result]) -> Result:
    task = asyncio.create_task(work)
    terminated = False

    def terminate() -> None:
        nonlocal terminated
        terminated = True
        task.cancel()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await task
    except asyncio.CancelledError:
        if terminated:
            raise Terminated from None
        raise


async def _inspect_one(target: Target, limit: float | None) -> Report:
    async with Engines() as engines:
        return await inspect(target, limit, engines)


async def _probe_all(targets: Sequence[Target], limit: float | None) -> list[Report]:
    slots = asyncio.Semaphore(_START_SLOTS)
    in_flight = asyncio.Semaphore(_most_at_once(len(targets)))
    # A Milvus Lite engine is a second of CPU: more at a time than there are cores take each
    # other's time limit.
    engine_slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def paced(target: Target) -> Report:
        if isinstance(target.connection.endpoint, LiteEndpoint):
            async with engine_slots:
                return await probe(target, limit, engines)
        async with in_flight:
            async with slots:
                probing = asyncio.create_task(probe(target, limit, engines))
                await asyncio.wait({probing}, timeout=_SLOT_SECONDS)
            return await probing

    async with Engines() as engines:
        return list(await asyncio.gather(*map(paced, targets)))


def _most_at_once(wanted: int) -> int:
    """How many probes the limit on open files has room for; it is raised as far as it may be.

    A socket that cannot be made would be our own fault, and look like the server's.
    """
    if sys.platform == "win32":
        return _START_SLOTS
    import resource  # noqa: PLC0415 -- not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = min(wanted, _MOST_AT_ONCE) * _FILES_OF_A_PROBE + _FILES_OF_OUR_OWN
    if soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(_MOST_AT_ONCE, (soft - _FILES_OF_OUR_OWN) // _FILES_OF_A_PROBE))

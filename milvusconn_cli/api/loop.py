"""Probes from any thread and any event loop: all run in one event loop of this package's own.

A thread keeps that loop, because gRPC's asynchronous channels belong to one loop, and the caller's
may be busy, of another kind, or none. gRPC's threads do not survive a fork: a child of a process
that has loaded gRPC runs its probes in a program of its own (`worker`).
"""

import asyncio
import atexit
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from milvusconn_cli.api import worker
from milvusconn_cli.connection.target import Target
from milvusconn_cli.report import Report
from milvusconn_cli.system.threads import in_daemon_thread

Result = TypeVar("Result")
_END_SECONDS = 1.0
"""How long the end of the program waits for the loop's thread."""


class _Keeper:
    """The loop and its thread, made when the first probe asks for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_fork = False
        """Whether gRPC was loaded before a fork that made this process."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def submit(self, work: Coroutine[Any, Any, Result]) -> "Future[Result]":
        """Start `work` in the loop; to cancel the future cancels the work."""
        with self.lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="milvusconn", daemon=True
                )
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def forget(self) -> None:
        """In a child: the thread did not come with us."""
        self._loop = self._thread = None
        self.is_fork = self.is_fork or "grpc" in sys.modules
        self.lock.release()

    def end(self) -> None:
        """Let the loop's thread end before the interpreter does."""
        with self.lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_END_SECONDS)


_keeper = _Keeper()
atexit.register(_keeper.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_keeper.lock.acquire,
        after_in_parent=_keeper.lock.release,
        after_in_child=_keeper.forget,
    )


def probe_all(targets: Sequence[Target], limit: float | None) -> list[Report]:
    """A report for each target; blocks the calling thread, and nothing else.

    `limit` in seconds goes before the targets' own limits.
    """
    if _keeper.is_fork:
        return worker.ask(targets, limit)
    return run(_probing()(targets, limit))


async def async_probe_all(targets: Sequence[Target], limit: float | None) -> list[Report]:
    """The same, awaited from an event loop of the caller's."""
    if _keeper.is_fork:
        return await in_daemon_thread(lambda: worker.ask(targets, limit))
    probing = await in_daemon_thread(_probing)
    return await awaited(probing(targets, limit))


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What comes of `work`, which must not touch gRPC in the child of a fork."""
    future = _keeper.submit(work)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


async def awaited(work: Coroutine[Any, Any, Result]) -> Result:
    """The same, awaited; to cancel it cancels the work."""
    return await asyncio.wrap_future(_keeper.submit(work))


def _probing() -> Callable[[Sequence[Target], float | None], Coroutine[Any, Any, list[Report]]]:
    """What probes; imported in the caller's thread, since gRPC takes a while to load."""
    from milvusconn_cli.api import probing  # noqa: PLC0415 -- brings gRPC

    return probing.probe_all

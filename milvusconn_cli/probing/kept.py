"""Calls on one connection that is kept, as a long-lived client keeps it, and what becomes of it."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.target import Target
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.probing.answers import of_lost_connection, unexplained
from milvusconn_cli.probing.attempt import Keepalive, KeptChannel
from milvusconn_cli.probing.dial import Accepted, Refused, Unexplained
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.probing.probe import Probe, limit_of, probe
from milvusconn_cli.probing.severed import Cut
from milvusconn_cli.probing.tap import Tap
from milvusconn_cli.report import Finding, Report, finding


class KeptConnection:
    """One channel to a target; end it with the `async with`.

    `limit` in seconds is that of each call; `cuts` is told each end of its connection.
    """

    def __init__(
        self,
        target: Target,
        limit: float | None,
        cuts: Callable[[Cut], None],
        keepalive: Keepalive | None = None,
    ) -> None:
        self._target = target
        self._limit = limit_of(target, limit)
        self._cuts = cuts
        self._keepalive = keepalive or Keepalive()
        self._engines = Engines()
        self._probe: Probe | None = None
        self._tap: Tap | None = None
        self._channel: KeptChannel | None = None

    async def ask(self, at_most: float) -> Report:
        """One call, within so many seconds."""
        limit = min(self._limit, at_most)
        deadline = Deadline(limit)
        if self._channel is None:
            try:
                self._channel = await self._opened(limit)
            except (ConfigError, Obstacle):
                return await probe(self._target, deadline.remaining() or limit, self._engines)
        subject = self._target.subject
        match await self._channel.connect(deadline):
            case Accepted(server):
                return Report(subject=subject, server=server, seconds=deadline.elapsed())
            case Refused(found):
                report = Report(subject=subject, finding=found, seconds=deadline.elapsed())
            case Unexplained() as outcome:
                report = await self._explained(outcome, deadline)
        return self._probe.redacted(report) if self._probe else report

    async def _opened(self, limit: float) -> KeptChannel:
        self._probe = Probe(self._target, limit, self._engines)
        endpoint = await self._probe.endpoint()
        dial = await self._probe.dial(endpoint)
        self._tap = Tap(endpoint, self._target.connection.tls_files, dial.pem, self._cuts)
        await self._tap.__aenter__()
        return KeptChannel(dial, self._tap.target, self._keepalive)

    async def _explained(self, outcome: Unexplained, deadline: Deadline) -> Report:
        """Why a call failed: what a new connection meets, or that only the kept one is broken."""
        seconds = deadline.elapsed()
        fresh = await probe(self._target, self._limit, self._engines)
        if not fresh.established:
            return fresh
        found = self._of_kept(outcome, seconds)
        return Report(subject=self._target.subject, finding=found, seconds=seconds)

    @staticmethod
    def _of_kept(outcome: Unexplained, seconds: float) -> Finding:
        if outcome.code == "DEADLINE_EXCEEDED":
            summary = f"no answer on the open connection within {seconds:.1f} s; a new one works"
            return finding(Cause.SLOW, summary, "a client would hang here: keep pinging")
        return of_lost_connection(outcome.details) or unexplained(outcome.code, outcome.details)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._channel:
            await self._channel.close()
        if self._tap:
            await self._tap.__aexit__(kind, error, trace)
        await self._engines.__aexit__(kind, error, trace)

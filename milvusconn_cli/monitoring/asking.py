"""Probes, one after the other or side by side, within one event loop that stays."""

import math
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from milvusconn_cli.connection.target import Judged, Target
from milvusconn_cli.probing.fleet import internal_error_report
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.probing.probe import limit_of, probe
from milvusconn_cli.report import Report

Probe = Callable[[Target, float, Engines], Awaitable[Report]]
Ask = Callable[[Judged, float], Awaitable[Report]]
"""Probe once, within so many seconds at most; the target's own limit may be shorter."""


class Asker:
    """Probes targets, and keeps what probes share; end it with the `async with`.

    `limit` in seconds goes before the targets' own limits.
    """

    def __init__(self, limit: float | None = None, how: Probe = probe) -> None:
        self._limit = limit
        self._how = how
        self._engines = Engines()

    async def ask(self, judged: Judged, at_most: float = math.inf) -> Report:
        """One report; an exception that nobody foresaw becomes one too."""
        if isinstance(judged, Report):
            return judged
        limit = min(limit_of(judged, self._limit), at_most)
        try:
            return await self._how(judged, limit, self._engines)
        except Exception as bug:  # noqa: BLE001 -- it costs this probe, not the loop
            return internal_error_report(judged, bug)

    def limit_of(self, judged: Judged) -> float:
        """The seconds that a probe may take."""
        return 0.0 if isinstance(judged, Report) else limit_of(judged, self._limit)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._engines.__aexit__(kind, error, trace)

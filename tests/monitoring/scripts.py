"""Servers as a script: what a probe at a given time answers, and how long it takes."""

import asyncio
from collections.abc import Callable

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.target import Judged
from milvusconn_cli.monitoring.backoff import Backoff
from milvusconn_cli.monitoring.waiting import Alias
from milvusconn_cli.report import Report, Subject, finding

LIMIT = 5.0
"""Seconds that a scripted probe may take."""

Answer = Callable[[float], tuple[float, Cause | None]]
"""From the time of a probe's start to how long it takes and what it says; None is established."""


def report(cause: Cause | None, alias: str = "dev") -> Report:
    """A report with that cause."""
    return Report(subject=Subject(alias=alias), finding=finding(cause) if cause else None)


def at_once(cause: Cause | None) -> Answer:
    """Always the same, without delay."""
    return lambda _: (0.001, cause)


def timeline(*changes: tuple[float, Cause | None], takes: float = 0.001) -> Answer:
    """A server whose answer changes at these times, in seconds from the start."""

    def answer(now: float) -> tuple[float, Cause | None]:
        return takes, [cause for since, cause in changes if since <= now][-1]

    return answer


class ScriptedAsker:
    """Answers by the script of each alias, and writes down when each probe started."""

    def __init__(self, **answers: Answer) -> None:
        self._answers = answers
        self._start: float | None = None
        self.starts: dict[str, list[float]] = {alias: [] for alias in answers}
        self.under_way = 0
        self.most_under_way = 0

    @property
    def now(self) -> float:
        """Seconds since the first probe."""
        time = asyncio.get_running_loop().time()
        if self._start is None:
            self._start = time
        return time - self._start

    def limit_of(self, _judged: Judged) -> float:
        return LIMIT

    async def ask(self, judged: Judged, at_most: float) -> Report:
        """One probe: no longer than it may take, and then `slow`."""
        alias = judged.subject.alias
        self.starts[alias].append(self.now)
        takes, cause = self._answers[alias](self.now)
        limit = min(LIMIT, at_most)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(min(takes, limit))
        finally:
            self.under_way -= 1
        return report(cause if takes <= limit else Cause.SLOW, alias)

    def aliases(self, longest: float = 2.0, chance: float = 0.0) -> list[Alias]:
        """What a wait takes: every alias of the script."""
        return [self._alias(alias, longest, chance) for alias in self._answers]

    def _alias(self, alias: str, longest: float, chance: float) -> Alias:
        probed = report(None, alias)
        return Alias(
            judge=lambda: probed,
            backoff=Backoff(longest, chance=lambda: chance),
            row=Subject(alias=alias),
        )

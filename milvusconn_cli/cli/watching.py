"""`list --watch`: a living table on a terminal, elsewhere a line for each change."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import ReaderLeft, is_read, write_more
from milvusconn_cli.connection.target import Target
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, ordering
from milvusconn_cli.formats import watching as words
from milvusconn_cli.formats.ordering import SortKey
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.report import Report

if TYPE_CHECKING:
    from milvusconn_cli.formats.rich_live import LiveTable
    from milvusconn_cli.monitoring.watching import Watched, Watching
    from milvusconn_cli.registry.keeper import Keeper

_DRAWING_SECONDS = 1.0
"""How often the table is drawn at most: what is faster cannot be read."""
_RECENT_SECONDS = 10.0
_ROOM_FOR = 1024
"""Probes at once that there are files for at least: more aliases may come."""


class Source(NamedTuple):
    """Where the aliases come from: the registry may change while they are watched."""

    path: Path
    select: Callable[[Registry], Sequence[Report | Target]]
    """Which of a registry's aliases are watched."""


class Shown:
    """How what is watched is shown."""

    def __init__(
        self, output: Output | None, *, failing: bool, sort: SortKey | None, color: bool
    ) -> None:
        self._output = output
        self._failing = failing
        self._sort = sort
        self._color = color

    @property
    def is_living(self) -> bool:
        """Whether it is a table that is drawn again and again."""
        return self._output in (None, Output.TABLE) and _is_terminal()

    def table(self) -> "LiveTable":
        """The table."""
        from milvusconn_cli.formats.rich_live import LiveTable  # noqa: PLC0415 -- brings rich

        return LiveTable(color=self._color)

    def tell(self, alias: "Watched") -> None:
        """Print one change."""
        report, at = alias.report, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if report is None or (self._failing and alias.before is None and report.established):
            return
        as_text = words.changed_json if self._output is Output.JSON else words.changed_line
        write_more(as_text(report, alias.before, at))

    def draw(
        self, table: "LiveTable", watching: "Watching", now: float, trouble: str | None
    ) -> None:
        """Draw all aliases; `now` by the clock of the loop, `trouble` that with the registry."""
        rows = [alias.row for alias in watching.aliases]
        lines = {id(alias.row): _line(alias, now) for alias in watching.aliases}
        chosen = ordering.failing(rows) if self._failing else rows
        shown = [lines[id(row)] for row in ordering.ordered(chosen, self._sort)]
        table.show(shown, ordering.counted(rows), trouble)


def watch(
    registry: Registry,
    source: Source,
    shown: Shown,
    *,
    period: float | None,
    timeout: float | None,
) -> ExitCode:
    """Watch until a signal comes, whose exit code is returned, or the reader goes away."""
    from milvusconn_cli.cli import runner  # noqa: PLC0415 -- brings asyncio

    judged = source.select(registry)
    runner.prepare(max(len(judged), _ROOM_FOR))
    from milvusconn_cli.monitoring.asking import Asker  # noqa: PLC0415 -- brings grpc
    from milvusconn_cli.monitoring.watching import DEFAULT_PERIOD, Watching  # noqa: PLC0415
    from milvusconn_cli.probing.confirm import Confirming  # noqa: PLC0415 -- brings the layers
    from milvusconn_cli.registry.keeper import Keeper  # noqa: PLC0415 -- brings asyncio

    asker = Asker(timeout, Confirming())
    every = period or DEFAULT_PERIOD
    watching = Watching(judged, asker, every, _untold if shown.is_living else shown.tell)
    keeper = Keeper(
        source.path,
        lambda changed: watching.change_to(source.select(changed)),
        _untold if shown.is_living else print_message,
    )
    with ExitStack() as screen:
        act: Callable[[float], None] = _check_is_read
        if shown.is_living:
            table = screen.enter_context(shown.table())
            act = lambda now: shown.draw(table, watching, now, keeper.trouble)  # noqa: E731 -- one of two
        work = lambda: _repeated(watching, keeper, act)  # noqa: E731 -- for the runner
        return runner.run_until_signal(asker, work) or ExitCode.OK


async def _repeated(watching: "Watching", keeper: "Keeper", act: Callable[[float], None]) -> None:
    """Watch, and once a second do `act`, which is told the time of the loop's clock."""
    import asyncio  # noqa: PLC0415 -- loaded by now

    loop = asyncio.get_running_loop()
    running = {asyncio.create_task(watching.run()), asyncio.create_task(keeper.watch())}
    try:
        ended: set[asyncio.Task[None]] = set()
        while not ended:
            act(loop.time())
            ended, _ = await asyncio.wait(
                running, timeout=_DRAWING_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        for task in ended:
            task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _untold(*_: object) -> None:
    """The table shows it."""


def _check_is_read(_now: float) -> None:
    if not is_read():
        raise ReaderLeft


def _line(alias: "Watched", now: float) -> words.Line:
    changed = None
    if alias.changed is not None:
        changed = time.strftime("%H:%M:%S", time.localtime(time.time() - (now - alias.changed)))
    return words.Line(
        row=alias.row,
        beats=list(alias.beats),
        before=alias.before,
        changed=changed,
        is_recent=alias.changed is not None and now - alias.changed < _RECENT_SECONDS,
    )


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()

"""The living table of `list --watch`: rich's Live, with the rows that fit on the screen."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.cells import cell_len
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from milvusconn_cli.formats.ordering import failing
from milvusconn_cli.formats.watching import BEATS, Line, cells_of
from milvusconn_cli.text import clean

_COLUMNS = ("ALIAS", "STATUS", "CHANGED", "LAST", "TIME", "ADDRESS", "SERVER", "REASON")
"""In the order of their importance: a narrow screen has the first of them."""
_SHOWN = ("ALIAS", "ADDRESS", "STATUS", "SERVER", "TIME", "LAST", "CHANGED", "REASON")
"""In the order in which they are shown."""
_GAP = 2
_WIDE, _FEW_BEATS = 80, 8
"""A screen that has room for all beats, and how many are shown on another."""
_LEAST_REASON = 20
_LINES_OF_OUR_OWN = 3
"""The heading, the line below the table, and the cursor's."""
_STYLES = {"established": "green", "disconnected": "yellow", "starting": "yellow"}


class LiveTable:
    """A table that is drawn over and over; on the way out the last one stays."""

    def __init__(self, *, color: bool) -> None:
        self._console = Console(no_color=None if color else True, highlight=False)
        self._ascii_only = not (self._console.encoding or "").lower().startswith("utf")
        self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="crop")

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def show(self, lines: Sequence[Line], counted: str, trouble: str | None = None) -> None:
        """Draw; where there are more lines than room, those that fail come first.

        `trouble` says why the registry could not be read again.
        """
        own = _LINES_OF_OUR_OWN + (trouble is not None)
        room = max(1, self._console.height - own)
        shown = list(lines) if len(lines) <= room else _most_important(lines, room)
        below = f"{len(lines)} alias{'es' if len(lines) != 1 else ''}"
        below += f": {counted}" if counted else ""
        if len(shown) < len(lines):
            below += f"; {len(shown)} shown"
        footer = Text(below, style="dim", no_wrap=True, overflow="ellipsis")
        notes = [footer]
        if trouble is not None:
            text = f"the registry is not reloaded: {clean(trouble)}"
            notes.append(Text(text, style="yellow", no_wrap=True, overflow="ellipsis"))
        self._live.update(Group(self._table(shown), *notes), refresh=True)

    def _table(self, lines: Sequence[Line]) -> Table:
        rows = self._rows(lines, brief=False)
        columns = _fitting(rows, self._console.width)
        if "CHANGED" not in columns:
            rows = self._rows(lines, brief=True)
            columns = _fitting(rows, self._console.width)
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        for name in columns:
            table.add_column(
                name,
                no_wrap=True,
                overflow="ellipsis",
                justify="right" if name == "TIME" else "left",
                min_width=1 if name in ("REASON", "ADDRESS", "ALIAS") else None,
            )
        for line, cells in zip(lines, rows, strict=True):
            painted = [_painted(name, cells[name]) for name in columns]
            table.add_row(*painted, style="bold" if line.is_recent else "")
        return table

    def _rows(self, lines: Sequence[Line], *, brief: bool) -> list[dict[str, str]]:
        beats = BEATS if self._console.width >= _WIDE else _FEW_BEATS
        return [cells_of(line, beats, brief=brief, ascii_only=self._ascii_only) for line in lines]


def _most_important(lines: Sequence[Line], room: int) -> list[Line]:
    """The lines that changed a moment ago and those that fail, and then others, in their order."""
    down = {id(row) for row in failing([line.row for line in lines])}
    ranked = sorted(
        range(len(lines)),
        key=lambda place: (not lines[place].is_recent, id(lines[place].row) not in down, place),
    )
    return [lines[place] for place in sorted(ranked[:room])]


def _fitting(rows: Sequence[dict[str, str]], width: int) -> list[str]:
    """The columns that the screen has room for, in the order in which they are shown."""
    kept: list[str] = []
    used = 0
    for name in _COLUMNS:
        natural = max([cell_len(name), *(cell_len(row[name]) for row in rows)])
        needed = (min(natural, _LEAST_REASON) if name == "REASON" else natural) + _GAP
        if kept and used + needed - _GAP > width:
            continue
        kept.append(name)
        used += needed
    return [name for name in _SHOWN if name in kept]


def _painted(name: str, cell: str) -> Text:
    if name == "STATUS" and cell != "-":
        return Text(cell, style=_STYLES.get(cell, "red"))
    if name == "LAST":
        text = Text(cell)
        text.highlight_regex("[×x]+", "red")
        return text
    return Text(cell)

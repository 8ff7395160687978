"""A table for people. rich lives here and nowhere else.

Text from outside is wrapped in `Text`: rich would take `[fe80::1]` for markup. Where the terminal
is narrow, the columns that matter least are left out rather than all of them cut to pieces; where
the reader is a pipe, nothing is cut at all.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milvusconn_cli.surroundings import here
from milvusconn_cli.text import printable

_UNLIMITED = 100_000
_GAP = 2
_LEAST_IMPORTANT_FIRST = ("TIME", "USER", "TLS", "SERVER", "DB")
_FOLDED_WELL = ("DETAIL", "VALUE", "FROM", "MEANING")
_FOLDED_WIDTH = 24
_NEVER_FOLDED = ("STATUS", "TIME", "TLS")
_STYLES = {"established": "green", "disconnected": "yellow"}
_OTHER_STATUS = "red"

Row = Sequence[str]


def render(header: Row, rows: Sequence[Row], *, color: bool) -> str:
    """The table as text, with escape sequences where stdout is to have colour."""
    columns = list(zip(header, *(map(_cleaned, row) for row in rows), strict=True))
    width = _width()
    fitting = _fitting(columns, width)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for name, *_ in fitting:
        table.add_column(name, no_wrap=name in _NEVER_FOLDED, overflow="fold")
    for cells in zip(*(column[1:] for column in fitting), strict=True):
        table.add_row(*(_text(name[0], cell) for name, cell in zip(fitting, cells, strict=True)))
    return _printed(table, width, color=color)


def _fitting(columns: list[tuple[str, ...]], width: int) -> list[tuple[str, ...]]:
    """The columns that the width has room for."""
    kept = list(columns)
    for name in _LEAST_IMPORTANT_FIRST:
        if sum(_needed(column) + _GAP for column in kept) <= width:
            break
        kept = [column for column in kept if column[0] != name]
    return kept


def _needed(column: tuple[str, ...]) -> int:
    """The width that a column is readable at: prose may run over several lines."""
    natural = max(map(cell_len, column))
    return min(natural, _FOLDED_WIDTH) if column[0] in _FOLDED_WELL else natural


def _text(column: str, cell: str) -> Text:
    style = _STYLES.get(cell, _OTHER_STATUS) if column == "STATUS" and cell != "-" else ""
    return Text(cell, style=style)


def _cleaned(cell: str) -> str:
    """On one line, a path below the working directory as a person would type it."""
    below = f"{here()}{os.sep}"
    shortened = f".{os.sep}{cell.removeprefix(below)}" if cell.startswith(below) else cell
    return printable(shortened)


def _width() -> int:
    # shutil also obeys COLUMNS, which is how a person tells a pipe to be narrow.
    if os.environ.get("COLUMNS") or (sys.stdout is not None and sys.stdout.isatty()):
        return shutil.get_terminal_size().columns
    return _UNLIMITED


def _printed(table: Table, width: int, *, color: bool) -> str:
    """What rich would print, asked of it as a string: stdout has one writer."""
    colorful = color and _stdout_has_color()
    paper = StringIO()
    console = Console(
        file=paper,
        width=width,
        color_system="standard" if colorful else None,
        force_terminal=colorful,
        highlight=False,
        markup=False,
    )
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in paper.getvalue().splitlines())


def _stdout_has_color() -> bool:
    """Whether stdout is to have colour: rich reads the terminal, NO_COLOR and FORCE_COLOR."""
    if sys.stdout is None:
        return False
    stdout = Console()
    return not stdout.no_color and stdout.color_system is not None

"""A table for people. rich lives here and nowhere else.

It knows how wide text is, where to fold it, and which colours stdout takes. The rows are put
together here: its own tables take three seconds for ten thousand of them. Where the terminal is
narrow, the columns that matter least are left out rather than all of them cut to pieces; where the
reader is a pipe, nothing is cut at all.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.text import Text

from milvusconn_cli.system.environment_info import here
from milvusconn_cli.text import printable

_UNLIMITED = 100_000
_GAP = 2
_LEAST_IMPORTANT_FIRST = ("TIME", "USER", "TLS", "SERVER", "DB")
_FOLDED_WELL = ("DETAIL", "VALUE", "FROM", "MEANING")
_FOLDED_WIDTH = 24
_NEVER_FOLDED = ("STATUS", "TIME", "TLS")
_STYLES = {"established": "green", "disconnected": "yellow"}
_OTHER_STATUS = "red"

_HEADER = "bold"

Row = Sequence[str]
Column = tuple[str, ...]
"""Its name, and a cell for each row."""
Paint = Callable[[str, str], str]
"""Text and the name of a style → the text in that style."""


def render(header: Row, rows: Sequence[Row], *, color: bool) -> str:
    """The table as text, with escape sequences where stdout is to have colour."""
    below = f"{here()}{os.sep}"
    cleaned = ([_cleaned(cell, below) for cell in row] for row in rows)
    columns = list(zip(header, *cleaned, strict=True))
    width = _width()
    fitting = _fitting(columns, width)
    widths = _widths(fitting, width)
    paint = _styled if color and _stdout_has_color() else _unstyled
    names, *kept = zip(*fitting, strict=True)
    lines = [*_lines(names, widths, [_HEADER] * len(names), paint)]
    for cells in kept:
        styles = [_style(name, cell) for name, cell in zip(names, cells, strict=True)]
        lines.extend(_lines(cells, widths, styles, paint))
    return "".join(lines)


def _lines(cells: Row, widths: Sequence[int], styles: Row, paint: Paint) -> Iterator[str]:
    """One row; more lines than one where a cell is wider than its column."""
    folded = [_folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*folded, fillvalue=""):
        padded = (
            paint(part, style) + " " * (width - _wide(part) + _GAP)
            for part, style, width in zip(parts, styles, widths, strict=True)
        )
        yield "".join(padded).rstrip() + "\n"


def _folded(cell: str, width: int) -> Sequence[str]:
    if _wide(cell) <= width:
        return (cell,)
    lines = Text(cell).wrap(Console(width=width), width, overflow="fold")
    return [line.plain.rstrip() for line in lines]


def _wide(cell: str) -> int:
    """The columns of a terminal that the text takes."""
    return len(cell) if cell.isascii() else cell_len(cell)


def _style(name: str, cell: str) -> str:
    return _STYLES.get(cell, _OTHER_STATUS) if name == "STATUS" and cell != "-" else ""


def _styled(text: str, style: str) -> str:
    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD) if style else text


def _unstyled(text: str, _style: str) -> str:
    return text


def _fitting(columns: list[Column], width: int) -> list[Column]:
    """The columns that the width has room for."""
    kept = list(columns)
    for name in _LEAST_IMPORTANT_FIRST:
        if sum(_needed(column) + _GAP for column in kept) - _GAP <= width:
            break
        kept = [column for column in kept if column[0] != name]
    return kept


def _needed(column: Column) -> int:
    """The width that a column is readable at: prose may run over several lines."""
    natural = max(map(_wide, column))
    return min(natural, _FOLDED_WIDTH) if column[0] in _FOLDED_WELL else natural


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    """The width of each column; where there is too little, the widest that may fold give way."""
    widths = [max(map(_wide, column)) for column in columns]
    foldable = [place for place, column in enumerate(columns) if column[0] not in _NEVER_FOLDED]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    for _ in range(excess):
        widest = max(foldable, key=widths.__getitem__)
        widths[widest] = max(widths[widest] - 1, 1)
    return widths


def _cleaned(cell: str, below: str) -> str:
    """On one line, a path `below` the working directory as a person would type it."""
    shortened = f".{os.sep}{cell.removeprefix(below)}" if cell.startswith(below) else cell
    return printable(shortened)


def _width() -> int:
    # shutil also obeys COLUMNS, which is how a person tells a pipe to be narrow.
    if os.environ.get("COLUMNS") or (sys.stdout is not None and sys.stdout.isatty()):
        return shutil.get_terminal_size().columns
    return _UNLIMITED


def _stdout_has_color() -> bool:
    """Whether stdout is to have colour: rich reads the terminal, NO_COLOR and FORCE_COLOR."""
    if sys.stdout is None:
        return False
    stdout = Console()
    # The console of old Windows prints escape sequences as they are.
    is_capable = stdout.color_system is not None and not stdout.legacy_windows
    return is_capable and not stdout.no_color

"""A table for people. rich lives here and nowhere else.

It knows how wide text is, where to fold it, and which colours stdout takes. The rows are put
together here: its own tables take three seconds for ten thousand of them. Where the terminal is
narrow, the columns that matter least are left out rather than all of them cut to pieces; where the
reader is a pipe, nothing is cut at all.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from math import ceil

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.text import Text

from milvusconn_cli.causes import Cause
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.system.environment_info import here, stdout_encoding
from milvusconn_cli.text import clean, encodable, printable

_UNLIMITED = 100_000
_LONGEST = 1000
_GAP = 2
_INDENT = 2
_LEAST_IMPORTANT_FIRST = ("REASON", "TIME", "USER", "TLS", "SERVER", "DB")
_LEAST_IMPORTANT_OF_FAILURES = ("USER", "TLS", "DB", "TIME")
_FOLDED_WELL = ("DETAIL", "VALUE", "FROM", "MEANING", "REASON")
_FOLDED_WIDTH = 24
_REASON_WIDTH = 60
"""Where all fail, the reasons are what the table is about."""
_NAMES = ("ADDRESS", "ALIAS")
_MOST = 0.8
"""So many of the names are not folded; the few that are longer cost the rows no column."""
_NEVER_FOLDED = ("STATUS", "TIME", "TLS")
_TO_THE_RIGHT = ("TIME",)
_GOOD, _WAITING, _BAD = "green", "yellow", "red"
_STYLES = {
    "established": _GOOD,
    "ok": _GOOD,
    "current": _GOOD,
    "failed": _BAD,
    Cause.DISCONNECTED.label: _WAITING,
    **{one.label: _WAITING for one in Cause if one.exit_code is ExitCode.NOT_READY},
}
"""Yellow is what may pass by itself, and what somebody wanted so; every other status is red."""
_STYLED = ("STATUS", "VERDICT")

_HEADER = "bold"
_COMMAND = re.compile(r"`[^`]+`\S?")
_GLUE = "\ue000"
"""Stands for a space at which no line may be folded; nobody's text has it."""

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
    rights = [name in _TO_THE_RIGHT for name in names]
    lines = [*_lines(names, widths, [_HEADER] * len(names), paint, rights)]
    for cells in kept:
        styles = [_style(name, cell) for name, cell in zip(names, cells, strict=True)]
        lines.extend(_lines(cells, widths, styles, paint, rights))
    return "".join(lines)


def _padded(shown: str, missing: int, *, to_the_right: bool) -> str:
    before, after = (missing, 0) if to_the_right else (0, missing)
    return " " * before + shown + " " * (after + _GAP)


def _lines(
    cells: Row, widths: Sequence[int], styles: Row, paint: Paint, rights: Sequence[bool]
) -> Iterator[str]:
    """One row; more lines than one where a cell is wider than its column."""
    folded = [_folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*folded, fillvalue=""):
        padded = (
            _padded(paint(part, style), width - _wide(part), to_the_right=right)
            for part, style, width, right in zip(parts, styles, widths, rights, strict=True)
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
    return style_of(cell) if name in _STYLED and cell not in ("-", "") else ""


def style_of(status: str) -> str:
    """The color of a status, by what it means."""
    return _STYLES.get(status, _BAD)


def headline(start: str, rest: str, status: str, *, color: bool) -> str:
    """A line that begins with a status, which is bold and in its color; as wide as the terminal."""
    shown, after = (encodable(printable(one), stdout_encoding()) for one in (start, rest))
    first, *further = _folded(shown + after, max(_width() - _INDENT, _FOLDED_WIDTH))
    if color and _stdout_has_color() and first.startswith(shown):
        first = _styled(shown, f"bold {style_of(status)}") + first.removeprefix(shown)
    return f"\n{' ' * _INDENT}".join([first, *further]) + "\n"


def paragraph(label: str, words: str) -> str:
    """Prose as wide as the terminal, its further lines below the first one's words."""
    cleaned = encodable(clean(words, _LONGEST), stdout_encoding())
    width = max(_width() - len(label), _FOLDED_WIDTH)
    # A command that is cut in two cannot be pasted: the terminal folds one that is too long.
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _GLUE), cleaned)
    is_too_wide = any(_wide(one) > width for one in _COMMAND.findall(cleaned))
    lines = (whole,) if is_too_wide else _folded(whole, width)
    return label + f"\n{' ' * len(label)}".join(lines).replace(_GLUE, " ") + "\n"


def _styled(text: str, style: str) -> str:
    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD) if style else text


def _unstyled(text: str, _style: str) -> str:
    return text


def _fitting(columns: list[Column], width: int) -> list[Column]:
    """The columns that the width has room for."""
    kept = list(columns)
    names = [column[0] for column in columns]
    fails = "REASON" in names and "SERVER" not in names
    order = _LEAST_IMPORTANT_OF_FAILURES if fails else _LEAST_IMPORTANT_FIRST
    empty = [column[0] for column in columns if not set(column[1:]) - {"-"}]
    readable = _REASON_WIDTH if fails else _FOLDED_WIDTH
    for name in (*(one for one in order if one in empty), *order):
        if sum(_needed(column, readable) + _GAP for column in kept) - _GAP <= width:
            break
        kept = [column for column in kept if column[0] != name]
    return kept


def _needed(column: Column, readable: int) -> int:
    """The width that a column is readable at: prose may run over several lines."""
    natural = max(map(_wide, column))
    if column[0] in _NAMES:
        widths = sorted(map(_wide, column))
        return widths[ceil(_MOST * (len(widths) - 1))]
    return min(natural, readable) if column[0] in _FOLDED_WELL else natural


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
    return encodable(printable(shortened), stdout_encoding())


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

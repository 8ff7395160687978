"""Rows put in an order, and the failing ones picked out.

Pure.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar

from milvusconn_cli.exits import MOST_SEVERE_FIRST
from milvusconn_cli.report import ESTABLISHED, Report, Row, Subject

AnyRow = TypeVar("AnyRow", bound=Row)


class SortKey(Enum):
    """What `--sort` takes."""

    ALIAS = "alias"
    ADDRESS = "address"
    STATUS = "status"
    TIME = "time"


NEEDS_PROBES = (SortKey.STATUS, SortKey.TIME)


def ordered(rows: Sequence[AnyRow], key: SortKey | None) -> list[AnyRow]:
    """The rows by `key`, those that are equal in the order that they had; None changes nothing."""
    return sorted(rows, key=_RANKS[key]) if key else list(rows)


def failing(rows: Sequence[Row]) -> list[Row]:
    """The rows that are not known to be established, most severe first."""
    return ordered([row for row in rows if status_of(row) != ESTABLISHED], SortKey.STATUS)


def counted(rows: Sequence[Row]) -> str:
    """How many there are of each status: `8 established, 2 silent`, established first."""
    counts = Counter(map(status_of, ordered(rows, SortKey.STATUS)))
    first = {ESTABLISHED: counts.pop(ESTABLISHED)} if ESTABLISHED in counts else {}
    return ", ".join(f"{count} {status}" for status, count in (first | counts).items())


def status_of(row: Row) -> str:
    """`established`, the cause, or that it is not known."""
    return row.status if isinstance(row, Report) else "not known"


def subject_of(row: Row) -> Subject:
    """The alias that a row is about."""
    return row.subject if isinstance(row, Report) else row


def _gravity(row: Row) -> tuple[int, str]:
    """Most severe first, grouped by cause; unknown rows come last."""
    if isinstance(row, Report):
        return MOST_SEVERE_FIRST.index(row.exit_code), row.status
    return len(MOST_SEVERE_FIRST), ""


def _slowness(row: Row) -> float:
    """Slowest first; what was not dialled comes last."""
    seconds = row.seconds if isinstance(row, Report) else None
    return 0.0 if seconds is None else -seconds


def _natural(text: str | None) -> list[tuple[int, int, str]]:
    """Text in the order of people, to whom 10.0.0.9 comes before 10.0.0.10; none comes last."""
    if text is None:
        return [(2, 0, "")]
    return [
        (0, len(part.lstrip("0")), part.lstrip("0")) if part.isdecimal() else (1, 0, part.lower())
        for part in re.split(r"([0-9]+)", text)
        if part
    ]


_RANKS: Mapping[SortKey, Callable[[Row], Any]] = {
    SortKey.ALIAS: lambda row: _natural(subject_of(row).alias),
    SortKey.ADDRESS: lambda row: _natural(subject_of(row).address),
    SortKey.STATUS: _gravity,
    SortKey.TIME: _slowness,
}

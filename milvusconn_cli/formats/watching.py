"""What is watched, as text: spark lines, the rows of the living table, and a line for a change."""

import json
import math
from collections.abc import Sequence
from typing import NamedTuple

from milvusconn_cli.formats import envelope
from milvusconn_cli.formats.cells import NOTHING, duration
from milvusconn_cli.report import Report, Row, Subject
from milvusconn_cli.text import printable

LEVELS, FAILED = "▁▂▃▄▅▆▇█", "×"
ASCII_LEVELS, ASCII_FAILED = "_.:-=+*#", "x"
BEATS = 20
"""How many of an alias's last probes are shown."""
_NOISE_SECONDS = 0.005
"""What differs below this is the work of this machine: a gRPC channel alone takes some of it."""
_OCTAVES = 1.0
"""A step of the spark line is a doubling: what is twice as slow is seen, and noise is not."""


class Line(NamedTuple):
    """One alias as it is shown."""

    row: Row
    beats: Sequence[float | None]
    before: str | None
    """The status before the last change."""
    changed: str | None
    """When that was, as a time of day."""
    is_recent: bool
    """Whether it was a moment ago."""


def spark(beats: Sequence[float | None], *, ascii_only: bool = False) -> str:
    """A character for each probe: its height for its time, a cross for a failure."""
    levels, failed = (ASCII_LEVELS, ASCII_FAILED) if ascii_only else (LEVELS, FAILED)
    times = [one for one in beats if one is not None]
    least = max(min(times, default=0.0), _NOISE_SECONDS)
    return "".join(failed if one is None else levels[_level(one, least)] for one in beats)


def _level(seconds: float, least: float) -> int:
    return min(len(LEVELS) - 1, round(math.log2(max(seconds, least) / least) / _OCTAVES))


def changed_line(row: Report, before: str | None, at: str) -> str:
    """`2026-01-31T12:00:00Z`, the alias, both statuses and the reason, separated by tabs."""
    reason = row.finding.summary if row.finding else (row.subject.address or NOTHING)
    cells = (at, row.subject.alias, before or NOTHING, row.status, reason)
    return "\t".join(map(printable, cells)) + "\n"


def changed_json(row: Report, before: str | None, at: str) -> str:
    """The same as a line of JSON: a row, with `at` and `before`."""
    return json.dumps({"at": at, "before": before, **envelope.probed(row)}) + "\n"


def subject_of(row: Row) -> Subject:
    """The settings of a row."""
    return row.subject if isinstance(row, Report) else row


def cells_of(
    line: Line, beats: int = BEATS, *, brief: bool = False, ascii_only: bool
) -> dict[str, str]:
    """The cells of a line of the living table, by column; `brief` leaves out what it was before."""
    subject, report = subject_of(line.row), line.row if isinstance(line.row, Report) else None
    server = report.server.label if report and report.server else ""
    since = line.changed or NOTHING
    if line.before and line.changed and not brief:
        since += f", was {line.before}"
    return {
        "ALIAS": printable(subject.alias),
        "STATUS": report.status if report else NOTHING,
        "LAST": spark(line.beats[-beats:], ascii_only=ascii_only),
        "TIME": duration(report.seconds) if report else NOTHING,
        "CHANGED": since,
        "ADDRESS": printable(subject.address or NOTHING),
        "SERVER": server or NOTHING,
        "REASON": printable(report.finding.summary) if report and report.finding else "",
    }

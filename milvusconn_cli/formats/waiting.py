"""A wait as lines for somebody who waits: what changed, where it stands, how it ended. Pure."""

from collections.abc import Sequence

from milvusconn_cli.formats.cells import duration
from milvusconn_cli.report import ESTABLISHED, Report, Row, Subject
from milvusconn_cli.text import listed


def changed(report: Report, seconds: float) -> str:
    """`dev: starting: Milvus is starting (2.1 s)`."""
    return f"{report.subject.alias}: {_state(report)} ({_since(seconds)})"


def living(rows: Sequence[Row], seconds: float, limit: float, *, down: bool) -> str:
    """The line that is written over and over: how long it has been and may take, and the state.

    What a narrow terminal cuts off comes last.
    """
    times = f"{seconds:.0f} s of {limit:.0f} s"
    if len(rows) == 1:
        return f"{times}: {_alias(rows[0])}: {_known(rows[0])}"
    others = [row for row in rows if not _is_as_wanted(row, down=down)]
    state = f"{len(rows) - len(others)} of {len(rows)} {'down' if down else ESTABLISHED}"
    named = [f"{_alias(row)} {_status(row)}" for row in others]
    return f"{times}: {state}" + (f": {listed(named, most=3)}" if named else "")


def _is_as_wanted(row: Row, *, down: bool) -> bool:
    return isinstance(row, Report) and row.established is not down


def met(report: Report, seconds: float, *, down: bool) -> str:
    """How a wait ended for an alias that is as it was waited for."""
    alias = report.subject.alias
    if down:
        return f"{alias}: down after {_since(seconds)}: {_state(report)}"
    label = report.server.label if report.server else ""
    server = f", Milvus {label}" if label else ""
    return f"{alias}: established after {_since(seconds)}: {report.subject.address}{server}"


def unmet(row: Row, seconds: float, why: str) -> str:
    """The same for one that is not: `why` the wait ended, and the last cause."""
    return f"{_alias(row)}: {why} after {_since(seconds)}: {_known(row)}"


def _known(row: Row) -> str:
    return _state(row) if isinstance(row, Report) else "no result yet"


def _state(report: Report) -> str:
    return f"{report.status}: {report.finding.summary}" if report.finding else report.status


def _status(row: Row) -> str:
    return row.status if isinstance(row, Report) else "unknown"


def _alias(row: Row) -> str:
    subject: Subject = row.subject if isinstance(row, Report) else row
    return subject.alias


def _since(seconds: float) -> str:
    return duration(seconds) if seconds < 1 else f"{seconds:.1f} s"

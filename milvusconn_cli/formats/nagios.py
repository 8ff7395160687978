"""`nagios`: a monitoring plugin's answer, which Icinga, Naemon and others read too.

One line with performance data, and the plugins' exit codes: 0 OK, 1 WARNING, 2 CRITICAL,
3 UNKNOWN. https://www.monitoring-plugins.org/doc/guidelines.html
"""

from collections.abc import Sequence
from enum import IntEnum

from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats.notices import needs_attention
from milvusconn_cli.formats.ordering import failing, subject_of
from milvusconn_cli.formats.probes_only import ProbesOnly
from milvusconn_cli.report import Report, Row
from milvusconn_cli.text import clean, printable

_LONGEST_REASON = 200
_MOST_REASONS = 5
_UNKNOWN_CODES = (ExitCode.CONFIG, ExitCode.INTERNAL)


class State(IntEnum):
    """A service's state, and the exit code for it."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


_WORST_FIRST = (State.CRITICAL, State.UNKNOWN, State.WARNING, State.OK)


class Format(ProbesOnly):
    """One line for all rows, and the exit code of the worst."""

    tells_reasons = True

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        data = " ".join(_performance(row, named=len(rows) > 1) for row in rows)
        return f"MILVUS {_worst(rows).name}: {_said(rows)}" + (f" | {data}" if data else "") + "\n"

    def failed(self, command: str | None, error: MilvusconnError) -> str:
        return f"MILVUS {State.UNKNOWN.name}: {_without_bar(error.message)}\n"

    def exit_code(self, rows: Sequence[Row], answer: ExitCode) -> int:
        return _worst(rows)

    def exit_code_of_failure(self, error: MilvusconnError) -> int:
        return State.UNKNOWN


def state_of(row: Row) -> State:
    """The state of one connection; one taken out of service on purpose is a warning."""
    if not isinstance(row, Report):
        return State.UNKNOWN
    if row.finding is None:
        return State.WARNING if needs_attention(row) else State.OK
    if row.status == "disconnected":
        return State.WARNING
    is_unknown = row.exit_code in _UNKNOWN_CODES or row.exit_code is ExitCode.NO
    return State.UNKNOWN if is_unknown else State.CRITICAL


def _worst(rows: Sequence[Row]) -> State:
    return min(map(state_of, rows), key=_WORST_FIRST.index, default=State.UNKNOWN)


def _said(rows: Sequence[Row]) -> str:
    if not rows:
        return "no aliases"
    if len(rows) == 1:
        return _one(rows[0])
    bad = failing(rows)
    if not bad:
        attention = [row for row in rows if state_of(row) is not State.OK]
        noted = f": {_listed(attention)}" if attention else ""
        return f"all {len(rows)} established{noted}"
    return f"{len(bad)} of {len(rows)} not established: {_listed(bad)}"


def _listed(rows: Sequence[Row]) -> str:
    more = f"; {len(rows) - _MOST_REASONS} more" if len(rows) > _MOST_REASONS else ""
    return "; ".join(map(_one, rows[:_MOST_REASONS])) + more


def _one(row: Row) -> str:
    alias = subject_of(row).alias
    if not isinstance(row, Report):
        return _without_bar(f"{alias}: not checked")
    if row.finding:
        return _without_bar(f"{alias}: {row.status}: {row.finding.summary}")
    server = f", Milvus {row.server.label}" if row.server and row.server.label else ""
    noted = "".join(f", {one}" for one in needs_attention(row))
    return _without_bar(f"{alias}: established{server}{noted}")


def _without_bar(text: str) -> str:
    """Text before the performance data, which a `|` would end; on one line."""
    return clean(text, _LONGEST_REASON).replace("|", "/")


def _performance(row: Row, *, named: bool) -> str:
    """`'prod'=0.012s;;;0`, or `U` where nothing was measured; `time` if there is one alias."""
    seconds = row.seconds if isinstance(row, Report) else None
    label = _label(subject_of(row).alias) if named else "time"
    return f"{label}=U" if seconds is None else f"{label}={seconds:.6f}s;;;0"


def _label(text: str) -> str:
    """A label in quotes, which may not hold `=`; a quote in it is doubled."""
    shown = printable(text).replace("=", "_").replace("|", "_").replace("'", "''")
    return f"'{shown}'"

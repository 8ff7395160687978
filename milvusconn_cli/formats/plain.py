"""Plain text: a line for each row, its fields apart by TAB, no header, nothing cut."""

from collections.abc import Sequence

from milvusconn_cli.report import Report, Row, Subject
from milvusconn_cli.text import printable

SETTINGS_HEADER = ("ALIAS", "ADDRESS", "DB", "TLS", "USER")
HEADER = (*SETTINGS_HEADER, "STATUS", "SERVER", "TIME")
NOTHING = "-"


def answers(rows: Sequence[Row], *, named: bool) -> str:
    """`True` or `False`, a line each, with the alias before it where they are to be `named`."""
    if not named:
        return "".join(f"{_answer(row)}\n" for row in rows)
    return "".join(f"{printable(_alias(row))}\t{_answer(row)}\n" for row in rows)


def _answer(row: Row) -> str:
    return str(row.established) if isinstance(row, Report) and row.is_known else NOTHING


def _alias(row: Row) -> str:
    return row.subject.alias if isinstance(row, Report) else row.alias


def lines(cells_of_each: Sequence[Sequence[str]]) -> str:
    """The cells of each line, apart by TAB."""
    return "".join("\t".join(map(printable, one)) + "\n" for one in cells_of_each)


def cells(row: Row) -> tuple[str, ...]:
    """The fields of one row under `HEADER`."""
    if not isinstance(row, Report):
        return (*settings_cells(row), NOTHING, NOTHING, NOTHING)
    return (
        *settings_cells(row.subject),
        row.status,
        (row.server.label if row.server else "") or NOTHING,
        duration(row.seconds),
    )


def settings_cells(subject: Subject) -> tuple[str, ...]:
    """The first five fields: what the settings say."""
    return (
        subject.alias,
        subject.address or NOTHING,
        subject.database or NOTHING,
        "yes" if subject.tls else NOTHING,
        subject.user or NOTHING,
    )


def duration(seconds: float | None) -> str:
    """`0.4 ms`, `12 ms`, `1.6 s`: two digits are enough."""
    if seconds is None:
        return NOTHING
    if seconds < 0.01:  # noqa: PLR2004 -- 10 ms
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"

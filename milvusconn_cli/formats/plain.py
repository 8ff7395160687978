"""Plain text: a line for each report, its fields apart by TAB, no header, nothing cut."""

from collections.abc import Sequence

from milvusconn_cli.report import Report, Subject
from milvusconn_cli.text import printable

SETTINGS_HEADER = ("ALIAS", "ADDRESS", "DB", "TLS", "USER")
HEADER = (*SETTINGS_HEADER, "STATUS", "SERVER", "TIME")
NOTHING = "-"


def answers(reports: Sequence[Report], *, named: bool) -> str:
    """`True` or `False`, a line each, with the alias before it where they are to be `named`."""
    if not named:
        return "".join(f"{one.established}\n" for one in reports)
    return "".join(f"{printable(one.subject.alias)}\t{one.established}\n" for one in reports)


def lines(cells_of_each: Sequence[Sequence[str]]) -> str:
    """The cells of each line, apart by TAB."""
    return "".join("\t".join(map(printable, one)) + "\n" for one in cells_of_each)


def cells(report: Report) -> tuple[str, ...]:
    """The fields of one report under `HEADER`."""
    return (
        *settings_cells(report.subject),
        report.status,
        (report.server.label if report.server else "") or NOTHING,
        duration(report.seconds),
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

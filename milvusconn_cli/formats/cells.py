"""Values as the cells of a line, which every format for people shows alike."""

from milvusconn_cli.causes import Cause
from milvusconn_cli.report import Report, Row, Subject

SETTINGS_HEADER = ("ALIAS", "ADDRESS", "DB", "TLS", "USER")
HEADER = (*SETTINGS_HEADER, "STATUS", "SERVER", "TIME", "REASON")
CAUSES_HEADER = ("CAUSE", "LAYER", "EXIT", "MEANING")
NOTHING = "-"


def of_row(row: Row) -> tuple[str, ...]:
    """The fields of one row under `HEADER`."""
    if not isinstance(row, Report):
        return (*of_subject(row), NOTHING, NOTHING, NOTHING, NOTHING)
    return (
        *of_subject(row.subject),
        row.status,
        (row.server.label if row.server else "") or NOTHING,
        milliseconds(row.seconds),
        reason(row) or NOTHING,
    )


def reason(row: Row) -> str:
    """Why a connection is not established; empty where the status says it all."""
    if not isinstance(row, Report) or row.finding is None:
        return ""
    return "" if row.finding.cause is Cause.DISCONNECTED else row.finding.summary


def milliseconds(seconds: float | None) -> str:
    """`12 ms`, `1600 ms`: one unit, so that a column of them can be compared."""
    return NOTHING if seconds is None else f"{max(1, round(seconds * 1000))} ms"


def of_subject(subject: Subject) -> tuple[str, ...]:
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


def of_cause(cause: Cause) -> tuple[str, ...]:
    """A cause under `CAUSES_HEADER`."""
    return cause.label, cause.layer.value, str(int(cause.exit_code)), cause.summary


def facts_of_cause(cause: Cause) -> list[tuple[str, str]]:
    """Everything about one cause, a name and a text each."""
    return [
        ("Meaning", cause.summary),
        ("Symptoms", cause.shows),
        ("Fix", cause.advice),
        ("Layer", cause.layer.value),
        ("Exit code", str(int(cause.exit_code))),
    ]

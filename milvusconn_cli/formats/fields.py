"""What a row can tell, by name: the columns of `csv`, and the fields of `--format`."""

from collections.abc import Mapping
from typing import NamedTuple

from milvusconn_cli.report import Report, Row, Subject

FIELDS = (
    "alias", "status", "established", "exit_code", "layer", "summary", "advice", "seconds",
    "server", "uri", "address", "database", "tls", "user", "source", "description", "tags",
)  # fmt: skip


class Field(NamedTuple):
    """One value of a row; None where there is none."""

    value: str | float | None

    @property
    def text(self) -> str:
        """The value as text, empty where there is none."""
        return "" if self.value is None else str(self.value)


def values_of(row: Row) -> Mapping[str, Field]:
    """Every field of `FIELDS`."""
    told = _of_report(row) if isinstance(row, Report) else {}
    subject = row.subject if isinstance(row, Report) else row
    told |= _of_subject(subject)
    return {name: Field(told.get(name)) for name in FIELDS}


def _of_subject(subject: Subject) -> dict[str, str | float | None]:
    return {
        "alias": subject.alias,
        "uri": subject.uri,
        "address": subject.address,
        "database": subject.database,
        "tls": None if subject.tls is None else _word(is_so=subject.tls),
        "user": subject.user,
        "source": subject.source,
        "description": subject.description,
        "tags": " ".join(subject.tags) or None,
    }


def _of_report(report: Report) -> dict[str, str | float | None]:
    finding = report.finding
    told: dict[str, str | float | None] = {
        "status": report.status,
        "established": _word(is_so=report.established) if report.is_known else None,
        "exit_code": int(report.exit_code),
        "seconds": None if report.seconds is None else round(report.seconds, 6),
        "server": (report.server.label if report.server else "") or None,
    }
    if finding:
        told |= {
            "layer": finding.cause.layer.value,
            "summary": finding.summary,
            "advice": finding.advice,
        }
    return told


def _word(*, is_so: bool) -> str:
    return "true" if is_so else "false"

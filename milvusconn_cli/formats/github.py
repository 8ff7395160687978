"""`github`: workflow commands, which GitHub Actions shows as annotations.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Sequence

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats.ordering import subject_of
from milvusconn_cli.formats.probes_only import ProbesOnly
from milvusconn_cli.report import Report, Row
from milvusconn_cli.text import printable


class Format(ProbesOnly):
    """An error for each failing connection, a notice for each that is established."""

    tells_reasons = True

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return "".join(map(_annotations, rows))

    def failed(self, command: str | None, error: MilvusconnError) -> str:
        told = [error.message, *([error.hint] if error.hint else [])]
        return _command("error", "milvusconn", told)


def _annotations(row: Row) -> str:
    alias = subject_of(row).alias
    if not isinstance(row, Report):
        return _command("warning", f"Milvus: {alias}", ["not checked"])
    warnings = "".join(
        _command("warning", f"Milvus: {alias}", [warning]) for warning in row.warnings
    )
    if row.finding is None:
        server = f", Milvus {row.server.label}" if row.server and row.server.label else ""
        said = [f"{row.status}: {row.subject.address}{server}"]
        return _command("notice", f"Milvus: {alias}", said) + warnings
    level = "warning" if row.finding.cause is Cause.DISCONNECTED else "error"
    told = [f"{row.status}: {row.finding.summary}", row.finding.advice]
    return _command(level, f"Milvus: {alias}", told) + warnings


def _command(level: str, title: str, lines: Sequence[str]) -> str:
    message = "\n".join(_harmless(line) for line in lines)
    return f"::{level} title={_property(_harmless(title))}::{_data(message)}\n"


def _harmless(text: str) -> str:
    """On one line, and without the mark by which older runners find a command in any text."""
    return printable(text).replace("##[", "## [")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

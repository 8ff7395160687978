"""Probe aliases, and print the reasons of failures."""

from collections.abc import Sequence
from enum import Enum

from milvusconn_cli.cli.hints import fitted
from milvusconn_cli.cli.stderr import print_message, status_line
from milvusconn_cli.connection.target import Target
from milvusconn_cli.exits import ExitCode, most_severe
from milvusconn_cli.formats.progress import line as progress_line
from milvusconn_cli.report import Report, Row


class How(Enum):
    """What a probe has to find out."""

    CONNECTED = "connected"
    HEALTHY = "connected, and healthy"
    IN_FULL = "everything there is to learn"


def ask(
    judged: Sequence[Report | Target],
    timeout: float | None,
    *,
    how: How = How.CONNECTED,
    progress: bool = True,
) -> list[Row]:
    """A row for each, in order; only targets are probed, concurrently.

    After Ctrl-C, those without a result are bare subjects.
    """
    targets = [one for one in judged if isinstance(one, Target)]
    try:
        probed = iter(_probe(targets, timeout, how, progress=progress))
    except KeyboardInterrupt:
        if len(targets) == len(judged):
            raise
        probed = iter([None] * len(targets))
    rows = [next(probed) or one.subject if isinstance(one, Target) else one for one in judged]
    return [fitted(row) if isinstance(row, Report) else row for row in rows]


def probe(target: Target, timeout: float | None, *, progress: bool = True) -> Report:
    """Probe one target."""
    (report,) = _probe([target], timeout, How.CONNECTED, progress=progress)
    if report is None:
        raise KeyboardInterrupt
    return fitted(report)


def _probe(
    targets: Sequence[Target], timeout: float | None, how: How, *, progress: bool
) -> Sequence[Report | None]:
    """Probe all targets; grpc is imported only if there are any."""
    if not targets:
        return []
    from milvusconn_cli.cli import runner  # noqa: PLC0415 -- brings asyncio and grpc

    run = {
        How.CONNECTED: runner.probe_all,
        How.HEALTHY: runner.probe_health_of_all,
        How.IN_FULL: runner.inspect_all,
    }[how]
    with status_line(shown=progress) as show:
        watch = (lambda told: show(progress_line(told))) if show else None
        return run(targets, timeout, watch)


def print_reasons(rows: Sequence[Row]) -> None:
    """Why each failing alias failed, and the warnings."""
    for report in _reports(rows):
        print_warnings([report])
        if report.finding:
            finding = report.finding
            print_message(
                f"{report.subject.alias}: {report.status}: {finding.summary}",
                finding.advice,
                report.status,
            )


def print_warnings(rows: Sequence[Row]) -> None:
    """The warnings of each row."""
    for report in _reports(rows):
        for warning in report.warnings:
            print_message(f"{report.subject.alias}: {warning}")


def print_interruption(rows: Sequence[Row]) -> None:
    """How many aliases were not checked before Ctrl-C."""
    left = len(rows) - len(_reports(rows))
    if left:
        print_message(f"interrupted: {left} of {len(rows)} aliases not checked")


def exit_code_of(rows: Sequence[Row]) -> ExitCode:
    """The most severe exit code; INTERRUPTED if rows were left unknown."""
    if interrupted(rows):
        return ExitCode.INTERRUPTED
    return most_severe(report.exit_code for report in _reports(rows))


def interrupted(rows: Sequence[Row]) -> bool:
    """Whether there is a row of which nothing is known."""
    return len(_reports(rows)) < len(rows)


def _reports(rows: Sequence[Row]) -> list[Report]:
    return [row for row in rows if isinstance(row, Report)]

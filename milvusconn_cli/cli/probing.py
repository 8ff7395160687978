"""Probe aliases, and print the reasons of failures."""

from collections.abc import Sequence
from dataclasses import replace

from milvusconn_cli.cli.stderr import print_message, status_line
from milvusconn_cli.connection.target import Target
from milvusconn_cli.exits import ExitCode, most_severe
from milvusconn_cli.formats.progress import line as progress_line
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.registry.lookup import resolve
from milvusconn_cli.report import Report, Row


def ask(
    registry: Registry,
    aliases: Sequence[str],
    timeout: float | None,
    *,
    quiet: bool = False,
    create: bool = True,
) -> list[Row]:
    """A row for each alias, in order; only targets are probed, concurrently.

    `create` says whether a Milvus Lite database that does not exist is created. After Ctrl-C,
    aliases without a result are bare subjects.
    """
    judged = [creating(resolve(registry, alias), create=create) for alias in aliases]
    targets = [one for one in judged if isinstance(one, Target)]
    try:
        probed = iter(_probe(targets, timeout, quiet=quiet))
    except KeyboardInterrupt:
        if len(targets) == len(judged):
            raise
        probed = iter([None] * len(targets))
    return [next(probed) or one.subject if isinstance(one, Target) else one for one in judged]


def creating(judged: Report | Target, *, create: bool) -> Report | Target:
    """The same, which may or may not create a Milvus Lite database that does not exist."""
    return judged if isinstance(judged, Report) else replace(judged, create=create)


def probe(target: Target, timeout: float | None, *, quiet: bool = False) -> Report:
    """Dial one target."""
    (report,) = _probe([target], timeout, quiet=quiet)
    if report is None:
        raise KeyboardInterrupt
    return report


def _probe(
    targets: Sequence[Target], timeout: float | None, *, quiet: bool
) -> Sequence[Report | None]:
    """Probe all targets; grpc is imported only if there are any."""
    if not targets:
        return []
    from milvusconn_cli.cli import runner  # noqa: PLC0415 -- brings asyncio and grpc

    with status_line(shown=not quiet) as show:
        watch = (lambda progress: show(progress_line(progress))) if show else None
        return runner.probe_all(targets, timeout, watch)


def inspect_one(judged: Report | Target, timeout: float | None) -> Report:
    """Everything that can be learned of one target; a report stays one."""
    if isinstance(judged, Report):
        return judged
    from milvusconn_cli.cli import runner  # noqa: PLC0415 -- brings asyncio and grpc

    return runner.inspect_one(judged, timeout)


def print_reasons(rows: Sequence[Row]) -> None:
    """Why each failing alias failed, and the warnings."""
    for report in _reports(rows):
        print_warnings([report])
        if report.finding:
            finding = report.finding
            print_message(
                f"{report.subject.alias}: {report.status}: {finding.summary}", finding.advice
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

"""The output formats, one a file; each turns reports into text, and none of them prints.

Chosen here by name, and imported when asked for: JSON takes a moment to load, and rich, which
table.py alone knows, as long as a probe.
"""

from collections.abc import Sequence
from enum import Enum

from milvusconn_cli.causes import Cause
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import plain
from milvusconn_cli.report import Report, Row, Subject


class Output(Enum):
    """What `--output` takes."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"


def answers(
    answered: Sequence[Row],
    output: Output,
    exit_code: ExitCode,
    *,
    named: bool,
    color: bool = True,
) -> str:
    """`True` or `False` for each row, as `has` says it; `named` with the alias before it."""
    if output is Output.PLAIN:
        return plain.answers(answered, named=named)
    return rows(answered, output, "has", exit_code, color=color)


def grid(
    header: Sequence[str], lines: Sequence[Sequence[str]], output: Output, *, color: bool = True
) -> str:
    """Lines of cells, with their header as a table, without it as plain text."""
    if output is Output.PLAIN:
        return plain.lines(lines)
    from milvusconn_cli.formats import table  # noqa: PLC0415 -- brings rich

    return table.render(header, lines, color=color)


def causes(told: Sequence[Cause]) -> str:
    """Causes as JSON: the envelope, with `causes` beside the connections that were not asked."""
    from milvusconn_cli.formats import envelope  # noqa: PLC0415 -- brings json

    return envelope.causes(told)


def inspection_of(report: Report, output: Output, *, color: bool) -> str:
    """One report in full."""
    from milvusconn_cli.formats import envelope, inspection  # noqa: PLC0415 -- brings json

    if output is Output.JSON:
        return envelope.document("inspect", [envelope.probed(report)], report.exit_code)
    parts = [
        grid(inspection.STEPS_HEADER, inspection.steps(report), output, color=color),
        grid(inspection.FACTS_HEADER, inspection.facts(report), output, color=color),
    ]
    return "\n".join(parts) if report.steps else parts[1]


def settings(subjects: Sequence[Subject], output: Output, command: str, *, color: bool) -> str:
    """A row for each alias, of its settings alone."""
    if output is Output.JSON:
        from milvusconn_cli.formats import envelope  # noqa: PLC0415 -- brings json

        return envelope.document(command, map(envelope.unprobed, subjects), ExitCode.OK)
    lines = [plain.settings_cells(one) for one in subjects]
    return grid(plain.SETTINGS_HEADER, lines, output, color=color)


def plan(
    fates: Sequence[tuple[Subject, Sequence[str]]],
    headings: Sequence[str],
    output: Output,
    *,
    color: bool,
) -> str:
    """A row for each alias: its settings, and under `headings` what would become of it."""
    lines = [(*plain.settings_cells(subject), *cells) for subject, cells in fates]
    return grid((*plain.SETTINGS_HEADER, *headings), lines, output, color=color)


def rows(
    answered: Sequence[Row],
    output: Output,
    command: str,
    exit_code: ExitCode,
    *,
    color: bool = True,
) -> str:
    """A line for each row, in their order."""
    if output is Output.JSON:
        from milvusconn_cli.formats import envelope  # noqa: PLC0415 -- brings json

        return envelope.document(command, map(envelope.row, answered), exit_code)
    return grid(plain.HEADER, [plain.cells(one) for one in answered], output, color=color)

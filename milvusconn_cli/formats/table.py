"""`table`: aligned columns under a header, for people."""

from collections.abc import Iterator, Sequence

from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import cells
from milvusconn_cli.formats.text_renderer import TextRenderer
from milvusconn_cli.report import Report, Row
from milvusconn_cli.system.environment_info import stdout_encoding
from milvusconn_cli.text import encodable

_OF_FAILURES = ("ALIAS", "ADDRESS", "STATUS", "REASON", "TIME", "DB", "TLS", "USER")
"""What matters of connections that fail; none of them has a server to tell of."""
_ADVICE = "  fix: "


class Format(TextRenderer):
    """A table as wide as the terminal."""

    def grid(self, header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
        """The table, with color if that is allowed and stdout shows it."""
        from milvusconn_cli.formats import rich_table  # noqa: PLC0415 -- brings rich

        return rich_table.render(header, lines, color=self._color)

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return self._columns(cells.HEADER, rows)

    def failing(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return self._columns(_OF_FAILURES, rows)

    def _columns(self, names: Sequence[str], rows: Sequence[Row]) -> str:
        """These columns; a reason only where there is one, and nothing at all of no rows."""
        if not rows:
            return ""
        named = [dict(zip(cells.HEADER, cells.of_row(row), strict=True)) for row in rows]
        for row, told in zip(rows, named, strict=True):
            told["REASON"] = cells.reason(row)
        kept = [name for name in names if name != "REASON" or any(map(cells.reason, rows))]
        return self.grid(kept, [[told[name] for name in kept] for told in named])

    def inspections(self, rows: Sequence[Row], exit_code: ExitCode) -> str:
        reports = [row for row in rows if isinstance(row, Report)]
        return "\n".join(self._in_full(one, named=len(rows) > 1) for one in reports)

    def _in_full(self, report: Report, *, named: bool) -> str:
        """The verdict and what to do, then the layers, then the facts; nothing twice."""
        from milvusconn_cli.formats import inspection  # noqa: PLC0415 -- only `inspect` needs it

        parts = ["".join(self._verdict(report, named=named))]
        steps = inspection.steps(report)
        if steps:
            parts.append(self.grid(inspection.STEPS_HEADER, steps))
        facts = inspection.facts(report)
        if facts:
            parts.append(self.grid(inspection.FACTS_HEADER, facts))
        return "\n".join(parts)

    def _verdict(self, report: Report, *, named: bool) -> Iterator[str]:
        from milvusconn_cli.formats import inspection, rich_table  # noqa: PLC0415 -- the same

        fits = encodable(inspection.PASSED, stdout_encoding()) == inspection.PASSED
        mark = inspection.mark(report, ascii_only=not fits)
        name = f"{report.subject.alias}: " if named else ""
        start = f"{mark} {name}{report.status}"
        said = inspection.said(report)
        yield rich_table.headline(start, said, report.status, color=self._color)
        if report.finding:
            yield rich_table.paragraph(_ADVICE, report.finding.advice)
        for warning in report.warnings:
            yield rich_table.paragraph("  warning: ", warning)

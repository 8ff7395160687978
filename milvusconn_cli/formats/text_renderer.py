"""What the formats for people share: everything is lines of cells under a header."""

from abc import abstractmethod
from collections.abc import Sequence

from milvusconn_cli.causes import Cause
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import cells
from milvusconn_cli.formats.renderer import Planned, Renderer, Script, Setting
from milvusconn_cli.report import Report, Row, Subject
from milvusconn_cli.text import printable


class TextRenderer(Renderer):
    """A format made of lines of cells; a subclass says how these look."""

    @abstractmethod
    def grid(self, header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
        """Lines of cells under a header."""

    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        return self.rows("has", rows, exit_code)

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return self.grid(cells.HEADER, [cells.of_row(row) for row in rows])

    def subjects(self, command: str, subjects: Sequence[Subject]) -> str:
        return self.grid(cells.SETTINGS_HEADER, [cells.of_subject(one) for one in subjects])

    def names(self, command: str, subjects: Sequence[Subject]) -> str:
        return "".join(f"{printable(one.alias)}\n" for one in subjects)

    def address(self, subject: Subject, address: str) -> str:
        return f"{printable(address)}\n"

    def settings(self, subject: Subject, settings: Sequence[Setting]) -> str:
        return self.grid(("SETTING", "VALUE", "FROM"), settings)

    def inspections(self, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return "\n".join(self._inspection(row) for row in rows if isinstance(row, Report))

    def _inspection(self, report: Report) -> str:
        from milvusconn_cli.formats import inspection  # noqa: PLC0415 -- only `inspect` needs it

        facts = self.grid(inspection.FACTS_HEADER, inspection.everything(report))
        if not report.steps:
            return facts
        return self.grid(inspection.STEPS_HEADER, inspection.steps(report)) + "\n" + facts

    def causes(self, causes: Sequence[Cause]) -> str:
        return self.grid(cells.CAUSES_HEADER, [cells.of_cause(cause) for cause in causes])

    def cause(self, cause: Cause) -> str:
        return self.grid(("CAUSE", cause.label), cells.facts_of_cause(cause))

    def scripts(self, scripts: Sequence[Script]) -> str:
        if any(one.text is not None for one in scripts):
            return "".join(one.text or "" for one in scripts)
        lines = [(one.shell, one.state, one.place or cells.NOTHING) for one in scripts]
        return self.grid(("SHELL", "STATE", "PLACE"), lines)

    def plan(self, planned: Sequence[Planned], exit_code: ExitCode) -> str:
        header = (*cells.SETTINGS_HEADER, "WOULD", "SECRET")
        lines = [
            (*cells.of_subject(one.subject), one.action, one.secret or cells.NOTHING)
            for one in planned
        ]
        return self.grid(header, lines)

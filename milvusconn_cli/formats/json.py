"""`json`: the envelope of docs/schema/, one document for success and failure."""

from collections.abc import Sequence

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import envelope
from milvusconn_cli.formats.renderer import Planned, Renderer, Script, Setting
from milvusconn_cli.report import Row, Subject


class Format(Renderer):
    """JSON, for programs."""

    names_show_settings = True

    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        return self.rows("has", rows, exit_code)

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return envelope.document(command, map(envelope.row, rows), exit_code)

    def subjects(self, command: str, subjects: Sequence[Subject]) -> str:
        return envelope.document(command, map(envelope.unprobed, subjects), ExitCode.OK)

    def names(self, command: str, subjects: Sequence[Subject]) -> str:
        return self.subjects(command, subjects)

    def changed(self, command: str, subjects: Sequence[Subject]) -> str:
        return self.subjects(command, subjects)

    def address(self, subject: Subject, address: str) -> str:
        return self.subjects("address", [subject])

    def settings(self, subject: Subject, settings: Sequence[Setting]) -> str:
        return envelope.document("show", [envelope.with_settings(subject, settings)], ExitCode.OK)

    def inspections(self, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return self.rows("inspect", rows, exit_code)

    def causes(self, causes: Sequence[Cause]) -> str:
        return envelope.causes(causes)

    def cause(self, cause: Cause) -> str:
        return envelope.causes([cause])

    def scripts(self, scripts: Sequence[Script]) -> str:
        return envelope.document(
            "completion", [], ExitCode.OK, shells=list(map(envelope.script, scripts))
        )

    def plan(self, planned: Sequence[Planned], exit_code: ExitCode) -> str:
        return _import(planned, exit_code, dry_run=True)

    def imported(self, planned: Sequence[Planned]) -> str:
        return _import(planned, ExitCode.OK, dry_run=False)

    def failed(self, command: str | None, error: MilvusconnError) -> str:
        return envelope.document(command, [], error.exit_code, error)


def _import(planned: Sequence[Planned], exit_code: ExitCode, *, dry_run: bool) -> str:
    rows = [envelope.unprobed(one.subject, action=one.action, secret=one.secret) for one in planned]
    return envelope.document("import", rows, exit_code, dry_run=dry_run)

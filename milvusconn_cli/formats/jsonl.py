"""`jsonl`: JSON Lines, one object a line, so that a reader can begin before the end."""

import json
from collections.abc import Iterable, Sequence

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import envelope
from milvusconn_cli.formats.renderer import Planned, Renderer, Script, Setting
from milvusconn_cli.report import Row, Subject


class Format(Renderer):
    """The rows of `json`, each on a line of its own, without the envelope."""

    names_show_settings = True

    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        return _lines(map(envelope.row, rows))

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return _lines(map(envelope.row, rows))

    def subjects(self, command: str, subjects: Sequence[Subject]) -> str:
        return _lines(map(envelope.unprobed, subjects))

    def names(self, command: str, subjects: Sequence[Subject]) -> str:
        return self.subjects(command, subjects)

    def changed(self, command: str, subjects: Sequence[Subject]) -> str:
        return self.subjects(command, subjects)

    def address(self, subject: Subject, address: str) -> str:
        return self.subjects("address", [subject])

    def settings(self, subject: Subject, settings: Sequence[Setting]) -> str:
        return _lines([envelope.with_settings(subject, settings)])

    def inspections(self, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return _lines(map(envelope.row, rows))

    def causes(self, causes: Sequence[Cause]) -> str:
        return _lines(map(envelope.explanation, causes))

    def cause(self, cause: Cause) -> str:
        return self.causes([cause])

    def scripts(self, scripts: Sequence[Script]) -> str:
        return _lines(map(envelope.script, scripts))

    def plan(self, planned: Sequence[Planned], exit_code: ExitCode) -> str:
        return self.imported(planned)

    def imported(self, planned: Sequence[Planned]) -> str:
        return _lines(
            envelope.unprobed(one.subject, action=one.action, secret=one.secret) for one in planned
        )

    def failed(self, command: str | None, error: MilvusconnError) -> str:
        return _lines([{"command": command, "error": envelope.error_of(error)}])


def _lines(objects: Iterable[dict[str, object]]) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in objects)

"""What formats share that can show the results of probes, and nothing else."""

from collections.abc import Sequence
from typing import NoReturn

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats.renderer import Planned, Renderer, Script, Setting
from milvusconn_cli.report import Row, Subject


class ProbesOnly(Renderer):
    """A format of rows; a subclass says how these look.

    Only verbs that probe offer it, and of them only `list` can be asked not to probe.
    """

    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        return self.rows("has", rows, exit_code)

    def inspections(self, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return self.rows("inspect", rows, exit_code)

    def subjects(self, command: str, subjects: Sequence[Subject]) -> str:
        _refuse()

    def names(self, command: str, subjects: Sequence[Subject]) -> str:
        _refuse()

    def address(self, subject: Subject, address: str) -> str:
        _refuse()

    def settings(self, subject: Subject, settings: Sequence[Setting]) -> str:
        _refuse()

    def causes(self, causes: Sequence[Cause]) -> str:
        _refuse()

    def cause(self, cause: Cause) -> str:
        _refuse()

    def scripts(self, scripts: Sequence[Script]) -> str:
        _refuse()

    def plan(self, planned: Sequence[Planned], exit_code: ExitCode) -> str:
        _refuse()


def _refuse() -> NoReturn:
    raise UsageError(
        "this output format shows results of probes only",
        "use -o plain or -o json, or leave out --names, --no-probe and --quiet",
    )

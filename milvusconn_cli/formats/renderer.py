"""What an output format has to render: everything that a verb prints on stdout."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.report import Row, Subject


class Setting(NamedTuple):
    """One setting of an alias, as `show` prints it."""

    name: str
    value: str
    origin: str
    """The file, variable or URI that it comes from, or `default`."""


class Planned(NamedTuple):
    """What an import does, or would do, to one alias."""

    subject: Subject
    action: str
    """`register`, `replace`, `keep`, or `refuse`."""
    secret: str | None
    """Where its secret comes from; None if it has none."""


class Script(NamedTuple):
    """A shell's completion script, as `completion` prints it."""

    shell: str
    state: str
    place: str | None
    text: str | None
    """The script itself; None if only its state was asked for."""


class Renderer(ABC):
    """One output format. Each method returns the text for stdout, which may be empty."""

    names_show_settings = False
    """Whether `names` shows more of an alias than its name."""

    tells_reasons = False
    """Whether the rows themselves say why, so that stderr need not repeat it."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def exit_code(self, rows: Sequence[Row], answer: ExitCode) -> int:
        """What the process exits with; formats that have their own exit codes say which."""
        return answer

    def exit_code_of_failure(self, error: MilvusconnError) -> int:
        """The same for a command that could not go on."""
        return error.exit_code

    @abstractmethod
    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        """The answers of `has`; `named` if the alias is to stand beside its answer."""

    @abstractmethod
    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        """One line for each probed alias, in the given order."""

    def failing(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        """The same for aliases that all fail: the reasons matter most."""
        return self.rows(command, rows, exit_code)

    @abstractmethod
    def subjects(self, command: str, subjects: Sequence[Subject]) -> str:
        """One line for each alias with its settings, without a probe."""

    @abstractmethod
    def names(self, command: str, subjects: Sequence[Subject]) -> str:
        """The names of the aliases alone."""

    @abstractmethod
    def address(self, subject: Subject, address: str) -> str:
        """The answer of `address`."""

    @abstractmethod
    def settings(self, subject: Subject, settings: Sequence[Setting]) -> str:
        """The answer of `show`."""

    @abstractmethod
    def inspections(self, rows: Sequence[Row], exit_code: ExitCode) -> str:
        """The answer of `inspect`: each report in full."""

    @abstractmethod
    def causes(self, causes: Sequence[Cause]) -> str:
        """The answer of `explain` without a cause."""

    @abstractmethod
    def cause(self, cause: Cause) -> str:
        """The answer of `explain` for one cause."""

    @abstractmethod
    def scripts(self, scripts: Sequence[Script]) -> str:
        """The answer of `completion`: each shell's script, or its state."""

    @abstractmethod
    def plan(self, planned: Sequence[Planned], exit_code: ExitCode) -> str:
        """The answer of `import --dry-run`."""

    def imported(self, planned: Sequence[Planned]) -> str:
        """The answer of `import`; formats for people leave it to stderr."""
        return ""

    def changed(self, command: str, subjects: Sequence[Subject]) -> str:
        """The answer of a verb that changed aliases; formats for people leave it to stderr."""
        return ""

    def failed(self, command: str | None, error: MilvusconnError) -> str:
        """The answer of a command that could not go on; formats for people leave it to stderr."""
        return ""

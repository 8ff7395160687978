"""`--format`: a line for each row, as a template of the user's says."""

import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from milvusconn_cli.disclosure import quoted, suggestion
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats.fields import FIELDS, Field, values_of
from milvusconn_cli.formats.probes_only import ProbesOnly
from milvusconn_cli.report import Row, Subject
from milvusconn_cli.text import printable

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|\\([tn\\])|[{}]")
_FIELD = re.compile(r"([a-z_]*)(?::([<>^]?)([0-9]{0,3})(?:\.([0-9])f)?)?")
_ESCAPED = {"t": "\t", "n": "\n", "\\": "\\"}
_NOTHING = "-"
_SYNTAX = "a field is {NAME}, {NAME:20} or {NAME:>8.3f}; {{ and }} are braces"


class _Place:
    """A field in a template, with its width."""

    def __init__(self, field: str) -> None:
        read = _FIELD.fullmatch(field)
        if read is None:
            _refuse("a field of --format is not valid", _SYNTAX)
        self._name, self._side, width, self._digits = read.groups()
        if self._name not in FIELDS:
            _refuse(
                f"--format has no field{quoted(self._name)}",
                suggestion(self._name, FIELDS) or f"fields: {', '.join(FIELDS)}",
            )
        self._width = int(width or 0)

    def of(self, row: dict[str, Field]) -> str:
        """The field's text, as wide as it has to be."""
        value = row[self._name].value
        text = f"{value:.{self._digits}f}" if self._is_rounded(value) else row[self._name].text
        is_number = isinstance(value, int | float)
        shown = printable(text) or _NOTHING
        match self._side or (">" if is_number else "<"):
            case ">":
                return shown.rjust(self._width)
            case "^":
                return shown.center(self._width)
            case _:
                return shown.ljust(self._width)

    def _is_rounded(self, value: object) -> bool:
        return self._digits is not None and isinstance(value, int | float)


class Format(ProbesOnly):
    """Lines of the user's own."""

    def __init__(self, template: str) -> None:
        super().__init__(color=False)
        self._pieces = list(_pieces(template))

    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        return self._lines(rows)

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return self._lines(rows)

    def subjects(self, command: str, subjects: Sequence[Subject]) -> str:
        return self._lines(subjects)

    def names(self, command: str, subjects: Sequence[Subject]) -> str:
        return self._lines(subjects)

    def _lines(self, rows: Sequence[Row]) -> str:
        return "".join(self._line(dict(values_of(row))) + "\n" for row in rows)

    def _line(self, row: dict[str, Field]) -> str:
        return "".join(one if isinstance(one, str) else one.of(row) for one in self._pieces)


def _pieces(template: str) -> Iterator[str | _Place]:
    """The text and the fields of a template, in order."""
    end = 0
    for found in _PIECE.finditer(template):
        yield template[end : found.start()]
        end = found.end()
        if found[0] in ("{{", "}}"):
            yield found[0][0]
        elif found[2] is not None:
            yield _ESCAPED[found[2]]
        elif found[1] is None:
            _refuse(f"--format has a single {found[0]}", _SYNTAX)
        else:
            yield _Place(found[1])
    yield template[end:]


def _refuse(message: str, hint: str) -> NoReturn:
    raise UsageError(message, hint)

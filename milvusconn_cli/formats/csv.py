"""`csv`: comma-separated values of RFC 4180 under a header, for spreadsheets."""

import re
from collections.abc import Sequence

from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import cells
from milvusconn_cli.formats.fields import FIELDS, values_of
from milvusconn_cli.formats.text_renderer import TextRenderer
from milvusconn_cli.report import Row, Subject
from milvusconn_cli.text import printable

_OF_PROBES = (
    "alias", "address", "database", "tls", "user", "status", "exit_code", "server", "seconds",
    "summary", "tags",
)  # fmt: skip
_OF_SETTINGS = ("alias", "address", "database", "tls", "user", "tags", "description")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_QUOTED = re.compile(r'[",\r\n]|^ | $')
_END = "\r\n"


class Format(TextRenderer):
    """Comma-separated values; the columns are those of `--format`."""

    def grid(self, header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
        """A header in small letters, then a record for each line; what is missing is empty."""
        names = [name.lower().replace(" ", "_") for name in header]
        return _records(names, [["" if one == cells.NOTHING else one for one in x] for x in lines])

    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        return self.rows("has", rows, exit_code)

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return _of(_OF_PROBES, rows)

    def subjects(self, command: str, subjects: Sequence[Subject]) -> str:
        return _of(_OF_SETTINGS, subjects)

    def names(self, command: str, subjects: Sequence[Subject]) -> str:
        return _of(("alias",), subjects)

    def address(self, subject: Subject, address: str) -> str:
        return _of(("alias", "address"), [subject])

    def inspections(self, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return _of(FIELDS, rows)


def _of(names: Sequence[str], rows: Sequence[Row]) -> str:
    return _records(names, [[values_of(row)[name].text for name in names] for row in rows])


def _records(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "".join(",".join(map(_cell, line)) + _END for line in [header, *lines])


def _cell(text: str) -> str:
    """A field, quoted where it has to be.

    A spreadsheet runs what begins with `=`, `+`, `-` or `@` as a formula, so an apostrophe goes
    before it: the words of a server must not be a program.
    """
    shown = printable(text)
    if _FORMULA.match(shown) and not _NUMBER.fullmatch(shown):
        shown = f"'{shown}"
    return '"' + shown.replace('"', '""') + '"' if _QUOTED.search(shown) else shown

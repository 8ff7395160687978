"""`plain`: one line for each row, tab-separated, without a header; nothing is cut."""

from collections.abc import Sequence

from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import cells
from milvusconn_cli.formats.text_renderer import TextRenderer
from milvusconn_cli.report import Report, Row
from milvusconn_cli.text import printable


class Format(TextRenderer):
    """Plain text, for grep, cut and awk."""

    def grid(self, header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
        """The cells of each line, separated by tabs."""
        return "".join("\t".join(map(printable, line)) + "\n" for line in lines)

    def answers(self, rows: Sequence[Row], exit_code: ExitCode, *, named: bool) -> str:
        """`True` or `False`, one line each; `named` puts the alias before it."""
        if not named:
            return "".join(f"{_answer(row)}\n" for row in rows)
        return "".join(f"{printable(_alias(row))}\t{_answer(row)}\n" for row in rows)


def _answer(row: Row) -> str:
    return str(row.established) if isinstance(row, Report) and row.is_known else cells.NOTHING


def _alias(row: Row) -> str:
    return row.subject.alias if isinstance(row, Report) else row.alias

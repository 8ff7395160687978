"""`table`: aligned columns under a header, for people."""

from collections.abc import Sequence

from milvusconn_cli.formats.text_renderer import TextRenderer


class Format(TextRenderer):
    """A table as wide as the terminal."""

    def grid(self, header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
        """The table, with color if that is allowed and stdout shows it."""
        from milvusconn_cli.formats import rich_table  # noqa: PLC0415 -- brings rich

        return rich_table.render(header, lines, color=self._color)

"""Help screens: typer's own, and under it the examples and the exit codes of the manual."""

import shutil
from contextlib import AbstractContextManager
from typing import Protocol

from typer.core import TyperCommand, TyperGroup

from milvusconn_cli.cli.manual import PAGES, Page
from milvusconn_cli.cli.stderr import PROGRAM

_WIDEST, _NARROWEST = 80, 30


class HelpFormatter(Protocol):
    """What a screen is written on: typer's formatter, whose class has no public name."""

    def write(self, string: str, /) -> None:
        """Write it as it is."""

    def write_text(self, text: str, /) -> None:
        """Write it indented, and wrapped to the terminal's width."""

    def write_dl(self, rows: list[tuple[str, str]], /) -> None:
        """Write terms and what they mean, in two columns."""

    def section(self, name: str, /) -> AbstractContextManager[None]:
        """Write a heading, under which the rest is indented."""
        ...


class VerbHelp(TyperCommand):
    """A verb that tells how it is used, and how it can end."""

    def format_epilog(self, ctx: object, formatter: HelpFormatter) -> None:  # noqa: ARG002 -- typer's
        """Write what the manual has of this verb; nothing where it has no page."""
        page = PAGES.get(self.name or "")
        if page:
            _write(page, formatter)


class ProgramHelp(TyperGroup):
    """The whole program, with where to read on."""

    def format_commands(self, ctx: object, formatter: HelpFormatter) -> None:  # noqa: ARG002 -- typer's
        """Write each verb with its whole sentence: typer's own would cut it where it is narrow."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, _first_paragraph(one.help)) for name, one in self.commands.items()]
            )

    def format_epilog(self, ctx: object, formatter: HelpFormatter) -> None:  # noqa: ARG002 -- typer's
        """Write what the manual has of the whole, and how to go on from here."""
        _write(PAGES[PROGRAM], formatter)
        formatter.write("\n")
        formatter.write_text(f"Run `{PROGRAM} COMMAND -h` for the options of a command.")


def screen_width() -> int:
    """Columns of a screen. typer's own would never be narrower than 50."""
    return max(min(shutil.get_terminal_size().columns, _WIDEST) - 2, _NARROWEST)


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").partition("\n\n")[0].split())


def _write(page: Page, paper: HelpFormatter) -> None:
    with paper.section("Examples"):
        for wanted, command in page.examples:
            paper.write_text(wanted)
            # Not wrapped: a line that is cut in two cannot be pasted.
            paper.write(f"      {command}\n")
    with paper.section("Exit codes"):
        paper.write_dl([(str(int(code)), meaning) for code, meaning in page.codes()])

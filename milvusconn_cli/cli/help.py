"""Help screens: typer's own, and under it the examples of the manual.

Exit codes have a screen of their own: `milvusconn help exit-codes`.
"""

import shutil
from collections.abc import Mapping

from milvusconn_cli.cli.manual import PAGES, Page
from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.cli.typer_adapter import HelpScreen, program_class, verb_class

_WIDEST, _NARROWEST = 80, 30


def screen_width() -> int:
    """Columns of a screen. typer's own would never be narrower than 50."""
    return max(min(shutil.get_terminal_size().columns, _WIDEST) - 2, _NARROWEST)


def _write_verb(name: str, screen: HelpScreen) -> None:
    """Write what the manual has of a verb; nothing where it has no page."""
    page = PAGES.get(name)
    if page:
        _write(page, screen)


def _write_commands(help_of_verb: Mapping[str, str], screen: HelpScreen) -> None:
    """Write each verb with its whole sentence: typer's own would cut it where it is narrow."""
    with screen.section("Commands"):
        screen.write_dl([(name, _first_paragraph(one)) for name, one in help_of_verb.items()])


def _write_program(screen: HelpScreen) -> None:
    """Write what the manual has of the whole, and how to go on from here."""
    _write(PAGES[PROGRAM], screen)
    screen.write("\n")
    screen.write_text(f"Run `{PROGRAM} COMMAND -h` for the options of a command.")
    screen.write_text(f"Run `{PROGRAM} help exit-codes` for what the exit codes mean.")


def _first_paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def _write(page: Page, screen: HelpScreen) -> None:
    with screen.section("Examples"):
        for wanted, command in page.examples:
            screen.write_text(wanted)
            # Not wrapped: a line that is cut in two cannot be pasted.
            screen.write(f"      {command}\n")


_CONNECTION_OPTIONS = frozenset(
    {
        *("uri", "address", "host", "port", "db", "user", "password", "ask_password", "token"),
        *("tls", "ca", "cert", "key", "server_name"),
    }
)
VerbHelp = verb_class(_write_verb, _CONNECTION_OPTIONS)
"""A verb that tells how it is used, and how it can end."""
ProgramHelp = program_class(_write_commands, _write_program)
"""The whole program, with where to read on."""

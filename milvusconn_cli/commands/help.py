"""`help`: a command's help screen, or what the exit codes mean.

`app.main` reads `help VERB` as `VERB --help`, so only topics come here.
"""

from typing import Annotated

import typer

from milvusconn_cli.cli.manual import MEANINGS, PAGES, causes_of
from milvusconn_cli.cli.options import NoColor
from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.cli.usage_errors import meant_verb
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import table

EXIT_CODES = "exit-codes"

Topic = Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="A command, or exit-codes.")]


def help_(topic: Topic = None, *, no_color: NoColor = False) -> ExitCode:
    """Show the help of a command, or what the exit codes mean.

    With several aliases, the exit code is the most severe one: problems that a retry can't fix
    come first.
    """
    if topic != EXIT_CODES:
        near = meant_verb(topic or "", [EXIT_CODES, *PAGES])
        usual = f"`{PROGRAM} help` lists the commands, `{PROGRAM} help {EXIT_CODES}` the exit codes"
        raise UsageError(
            "no such topic", f"did you mean `{PROGRAM} help {near}`?" if near else usual
        )
    rows = [(str(int(code)), said, ", ".join(causes_of(code))) for code, said in MEANINGS.items()]
    write(table.Format(color=not no_color).grid(("CODE", "MEANING", "CAUSES"), rows))
    return ExitCode.OK

"""`exec`: become another program, with an alias as its environment variables."""

import os
from typing import Annotated

import typer

from milvusconn_cli.cli.handing_over import variables_of
from milvusconn_cli.cli.options import Config, Quiet, RequiredAlias
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.disclosure import quoted
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.handover.variables import to_clear
from milvusconn_cli.system.replace_process import Process

Command = Annotated[
    list[str], typer.Argument(metavar="COMMAND...", help="The command, after `--`.")
]


def exec_(
    alias: RequiredAlias, command: Command, *, quiet: Quiet = False, config: Config = None
) -> ExitCode:
    """Run COMMAND with the variables that `env` prints, secret included.

    COMMAND replaces milvusconn in the same process: the exit code is COMMAND's, and signals reach
    it directly.
    """
    given = variables_of(alias, config, quiet=quiet)
    cleared = to_clear(given, os.environ)
    kept = {name: text for name, text in os.environ.items() if name not in cleared}
    return _become(command, {**kept, **given})


def _become(command: list[str], environment: dict[str, str]) -> ExitCode:
    """Replace this process; the exit code where that fails, as a shell has it."""
    try:
        Process().become(command, environment)
    except (FileNotFoundError, NotADirectoryError):
        print_message(f"command not found{quoted(command[0])}")
        return ExitCode.NOT_FOUND
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        print_message(f"the command{quoted(command[0])} cannot be run: {reason}")
        return ExitCode.NOT_RUN

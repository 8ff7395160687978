"""`env`: an alias as environment variables, its secret among them."""

import os
import sys
from typing import Annotated

import typer

from milvusconn_cli.cli.handing_over import variables_of
from milvusconn_cli.cli.options import Config, OptionalAlias, Quiet, alias_or_default
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.errors import ConfigError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.handover import shells
from milvusconn_cli.handover.shells import Shell
from milvusconn_cli.handover.variables import to_clear

ForShell = Annotated[
    Shell | None,
    typer.Option("--shell", metavar="SHELL", help="sh, fish or powershell. Default: sh."),
]
Dotenv = Annotated[bool, typer.Option("--dotenv", help="Print a .env file.")]
Docker = Annotated[bool, typer.Option("--docker", help="Print a file for docker --env-file.")]


def env(
    alias: OptionalAlias = None,
    *,
    shell: ForShell = None,
    dotenv: Dotenv = False,
    docker: Docker = False,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Print environment variables for ALIAS, including its secret.

    For programs that read MILVUS_URI, MILVUS_TOKEN and so on. Unsets those of another alias.
    """
    if sum((shell is not None, dotenv, docker)) > 1:
        raise UsageError("use only one of --shell, --dotenv and --docker")
    given = variables_of(alias_or_default(alias), config, quiet=quiet)
    if dotenv:
        text = shells.dotenv(given)
    elif docker:
        text = shells.docker(given)
    else:
        text = shells.SCRIPTS[shell or Shell.SH](given, to_clear(given, os.environ))
    _check_encoding(text)
    write(text)
    return ExitCode.OK


def _check_encoding(text: str) -> None:
    """Escapes would change a value: what stdout cannot encode is not printed."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        message = f"standard output is {encoding}, which cannot encode all values"
        raise ConfigError(message, "set PYTHONIOENCODING=utf-8") from None

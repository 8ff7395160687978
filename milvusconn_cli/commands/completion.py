"""`completion`: the scripts for the shells, shown, installed, taken away."""

import os
from enum import Enum
from typing import Annotated

import typer

from milvusconn_cli.cli.options import ChosenOutput, NoColor, Quiet
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.cli.typer_adapter import running_application
from milvusconn_cli.completion import SCRIPTS
from milvusconn_cli.completion.model import read
from milvusconn_cli.completion.places import CURRENT, Place, guessed_shell, place_of
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.formats.renderer import Script


class Shell(Enum):
    """The shells that `SCRIPTS` has one for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


class Action(Enum):
    """What to do with a script."""

    SHOW = "show"
    INSTALL = "install"
    UNINSTALL = "uninstall"
    STATUS = "status"


def completion(
    context: typer.Context,
    action: Annotated[
        Action, typer.Argument(metavar="ACTION", help="show, install, uninstall or status.")
    ],
    shell: Annotated[
        Shell | None,
        typer.Argument(
            metavar="[SHELL]", help="bash, zsh, fish or powershell. Default: your shell."
        ),
    ] = None,
    *,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> ExitCode:
    """Set up completion for bash, zsh, fish or PowerShell.

    `show` prints SHELL's script; `install` writes it to the shell's directory for user scripts,
    and edits no startup file; `uninstall` removes that file; `status` shows where each shell's
    script is, and whether it is up to date.
    """
    program = read(running_application(context))
    names = [shell.value] if shell else _meant(action)
    scripts = {place_of(name, os.environ): SCRIPTS[name](program) for name in names}
    for place, script in scripts.items():
        done = _ACTIONS[action](place, script)
        if done and not quiet and output is not Output.JSON:
            print_message(
                f"{place.shell}: {done}", place.needs if action is Action.INSTALL else None
            )
    if output is Output.JSON or action in (Action.SHOW, Action.STATUS):
        shown = [_script(place, script, action) for place, script in scripts.items()]
        write(renderer(output or Output.TABLE, color=not no_color).scripts(shown))
    return ExitCode.OK


def _nothing(_place: Place, _script: str) -> str | None:
    return None


def _install(place: Place, script: str) -> str:
    if place.path is None:
        return "has no directory for completion scripts; nothing was written"
    if place.state(script) == CURRENT:
        return f"up to date: {place.found}"
    place.put(script)
    # A shell that needs a line in its start-up file does not read it yet.
    return f"{'written' if place.needs else 'installed for new shells'}: {place.path}"


def _uninstall(place: Place, script: str) -> str:
    return f"removed: {place.path}" if place.clear(script) else "not installed"


_ACTIONS = {
    Action.SHOW: _nothing,
    Action.INSTALL: _install,
    Action.UNINSTALL: _uninstall,
    Action.STATUS: _nothing,
}


def _meant(action: Action) -> list[str]:
    """The shells that are meant where none is named."""
    if action is Action.STATUS:
        return list(SCRIPTS)
    guessed = guessed_shell(os.environ)
    if guessed is None:
        raise UsageError("which shell?", f"name one of {', '.join(SCRIPTS)}")
    return [guessed]


def _script(place: Place, script: str, action: Action) -> Script:
    found = str(place.found) if place.found else None
    text = script if action is Action.SHOW else None
    return Script(place.shell, place.state(script), found, text)

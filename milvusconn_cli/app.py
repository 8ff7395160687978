"""The door: the verbs, listed, and `main`, the one place where an error becomes an exit code.

Only the verb that is called is built, the others only for `--help`, for `completion` and for a
verb that there is not: typer's work grows with what it is shown.
"""

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from typing import Annotated, NoReturn

import typer

from milvusconn_cli._version import __version__
from milvusconn_cli.cli import signals, typer_adapter, usage_errors
from milvusconn_cli.cli.help import ProgramHelp, VerbHelp, screen_width
from milvusconn_cli.cli.invocation import Invocation
from milvusconn_cli.cli.pasting import pasted, remember_config
from milvusconn_cli.cli.stderr import PROGRAM, forbid_color, print_message
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.errors import MilvusconnError, Terminated
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import ProbeOutput, renderer
from milvusconn_cli.system import limits

HELP_OPTIONS = frozenset({"-h", "--help"})

# Verb, and the function in `commands/` that is it, in the order in which help lists them.
VERBS = {
    "has": "has:has",
    "add": "add:add",
    "connect": "connect:connect",
    "disconnect": "disconnect:disconnect",
    "address": "address:address",
    "list": "list:list_",
    "remove": "remove:remove",
    "show": "show:show",
    "set": "set:set_",
    "edit": "edit:edit",
    "rename": "rename:rename",
    "copy": "copy:copy",
    "import": "import_:import_",
    "export": "export:export",
    "inspect": "inspect:inspect",
    "env": "env:env",
    "exec": "exec_:exec_",
    "wait": "wait:wait",
    "ping": "ping:ping",
    "serve": "serve:serve",
    "explain": "explain:explain",
    "help": "help:help_",
    "completion": "completion:completion",
}
_EVERYWHERE = ("-q", "--quiet", "--no-color", "--no-progress")
_EVERYWHERE_WITH_VALUE = ("-o", "--output", "-t", "--timeout", "--config")
_WITH_VALUE_AT_ONCE = (
    *(f"{option}=" for option in _EVERYWHERE_WITH_VALUE if option.startswith("--")),
    *(option for option in _EVERYWHERE_WITH_VALUE if not option.startswith("--")),
)
_TAKES_COMMAND = frozenset({"wait"})
"""Verbs that hand over to the command after `--`, which typer would take for an argument."""
_SEES_ALL = "completion"
"""The verb that is about all verbs, so that all are built for it."""


def main(argv: Sequence[str] | None = None) -> ExitCode:
    """Run one command line, without the program's name; the exit code is the answer."""
    arguments = help_as_option(verb_first(list(sys.argv[1:] if argv is None else argv)))
    invocation = Invocation()
    remember_config(None)
    forbid_color(forbidden=False)
    try:
        return _run(arguments, invocation)
    except typer.TyperException as error:
        refused = typer_adapter.refusal(error)
        wrong = usage_errors.explain(refused, arguments, _verb(arguments))
        return _failed(wrong, _foreseen(invocation, arguments))
    except MilvusconnError as error:
        return _failed(error, invocation)
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except Terminated:
        return ExitCode.TERMINATED
    except Exception as bug:  # noqa: BLE001 -- the last catcher: nothing foreseen is left
        return _failed(_unforeseen(bug), invocation)


def run() -> NoReturn:
    """The console script."""
    signals.raise_within(main)
    try:
        exit_code = main()
    except KeyboardInterrupt:  # while an error was being told
        exit_code = ExitCode.INTERRUPTED
    except Terminated:
        exit_code = ExitCode.TERMINATED
    leave(exit_code)


def leave(exit_code: ExitCode) -> NoReturn:
    """End the process now. Python's own teardown would take longer than the answer did.

    Nothing is left to flush: stdout is written whole by `stdout.write`, stderr line by line.
    Coverage needs the teardown, and asks for it with MILVUSCONN_TEARDOWN.
    """
    if os.environ.get("MILVUSCONN_TEARDOWN"):
        sys.exit(exit_code)
    os._exit(exit_code)


def application(verbs: Sequence[str]) -> typer.Typer:
    """The typer application with these verbs."""
    app = typer.Typer(
        name=PROGRAM,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        cls=ProgramHelp,
        context_settings={
            "help_option_names": sorted(HELP_OPTIONS),
            "terminal_width": screen_width(),
        },
    )
    app.callback()(_whole_program)
    for verb in verbs:
        app.command(verb, cls=VerbHelp)(_command(verb))
    return app


def _run(arguments: list[str], invocation: Invocation) -> ExitCode:
    known = bool(arguments) and arguments[0] in VERBS
    if known and arguments[1:] == ["--version"]:
        arguments, known = ["--version"], False
    if "--" in arguments and _verb(arguments) in _TAKES_COMMAND:
        # typer drops the first one: the verb sees the second.
        arguments.insert(arguments.index("--"), "--")
    if _verb(arguments) == "list":
        arguments = _with_value(arguments, "--watch", "10")
    alone = known and arguments[0] != _SEES_ALL
    app = application(arguments[:1] if alone else list(VERBS))
    # Exit 0 would tell a script with an empty variable that all is well.
    wanted, otherwise = (arguments, ExitCode.OK) if arguments else (["--help"], ExitCode.USAGE)
    # typer prints help itself; stdout has one writer, which knows of full disks and closed pipes.
    paper = StringIO() if HELP_OPTIONS.intersection(wanted) else sys.stdout
    with redirect_stdout(paper):
        answer = typer_adapter.run(app, wanted, PROGRAM, invocation)
    if isinstance(paper, StringIO):
        write(paper.getvalue())
    return ExitCode(answer or otherwise)


def verb_first(arguments: list[str]) -> list[str]:
    """The command line with the verb before the options that mean the same everywhere."""
    place = 0
    while place < len(arguments):
        word = arguments[place]
        if word in _EVERYWHERE_WITH_VALUE:
            place += 2
        elif word in _EVERYWHERE or word.startswith(_WITH_VALUE_AT_ONCE):
            place += 1
        else:
            break
    if place >= len(arguments) or arguments[place].startswith("-"):
        return arguments
    return [arguments[place], *arguments[:place], *arguments[place + 1 :]]


def help_as_option(arguments: list[str]) -> list[str]:
    """`help VERB` as `VERB --help`, and `help` alone as `--help`."""
    if arguments == ["help"]:
        return ["--help"]
    if arguments[:1] == ["help"] and arguments[1:] and arguments[1] in VERBS:
        return [arguments[1], "--help"]
    return arguments


def _with_value(arguments: list[str], option: str, default: str) -> list[str]:
    """The arguments, with a value after an option that may stand without one."""
    place = arguments.index(option) if option in arguments else -1
    following = arguments[place + 1 : place + 2]
    if place < 0 or (following and not following[0].startswith("-")):
        return arguments
    return [*arguments[: place + 1], default, *arguments[place + 1 :]]


def _verb(arguments: Sequence[str]) -> str | None:
    """The first word that is a verb; options may stand before it."""
    return next((word for word in arguments if word in VERBS), None)


def _foreseen(invocation: Invocation, arguments: list[str]) -> Invocation:
    """The invocation, with the output that was asked for where typer did not come to read it."""
    found = re.search(r"(^| )(-q?o[ =]?|--output[ =])([a-z]+)( |$)", " ".join(arguments))
    known = {one.value: one for one in ProbeOutput}
    if invocation.output is None and found and found[3] in known:
        return Invocation(_verb(arguments), known[found[3]])
    return invocation


def _command(verb: str) -> Callable[..., ExitCode]:
    module, _, function = VERBS[verb].partition(":")
    command: Callable[..., ExitCode] = getattr(
        import_module(f"milvusconn_cli.commands.{module}"), function
    )
    return command


def _print_version(wanted: bool) -> None:  # noqa: FBT001 -- typer's callback
    if wanted:
        write(f"{PROGRAM} {__version__}\n")
        raise typer.Exit


def _whole_program(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Check whether a Milvus connection is established, and if not, why not."""


def _failed(error: MilvusconnError, invocation: Invocation) -> ExitCode:
    """Report an error that ends the command: on stderr, and on stdout if the format does."""
    print_message(error.message, error.hint)
    error.hint = error.hint and pasted(error.hint)
    if invocation.output is None or error.exit_code is ExitCode.OUTPUT:
        return error.exit_code
    chosen = renderer(invocation.output)
    text = chosen.failed(invocation.command, error)
    if text:
        try:
            write(text)
        except MilvusconnError as second:
            return _failed(second, invocation)
    return ExitCode(chosen.exit_code_of_failure(error))


def _unforeseen(bug: Exception) -> MilvusconnError:
    """A fault of this program: never a cause, never a traceback that nobody asked for."""
    limit = limits.shortage(bug)
    if limit is not None:
        return limit
    from milvusconn_cli import internal_error  # noqa: PLC0415 -- brings traceback

    words = internal_error.description(bug)
    return MilvusconnError(f"internal error: {words}", internal_error.HINT)

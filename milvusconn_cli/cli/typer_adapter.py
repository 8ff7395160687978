"""The one place that depends on typer's internals; the rest uses what typer documents.

typer carries its own copy of click since 0.26, and neither its parsed commands nor its errors have
a public interface. What the program needs from them is turned into values here: the parameters of
a command, what a usage error is about, and the hooks of the help screens. An upgrade of typer
that changes these changes this file.
"""

import functools
import inspect
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, TypeVar, get_args, get_type_hints

import typer
import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from milvusconn_cli.values import positional_value_class, value_class

Answer = TypeVar("Answer")


@value_class
class Parameter:
    """An option or an argument, as typer parsed its declaration."""

    is_option: bool
    names: tuple[str, ...]
    """An option's names, such as `--timeout` and `-t`."""
    negative_names: tuple[str, ...]
    """The names that switch it off, such as `--no-tls`."""
    metavar: str
    """With brackets, such as `[ALIAS]...`."""
    help: str
    choices: tuple[str, ...]
    type_name: str
    """typer's name of the type: `float`, `path`, `text` …"""
    required: bool
    takes_value: bool
    takes_file: bool
    repeatable: bool
    hidden: bool


@value_class
class Verb:
    """A command of the program."""

    name: str
    help: str
    parameters: tuple[Parameter, ...]


@value_class
class Application:
    """The program as typer built it."""

    name: str
    help: str
    parameters: tuple[Parameter, ...]
    verbs: tuple[Verb, ...]


class Problem(Enum):
    """What is wrong with a command line."""

    INVALID_VALUE = "invalid value"
    MISSING_PARAMETER = "missing parameter"
    UNKNOWN_OPTION = "unknown option"
    VALUE_EXPECTED_OR_FORBIDDEN = "an option without its value, or with one that it does not take"
    UNKNOWN_VERB = "unknown or missing command"
    UNEXPECTED_ARGUMENT = "unexpected argument"


@value_class
class Refusal:
    """What typer refused; never in typer's own words, which repeat what was typed."""

    problem: Problem
    parameter: Parameter | None = None
    option: str | None = None
    """The option as it was typed."""
    parameters: tuple[Parameter, ...] = ()
    """Those of the command that was read."""
    verbs: Mapping[str, tuple[Parameter, ...]] | None = None
    """The commands of the program, if none was recognized yet."""
    explanation: str | None = None
    """Our own words, if a callback of ours refused the value."""


class Refused(typer.BadParameter):
    """A callback's refusal of a value, in our own words, which do not repeat the value."""


def refusal(error: typer.TyperException) -> Refusal:
    """What `error` is about."""
    command, parameter = getattr(error, "cmd", None), getattr(error, "param", None)
    option = getattr(error, "option_name", None)
    return Refusal(
        problem=_problem(error),
        parameter=None if parameter is None else _parameter(parameter),
        option=option,
        parameters=tuple(_parameters(command)),
        verbs={name: tuple(_parameters(one)) for name, one in command.commands.items()}
        if isinstance(command, TyperGroup)
        else None,
        explanation=error.message if isinstance(error, Refused) else None,
    )


def read(app: typer.Typer) -> Application:
    """The application's commands, as typer builds them from their functions."""
    return _application(typer.main.get_command(app))


def running_application(context: typer.Context) -> Application:
    """The application that is being run in this context."""
    return _application(context.find_root().command)


def run(app: typer.Typer, arguments: Sequence[str], program: str, invocation: object) -> int | None:
    """Run a command line: the number that the command returned.

    Raises typer's errors instead of printing them. `complete_var=""` turns off typer's own
    completion, which an environment variable would start.
    """
    answer: int | None = app(
        list(arguments), prog_name=program, complete_var="", standalone_mode=False, obj=invocation
    )
    return answer


class HelpScreen(Protocol):
    """What help is written on: typer's formatter, whose class has no public name."""

    def write(self, string: str, /) -> None:
        """Write it as it is."""

    def write_text(self, text: str, /) -> None:
        """Write it indented, and wrapped to the terminal's width."""

    def write_dl(self, rows: list[tuple[str, str]], /) -> None:
        """Write terms and what they mean, in two columns."""

    def section(self, name: str, /) -> AbstractContextManager[None]:
        """Write a heading, under which the rest is indented."""
        ...


def verb_class(
    write_epilog: Callable[[str, HelpScreen], None], connection_options: Container[str]
) -> type[TyperCommand]:
    """The class of a command whose help ends with what `write_epilog` writes for its name.

    The options whose names are among `connection_options` have a section of their own.
    """

    class _Verb(TyperCommand):
        def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 -- typer's
            return _converted_by_ourselves(super().get_params(ctx))

        def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401 -- typer's
            # typer puts braces or, from 0.29 on, brackets around metavars, which have their own.
            arguments = [one for one in self.get_params(ctx) if isinstance(one, TyperArgument)]
            return [self.options_metavar or "", *map(_metavar, arguments)]

        def format_options(self, ctx: Any, formatter: HelpScreen) -> None:  # noqa: ANN401 -- typer's
            sections: dict[str, list[tuple[str, str]]] = {
                "Arguments": [],
                "Options": [],
                "Connection options": [],
            }
            for one in self.get_params(ctx):
                record = one.get_help_record(ctx)
                is_setting = one.name in connection_options
                heading = "Connection options" if is_setting else "Options"
                if record is not None and isinstance(one, TyperArgument):
                    sections["Arguments"].append((_metavar(one), record[1]))
                elif record is not None:
                    sections[heading].append(record)
            for heading, rows in sections.items():
                if rows:
                    with formatter.section(heading):
                        formatter.write_dl(rows)

        def format_epilog(self, ctx: object, formatter: HelpScreen) -> None:  # noqa: ARG002
            write_epilog(self.name or "", formatter)

    return _Verb


def program_class(
    write_commands: Callable[[Mapping[str, str], HelpScreen], None],
    write_epilog: Callable[[HelpScreen], None],
) -> type[TyperGroup]:
    """The class of the program, whose help lists its commands and ends with these functions."""

    class _Program(TyperGroup):
        def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 -- typer's
            return _converted_by_ourselves(super().get_params(ctx))

        def format_commands(self, ctx: object, formatter: HelpScreen) -> None:  # noqa: ARG002
            write_commands({name: one.help or "" for name, one in self.commands.items()}, formatter)

        def format_epilog(self, ctx: object, formatter: HelpScreen) -> None:  # noqa: ARG002
            write_epilog(formatter)

    return _Program


def with_options_of(
    options: type, name: str, command: Callable[..., Answer]
) -> Callable[..., Answer]:
    """`command`, whose parameter `name` is filled from one option for each field of a dataclass.

    typer reads options from a function's parameters and has no way to share a group of them. An
    option that is not given is None, or False if its type is bool.
    """
    own = [one for one in inspect.signature(command).parameters.values() if one.name != name]
    hints = get_type_hints(options, include_extras=True)
    shared = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=False if get_args(hints[one.name])[0] is bool else None,
            annotation=hints[one.name],
        )
        for one in fields(options)
    ]

    @functools.wraps(command)
    def filled(**arguments: Any) -> Answer:  # noqa: ANN401 -- typer's values, checked by typer
        given = options(**{one.name: arguments.pop(one.name) for one in shared})
        return command(**{name: given}, **arguments)

    parameters = [own[0], *shared, *own[1:]]
    filled.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    )
    filled.__annotations__ = {one.name: one.annotation for one in parameters}
    return filled


@positional_value_class
class _Conversion:
    """Makes values of an option's text, as typer did before 0.29.

    Since then typer has pydantic do it, whose import takes 80 ms of every command.
    """

    kind: type[Any]

    def coerce(self, value: object, param: Any, ctx: Any) -> object:  # noqa: ANN401 -- typer's
        """The value of an option, or of each of several."""
        if param.multiple or param.nargs < 0:
            several = value if isinstance(value, list | tuple) else ()
            return tuple(self._converted(one, param, ctx) for one in several)
        return None if value is None else self._converted(value, param, ctx)

    def _converted(self, value: object, param: Any, ctx: Any) -> object:  # noqa: ANN401 -- typer's
        if isinstance(value, self.kind):
            return value
        try:
            return self.kind(value)
        except ValueError:
            raise typer.BadParameter("", ctx=ctx, param=param) from None


def _converted_by_ourselves(parameters: list[Any]) -> list[Any]:
    """The parameters of a command, `--help` included, each with a conversion of ours."""
    for one in parameters:
        if hasattr(one, "type_descriptor") and not isinstance(one._runtime_param, _Conversion):  # noqa: SLF001
            conversion = _Conversion(_kind(one.type_descriptor.annotation))
            one._runtime_param = conversion  # noqa: SLF001
            if one.callback is not None:
                one.callback = functools.partial(_called, one.callback, conversion)
    return parameters


def _called(
    callback: Callable[..., object],
    conversion: _Conversion,
    ctx: object,
    param: object,
    value: object,
) -> object:
    """What a callback makes of a value, converted too, as typer did before 0.29."""
    return conversion.coerce(callback(ctx, param, value), param, ctx)


def _kind(annotation: Any) -> type[Any]:  # noqa: ANN401 -- typer's
    """The type of a value, or of each of several."""
    kind: type[Any] = next(iter(get_args(annotation)), annotation)
    return kind


def _problem(error: typer.TyperException) -> Problem:
    """Told by the attributes that each of typer's errors has; their classes are private."""
    if getattr(error, "param", None) is not None:
        is_missing = hasattr(error, "param_type")
        return Problem.MISSING_PARAMETER if is_missing else Problem.INVALID_VALUE
    if hasattr(error, "possibilities"):
        return Problem.UNKNOWN_OPTION
    if getattr(error, "option_name", None) is not None:
        return Problem.VALUE_EXPECTED_OR_FORBIDDEN
    is_about_verbs = isinstance(getattr(error, "cmd", None), TyperGroup)
    return Problem.UNKNOWN_VERB if is_about_verbs else Problem.UNEXPECTED_ARGUMENT


def _application(group: object) -> Application:
    if not isinstance(group, TyperGroup):
        raise TypeError(group)
    return Application(
        name=group.name or "",
        help=group.help or "",
        parameters=tuple(_parameters(group)),
        verbs=tuple(
            Verb(name=name, help=one.help or "", parameters=tuple(_parameters(one)))
            for name, one in group.commands.items()
            if not one.hidden
        ),
    )


def _parameters(command: Any) -> Iterator[Parameter]:  # noqa: ANN401 -- typer's
    for one in getattr(command, "params", ()):
        if isinstance(one, TyperOption | TyperArgument):
            yield _parameter(one)


def _metavar(declared: Any) -> str:  # noqa: ANN401 -- typer's
    return str(declared.metavar or declared.name.upper())


def _type(declared: Any) -> tuple[str, tuple[str, ...], bool]:  # noqa: ANN401 -- typer's
    """typer's name of the type, its choices, and whether it is a file."""
    descriptor = getattr(declared, "type_descriptor", None)
    if descriptor is None:  # before typer 0.29
        choices = tuple(map(str, getattr(declared.type, "choices", None) or ()))
        return declared.type.name, choices, bool(getattr(declared.type, "file_okay", False))
    kind = _kind(descriptor.annotation)
    choices = tuple(str(one.value) for one in kind) if issubclass(kind, Enum) else ()
    return kind.__name__.lower(), choices, issubclass(kind, Path)


def _parameter(declared: TyperOption | TyperArgument) -> Parameter:
    is_option = isinstance(declared, TyperOption)
    type_name, choices, takes_file = _type(declared)
    return Parameter(
        is_option=is_option,
        names=tuple(declared.opts) if is_option else (),
        negative_names=tuple(declared.secondary_opts),
        metavar=_metavar(declared),
        help=declared.help or "",
        choices=choices,
        type_name=type_name,
        required=declared.required,
        takes_value=not getattr(declared, "is_flag", False),
        takes_file=takes_file,
        repeatable=declared.multiple or declared.nargs < 0,
        hidden=declared.hidden,
    )

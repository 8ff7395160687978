"""What typer refuses, as an error of ours.

typer's own text repeats what was typed, which may be a secret. So none of it is used: the message
is made from the option or argument that was refused and from what it takes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import typer

from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.disclosure import nearest
from milvusconn_cli.errors import UsageError

_OPTION = re.compile(r"-[A-Za-z]|--[a-z]+(-[a-z]+)*")
_LONGEST_OPTION = 24
_EXPECTED_TYPE = {"float": "a number", "int": "a whole number"}
_EXPECTED = {"SECONDS": "a number of seconds, for example 5"}
"""By metavar; every other option is described by its type or its choices."""


class Refused(typer.BadParameter):
    """A callback's refusal of a value, in our own words, which do not repeat the value."""


def explain(error: typer.TyperException, arguments: Sequence[str], verb: str | None) -> UsageError:
    """The usage error that `error` is, for a command line whose verb is `verb`."""
    message, hint = _message(error, arguments, verb)
    return UsageError(message, hint or f"{PROGRAM}{f' {verb}' if verb else ''} --help")


def _message(
    error: typer.TyperException, arguments: Sequence[str], verb: str | None
) -> tuple[str, str | None]:
    command, option = getattr(error, "cmd", None), getattr(error, "option_name", None)
    if getattr(error, "param", None) is not None:
        return _about_value(error, arguments)
    if hasattr(error, "possibilities"):
        return _unknown_option(str(option), command, arguments, verb)
    if option is not None:
        takes_none = any(one.startswith(f"{option}=") for one in arguments)
        return f"{option} {'takes no value' if takes_none else 'needs a value'}", None
    if hasattr(command, "commands"):
        return _unknown_verb(command, arguments)
    return _unexpected(command, arguments), None


def _about_value(error: Any, arguments: Sequence[str]) -> tuple[str, str | None]:  # noqa: ANN401
    """An option or argument that is known, and whose value is missing or wrong."""
    if isinstance(error, Refused):
        return f"invalid value for {_name(error.param)}: {error.message}", None
    if hasattr(error, "param_type"):
        return _missing(error.param), None
    return _invalid(error.param, arguments)


def _missing(parameter: Any) -> str:  # noqa: ANN401 -- typer's
    choices = _choices(parameter)
    expected = f": expected {_either(choices)}" if choices else ""
    return f"missing {parameter.param_type_name} {_name(parameter)}{expected}"


def _invalid(parameter: Any, arguments: Sequence[str]) -> tuple[str, str | None]:  # noqa: ANN401
    """The value is shown only where it is a misspelling of one of the choices."""
    choices = _choices(parameter)
    for typed in _values(parameter, arguments) if choices else ():
        near = nearest(typed, choices)
        if near and typed not in choices:
            expected = f"expected {_either(choices)}"
            return f"invalid value {typed!r} for {_name(parameter)}: {expected}", _did_you_mean(
                near
            )
    return f"invalid value for {_name(parameter)}: expected {_expected(parameter)}", None


def _unknown_option(
    typed: str,
    command: Any,  # noqa: ANN401 -- typer's
    arguments: Sequence[str],
    verb: str | None,
) -> tuple[str, str | None]:
    if verb and hasattr(command, "commands") and typed in _options(command.commands[verb]):
        return f"option {typed} must follow the command", f"{PROGRAM} {verb} {typed} …"
    # A short option that has more letters behind it may be the start of a secret.
    is_plain = len(typed) <= _LONGEST_OPTION and _OPTION.fullmatch(typed)
    if not is_plain or (len(typed) == len("-x") and typed not in arguments):
        return "unknown option", None
    near = nearest(typed, _options(command))
    return f"unknown option {typed}", _did_you_mean(near)


def _unknown_verb(group: Any, arguments: Sequence[str]) -> tuple[str, str | None]:  # noqa: ANN401
    typed = next((one for one in arguments if not one.startswith("-")), None)
    if typed is None:
        return "missing command", None
    near = nearest(typed, group.commands)
    return (
        (f"unknown command {typed!r}", _did_you_mean(near)) if near else ("unknown command", None)
    )


def _unexpected(command: Any, arguments: Sequence[str]) -> str:  # noqa: ANN401 -- typer's
    has_uri = any(one.partition("=")[0] == "--uri" for one in arguments)
    meant = " (did you mean --uri?)" if "--uri" in _options(command) and not has_uri else ""
    return f"unexpected argument{meant}"


def _name(parameter: Any) -> str:  # noqa: ANN401 -- typer's
    """`--timeout`, or an argument's metavar."""
    if parameter.param_type_name == "option":
        return max(parameter.opts, key=len)  # type: ignore[no-any-return]
    return str(parameter.metavar or parameter.human_readable_name).strip("[].")


def _expected(parameter: Any) -> str:  # noqa: ANN401 -- typer's
    choices = _choices(parameter)
    if choices:
        return _either(choices)
    metavar = str(parameter.metavar or "").strip("[].")
    by_type = _EXPECTED_TYPE.get(parameter.type.name, metavar or "another value")
    return _EXPECTED.get(metavar, by_type)


def _choices(parameter: Any) -> list[str]:  # noqa: ANN401 -- typer's
    return [str(one) for one in getattr(parameter.type, "choices", ())]


def _values(parameter: Any, arguments: Sequence[str]) -> Iterator[str]:  # noqa: ANN401 -- typer's
    """What may have been typed as its value; for an argument that is every word."""
    if parameter.param_type_name != "option":
        yield from arguments
        return
    for index, word in enumerate(arguments):
        for name in parameter.opts:
            if word == name:
                yield from arguments[index + 1 : index + 2]
            elif word.startswith(name):
                yield word.removeprefix(name).removeprefix("=")


def _options(command: Any) -> list[str]:  # noqa: ANN401 -- typer's
    """All options' names."""
    named = (one for one in command.params if one.param_type_name == "option")
    return [*(name for one in named for name in (*one.opts, *one.secondary_opts)), "--help"]


def _either(choices: Iterable[str]) -> str:
    *most, last = choices
    return f"{', '.join(most)} or {last}" if most else last


def _did_you_mean(near: str | None) -> str | None:
    return f"did you mean {near}?" if near else None

"""What typer refuses, as an error of ours.

typer's own text repeats what was typed, which may be a secret. So none of it is used: the message
is made from the option or argument that was refused and from what it takes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.cli.typer_adapter import Parameter, Problem, Refusal
from milvusconn_cli.disclosure import nearest
from milvusconn_cli.errors import UsageError

_OPTION = re.compile(r"-[A-Za-z]|--[a-z]+(-[a-z]+)*")
_LONGEST_OPTION = 24
_EXPECTED_TYPE = {"float": "a number", "int": "a whole number"}
_EXPECTED = {"SECONDS": "a number of seconds, for example 5"}
"""By metavar; every other option is described by its type or its choices."""


def explain(refused: Refusal, arguments: Sequence[str], verb: str | None) -> UsageError:
    """The usage error for a command line whose verb is `verb`."""
    message, hint = _message(refused, arguments, verb)
    return UsageError(message, hint or f"{PROGRAM}{f' {verb}' if verb else ''} --help")


def _message(
    refused: Refusal, arguments: Sequence[str], verb: str | None
) -> tuple[str, str | None]:
    if refused.parameter is not None:
        return _about_parameter(refused, refused.parameter, arguments)
    match refused.problem:
        case Problem.UNKNOWN_OPTION:
            return _unknown_option(refused, arguments, verb)
        case Problem.VALUE_EXPECTED_OR_FORBIDDEN:
            takes_none = any(one.startswith(f"{refused.option}=") for one in arguments)
            return f"{refused.option} {'takes no value' if takes_none else 'needs a value'}", None
        case Problem.UNKNOWN_VERB:
            return _unknown_verb(refused.verbs or (), arguments)
    return _unexpected(refused.parameters, arguments), None


def _about_parameter(
    refused: Refusal, parameter: Parameter, arguments: Sequence[str]
) -> tuple[str, str | None]:
    """An option or argument that is known, and whose value is missing or wrong."""
    if refused.problem is Problem.MISSING_PARAMETER:
        return _missing(parameter), None
    if refused.explanation:
        return f"invalid value for {_name(parameter)}: {refused.explanation}", None
    return _invalid(parameter, arguments)


def _missing(parameter: Parameter) -> str:
    choices = parameter.choices
    expected = f": expected {_either(choices)}" if choices else ""
    kind = "option" if parameter.is_option else "argument"
    return f"missing {kind} {_name(parameter)}{expected}"


def _invalid(parameter: Parameter, arguments: Sequence[str]) -> tuple[str, str | None]:
    """The value is shown only where it is a misspelling of one of the choices."""
    choices = parameter.choices
    for typed in _values(parameter, arguments) if choices else ():
        near = nearest(typed, choices)
        if near and typed not in choices:
            expected = f"expected {_either(choices)}"
            return f"invalid value {typed!r} for {_name(parameter)}: {expected}", _did_you_mean(
                near
            )
    return f"invalid value for {_name(parameter)}: expected {_expected(parameter)}", None


def _unknown_option(
    refused: Refusal, arguments: Sequence[str], verb: str | None
) -> tuple[str, str | None]:
    typed = refused.option or ""
    if verb and refused.verbs and typed in _options(refused.verbs[verb]):
        return f"option {typed} must follow the command", f"{PROGRAM} {verb} {typed} …"
    # A short option that has more letters behind it may be the start of a secret.
    is_plain = len(typed) <= _LONGEST_OPTION and _OPTION.fullmatch(typed)
    if not is_plain or (len(typed) == len("-x") and typed not in arguments):
        return "unknown option", None
    near = nearest(typed, _options(refused.parameters))
    return f"unknown option {typed}", _did_you_mean(near)


def _unknown_verb(verbs: Iterable[str], arguments: Sequence[str]) -> tuple[str, str | None]:
    typed = next((one for one in arguments if not one.startswith("-")), None)
    if typed is None:
        return "missing command", None
    near = nearest(typed, verbs)
    return (
        (f"unknown command {typed!r}", _did_you_mean(near)) if near else ("unknown command", None)
    )


def _unexpected(parameters: Iterable[Parameter], arguments: Sequence[str]) -> str:
    has_uri = any(one.partition("=")[0] == "--uri" for one in arguments)
    meant = " (did you mean --uri?)" if "--uri" in _options(parameters) and not has_uri else ""
    return f"unexpected argument{meant}"


def _name(parameter: Parameter) -> str:
    """`--timeout`, or an argument's metavar."""
    return max(parameter.names, key=len) if parameter.is_option else parameter.metavar.strip("[].")


def _expected(parameter: Parameter) -> str:
    if parameter.choices:
        return _either(parameter.choices)
    metavar = parameter.metavar.strip("[].")
    by_type = _EXPECTED_TYPE.get(parameter.type_name, metavar or "another value")
    return _EXPECTED.get(metavar, by_type)


def _values(parameter: Parameter, arguments: Sequence[str]) -> Iterator[str]:
    """What may have been typed as its value; for an argument that is every word."""
    if not parameter.is_option:
        yield from arguments
        return
    for index, word in enumerate(arguments):
        for name in parameter.names:
            if word == name:
                yield from arguments[index + 1 : index + 2]
            elif word.startswith(name):
                yield word.removeprefix(name).removeprefix("=")


def _options(parameters: Iterable[Parameter]) -> list[str]:
    """All options' names."""
    return [*(name for one in parameters for name in (*one.names, *one.negative_names)), "--help"]


def _either(choices: Iterable[str]) -> str:
    *most, last = choices
    return f"{', '.join(most)} or {last}" if most else last


def _did_you_mean(near: str | None) -> str | None:
    return f"did you mean {near}?" if near else None

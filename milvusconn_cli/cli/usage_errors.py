"""What typer refuses, as an error of ours.

typer's own text repeats what was typed, which may be a secret. So none of it is used: the message
is made from the option or argument that was refused and from what it takes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from milvusconn_cli.cli.habits import CHANGING, OPTIONS, READING, VERBS
from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.cli.typer_adapter import Parameter, Problem, Refusal
from milvusconn_cli.disclosure import is_word, nearest
from milvusconn_cli.errors import UsageError
from milvusconn_cli.registry.aliases import typed as typed_alias

_OPTION = re.compile(r"-[A-Za-z]|--[a-z]+([-_][a-z]+)*")
_LONGEST_OPTION = 24
_EXPECTED_TYPE = {"float": "a number", "int": "a whole number"}
_EXPECTED = {"SECONDS": "a number of seconds, for example 5"}
"""By metavar; every other option is described by its type or its choices."""
_SETTINGS = {
    "--uri": "URI",
    "--db": "NAME",
    "--user": "NAME",
    "--password": "env:NAME",
    "--token": "env:NAME",
    "--tls": "",
    "--ca": "FILE",
    "--cert": "FILE",
    "--key": "FILE",
    "--server-name": "NAME",
    "--description": "TEXT",
}
"""The settings of an alias, for verbs that take an alias and no settings."""
_SURE = 0.8
"""How alike a misspelling and a verb that changes something have to be."""


def explain(refused: Refusal, arguments: Sequence[str], verb: str | None) -> UsageError:
    """The usage error for a command line whose verb is `verb`."""
    message, hint = _message(refused, arguments, verb)
    return UsageError(message, hint or f"`{PROGRAM}{f' {verb}' if verb else ''} --help`")


def _message(
    refused: Refusal, arguments: Sequence[str], verb: str | None
) -> tuple[str, str | None]:
    if refused.problem is Problem.MISSING_PARAMETER and refused.parameter is not None:
        return _missing(refused.parameter), _usage(refused, verb)
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
    return _unexpected(refused, verb)


def _about_parameter(
    refused: Refusal, parameter: Parameter, arguments: Sequence[str]
) -> tuple[str, str | None]:
    """An option or argument that is known, and whose value is wrong."""
    if "--timeout" in parameter.names and not refused.explanation:
        return _invalid(parameter, arguments)[0], "-t is --timeout; a token is given with --token"
    if refused.explanation:
        return f"invalid value for {_name(parameter)}: {refused.explanation}", None
    return _invalid(parameter, arguments)


def _missing(parameter: Parameter) -> str:
    choices = parameter.choices
    expected = f": expected {_either(choices)}" if choices else ""
    kind = "option" if parameter.is_option else "argument"
    return f"missing {kind} {_name(parameter)}{expected}"


def _usage(refused: Refusal, verb: str | None) -> str | None:
    """How the verb is typed, with all that it needs; None where that is an option."""
    wanted = [one for one in refused.parameters if not one.is_option]
    if verb is None or refused.parameter not in wanted or (refused.parameter.choices):
        return None
    needed = [one.metavar for one in wanted if one.required or one.metavar == "[URI]"]
    words = [one.strip("[].") for one in needed]
    if verb == "exec":
        words.insert(1, "--")
    return f"usage: `{' '.join((PROGRAM, verb, *words))}`"


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
        return f"option {typed} must follow the command", f"`{PROGRAM} {verb} --help`"
    # A short option that has more letters behind it may be the start of a secret.
    is_plain = len(typed) <= _LONGEST_OPTION and _OPTION.fullmatch(typed)
    if not is_plain or (len(typed) == len("-x") and typed not in arguments):
        return "unknown option", None
    known = refused.verbs[verb] if verb and refused.verbs else refused.parameters
    return f"unknown option {typed}", _instead_of(typed, known, verb)


def _instead_of(typed: str, known: Sequence[Parameter], verb: str | None) -> str | None:
    """What to type instead of an option: what habit means by it, else one that is spelt alike."""
    names = _options(known)
    habit = OPTIONS.get(typed.replace("_", "-"))
    if habit is not None and " " in habit and not habit.startswith("-o "):
        return habit
    if habit is not None and (habit.split()[0] in names or habit == "--version"):
        return _did_you_mean(f"`{PROGRAM} --version`" if habit == "--version" else habit)
    meant = habit or typed
    if meant in _SETTINGS and verb is not None and not verb.startswith(("import", "explain")):
        words = " ".join(filter(None, (PROGRAM, "set", "ALIAS", meant, _SETTINGS[meant])))
        return f"`{words}` changes the settings of an alias"
    return None if habit else _did_you_mean(nearest(typed, names))


def _unknown_verb(verbs: Iterable[str], arguments: Sequence[str]) -> tuple[str, str | None]:
    typed = next((one for one in arguments if not one.startswith("-")), None)
    if typed is None:
        return "missing command", None
    meant = meant_verb(typed, verbs)
    if meant is None:
        return "unknown command", None
    shown = f" {typed!r}" if is_word(typed) else ""
    return f"unknown command{shown}", _did_you_mean(_with_verb(arguments, typed, meant))


def meant_verb(typed: str, verbs: Iterable[str]) -> str | None:
    """The verb that a word means: by habit, else by its spelling.

    A verb that changes something is guessed only where the spelling leaves no doubt, and never for
    a word that only reads.
    """
    known = list(verbs)
    word = typed.lower().replace("_", "-")
    habit = VERBS.get(word)
    if habit is not None:
        return habit if habit in known or habit.startswith("-") else None
    near = nearest(typed, known)
    if near not in CHANGING:
        return near
    is_sure = nearest(typed, [near], cutoff=_SURE) is not None
    return near if is_sure and not word.startswith(READING) else None


def _with_verb(arguments: Sequence[str], typed: str, verb: str) -> str:
    """The whole command with another verb, where nothing else in it can be a secret."""
    rest = [one for one in arguments if one != typed]
    words = rest if all(map(_is_name, rest)) else []
    return f"`{' '.join((PROGRAM, verb, *words))}`"


def _is_name(word: str) -> bool:
    """Whether this can only be an alias or a URI without anything to hide."""
    return bool(word) and not word.startswith("-") and typed_alias(word) == word


def _unexpected(refused: Refusal, verb: str | None) -> tuple[str, str | None]:
    """One argument too many, which is never repeated."""
    if verb == "list":
        hint = f"`{PROGRAM} has ALIAS` checks one alias, `{PROGRAM} has 'prod-*'` several"
        return "unexpected argument: list takes no argument", hint
    names = [one.metavar.strip("[].") for one in refused.parameters if not one.is_option]
    takes = f"takes {' and '.join(names)}" if names else "takes no argument"
    return f"unexpected argument: {verb or PROGRAM} {takes}", None


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

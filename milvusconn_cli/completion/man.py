"""The man page: the same values as the scripts, and what the manual has besides."""

import re
from collections.abc import Iterable, Iterator, Sequence

from milvusconn_cli.cli.manual import ENVIRONMENT, FILES, MEANINGS, PAGES
from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.completion.model import Argument, Command, Option, Program
from milvusconn_cli.exits import MOST_SEVERE_FIRST

_ABOUT = """
An alias is a name for the settings of a connection, saved in a registry file. A connection is
established if a client with exactly these settings gets a successful Connect response from Milvus
now; milvusconn connects to find out. If it is not established, one cause tells you why, and the
exit code tells you on which layer.

Standard output has only the answer; everything else goes to standard error, one line per
message.
"""
_SEVERITY = ", ".join(str(int(one)) for one in MOST_SEVERE_FIRST if one)


def page(program: Program) -> str:
    """The page in man(7) macros."""
    lines = [
        '.\\" Written by `python docs/generate.py`; edits are lost.',
        f'.TH {program.name.upper()} 1 "" {program.name} "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        f"{program.name} \\- {_plain(program.told[0].lower() + program.told[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        *_synopsis(program),
        ".SH DESCRIPTION",
        *_paragraphs([" ".join(one.split()) for one in _ABOUT.split("\n\n")]),
        ".SH OPTIONS",
        *(line for option in program.options for line in _option(option)),
        ".SH COMMANDS",
        *(line for command in program.commands for line in _command(command)),
        ".SH EXIT STATUS",
        *_defined((str(int(code)), meaning) for code, meaning in MEANINGS.items()),
        ".PP",
        f"With several aliases, the most severe code wins, in this order: {_SEVERITY}.",
        ".SH ENVIRONMENT",
        *_defined(ENVIRONMENT),
        ".SH FILES",
        *_defined(FILES),
        ".SH EXAMPLES",
        *_examples(program.name),
    ]
    return "\n".join(lines) + "\n"


def _synopsis(program: Program) -> Iterator[str]:
    for place, command in enumerate(program.commands):
        arguments = " ".join(_metavar(argument) for argument in command.arguments)
        yield from (".br",) if place else ()
        yield f".B {program.name} {command.name}"
        yield f"[\\fIOPTIONS\\fR] {arguments}".rstrip()


def _paragraphs(texts: Sequence[str]) -> Iterator[str]:
    for place, text in enumerate(texts):
        yield from (".PP",) if place else ()
        yield _plain(text)


def _command(command: Command) -> Iterator[str]:
    arguments = " ".join(_metavar(argument) for argument in command.arguments)
    yield f".SS {_quoted(f'{command.name} {arguments}'.rstrip())}"
    yield from _paragraphs(command.paragraphs)
    for argument in command.arguments:
        yield from (".TP", _metavar(argument), _plain(argument.told))
    for option in command.options:
        yield from _option(option)
    named = PAGES.get(command.name)
    if named:
        codes = ", ".join(str(int(code)) for code, _ in named.codes())
        yield from (".PP", f"Exit status: {codes}.", *_examples(command.name))


def _option(option: Option) -> Iterator[str]:
    names = ", ".join(f"\\fB{_plain(name)}\\fR" for name in option.names)
    value = f" \\fI{_plain(option.value.name)}\\fR" if option.value else ""
    yield from (".TP", names + value, _plain(option.told))


def _metavar(argument: Argument) -> str:
    return f"\\fI{_plain(argument.metavar)}\\fR"


def _defined(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in rows:
        # A line may be broken after a slash: on a narrow terminal a path is wider than that.
        yield from (".TP", f".B {_quoted(term)}".replace("/", "/\\:"), _plain(meaning))


def _examples(name: str) -> Iterator[str]:
    for place, (wanted, command) in enumerate(PAGES[name].examples):
        yield from (".PP",) if place or name != PROGRAM else ()
        yield from (_plain(wanted), ".PP", ".RS 4", ".nf", _plain(command), ".fi", ".RE")


def _quoted(text: str) -> str:
    """One argument of a macro, set already or not."""
    already_set = "\\f" in text
    return f'"{text if already_set else _plain(text)}"'


def _plain(text: str) -> str:
    """Text of which nothing is a request, an escape or a hyphen that may be bent.

    What stands in backquotes is set as what is typed is.
    """
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    escaped = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", escaped.replace("…", "..."))
    return f"\\&{escaped}" if escaped[:1] in (".", "'") else escaped

"""The command line as plain values, read from the typer application: all that completion knows.

A verb or an option that is new there is new here by itself. What may stand as the value of an
option is told by its type where that lists the words, else by its metavar.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from milvusconn_cli.cli.typer_adapter import Application, Parameter, Verb
from milvusconn_cli.values import positional_value_class

SECRET_FORMS = (
    ("env:", "an environment variable"),
    ("file:", "the content of a file"),
    ("command:", "the output of a command"),
    ("keyring:", "SERVICE/USER in the system keyring"),
    ("literal:", "the text that follows"),
    ("-", "one line of standard input"),
)
"""How the value of --password or --token may begin."""

URI_FORMS = (
    ("http://", "plaintext, port 19530"),
    ("https://", "TLS, port 443"),
    ("tcp://", "plaintext"),
    ("grpc://", "plaintext"),
    ("unix:", "a socket file"),
)
"""How a URI may begin; otherwise it is the path of a .db."""


MARK = "completion for milvusconn. Written by `python docs/generate.py`; edits are lost."
"""By which a script is known for one of ours."""


class Kind(Enum):
    """What may stand somewhere on the command line."""

    NOTHING = "nothing"
    """Something that nobody can guess: a number, a new name."""
    FIXED = "fixed"
    """One of a few words."""
    ALIAS = "aliases"
    TAG = "tags"
    CAUSE = "causes"
    FILE = "file"
    SECRET = "secret"  # noqa: S105 -- the word itself
    URI = "uri"


ASKED_FOR = (Kind.ALIAS, Kind.TAG, Kind.CAUSE)
"""What the program itself is asked for, by the value of the kind."""

_KIND_OF_METAVAR = {
    "ALIAS": Kind.ALIAS,
    "TAG": Kind.TAG,
    "CAUSE": Kind.CAUSE,
    "FILE": Kind.FILE,
    "SECRET": Kind.SECRET,
    "URI": Kind.URI,
}


@positional_value_class
class Value:
    """What an option or an argument takes."""

    kind: Kind
    name: str
    """Its metavar without brackets, such as ALIAS."""
    words: tuple[str, ...] = ()
    """All that there are, where the kind is FIXED."""


@positional_value_class
class Option:
    """One option, by all its names."""

    names: tuple[str, ...]
    """Short ones first, as help lists them."""
    told: str
    value: Value | None = None
    """None where it takes none."""
    repeatable: bool = False

    @property
    def short(self) -> list[str]:
        """The names of one letter, with their dash."""
        return [name for name in self.names if not name.startswith("--")]

    @property
    def long(self) -> list[str]:
        """The others."""
        return [name for name in self.names if name.startswith("--")]


@positional_value_class
class Argument:
    """One place for words that are no options."""

    value: Value
    metavar: str
    told: str
    many: bool


@positional_value_class
class Command:
    """One verb."""

    name: str
    told: str
    """Its first sentence."""
    paragraphs: tuple[str, ...]
    """All of it."""
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...]


@positional_value_class
class Program:
    """The whole command line."""

    name: str
    told: str
    options: tuple[Option, ...]
    commands: tuple[Command, ...]


def filled(template: str, **pieces: str) -> str:
    """A script: its template, with each piece in the place of `@ITS NAME@`, and the mark."""
    text = template.replace("@MARK@", MARK)
    for name, piece in pieces.items():
        text = text.replace(f"@{name.upper()}@", piece)
    return text


HELP = Option(("-h", "--help"), "Show this message and exit.")


def read(application: Application) -> Program:
    """The application as completion needs it."""
    return Program(
        name=application.name,
        told=" ".join(application.help.split()),
        options=(*_options(application.parameters), HELP),
        commands=tuple(map(_command, application.verbs)),
    )


def _command(verb: Verb) -> Command:
    paragraphs = tuple(" ".join(one.split()) for one in verb.help.split("\n\n"))
    return Command(
        name=verb.name,
        told=paragraphs[0],
        paragraphs=paragraphs,
        options=(*_options(verb.parameters), HELP),
        arguments=tuple(_arguments(verb.parameters)),
    )


def _options(parameters: Iterable[Parameter]) -> Iterator[Option]:
    """Each option; one that says yes and no is two."""
    for one in parameters:
        if not one.is_option or one.hidden:
            continue
        value = _value(one) if one.takes_value else None
        yield Option(_short_first(one.names), one.help, value, repeatable=one.repeatable)
        if one.negative_names:
            yield Option(_short_first(one.negative_names), one.help)


def _arguments(parameters: Iterable[Parameter]) -> Iterator[Argument]:
    for one in parameters:
        if not one.is_option and not one.hidden:
            yield Argument(_value(one), one.metavar, one.help, many=one.repeatable)


def _value(parameter: Parameter) -> Value:
    name = parameter.metavar.strip("[].").partition("|")[0]
    if parameter.choices:
        return Value(Kind.FIXED, name, parameter.choices)
    if parameter.takes_file:
        return Value(Kind.FILE, name)
    return Value(_KIND_OF_METAVAR.get(name, Kind.NOTHING), name)


def _short_first(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: name.startswith("--")))

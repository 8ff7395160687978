"""The variables that a `.env` file sets, and what it leaves to the environment.

Pure. python-dotenv reads the lines. It would fill in `${NAME}` from our own environment too, and a
secret that is only referred to would be taken over as text.
"""

import re
from collections.abc import Iterator, Mapping
from io import StringIO

from milvusconn_cli.connection import variables as table
from milvusconn_cli.connection.uri import userinfo_of
from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.text import listed
from milvusconn_cli.values import value_class

_REFERENCE = re.compile(r"\$\{([^}:]*)(?::-([^}]*))?\}")
_BARE_REFERENCE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
NAME = r"\s*(export\s+)?(MILVUS(CONN)?|ZILLIZ(_CLOUD)?)_\w+"
"""A line's beginning, up to the end of the name of a variable that is read here."""
_SECRET = re.compile(r"MILVUSCONN_(.+_)?(TOKEN|PASSWORD)")
_PLACE = re.compile(r"MILVUSCONN_(.+_)?(URI|ADDRESS|HOST)")


@value_class
class Lines:
    """What the lines of a file set, and what could not be read."""

    variables: Mapping[str, str]
    """Empty ones are left out."""
    notes: tuple[Note, ...]


def read(text: str) -> Lines:
    """What each variable is set to.

    What the file itself has set before is filled in; other `${NAME}` stay as they are.
    `ConfigError` with the line, where one that could not be read sets a variable of Milvus.
    """
    import dotenv.parser  # noqa: PLC0415 -- for this alone

    said: dict[str, str] = {}
    unreadable: list[int] = []
    for line in dotenv.parser.parse_stream(StringIO(text)):
        if line.error:
            unreadable.append(_checked_line(line.original.string, line.original.line))
        if line.key and not line.value:
            said.pop(line.key, None)  # the last assignment counts
        elif line.key and line.value:
            bare = _BARE_REFERENCE.fullmatch(line.value)
            # Text in single quotes is text to all that read `$NAME` as a reference.
            is_quoted = f"'{line.value}'" in line.original.string
            value = f"${{{bare[1]}}}" if bare and not is_quoted else line.value
            said[line.key] = _filled_in(value, said)
    return Lines(variables=said, notes=tuple(_notes(unreadable)))


def _checked_line(text: str, number: int) -> int:
    """The line's number; `ConfigError` if it was to set a variable of Milvus."""
    blank = text[: len(text) - len(text.lstrip())].count("\n")
    name = re.match(NAME, text)
    if name:
        variable = name[0].split()[-1]
        raise ConfigError(
            f"line {number + blank} could not be read: {variable}",
            "write NAME=VALUE, and close quotes on the same line",
        )
    return number + blank


def _notes(unreadable: list[int]) -> Iterator[Note]:
    if unreadable:
        lines = f"line{'s' if len(unreadable) > 1 else ''} {listed(list(map(str, unreadable)))}"
        yield Note(message=f"{lines} could not be read (ignored)")


def but_for_secrets(said: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The same, filled in from the environment, but for tokens and passwords.

    `ConfigError` where a URI would have its user or password from there.
    """
    return dict(_filled_from(said, environment))


def _filled_from(
    said: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for name, text in said.items():
        whole = (
            text if _is(name, _SECRET, table.SECRETS) else _filled_in(text, environment, last=True)
        )
        if _is(name, _PLACE, table.PLACES) and userinfo_of(whole) != userinfo_of(text):
            raise ConfigError(
                f"{name} takes its user or password from another variable",
                "set MILVUS_TOKEN, or MILVUS_USER and MILVUS_PASSWORD, instead",
            )
        if whole:
            yield name, whole


def _is(name: str, own: re.Pattern[str], settings: tuple[str, ...]) -> bool:
    """Whether a variable is of one of these settings, ours or of another program."""
    found = table.split_prefix(name)
    return bool(own.fullmatch(name)) or bool(found and found[1] in table.names_of(*settings))


def secret(name: str, text: str) -> object:
    """What is to be kept of a variable's text: a reference, where the whole of it is a variable.

    `ConfigError` where it is put together of text and a variable.
    """
    found = _REFERENCE.fullmatch(text)
    if found and found[1] and found[2] is None:
        return {"env": found[1]}
    if _REFERENCE.search(text):
        raise ConfigError(
            f"{name} mixes text and a variable",
            "put the whole value into one variable",
        )
    return text


def _filled_in(text: str, variables: Mapping[str, str], *, last: bool = False) -> str:
    """References to these variables filled in, or to any, by their defaults, where none follow."""

    def value(found: re.Match[str]) -> str:
        otherwise = (found[2] or "") if last else found[0]
        return variables.get(found[1], otherwise)

    return _REFERENCE.sub(value, text)

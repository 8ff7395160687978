"""Secrets by reference: where a password or token is to be had, never what it is.

Pure: nothing here reads a variable, a file or a command (that is secret_source.py), and a
`Secret` prints as `***`. Its text is taken where it is sent or stored, and nowhere else.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from milvusconn_cli.errors import SecretError
from milvusconn_cli.text import MASK, followed

_SEPARATORS = frozenset(("/", str(Path("a", "b"))[1]))
"""Between the directories of a path; Windows has two."""


class Secret:
    """Text that does not show itself: `str`, `repr` and formatting give `***`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the wire and the registry file."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True)
class Literal:
    """The secret itself, as it was typed or lies in the file."""

    secret: Secret

    def __str__(self) -> str:
        return MASK


@dataclass(frozen=True)
class FromEnvironment:
    """The value of an environment variable."""

    name: str

    def __str__(self) -> str:
        return f"env:{self.name}"


@dataclass(frozen=True)
class FromFile:
    """The content of a file, less one trailing line break."""

    path: Path

    def __str__(self) -> str:
        return f"file:{self.path}"


@dataclass(frozen=True)
class FromCommand:
    """The standard output of a command, run without a shell, less one trailing line break."""

    argv: tuple[str, ...]

    def __str__(self) -> str:
        return f"command:{shlex.join(self.argv)}"


@dataclass(frozen=True)
class FromKeyring:
    """A password of the system's keyring."""

    service: str
    user: str

    def __str__(self) -> str:
        return f"keyring:{self.service}/{self.user}"


Reference = Literal | FromEnvironment | FromFile | FromCommand | FromKeyring


def from_text(text: str) -> Reference:
    """What `--password` and `--token` say: `env:NAME`, `file:PATH`, …, or the secret itself."""
    kind, _, rest = text.partition(":")
    read = _READERS.get(kind)
    return read(rest) if read and ":" in text else Literal(Secret(text))


def from_toml(value: object, base: Path) -> Reference:
    """What the registry file says: a string is the secret itself, a table of one key refers.

    Paths, a program's too, are relative to `base`, the file's directory. `SecretError` for any
    other shape.
    """
    if isinstance(value, str):
        return Literal(Secret(value))
    match list(value.items()) if isinstance(value, dict) else []:
        case [("env", str(name))]:
            return FromEnvironment(_not_empty(name, "env"))
        case [("file", str(path))]:
            return FromFile(base / _path(_not_empty(path, "file")))
        case [("command", [*argv])] if argv and _all_text(argv):
            program, *arguments = map(str, argv)
            return FromCommand((_program(program, base), *arguments))
        case [("keyring", str(entry))]:
            return _keyring_entry(entry)
        case _:
            raise SecretError(
                "a secret must be text or one of"
                " { env = … }, { file = … }, { command = [ … ] }, { keyring = … }"
            )


def origin(reference: Reference) -> str:
    """Where a secret comes from, in a word or two; of a command its program alone.

    Its arguments may hold a secret.
    """
    match reference:
        case Literal():
            return "literal"
        case FromCommand((program, *_)):
            return f"command:{program}"
        case _:
            return str(reference)


def kind(reference: Reference) -> str:
    """`literal`, or the kind of source that it refers to: `env`, `file`, `command`, `keyring`."""
    return origin(reference).partition(":")[0]


def to_toml(reference: Reference) -> str | Mapping[str, object]:
    """The inverse of `from_toml`; paths as they are."""
    match reference:
        case Literal(secret):
            return secret.reveal()
        case FromEnvironment(name):
            return {"env": name}
        case FromFile(path):
            return {"file": str(path)}
        case FromCommand(argv):
            return {"command": list(argv)}
        case FromKeyring(service, user):
            return {"keyring": f"{service}/{user}"}


def _not_empty(text: str, form: str) -> str:
    if not text:
        raise SecretError(f"a secret reference names nothing: {form}")
    return text


def _path(text: str, kind: str = "file") -> Path:
    path = followed(text)
    if path is None:
        raise SecretError(f"the home directory of {kind}:{text} is not known")
    return path


def _program(text: str, base: Path) -> str:
    """A program with a directory in its name, by its path; a bare name is left for PATH.

    Relative to `base` and not to the working directory: what lies there may be anybody's.
    """
    return str(base / _path(text, "command")) if _SEPARATORS & set(text) else text


def _words(command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise SecretError(f"a secret's command is not quoted rightly: {error}") from None
    if not words:
        raise SecretError("a secret reference names nothing: command:ARGV…")
    return _program(words[0], Path().absolute()), *words[1:]


def _keyring_entry(text: str) -> FromKeyring:
    service, _, user = text.rpartition("/")
    if not service or not user:
        raise SecretError("a keyring reference is SERVICE/USER")
    return FromKeyring(service, user)


def _all_text(words: list[object]) -> bool:
    return all(isinstance(word, str) for word in words)


_READERS: Mapping[str, Callable[[str], Reference]] = {
    "literal": lambda rest: Literal(Secret(rest)),
    "env": lambda rest: FromEnvironment(_not_empty(rest, "env:NAME")),
    "file": lambda rest: FromFile(_path(_not_empty(rest, "file:PATH")).absolute()),
    "command": lambda rest: FromCommand(_words(rest)),
    "keyring": _keyring_entry,
}

"""`command:ARGV…`: a secret that a program prints."""

import shlex
from pathlib import Path
from typing import ClassVar, Self

from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.decoding import LONGEST, decoded, reason_of
from milvusconn_cli.secrets.reference import Reference, path_of
from milvusconn_cli.system import limits
from milvusconn_cli.text import ELLIPSIS, is_unicode
from milvusconn_cli.values import positional_value_class

_SEPARATORS = frozenset(("/", str(Path("a", "b"))[1]))
"""Between the directories of a path; Windows has two."""


@positional_value_class
class FromCommand(Reference):
    """The standard output of a command, run without a shell, less one trailing line break."""

    argv: tuple[str, ...]
    kind: ClassVar[str] = "command"
    toml_form: ClassVar[str] = "{ command = [ … ] }"
    acts_here: ClassVar[bool] = True

    def __str__(self) -> str:
        # The arguments may hold a secret.
        return f"command:{shlex.quote(self.argv[0])}{f' {ELLIPSIS}' if len(self.argv) > 1 else ''}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """A program and its arguments, quoted as in a shell."""
        try:
            words = _split(text)
        except ValueError as error:
            raise SecretError(f"invalid quoting in a secret's command: {error}") from None
        if not words:
            raise SecretError("incomplete secret reference: command:ARGV…")
        return cls((_program(words[0], Path().absolute()), *words[1:]))

    @classmethod
    def from_toml(cls, value: object, base: Path) -> Self | None:
        """`{ command = ["PROGRAM", "ARGUMENT", …] }`."""
        if not isinstance(value, list) or not value:
            return None
        if not all(isinstance(word, str) for word in value):
            return None
        return cls((_program(value[0], base), *value[1:]))

    def to_toml(self) -> dict[str, object]:
        """`{ command = ["PROGRAM", "ARGUMENT", …] }`."""
        return {"command": list(self.argv)}

    @property
    def origin(self) -> str:
        """The program alone."""
        return f"command:{self.argv[0]}"

    @property
    def is_unicode(self) -> bool:
        """Whether every word of it is text."""
        return all(map(is_unicode, self.argv))

    async def fetch(self) -> str:
        """What the command prints; everything that it started has ended by then."""
        from milvusconn_cli.system import child_process  # noqa: PLC0415 -- brings asyncio

        try:
            output, code = await child_process.output_of(self.argv, LONGEST)
        except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
            limits.raise_if_short(error)
            raise SecretError(
                f"the secret {self} cannot be run: {reason_of(error)}",
                "check that the program exists and may be run",
            ) from None
        if code:
            raise SecretError(
                f"the secret {self} failed with exit code {code}",
                "run the command in a shell: its error message is not shown here",
            )
        return decoded(output, str(self))


def _split(text: str) -> tuple[str, ...]:
    """Words quoted as in a shell; in a Windows path, backslashes are no escapes."""
    if "\\" not in _SEPARATORS:
        return tuple(shlex.split(text))
    splitter = shlex.shlex(text, posix=True, punctuation_chars=False)
    splitter.whitespace_split, splitter.commenters, splitter.escape = True, "", ""
    return tuple(splitter)


def _program(text: str, base: Path) -> str:
    """A program with a directory in its name, by its path; a bare name is left for PATH.

    Relative to `base` and not to the working directory: what lies there may be anybody's.
    """
    return str(base / path_of(text, "command")) if _SEPARATORS & set(text) else text

"""A secret, and what refers to one. Pure.

A `Secret` prints as `***`. Its text is revealed where it is sent or stored, and nowhere else.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from milvusconn_cli.errors import SecretError
from milvusconn_cli.text import MASK, followed, is_unicode
from milvusconn_cli.values import positional_value_class


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


class Reference(ABC):
    """Where a password or token comes from. Each source of secrets is a subclass."""

    kind: ClassVar[str]
    """The word that the reference begins with, on the command line and in the registry file."""
    toml_form: ClassVar[str]
    """How the registry file says it, for messages."""
    acts_here: ClassVar[bool] = False
    """Whether to resolve it runs a program, or reads any file, on this machine."""

    @classmethod
    @abstractmethod
    def from_text(cls, text: str) -> Self:
        """Read what follows `KIND:` on the command line; `SecretError` if it means nothing."""

    @classmethod
    @abstractmethod
    def from_toml(cls, value: object, base: Path) -> Self | None:
        """Read the value of `{ KIND = … }`; paths are relative to `base`.

        None if the value has the wrong type, `SecretError` if it means nothing.
        """

    @abstractmethod
    def to_toml(self) -> str | Mapping[str, object]:
        """Write it as in the registry file."""

    @property
    def origin(self) -> str:
        """Where the secret comes from, without anything that may be secret itself."""
        return str(self)

    @property
    def is_unicode(self) -> bool:
        """Whether all of the reference is text: bytes that were not UTF-8 are none."""
        return is_unicode(str(self))

    @abstractmethod
    async def fetch(self) -> str:
        """Resolve it to the secret's text; `SecretError` if that fails."""


@positional_value_class
class Literal(Reference):
    """The secret itself, as it was typed or stands in the file."""

    secret: Secret
    kind: ClassVar[str] = "literal"
    toml_form: ClassVar[str] = "text"

    def __str__(self) -> str:
        return MASK

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Any text, also one that looks like a reference."""
        return cls(Secret(text))

    @classmethod
    def from_toml(cls, value: object, base: Path) -> Self | None:  # noqa: ARG003 -- no path
        """A string."""
        return cls(Secret(value)) if isinstance(value, str) else None

    def to_toml(self) -> str:
        """The text itself."""
        return self.secret.reveal()

    @property
    def origin(self) -> str:
        """The kind alone."""
        return self.kind

    async def fetch(self) -> str:
        """The text itself."""
        return self.secret.reveal()


def not_empty(text: str, form: str) -> str:
    """`text`; `SecretError` if it is empty."""
    if not text:
        raise SecretError(f"incomplete secret reference: {form}")
    return text


def path_of(text: str, kind: str) -> Path:
    """The path, with `~` expanded; `SecretError` if there is no such home directory."""
    path = followed(text)
    if path is None:
        raise SecretError(f"unknown home directory in {kind}:{text}")
    return path

"""What a source of connections has to say of itself, and how it is read. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.registry.aliases import Entry

Variables = Mapping[str, str]


class Importer(ABC):
    """One program's way to keep connections. What it keeps is text, unless it is our own form."""

    has_our_form: ClassVar[bool] = False
    """Whether its references to secrets are those that the file's author wrote."""
    mark: ClassVar[str | None] = None
    """A pattern by which a text that cannot be read is known to be meant as this."""

    @abstractmethod
    def usual_file(self, environment: Variables) -> str | None:
        """Where the program keeps its file; None if there is no such place."""

    @abstractmethod
    def recognizes(self, document: Mapping[str, Any], text: str) -> bool:
        """Whether a file's text, read as JSON or TOML (else empty), is of this form."""

    @abstractmethod
    def read(self, text: str, base: Path, environment: Variables) -> list[Entry]:
        """The aliases that a text has; relative paths in it are relative to `base`.

        `ConfigError` if the text is not of this form, or says what cannot be said here.
        """

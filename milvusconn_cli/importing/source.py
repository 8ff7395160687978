"""What a source of connections has to say of itself, and how it is read. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.connection.variables import Note
from milvusconn_cli.registry.aliases import Entry
from milvusconn_cli.text import listed
from milvusconn_cli.values import value_class

Variables = Mapping[str, str]
Documents = Sequence[Mapping[str, Any]]
"""The tables in a file's text, read as JSON, TOML or YAML; none where it is neither."""


@value_class
class Read:
    """The aliases of a source, and what it says besides that is not taken."""

    entries: Sequence[Entry]
    notes: tuple[Note, ...] = ()


def not_imported(names: Sequence[str], hint: str | None = None) -> Note:
    """A note that these were found and left out."""
    return Note(message=f"not imported: {listed(list(names), 20)}", hint=hint)


class Importer(ABC):
    """One program's way to keep connections. What it keeps is text, unless it is our own form."""

    has_our_form: ClassVar[bool] = False
    """Whether its references to secrets are those that the file's author wrote."""
    is_about_its_directory: ClassVar[bool] = False
    """Whether relative paths are relative to the file; else to where the program is run."""
    mark: ClassVar[str | None] = None
    """A pattern by which a text that cannot be read is known to be meant as this."""

    def usual_file(self, environment: Variables) -> str | None:
        """Where the program keeps its file; None if there is no such place."""
        return None

    @abstractmethod
    def recognizes(self, documents: Documents, text: str) -> bool:
        """Whether a file's text, or the documents in it, is of this form."""

    @abstractmethod
    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """The aliases that a text has; relative paths in it are relative to `base`.

        `ConfigError` if the text is not of this form, or says what cannot be said here.
        """

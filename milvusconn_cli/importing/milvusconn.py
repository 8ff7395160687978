"""milvusconn's own form: an export, or a registry."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from milvusconn_cli.connection.variables import Note
from milvusconn_cli.disclosure import quoted, suggestion
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import read_json, read_toml
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.registry.aliases import TOP_LEVEL, read_document


class Milvusconn(Importer):
    """What `export` writes, as TOML or JSON, and a registry file."""

    has_our_form: ClassVar[bool] = True
    is_about_its_directory: ClassVar[bool] = True
    mark: ClassVar[str | None] = r"^\s*\[\s*connections\s*[.\]]"

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By its tables."""
        return any(
            {"registry", "connections"} & one.keys() or one.keys() == {"version"}
            for one in documents
        )

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """The aliases, as in a registry."""
        document = read_json(text) if text.lstrip().startswith("{") else read_toml(text)
        registry = document.get("registry", document)
        if not isinstance(registry, dict):
            raise ConfigError("`registry` must be a table")
        read = read_document(registry, base)
        return Read(entries=list(read.entries.values()), notes=tuple(_notes(read.unknown)))


def _notes(unknown: tuple[str, ...]) -> Iterator[Note]:
    for key in unknown:
        hint = suggestion(key, TOP_LEVEL)
        yield Note(message=f"not imported: the unknown key{quoted(key)}", hint=hint)

"""milvusconn's own form: an export, or a registry."""

from pathlib import Path
from typing import ClassVar

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import read_json, read_toml
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.registry.aliases import read_document


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
        return Read(entries=list(read_document(registry, base).entries.values()))

"""milvusconn's own form: an export, or a registry."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import read_json, read_toml
from milvusconn_cli.importing.source import Importer, Variables
from milvusconn_cli.registry.aliases import Entry, read_document


class Milvusconn(Importer):
    """What `export` writes, as TOML or JSON, and a registry file."""

    has_our_form: ClassVar[bool] = True
    mark: ClassVar[str | None] = r"^\s*\[\s*connections\s*[.\]]"

    def usual_file(self, environment: Variables) -> str | None:
        """None: it is the registry itself."""

    def recognizes(self, document: Mapping[str, Any], text: str) -> bool:
        """By its tables."""
        return bool({"registry", "connections"} & document.keys()) or document.keys() == {"version"}

    def read(self, text: str, base: Path, environment: Variables) -> list[Entry]:
        """The aliases, as in a registry."""
        document = read_json(text) if text.lstrip().startswith("{") else read_toml(text)
        registry = document.get("registry", document)
        if not isinstance(registry, dict):
            raise ConfigError("`registry` must be a table")
        return list(read_document(registry, base).entries.values())

"""A table `milvus` in any program's configuration: JSON, TOML or YAML. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import read_tables, table_at
from milvusconn_cli.importing.milvus_cli import KEYS
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables

_TABLE = "milvus"


class MilvusSection(Importer):
    """`{"milvus": {"uri": …, "user": …}}`, with the names that programs use."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By the table, unless milvus_cli may have saved it as a connection of that name."""
        return any(_is_section(one, text) for one in documents)

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias, `default`."""
        for document in read_tables(text):
            settings = table_at(document, _TABLE)
            if settings:
                section = Section(settings=settings, path=_TABLE, environment=environment)
                return section.as_default(base)
        raise ConfigError(f"missing table `{_TABLE}`")


def _is_section(document: Mapping[str, Any], text: str) -> bool:
    settings = table_at(document, _TABLE)
    is_json = text.lstrip().startswith("{")
    is_saved = is_json and "uri" in settings and settings.keys() <= KEYS
    return bool(settings) and not is_saved

"""mem0: `vector_store` of its configuration. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import read_tables, table_at
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry

_DEFAULTS = {"URL": "http://localhost:19530"}


class Mem0(Importer):
    """`{"vector_store": {"provider": "milvus", "config": {url, token, db_name}}}`."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By the provider."""
        return any(_store(one) is not None for one in documents)

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias, `default`."""
        found = (_store(one) for one in read_tables(text))
        config = next((one for one in found if one is not None), None)
        if config is None:
            raise ConfigError("`vector_store` is not a Milvus")
        section = Section(
            settings=config,
            path="vector_store.config",
            environment=environment,
            # mem0 hands `url` to pymilvus as it is.
            renamed={"url": "URI"},
            defaults={"URI": _DEFAULTS["URL"]},
        )
        made, notes = section.read()
        return Read(entries=[Entry(DEFAULT_ALIAS, made, base)], notes=notes)


def _store(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The configuration of its Milvus; None if it has none."""
    store = table_at(document, "vector_store")
    is_milvus = str(store.get("provider", "")).lower() == "milvus"
    return table_at(store, "config") if is_milvus else None

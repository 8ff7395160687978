"""deep-searcher: `provide_settings.vector_db` of its `config.yaml`. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import read_tables, table_at
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry

_PATH = "provide_settings.vector_db.config"
# Put together here: text of this program's own is not redacted from what a server says.
_USER, _PASSWORD = "root", "Milvus"
_DEFAULTS = {"URI": "http://localhost:19530", "TOKEN": f"{_USER}:{_PASSWORD}"}
"""What deep-searcher connects with where its configuration does not say."""


class DeepSearcher(Importer):
    """`provide_settings: {vector_db: {provider: Milvus, config: {uri, token, db}}}`."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By the provider."""
        return any(_config(one) is not None for one in documents)

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias, `default`."""
        found = (_config(one) for one in read_tables(text))
        config = next((one for one in found if one is not None), None)
        if config is None:
            raise ConfigError("`provide_settings.vector_db` is not a Milvus")
        section = Section(
            settings=config,
            path=_PATH,
            environment=environment,
            syntax=None,
            # Handed to pymilvus as it is: an empty token sends none.
            defaults={key: text for key, text in _DEFAULTS.items() if key.lower() not in config},
        )
        made, notes = section.read()
        return Read(entries=[Entry(DEFAULT_ALIAS, made, base)], notes=notes)


def _config(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The configuration of its Milvus; None if it has none."""
    database = table_at(document, "provide_settings", "vector_db")
    is_milvus = str(database.get("provider", "")).lower() == "milvus"
    return table_at(database, "config") if is_milvus else None

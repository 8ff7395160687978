"""deep-searcher: `provide_settings.vector_db` of its `config.yaml`. Pure."""

from pathlib import Path

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import provider_milvus, read_tables
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables

_TABLE = ("provide_settings", "vector_db")
# Put together here: text of this program's own is not redacted from what a server says.
_USER, _PASSWORD = "root", "Milvus"
_DEFAULTS = {"URI": "http://localhost:19530", "TOKEN": f"{_USER}:{_PASSWORD}"}
"""What deep-searcher connects with where its configuration does not say."""


class DeepSearcher(Importer):
    """`provide_settings: {vector_db: {provider: Milvus, config: {uri, token, db}}}`."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By the provider."""
        return provider_milvus(documents, *_TABLE) is not None

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias, `default`."""
        config = provider_milvus(read_tables(text), *_TABLE)
        if config is None:
            raise ConfigError("`provide_settings.vector_db` is not a Milvus")
        return Section(
            settings=config,
            path="provide_settings.vector_db.config",
            environment=environment,
            syntax=None,
            # Handed to pymilvus as it is: an empty token sends none.
            defaults={key: text for key, text in _DEFAULTS.items() if key.lower() not in config},
        ).as_default(base)

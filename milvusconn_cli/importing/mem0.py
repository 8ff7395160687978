"""mem0: `vector_store` of its configuration. Pure."""

from pathlib import Path

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import provider_milvus, read_tables
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables

_TABLE = "vector_store"


class Mem0(Importer):
    """`{"vector_store": {"provider": "milvus", "config": {url, token, db_name}}}`."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By the provider."""
        return provider_milvus(documents, _TABLE) is not None

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias, `default`."""
        config = provider_milvus(read_tables(text), _TABLE)
        if config is None:
            raise ConfigError("`vector_store` is not a Milvus")
        return Section(
            settings=config,
            path="vector_store.config",
            environment=environment,
            # mem0 hands `url` to pymilvus as it is.
            renamed={"url": "URI"},
            defaults={"URI": "http://localhost:19530"},
        ).as_default(base)

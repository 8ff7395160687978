"""Docker Compose files: what `environment` gives to each service. Pure."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.containers import Container, joined
from milvusconn_cli.importing.documents import read_yaml_tables, table_at
from milvusconn_cli.importing.placeholders import COMPOSE
from milvusconn_cli.importing.sections import string_map
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.importing.variables import mentions
from milvusconn_cli.text import as_argument


class Compose(Importer):
    """`services.NAME.environment`, as a table or as a list of `NAME=VALUE`."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By a service with an image, a build or an environment."""
        keys = {"image", "build", "environment", "env_file"}
        services = (service for one in documents for service in table_at(one, "services").values())
        return any(isinstance(one, Mapping) and keys & one.keys() for one in services)

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """An alias for each service that has variables of Milvus, called as the service."""
        reads = []
        for document in read_yaml_tables(text):
            for name, service in table_at(document, "services").items():
                if isinstance(service, Mapping):
                    reads.append(_read(str(name), service, base, environment))
        return joined(reads)


def _read(name: str, service: Mapping[str, Any], base: Path, environment: Variables) -> Read:
    said = _environment(name, service.get("environment"))
    notes = tuple(_notes(name, service))
    if not mentions(said):
        return Read(entries=[], notes=notes)
    found = Container(name=name, environment=said).read(COMPOSE, environment, base)
    return Read(entries=found.entries, notes=(*notes, *found.notes))


def _environment(name: str, given: object) -> dict[str, str]:
    """A service's variables; one without a value has that of our own environment."""
    where = f"services.{name}.environment"
    match given:
        case None:
            return {}
        case Mapping():
            passed = {str(key): f"${{{key}}}" for key, value in given.items() if value is None}
            return {**passed, **string_map(given, where)}
        case list() if all(isinstance(one, str) for one in given):
            pairs = [one.partition("=") for one in given]
            return {key: text if equals else f"${{{key}}}" for key, equals, text in pairs}
        case _:
            raise ConfigError(f"{where} is neither a table nor a list of NAME=VALUE")


def _notes(name: str, service: Mapping[str, Any]) -> Iterator[Note]:
    files = service.get("env_file")
    if files:
        paths = [files] if isinstance(files, str) else files
        known = [one for one in paths if isinstance(one, str)] if isinstance(paths, list) else []
        hint = f"import it too: `milvusconn import {as_argument(known[0])}`" if known else None
        yield Note(message=f"{name}: env_file is not read", hint=hint)

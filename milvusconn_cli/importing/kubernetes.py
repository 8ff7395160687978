"""Kubernetes Secrets and ConfigMaps. Pure."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.connection import variables as table
from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.containers import Container, joined
from milvusconn_cli.importing.documents import read_json, read_yaml_tables, table_at
from milvusconn_cli.importing.sections import string_map
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables, not_imported
from milvusconn_cli.importing.variables import mentions
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS
from milvusconn_cli.text import is_unicode
from milvusconn_cli.values import value_class

_SECRET, _CONFIG_MAP = "Secret", "ConfigMap"
_KNOWN = table.names_of(*table.WIDE)


@value_class
class _Object:
    """A Secret or a ConfigMap."""

    kind: str
    name: str
    data: Mapping[str, str]
    """By the names of environment variables."""
    rest: tuple[str, ...]
    """Keys that no program reads as such a variable."""

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def has_place(self) -> bool:
        return any(table.prefixed(name) in self.data for name in table.names_of(*table.PLACES))


class Kubernetes(Importer):
    """`data` and `stringData`, in one document or several, or a `List` of them."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By `apiVersion` and `kind`."""
        return any("apiVersion" in one and "kind" in one for one in documents)

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias an object; objects that share one connection between them are put together."""
        is_json = text.lstrip().startswith("{")
        documents = [read_json(text)] if is_json else read_yaml_tables(text)
        found, notes = [], []
        for item in _items(documents):
            if item.get("kind") in (_SECRET, _CONFIG_MAP):
                found.append(_object(item))
            else:
                notes.append(Note(message=f"{item.get('kind')} is not read"))
        ours = [one for one in found if mentions(one.data)]
        notes.extend(not_imported(one.rest).about(one.label) for one in ours if one.rest)
        containers = _together(ours)
        read = joined([one.read(None, environment, base) for one in containers])
        return Read(entries=read.entries, notes=(*notes, *read.notes))


def _items(documents: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        items = document.get("items") if str(document.get("kind")).endswith("List") else None
        yield from items if isinstance(items, list) else [document]


def _object(item: Mapping[str, Any]) -> _Object:
    name = str(table_at(item, "metadata").get("name") or DEFAULT_ALIAS)
    kind = str(item["kind"])
    data = string_map(item.get("data") or {}, f"{kind} {name}: data")
    if kind == _SECRET:
        data = {key: _decoded(text, f"{kind} {name}: {key}") for key, text in data.items()}
    data |= string_map(item.get("stringData") or {}, f"{kind} {name}: stringData")
    is_about_milvus = re.search("milvus|zilliz", name, re.IGNORECASE) is not None
    named = {key: _variable(key, is_bare=is_about_milvus) for key in data}
    return _Object(
        kind=kind,
        name=name,
        data={variable: data[key] for key, variable in named.items() if variable},
        rest=tuple(key for key, variable in named.items() if not variable),
    )


def _decoded(text: str, where: str) -> str:
    try:
        decoded = b64decode("".join(text.split()), validate=True).decode()
    except (NotBase64, UnicodeDecodeError):
        raise ConfigError(
            f"{where} is not base64 of UTF-8 text", "plain text belongs in stringData"
        ) from None
    if not is_unicode(decoded):
        raise ConfigError(f"{where} is not UTF-8 text")
    return decoded


def _variable(key: str, *, is_bare: bool) -> str | None:
    """The variable that a key stands for: `milvus-uri` is MILVUS_URI, and so may `uri` be."""
    name = re.sub("[-.]", "_", key).upper()
    if mentions({name: ""}):
        return name
    return table.prefixed(name) if is_bare and name in _KNOWN else None


def _together(objects: list[_Object]) -> list[Container]:
    """One environment, where only one object says where Milvus is; else one for each object.

    A ConfigMap with the address and a Secret with the token are one connection.
    """
    places = [one for one in objects if one.has_place]
    if len(places) != 1:
        return [Container(name=one.name, environment=one.data) for one in objects]
    whole: dict[str, str] = {}
    for one in objects:
        for name, text in one.data.items():
            if whole.get(name, text) != text:
                raise ConfigError(f"{one.label}: {name} differs from that of another object")
            whole[name] = text
    return [Container(name=places[0].name, environment=whole)]

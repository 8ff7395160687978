"""JSON, TOML and YAML of other programs, read; and what their texts say. Pure."""

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from milvusconn_cli import toml_nesting
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.yaml_reader import read_yaml
from milvusconn_cli.registry.aliases import without_passwords
from milvusconn_cli.text import is_unicode


def read_json(text: str) -> dict[str, Any]:
    """The object of a JSON text, without its nulls; `ConfigError` if it is not one."""
    try:
        found = json.loads(text)
        unicode = is_unicode(json.dumps(found, ensure_ascii=False))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ConfigError(f"not JSON: {error.msg} (at {place})") from None
    except (ValueError, RecursionError):
        found, unicode = None, True
    if not isinstance(found, dict):
        raise ConfigError("not a JSON object")
    if not unicode:
        raise ConfigError("invalid Unicode (half of a surrogate pair)")
    return {key: _without_nulls(value) for key, value in found.items()}


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """A value without what is null in it: TOML has no such thing, and it says nothing."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value if one is not None]
    return value


def read_toml(text: str) -> dict[str, Any]:
    """The document of a TOML text; `ConfigError` if it is invalid."""
    deep = toml_nesting.too_deep(text)
    if deep is not None:
        line = text.count("\n", 0, deep) + 1
        column = deep - text.rfind("\n", 0, deep)
        raise ConfigError(
            f"a key has more than {toml_nesting.DEEPEST} parts (at line {line}, column {column})"
        )
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not TOML: {without_passwords(str(error))}") from None


def read_yaml_tables(text: str) -> list[dict[str, Any]]:
    """The documents of a YAML text that are tables; `ConfigError` if it is invalid, or has none."""
    tables = [one for one in read_yaml(text) if isinstance(one, dict)]
    if not tables:
        raise ConfigError("not a YAML mapping")
    return tables


def read_tables(text: str) -> list[dict[str, Any]]:
    """The tables of a text in whichever of JSON, TOML and YAML it is; `ConfigError` if in none."""
    if text.lstrip().startswith("{"):
        return [read_json(text)]
    with suppress(ConfigError):
        return [read_toml(text)]
    return read_yaml_tables(text)


def tables_in(text: str) -> list[dict[str, Any]]:
    """The same, and nothing of a text that is in none of them."""
    readers: tuple[Callable[[str], list[dict[str, Any]]], ...] = (
        lambda whole: [read_json(whole)],
        lambda whole: [read_toml(whole)],
        read_yaml_tables,
    )
    for read in readers:
        with suppress(ConfigError):
            return [one for one in read(text) if one]
    return []


def table_at(document: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The table at these keys; empty where there is none."""
    found: Any = document
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def provider_milvus(documents: Iterable[Mapping[str, Any]], *path: str) -> Mapping[str, Any] | None:
    """The `config` beside the first `provider: milvus` at these keys; None if there is none."""
    for document in documents:
        found = table_at(document, *path)
        if str(found.get("provider", "")).lower() == "milvus":
            return table_at(found, "config")
    return None


def checked_text(value: object, what: str) -> str:
    """What a form that has only text says there; a table would be a reference of ours."""
    if isinstance(value, str):
        return value
    raise ConfigError(f"{what} is not text")


def as_text(value: object) -> str | None:
    """A scalar as text, as JSON writes it; None for a list, a table or nothing."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
        case _:
            return None

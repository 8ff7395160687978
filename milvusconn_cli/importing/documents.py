"""JSON and TOML of other programs, read; and what their texts say. Pure."""

import json
import re
import tomllib
from typing import Any

from milvusconn_cli import toml_nesting
from milvusconn_cli.errors import ConfigError
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


def checked_text(value: object, what: str) -> str:
    """What a form that has only text says there; a table would be a reference of ours."""
    if isinstance(value, str):
        return value
    raise ConfigError(f"{what} is not text")


def with_scheme(text: str, *, tls: bool) -> str:
    """An address as a URI; `tls` turns `http` into `https`."""
    if "://" not in text and not text.endswith(".db") and not text.startswith("unix:"):
        return f"{'https' if tls else 'http'}://{text}"
    return re.sub(r"^(http|tcp|grpc)://", "https://", text, flags=re.IGNORECASE) if tls else text

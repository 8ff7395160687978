"""What the tests of the registry file share."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from milvusconn_cli.errors import RegistryError
from milvusconn_cli.registry.edits import Change
from milvusconn_cli.registry.file import change, load

TABLE: dict[str, object] = {
    "uri": "https://new:1",
    "password": {"env": "X"},
    "user": "root",
    "tags": ["a", "b"],
    "tls": {"ca": "/ca.pem"},
}


TWO = '[connections.a]\nuri = "http://a"\n\n[connections.b]\nuri = "http://b"\n'


def changed(path: Path, *wanted: Change) -> dict[str, Any]:
    """The parsed file after the changes."""
    change(path, lambda _: wanted)
    return tomllib.loads(path.read_bytes().decode())


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def refusal(path: Path, *wanted: Change) -> RegistryError:
    with pytest.raises(RegistryError) as caught:
        change(path, lambda _: wanted)
    return caught.value


aliases = st.sampled_from(["a", "b", "c", "d.d", "e e", "f'\"", "é"])


def load_refusal(path: Path) -> RegistryError:
    with pytest.raises(RegistryError) as caught:
        load(path, {})
    return caught.value

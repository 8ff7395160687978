"""Fixtures of the tests of the verbs."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.verbs import NOWHERE, Speak, register
from tests.conftest import Milvusconn
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority


@pytest.fixture
def saved(registry_path: Path) -> Callable[[], dict[str, Any]]:
    """What the file holds: the tables of its aliases."""

    def read() -> dict[str, Any]:
        if not registry_path.exists():
            return {}
        tables: dict[str, Any] = tomllib.loads(registry_path.read_text()).get("connections", {})
        return tables

    return read


@pytest.fixture
def one_of_each(milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority) -> None:
    """An alias for each exit code that a probe can have."""
    register(milvusconn, "down", "config")
    register(milvusconn, "ok", uri=speaking_milvus().uri)
    milvusconn("add", "config", "--replace", "--uri", NOWHERE, "--token", "env:UNSET_TOKEN")
    scripted = {
        "auth": answers.status(code=1400),
        "db": answers.status(code=800),
        "old": None,
        "starting": answers.status(code=1),
    }
    for alias, answer in scripted.items():
        server = speaking_milvus(connect=answer, get_version=answers.version("v2.2.8"))
        register(milvusconn, alias, uri=server.uri)
    register(milvusconn, "tls", uri=speaking_milvus(tls=authority.issue("127.0.0.1")).uri)

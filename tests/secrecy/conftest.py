"""Fixtures of the tests of secrecy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.secrecy.canaries import FROM_ENV, Watch, registry


@pytest.fixture
def watch(milvusconn: Milvusconn, tmp_path: Path) -> Watch:
    """The program, watched."""
    return Watch(milvusconn, tmp_path)


@pytest.fixture
def at(
    watch: Watch, registry_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Writes the registry of all secrets at a server."""
    monkeypatch.setenv("CANARY", FROM_ENV)
    directory = tmp_path / "given"
    directory.mkdir()
    registry_path.parent.mkdir(mode=0o700)

    def write(uri: str) -> None:
        registry_path.write_text(registry(directory, uri), encoding="utf-8")
        registry_path.chmod(0o600)
        watch.given |= set(directory.iterdir())

    return write

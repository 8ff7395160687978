"""Which Milvus Lite is found, by what lies in a directory of Python's path."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from milvusconn_cli.probing.layers import lite_package
from milvusconn_cli.probing.layers.lite_package import LitePackage


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory in which Python looks first, and alone."""
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "milvus_lite", raising=False)
    lite_package.installed.cache_clear()
    yield tmp_path
    lite_package.installed.cache_clear()


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ([], LitePackage()),
        (["milvus_lite/__init__.py"], LitePackage()),
        (["milvus_lite/__init__.py", "milvus_lite/db.py"], LitePackage("", 3)),
        (["milvus_lite/__init__.py", "milvus_lite/server.py"], LitePackage("", 2)),
        (
            ["milvus_lite/__init__.py", "milvus_lite-2.4.12.dist-info/RECORD"],
            LitePackage("2.4.12", 2),
        ),
        (["milvus_lite-3.2.2.dist-info/RECORD"], LitePackage()),
        (
            ["milvus_lite/__init__.py", "milvus_lite-dev.dist-info/RECORD"],
            LitePackage("dev", 0),
        ),
    ],
)
def test_what_is_installed(files: list[str], found: LitePackage, path: Path) -> None:
    """By the installer's record, else by the package's files."""
    for name in files:
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).touch()

    assert lite_package.installed() == found


@pytest.mark.parametrize(
    ("package", "label"),
    [(LitePackage("3.2.2", 3), "Milvus Lite 3.2.2"), (LitePackage(), "Milvus Lite")],
)
def test_what_it_is_called(package: LitePackage, label: str) -> None:
    """By its version, where that is known."""
    assert package.label == label

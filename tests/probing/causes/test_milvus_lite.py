"""Causes of Milvus Lite."""

import sys
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.probing.causes.contract import LITE, SHORT, add, established, found
from tests.servers.lite import LiteHolder


def test_no_directory_for_the_database(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """The directory is named, and not made."""
    add(milvusconn, "--uri", f"{tmp_path}/absent/milvus.db")

    assert f"{tmp_path}/absent" in found(milvusconn, "lite-missing")["summary"]
    assert not (tmp_path / "absent").exists()


@pytest.mark.usefixtures("milvus_lite_package")
@pytest.mark.parametrize("hops", [1, 2])
def test_a_link_to_no_directory(milvusconn: Milvusconn, tmp_path: Path, hops: int) -> None:
    """Milvus Lite would make the directories that it leads through."""
    place = tmp_path / "absent" / "deeper" / "milvus.db"
    for number in range(hops):
        link = tmp_path / f"link{number}.db"
        link.symlink_to(place)
        place = link
    add(milvusconn, "--uri", str(place))

    row = found(milvusconn, "lite-missing", LITE)

    assert str(tmp_path / "absent" / "deeper") in row["summary"]
    assert "mkdir -p" in row["advice"]
    assert not (tmp_path / "absent").exists()


@pytest.mark.usefixtures("milvus_lite_package")
def test_a_link_to_itself(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A loop leads nowhere."""
    (tmp_path / "loop.db").symlink_to(tmp_path / "loop.db")
    add(milvusconn, "--uri", str(tmp_path / "loop.db"))

    found(milvusconn, "lite-missing", LITE)


@pytest.mark.usefixtures("milvus_lite_package")
def test_a_link_to_a_database_that_does_not_exist_yet(
    milvusconn: Milvusconn, tmp_path: Path
) -> None:
    """It is created where the link leads, as a client would."""
    (tmp_path / "volume").mkdir()
    (tmp_path / "milvus.db").symlink_to(tmp_path / "volume" / "real.db")
    add(milvusconn, "--uri", str(tmp_path / "milvus.db"))

    established(milvusconn, LITE)

    assert (tmp_path / "volume" / "real.db").exists()


@pytest.mark.usefixtures("milvus_lite_package")
def test_database_that_another_holds(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """Its pid is told, where the system tells it; once it lets go, the connection holds."""
    with LiteHolder(tmp_path / "held.db") as holder:
        add(milvusconn, "--uri", str(holder.database))

        row = found(milvusconn, "lite-locked", LITE)

    if sys.platform == "linux":
        assert row["evidence"]["pid"] == str(holder.pid)
        assert f"pid {holder.pid}" in row["summary"]
    established(milvusconn, LITE)


ENGINES = {
    "absent": "raise ModuleNotFoundError('No module named milvus_lite', name='milvus_lite')",
    "did not start": "server_manager_instance = __import__('types').SimpleNamespace("
    "start_and_get_uri=lambda path: None, release_all=lambda: None)",
    "dies": "__import__('os')._exit(9)",
    "hangs": "__import__('threading').Event().wait()",
    "raises": "raise RuntimeError('wrong machine')",
}


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_that_does_not_work(
    milvusconn: Milvusconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """Not installed, or ends or hangs while starting: the engine is at fault, within the limit."""
    limit = SHORT if engine == "hangs" else LITE
    package = tmp_path / "path" / "milvus_lite"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "server_manager.py").write_text(ENGINES[engine])
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    add(milvusconn, "--uri", str(tmp_path / "milvus.db"))

    row = found(milvusconn, "lite-engine", limit)

    if engine == "absent":
        assert "milvus-lite" in row["advice"]


def test_lite_without_pymilvus(
    milvusconn: Milvusconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """milvus-lite needs it and does not declare it: said as it is."""
    package = tmp_path / "path" / "pymilvus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('No module named pymilvus')")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    add(milvusconn, "--uri", str(tmp_path / "milvus.db"))

    assert "pymilvus" in found(milvusconn, "lite-engine", LITE)["summary"]

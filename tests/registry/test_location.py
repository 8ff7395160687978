"""Where the registry file is."""

import errno
import os
from pathlib import Path

import pytest

from milvusconn_cli.errors import RegistryError
from milvusconn_cli.registry.file import load, locate
from tests.registry.changes import written


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, own_place: Path) -> None:
    """--config before $MILVUSCONN_CONFIG before the user's own directory; `~` and relative."""
    environment = {"MILVUSCONN_CONFIG": "~/mine.toml"}

    assert locate(Path("here.toml"), environment) == own_place / "here.toml"
    assert locate(None, environment) == Path.home() / "mine.toml"
    assert locate(None, {"MILVUSCONN_CONFIG": "sub/mine.toml"}) == own_place / "sub/mine.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own_place / "xdg"))
    own = locate(None, {"MILVUSCONN_CONFIG": ""})
    assert own.name == "connections.toml"
    assert own.parent.name == "milvusconn"


def test_a_home_that_is_nobodys() -> None:
    """`~user` of no user is a bad configuration."""
    with pytest.raises(RegistryError) as caught:
        locate(Path("~no-such-user-here/x.toml"), {})

    assert caught.value.message == ("unknown home directory in ~no-such-user-here/x.toml")


def test_a_working_directory_that_is_gone(own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no path that is relative to it."""
    gone = own_place / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    with pytest.raises(RegistryError) as caught:
        locate(Path("x.toml"), {})

    reason = os.strerror(errno.ENOENT)
    assert caught.value.message == f"cannot resolve x.toml: {reason}"


def test_relative_paths_of_the_environment_are_the_callers(
    registry_path: Path, own_place: Path
) -> None:
    """`MILVUSCONN_DEV_URI=./dev.db` means here, also where the file has an alias `dev`."""
    written(registry_path, "[connections.dev]\nuri = 'http://h'\n")
    environment = {"MILVUSCONN_DEV_URI": "./dev.db", "MILVUSCONN_NEW_URI": "./new.db"}

    registry = load(registry_path, environment)

    assert registry.get("new").connection().address == str(own_place / "new.db")
    assert registry.get("dev").connection().address == str(own_place / "dev.db")

"""`completion install` where bash has no bash-completion: nobody reads the script yet."""

import os
import subprocess
from pathlib import Path

import pytest

from milvusconn_cli.completion import places
from tests.conftest import Milvusconn


@pytest.fixture(autouse=True)
def bare_bash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without the package."""
    monkeypatch.setattr(places, "_BASH_COMPLETION", ())
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))


def test_it_is_told_what_is_missing(milvusconn: Milvusconn) -> None:
    """It is written, not installed; the line that makes bash read it works."""
    ran = milvusconn("completion", "install", "bash")

    assert ran.code == 0
    assert "installed" not in ran.err.splitlines()[0]
    assert "bash-completion" in ran.err
    line = ran.err.partition("needs `")[2].partition("`")[0]
    start_up = Path.home() / ".bashrc"
    start_up.write_text(f"{line}\n")
    shown = subprocess.run(
        ["bash", "--norc", "-c", f". {start_up}; complete -p milvusconn"],
        env={**os.environ, "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "milvusconn" in shown.stdout
    assert "hint:" not in milvusconn("completion", "install", "bash").err


def test_with_the_package_nothing_is_missing(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """It looks where the script lies."""
    loader = tmp_path / "share" / "bash-completion" / "bash_completion"
    loader.parent.mkdir(parents=True)
    loader.touch()

    ran = milvusconn("completion", "install", "bash")

    assert "installed for new shells" in ran.err
    assert "hint:" not in ran.err

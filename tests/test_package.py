"""The wheel, as somebody gets it: built, installed by pipx into a fresh home, and used there."""

import os
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.shells import BASH_COMPLETION, TAB, Home, Terminal, shell_or_skip

ROOT = Path(__file__).parent.parent
SHARED = {
    "share/bash-completion/completions/milvusconn": ROOT / "completions" / "milvusconn.bash",
    "share/zsh/site-functions/_milvusconn": ROOT / "completions" / "_milvusconn",
    "share/fish/vendor_completions.d/milvusconn.fish": ROOT / "completions" / "milvusconn.fish",
    "share/man/man1/milvusconn.1": ROOT / "docs" / "milvusconn.1",
}


def build(kind: str, directory: Path) -> Path:
    """A wheel or an sdist of this project, by the build backend that is installed."""
    if find_spec("hatchling") is None:
        assert not os.environ.get("CI")
        pytest.skip("hatchling is not installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(directory)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (built,) = directory.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def pip_cache() -> str:
    """Where pip keeps what it has fetched before: the same packages as this environment's."""
    command = [sys.executable, "-m", "pip", "cache", "dir"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A fresh home, in which `pipx install` has been typed, and nothing else."""
    if find_spec("pipx") is None:
        assert not os.environ.get("CI")
        pytest.skip("pipx is not installed")
    home = Home(tmp_path_factory.mktemp("pipx-home"))
    (home.bin / "milvusconn").unlink()
    home.registry('[connections."my alias"]\nuri = "http://127.0.0.1:1"\n')
    environment = {**os.environ, **home.environment, "PIP_CACHE_DIR": pip_cache()}
    installed = subprocess.run(
        [sys.executable, "-m", "pipx", "install", wheel, "--python", sys.executable],
        env={name: text for name, text in environment.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    return home


def test_wheel_carries_them(wheel: Path) -> None:
    """Scripts and man page, where shells and man look, each the file of the project."""
    with zipfile.ZipFile(wheel) as archive:
        for place, file in SHARED.items():
            (name,) = [name for name in archive.namelist() if name.endswith(f".data/data/{place}")]
            assert archive.read(name) == file.read_bytes()


def test_sdist_carries_what_the_wheel_is_made_of(tmp_path: Path) -> None:
    """So that a wheel can be built from it too."""
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {str(file.relative_to(ROOT)) for file in SHARED.values()} <= names


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_pipx_install_is_all(home: Home, shell: str) -> None:
    """The first TAB completes: no file was written by hand, no command given besides."""
    shell_or_skip(shell)
    # The account's own: what Debian puts into a new one for bash; for fish nothing.
    home.start_up(shell, *([f". {BASH_COMPLETION}"] if shell == "bash" else []))
    inside = {"PATH": f"{home.directory}/.local/bin:{home.environment['PATH']}"}

    with Terminal(shell, home, inside) as terminal:
        said = terminal.shown(f"milvusconn inspect m{TAB}")

    assert "alias" in said


@pytest.mark.slow
def test_man_page_opens(home: Home) -> None:
    """By its name, found beside the PATH as man finds it."""
    shell_or_skip("man")
    inside = {"PATH": f"{home.directory}/.local/bin:{home.environment['PATH']}", "MANPAGER": "cat"}

    ran = subprocess.run(
        ["man", "milvusconn"],
        env={**home.environment, **inside},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert "MILVUSCONN(1)" in ran.stdout

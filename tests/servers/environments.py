"""Python environments with another version of a package, made once and kept for later runs.

They are in the user's cache, or in `$MILVUSCONN_TESTS_CACHE`: a run that makes one takes a minute.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from milvusconn_cli.system.environment_info import pymilvus_version

CACHE_VARIABLE = "MILVUSCONN_TESTS_CACHE"
_PATIENCE = 900


def _cache() -> Path:
    """Not below `$HOME`, which tests set to a directory of their own."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    try:
        import pwd  # noqa: PLC0415 -- POSIX alone has it

        return Path(pwd.getpwuid(os.getuid()).pw_dir, ".cache", "milvusconn-tests")
    except (ImportError, KeyError):
        return Path(tempfile.gettempdir(), "milvusconn-tests")


class NotInstallableError(Exception):
    """pip could not install the packages of an environment; says why."""


def environment_with(*requirements: str, name: str) -> Path:
    """The interpreter of an environment with these packages; `NotInstallableError`."""
    wanted = "\n".join([*requirements, sys.version])
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:12]
    directory = _cache() / f"{name}-{digest}"
    directory.parent.mkdir(parents=True, exist_ok=True)
    python = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with FileLock(f"{directory}.lock", timeout=_PATIENCE):
        if not (directory / "complete").exists():
            _make(directory, python, requirements)
    return python


def _make(directory: Path, python: Path, requirements: Sequence[str]) -> None:
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(directory)],
        [str(python), "-m", "pip", "install", "--quiet", *requirements],
    ):
        ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if ran.returncode:
            raise NotInstallableError(ran.stderr.strip())
    (directory / "complete").touch()


def python_with(*requirements: str, name: str) -> Path:
    """The same; skips where the packages cannot be had, but fails in a continuous build."""
    try:
        return environment_with(*requirements, name=name)
    except NotInstallableError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"{' '.join(requirements)} cannot be installed: {str(error)[-300:]}")


def python_with_pymilvus(version: str) -> Path:
    """The interpreter of an environment with that version of pymilvus: this one, if it has it."""
    if pymilvus_version() == version:
        return Path(sys.executable)
    # Versions before 2.5 import pkg_resources and do not say so.
    more = ["setuptools<81"] if version.startswith("2.4.") else []
    return python_with(f"pymilvus=={version}", *more, name=f"pymilvus-{version}")


def node_modules_with(*packages: str, name: str) -> Path:
    """The `node_modules` with these packages of npm; skips as `python_with` does."""
    digest = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:12]
    directory = _cache() / f"{name}-{digest}"
    directory.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{directory}.lock", timeout=_PATIENCE):
        if not (directory / "complete").exists():
            _install_with_npm(directory, packages)
    return directory / "node_modules"


def _install_with_npm(directory: Path, packages: Sequence[str]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    # Scripts of packages are nobody's business here.
    options = ["--ignore-scripts", "--no-save", f"--prefix={directory}"]
    command = [npm, "install", *options, *packages]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        pytest.skip(f"{' '.join(packages)} cannot be installed: {ran.stderr.strip()[-300:]}")
    (directory / "complete").touch()

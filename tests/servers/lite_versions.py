"""Milvus Lite in the versions that people have: the installed one, and older ones of their own.

Each older version is installed into a virtual environment in the user's cache, once for all test
runs on a machine. milvusconn is not installed there: it runs from this repository.
"""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import Ran
from tests.servers.environments import environment_with
from tests.servers.lite import LiteHolder

ROOT = Path(__file__).parents[2]
OLDER: Mapping[str, Sequence[str]] = {
    "2.5.1": ("milvus-lite==2.5.1", "pymilvus==2.6.17", "setuptools<82"),
    "2.4.12": ("milvus-lite==2.4.12", "pymilvus==2.5.18", "setuptools<82"),
}
"""What is installed for a version; setuptools 82 has no `pkg_resources`, which it imports."""


@dataclass(frozen=True)
class Lite:
    """One version of Milvus Lite, with a Python that has it."""

    version: str
    python: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def keeps_a_file(self) -> bool:
        """Whether a database is a file (version 2) or a directory (version 3)."""
        return self.version.startswith("2.")

    def has(self, *arguments: str | Path, **options: Any) -> Ran:  # noqa: ANN401 -- run's
        """`milvusconn has ARGUMENTS`, with a limit that a slow machine does not meet."""
        return self.run("has", "-t", "120", *arguments, **options)

    def run(
        self,
        *arguments: str | Path,
        before: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Ran:
        """The program as a process of its own; `before` are words of a command that runs it."""
        ran = subprocess.run(
            [*before, self.python, "-m", "milvusconn_cli", *map(str, arguments)],
            env={**os.environ, **self.environment, **(environment or {})},
            capture_output=True,
            check=False,
            text=True,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def holder(self, database: Path) -> LiteHolder:
        """Another process that is going to have the database open."""
        return LiteHolder(database, python=self.python)


def installed() -> Lite:
    """The version that is installed with the tests."""
    return Lite("3", sys.executable)


def older(version: str) -> Lite:
    """A version of its own environment, which is made first; `NotInstallableError`."""
    python = environment_with(*_dependencies(), *OLDER[version], name=f"lite-{version}")
    return Lite(version, str(python), {"PYTHONPATH": str(ROOT)})


def _dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [str(one) for one in project["dependencies"]]

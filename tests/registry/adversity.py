"""What the tests of a registry in adversity share."""

import os
from pathlib import Path

import pytest

from tests.conftest import Ran

NOWHERE = "http://127.0.0.1:1"
REGISTRY = "version = 1\n" + "".join(
    f'\n# {number}\n[connections.dev{number}]\nuri = "{NOWHERE}"\n' for number in range(200)
)
"""Some 10 kB: three pages of a file system."""
CHANGES: list[tuple[str, ...]] = [
    ("add", "new", "--uri", NOWHERE),
    ("add", "dev1", "--replace", "--uri", NOWHERE, "--db", "other"),
    ("remove", "dev1", "dev2"),
    ("rename", "dev1", "new"),
    ("copy", "dev1", "new"),
    ("disconnect", "dev1"),
]


QUESTIONS: list[tuple[str, ...]] = [
    ("list", "--no-probe"),
    ("list", "--names"),
    ("has", "dev1"),
    ("show", "dev1"),
    ("address", "dev1"),
    ("connect", "dev1"),
    ("inspect", "dev1"),
]


every_change = pytest.mark.parametrize("command", CHANGES, ids=lambda words: "-".join(words[:3]))
every_command = pytest.mark.parametrize(
    "command", [*CHANGES, *QUESTIONS], ids=lambda words: "-".join(words[:3])
)


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def assert_refused(ran: Ran, *words: str) -> None:
    """Exit 78, silence on stdout, one line on stderr and a hint at most."""
    assert (ran.code, ran.out) == (78, ""), ran
    first, *rest = ran.err.splitlines()
    assert first.startswith("milvusconn: ")
    assert len(rest) <= 1
    assert all(line.startswith("  hint: ") for line in rest)
    assert all(word in ran.err for word in words), ran.err


def assert_intact(path: Path, text: str = REGISTRY) -> None:
    """The file to the byte, and beside it its lock at most."""
    assert path.read_text(encoding="utf-8") == text
    assert beside(path) <= {f".{path.name}.lock"}


def beside(path: Path) -> set[str]:
    return {one.name for one in path.parent.iterdir()} - {path.name}


def written(path: Path, text: str = REGISTRY, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path

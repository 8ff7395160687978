"""Several processes change one file."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from milvusconn_cli.registry import lock as registry_lock
from milvusconn_cli.registry.edits import (
    adding,
    removing,
)
from milvusconn_cli.registry.file import load
from tests.registry.changes import TABLE, TWO, changed, refusal, written

HOLD = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_that_another_process_holds_is_said(
    registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds it, by process id where the system tells; the file is left alone."""
    monkeypatch.setattr(registry_lock, "LOCK_SECONDS", 0.05)
    written(registry_path, TWO)
    lock = registry_path.with_name(".connections.toml.lock")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"

        error = refusal(registry_path, removing("a"))

        holder.stdin.close()
    assert "is being changed by another process" in error.message
    assert error.hint == "retry when it is done"
    if Path("/proc/locks").exists():
        assert f"pid {holder.pid}" in error.message
    assert registry_path.read_text(encoding="utf-8") == TWO
    changed(registry_path, removing("a"))


ADD_TWENTY = """
import sys
from pathlib import Path
from milvusconn_cli.registry.edits import adding
from milvusconn_cli.registry.file import change
for number in range(20):
    table = {"uri": "http://h"}
    change(Path(sys.argv[1]), lambda _: [adding({f"{sys.argv[2]}{number}": table})])
"""


def test_two_processes_that_add_lose_nothing(registry_path: Path) -> None:
    """Twenty aliases each make forty."""
    adders = [
        subprocess.Popen([sys.executable, "-c", ADD_TWENTY, str(registry_path), name])
        for name in ("x", "y")
    ]
    assert [adder.wait() for adder in adders] == [0, 0]

    found = tomllib.loads(registry_path.read_text(encoding="utf-8"))["connections"]
    assert set(found) == {f"{name}{number}" for name in ("x", "y") for number in range(20)}


def test_readers_never_see_half_a_file(registry_path: Path) -> None:
    """A reader beside a writer parses every time it looks."""
    changed(registry_path, adding({"first": TABLE}))
    with subprocess.Popen([sys.executable, "-c", ADD_TWENTY, str(registry_path), "x"]) as adder:
        while adder.poll() is None:
            assert "first" in load(registry_path, {})
    assert adder.returncode == 0

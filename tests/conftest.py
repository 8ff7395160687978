"""How the tests run the program: through `main`, where errors become exit codes.

Every test has a registry, a home and an environment of its own; nothing of the machine's settings
reaches it.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import hypothesis
import pytest

# gRPC reads it once, at its import, which the servers of the tests do first.
os.environ["GRPC_VERBOSITY"] = "NONE"

# Hundreds of processes start here: one that compiles all that it imports takes half as long again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = [
    "tests.fixtures_servers",
    "tests.fixtures_faults",
    "tests.parallel",
    "tests.sweeps",
]

# For mutants: the same examples in each run, and no time spent on the smallest that fails.
hypothesis.settings.register_profile(
    "mutation",
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=50,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)

_FOREIGN = ("MILVUS", "GRPC_", "XDG_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
_PROXIES = ("http_proxy", "https_proxy", "grpc_proxy", "no_proxy", "no_grpc_proxy", "all_proxy")


@dataclass(frozen=True)
class Ran:
    """What one call of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which is one JSON document."""
        import json  # noqa: PLC0415

        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def row(self) -> dict[str, Any]:
        """The one connection of that document."""
        (row,) = self.json["connections"]
        assert isinstance(row, dict)
        return row


class Milvusconn(Protocol):
    """`milvusconn("has", "dev")`, in this process."""

    def __call__(self, *arguments: str | Path) -> Ran: ...


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, a working directory and an environment of the test's own."""
    for name in os.environ:
        if name.startswith(_FOREIGN) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SHELL", "/bin/bash")  # containers and cron set none
    monkeypatch.setenv("MILVUSCONN_CONFIG", str(tmp_path / "config" / "connections.toml"))
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def registry_path(tmp_path: Path) -> Path:
    """The registry file of this test; there is none yet."""
    return tmp_path / "config" / "connections.toml"


@pytest.fixture
def milvusconn(capfd: pytest.CaptureFixture[str]) -> Milvusconn:
    """The program, called through `main` in this process; the file descriptors are captured."""
    from milvusconn_cli.app import main  # noqa: PLC0415 -- after the environment is set

    def run(*arguments: str | Path) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Ran(int(code), captured.out, captured.err)

    return run


@contextmanager
def unprivileged() -> Iterator[None]:
    """Modes and owners, of files and of processes, hold for root too."""
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("nothing but Linux takes single privileges from root")
    libc, header = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(0x20080522, 0)
    had = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, had) == 0
    fewer = type(had)(*had)
    # CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER and KILL of capability.h
    fewer[0] &= ~0b101111
    assert libc.capset(header, fewer) == 0
    try:
        yield
    finally:
        assert libc.capset(header, had) == 0


def run_program(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    **options: Any,  # noqa: ANN401 -- subprocess's own
) -> Ran:
    """The program as a process of its own, for what only a process shows."""
    ran = subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=False,
        text=True,
        **options,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)

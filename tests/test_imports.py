"""What a command does not need, it does not load: the time of a short command is its imports."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.servers.milvus import MilvusServer

RUN = """
import sys
from milvusconn_cli.app import main
code = main(sys.argv[1:])
print("\\n" + repr((int(code), sorted(sys.modules))))
"""

HEAVY = (
    "aiohttp", "asyncio", "cryptography", "filelock", "grpc", "httpx", "keyring", "pandas",
    "prometheus_client", "pydantic", "pymilvus", "requests", "rich", "ssl", "tomlkit",
)  # fmt: skip
"""Packages, each with all that is in it."""

EXPLAINS = {f"milvusconn_cli.probing.{name}" for name in ("diagnosis", "second_look", "layers.tls")}
"""Modules that only a connection needs which is not established."""


def loaded(*arguments: str | Path) -> tuple[int, set[str]]:
    """Exit code, and the heavy packages that a process has loaded which ran this command."""
    code, modules = loaded_modules(*arguments)
    packages = {module.partition(".")[0] for module in modules}
    return code, packages & set(HEAVY)


def loaded_modules(*arguments: str | Path) -> tuple[int, set[str]]:
    """Exit code, and every module that a process has loaded which ran this command."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = ast.literal_eval(ran.stdout.splitlines()[-1])
    return code, set(modules)


@cache
def of_the_lock() -> set[str]:
    """The lock, and what it brings: before filelock 4.2 asyncio, to lock in an event loop."""
    code = "import filelock, sys; print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in ast.literal_eval(ran.stdout)} & set(HEAVY)


TAB = """
import os, sys
from milvusconn_cli import entry
os._exit = lambda code: (print("\\n" + repr((code, sorted(sys.modules)))), sys.exit(0))
sys.argv = ["milvusconn", *sys.argv[1:]]
entry.run()
"""


@pytest.mark.parametrize("kind", ["aliases", "tags", "causes"])
def test_completion_loads_next_to_nothing(dev: str, kind: str) -> None:
    """A TAB is answered before typer is there, or any module that checks settings or dials."""
    ran = subprocess.run(
        [sys.executable, "-c", TAB, "__complete", kind], capture_output=True, text=True, check=True
    )
    *offered, _, last = ran.stdout.splitlines()
    code, modules = ast.literal_eval(last)

    assert code == 0
    assert offered or kind == "tags"
    packages = {module.partition(".")[0] for module in modules}
    assert not packages & {*HEAVY, "typer", "platformdirs", "socket", "subprocess", "pathlib"}
    ours = {module for module in modules if module.startswith("milvusconn_cli.")}
    allowed = {"_version", "entry", "candidates"} | (
        {"causes", "exits"} if kind == "causes" else set()
    )
    assert ours == {f"milvusconn_cli.{name}" for name in allowed}
    assert dev


@pytest.fixture
def dev(milvus: MilvusServer) -> str:
    """The alias of a real Milvus."""
    subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", "add", "dev", "--uri", milvus.uri],
        capture_output=True,
        check=True,
    )
    return "dev"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--help",), 0),
        (("--version",), 0),
        (("has", "--help"), 0),
        (("has", "nobody"), 1),
        (("address", "dev"), 0),
        (("list", "--names"), 0),
        (("list", "--no-probe", "-o", "plain"), 0),
        (("list", "--no-probe", "-o", "json"), 0),
        (("show", "dev", "-o", "json"), 0),
        (("remove", "nobody"), 1),
        (("has", "--no-such-option"), 2),
        (("completion", "status", "-o", "plain"), 0),
        (("completion", "show", "bash"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_dials_nothing_loads_nothing(
    dev: str, arguments: tuple[str, ...], expected: int
) -> None:
    """No gRPC, no asyncio, no rich, no TOML writer: such a command is done in a moment."""
    assert dev

    code, packages = loaded(*arguments)

    assert code == expected
    assert packages <= of_the_lock() if arguments[0] == "remove" else not packages


def test_out_of_service_loads_nothing(dev: str) -> None:
    """`disconnected` is known without dialling."""
    subprocess.run([sys.executable, "-m", "milvusconn_cli", "disconnect", dev], check=True)

    assert loaded("has", dev) == (1, set())


def test_add_loads_what_writes_the_file() -> None:
    """The TOML writer and the lock, and nothing that dials."""
    code, packages = loaded("add", "new", "--uri", "http://localhost:19530")

    assert code == 0
    assert packages <= {"tomlkit"} | of_the_lock()


def test_refused_dial_loads_what_dials(refusing_port: int) -> None:
    """No table, no TOML writer."""
    loaded("add", "dead", "--uri", f"http://127.0.0.1:{refusing_port}")

    code, packages = loaded("has", "dead")

    assert code == 3
    assert "grpc" in packages
    assert not packages & {"rich", "tomlkit", "filelock", "pandas", "pymilvus"}


@pytest.mark.parametrize("output", ["plain", "json"])
def test_established_needs_no_certificate_reader(dev: str, output: str) -> None:
    """No certificate is to be explained, so the package that reads them stays out."""
    code, packages = loaded("has", dev, "-o", output)

    assert code == 0
    assert "grpc" in packages
    assert not packages & {"cryptography", "rich", "tomlkit", "filelock", "pandas", "pymilvus"}


def test_established_loads_nothing_that_explains(dev: str) -> None:
    """The climb, the inspection and JSON are for those who need them."""
    code, modules = loaded_modules("has", dev)

    assert code == 0
    assert not modules & EXPLAINS
    assert not modules & {
        "json",
        "milvusconn_cli.probing.inspect",
        "milvusconn_cli.formats.envelope",
    }


def test_refused_loads_only_the_climb(refusing_port: int) -> None:
    """Whoever gets no further than TCP reads no HTTP/2 headers; an address needs no IDNA."""
    loaded("add", "dead", "--uri", f"http://127.0.0.1:{refusing_port}")

    code, modules = loaded_modules("has", "dead")

    assert code == 3
    assert "milvusconn_cli.probing.diagnosis" in modules
    assert not modules & {"h2", "encodings.idna", "idna", "json", "milvusconn_cli.probing.inspect"}


def test_table_loads_what_it_takes_from_rich(dev: str) -> None:
    """Widths, folding, colours; its own tables are slow, and stay out."""
    code, modules = loaded_modules("list", "--no-probe")

    assert (code, bool(dev)) == (0, True)
    assert "rich.cells" in modules
    assert not modules & {"rich.table", "rich.progress", "asyncio"}

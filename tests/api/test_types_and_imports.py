"""What a type checker sees of the interface, and what an import of it brings."""

import ast
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

import milvusconn_cli
from milvusconn_cli import Connections

EXAMPLE = """
from typing import Any, assert_type

from milvusconn_cli import (
    ConnectError,
    ConnectionConfigException,
    ConnectionReport,
    Connections,
    Settings,
    connections,
)
from milvusconn_cli.pytest_plugin import MilvusConnection

prod: Settings = {"uri": "https://milvus.example", "token": {"env": "MILVUS_TOKEN"}, "timeout": 3}
connections.add_connection(prod=prod, dev={"host": "localhost", "port": 19530})
try:
    connections.connect("dev", "root", "Milvus", db_name="films", host="localhost", replace=True)
except ConnectError as error:
    assert_type(error.report, ConnectionReport)
except ConnectionConfigException as error:
    assert_type(error.hint, str | None)
assert_type(connections, Connections)
assert_type(connections.has_connection("dev"), bool)
assert_type(connections.report("dev").cause, str | None)
assert_type(connections.list_connections(), list[tuple[str, ConnectionReport | None]])
assert_type(connections.kwargs("dev"), dict[str, Any])
client = connections.client("dev", timeout=20)


async def check() -> bool:
    assert_type(await connections.async_kwargs("dev"), dict[str, Any])
    return await Connections.in_memory().async_has_connection("dev")


def test_one(milvus_connection: MilvusConnection) -> None:
    assert_type(milvus_connection.report, ConnectionReport)
    assert_type(milvus_connection.kwargs, dict[str, Any])
    client = milvus_connection.client(timeout=20)
"""

MISUSE = {
    "connections.has_connection(1)": "arg-type",
    'connections.connect("a", uri=5)': "arg-type",
    'connections.connect("a", url="http://h")': "call-arg",
    'connections.add_connection(a={"url": "http://h"})': "typeddict-unknown-key",
}


def mypy(program: str, directory: Path, *options: str | Path) -> str:
    file = directory / "example.py"
    file.write_text(program)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir"]
    ran = subprocess.run(
        [*command, directory / "cache", *options, file],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout


def loaded_by(program: str) -> set[str]:
    """The modules that a program says it has loaded."""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ast.literal_eval(ran.stdout))


def test_example_is_strictly_typed(tmp_path: Path) -> None:
    assert mypy(EXAMPLE, tmp_path) == "Success: no issues found in 1 source file\n"


def test_example_is_strictly_typed_without_extras(tmp_path: Path) -> None:
    """An interpreter that has the package and nothing else: no pytest, pymilvus or aiohttp."""
    bare = tmp_path / "bare"
    venv.create(bare, symlinks=True)
    paths = {"base": str(bare), "platbase": str(bare)}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    (site / "milvusconn_cli").symlink_to(Path(milvusconn_cli.__file__).parent)
    program = Path(sysconfig.get_path("scripts", "venv", paths), "python")

    found = mypy(EXAMPLE, tmp_path, "--python-executable", program)

    assert found == "Success: no issues found in 1 source file\n"


def test_mistakes_are_found_by_the_type_checker(tmp_path: Path) -> None:
    lines = ["from milvusconn_cli import connections", *MISUSE]

    found = mypy("\n".join(lines), tmp_path)

    assert f"Found {len(MISUSE)} errors" in found, found
    assert all(f"[{code}]" in found for code in MISUSE.values()), found


@pytest.mark.parametrize(
    "then", ["", "connections.list_connections()", "connections.has_connection('nobody')"]
)
def test_import_brings_neither_typer_nor_rich(then: str) -> None:
    """And no gRPC, before something is checked."""
    program = f"import sys; from milvusconn_cli import connections; {then}\nprint([*sys.modules])"

    packages = {module.partition(".")[0] for module in loaded_by(program)}

    assert not packages & {"typer", "rich", "grpc", "pymilvus", "tomlkit", "cryptography"}


def test_check_brings_neither_typer_nor_rich() -> None:
    program = (
        "import sys; from milvusconn_cli import Connections; c = Connections.in_memory()\n"
        "c.add_connection(a={'uri': 'http://127.0.0.1:1'}); c.report('a')\nprint([*sys.modules])"
    )

    modules = loaded_by(program)

    assert "grpc" in modules
    assert not {module.partition(".")[0] for module in modules} & {"typer", "rich", "pymilvus"}


def test_package_exports_what_it_names() -> None:
    assert all(getattr(milvusconn_cli, name) for name in milvusconn_cli.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = milvusconn_cli.nothing


def test_every_operation_has_a_twin_and_a_docstring() -> None:
    operations = {name for name in vars(Connections) if not name.startswith(("_", "async_"))}
    # Those that are no calls to the registry or a server.
    operations -= {"in_memory", "kwargs", "client"}

    assert len(operations) == 8
    for name in operations:
        assert getattr(Connections, name).__doc__
        assert getattr(Connections, f"async_{name}").__doc__

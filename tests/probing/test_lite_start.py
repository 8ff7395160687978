"""What the start of Milvus Lite spares: imports that nobody needs, and one after the other."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from milvusconn_cli.probing import lite_engine
from tests.conftest import Milvusconn

pytestmark = pytest.mark.usefixtures("milvus_lite_package")

START = """
import runpy, sys
engine = runpy.run_path(sys.argv[1], run_name="engine")
said = engine["_start"](sys.argv[2])
print(repr((said, sorted(sys.modules))))
sys.stdout.flush()
import os
os._exit(0)
"""

SPAWNED = """
import asyncio, sys
spawn = asyncio.create_subprocess_exec
seen = []
async def watched(*arguments, **options):
    seen.append("grpc" in sys.modules)
    return await spawn(*arguments, **options)
asyncio.create_subprocess_exec = watched
from milvusconn_cli.app import main
code = main(["has", "dev", "-t", "120"])
print(repr((int(code), seen, "grpc" in sys.modules)))
"""


def started(database: Path) -> tuple[dict[str, str], set[str]]:
    """What the engine says, and the modules that its process has loaded by then."""
    ran = subprocess.run(
        [sys.executable, "-P", "-c", START, lite_engine.__file__, str(database)],
        capture_output=True,
        text=True,
        check=True,
    )
    said, modules = ast.literal_eval(ran.stdout.splitlines()[-1])
    return said, set(modules)


def test_the_engine_loads_nothing_of_pymilvus_but_the_protocol(tmp_path: Path) -> None:
    """Its client brings pandas, which takes as long as the engine itself."""
    said, modules = started(tmp_path / "x.db")

    assert said["uri"].startswith("http://127.0.0.1:")
    assert "pymilvus.grpc_gen.milvus_pb2" in modules
    assert not modules & {"pandas", "pymilvus.client", "pymilvus.orm"}


def test_an_engine_that_needs_all_of_pymilvus_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine of another version may import more."""
    package = tmp_path / "path" / "milvus_lite"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "server_manager.py").write_text(
        "from pymilvus import MilvusClient\n"
        "class Manager:\n"
        "    def start_and_get_uri(self, path):\n"
        "        return 'unix:' + MilvusClient.__name__\n"
        "server_manager_instance = Manager()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(package.parent))

    said, _ = started(tmp_path / "x.db")

    assert said == {"uri": "unix:MilvusClient"}


def test_grpc_is_loaded_while_the_engine_starts(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """Not before its process is there."""
    milvusconn("add", "dev", "--uri", str(tmp_path / "x.db"))

    ran = subprocess.run(
        [sys.executable, "-c", SPAWNED], capture_output=True, text=True, check=True
    )

    assert ast.literal_eval(ran.stdout.splitlines()[-1]) == (0, [False], True)

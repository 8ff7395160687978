"""What an import source needs is loaded for it alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import sys
from milvusconn_cli.app import main
code = main(sys.argv[1:])
print("\\n" + repr((int(code), sorted(sys.modules))))
"""


def loaded(*arguments: str) -> set[str]:
    """Every module that a process has loaded which ran this command well."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=True
    )
    code, modules = ast.literal_eval(ran.stdout.splitlines()[-1])
    assert code == 0, ran.stderr
    return set(modules)


@pytest.mark.parametrize(
    ("name", "text", "reads_yaml"),
    [
        ("r.toml", '[connections.a]\nuri = "http://h"\n', False),
        ("m.json", '{"a": {"uri": "http://h"}}', False),
        ("c.yaml", "milvus:\n  uri: http://h\n", True),
    ],
)
def test_only_yaml_loads_a_yaml_reader(name: str, text: str, *, reads_yaml: bool) -> None:
    """JSON and TOML are read by what Python brings."""
    Path(name).write_text(text)

    assert ("yaml" in loaded("import", name)) is reads_yaml


@pytest.mark.parametrize("arguments", [("list", "--names"), ("add", "x", "--uri", "http://h")])
def test_the_table_of_names_is_loaded_where_variables_are_set(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no import source by any other verb."""
    sources = "milvusconn_cli.importing"
    without = loaded(*arguments)
    assert "milvusconn_cli.connection.variables" not in without
    assert not any(name.startswith((sources, "yaml", "dotenv")) for name in without)

    monkeypatch.setenv("MILVUS_URI", "http://h")
    assert "milvusconn_cli.connection.variables" in loaded("list", "--names")

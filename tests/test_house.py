"""The house is kept: linters, types, floors, and documents that say what is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_LINES = 500
WORKFLOWS = sorted(map(str, (ROOT / ".github" / "workflows").glob("*.yml")))


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "."], id="ruff check"),
        pytest.param(["ruff", "format", "--check", "."], id="ruff format"),
        pytest.param(["mypy"], id="mypy --strict"),
        pytest.param(["lint-imports"], id="import-linter"),
        pytest.param(
            ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS],
            id="GitHub workflows",
        ),
    ],
)
def test_checker_is_content(command: list[str]) -> None:
    """Rules, formatting, types and the floors of the house hold for all of the project."""
    program = Path(sys.executable).with_name(command[0])

    ran = subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_ci_runs_the_readme_s_test_command() -> None:
    """What the README tells a newcomer to run is, to the letter, what must pass."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^(python3 -m venv .*)$", readme, re.MULTILINE)

    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert len(commands) == 2
    assert commands[1] in ci.splitlines()


def test_only_the_adapter_uses_typer_s_internals() -> None:
    """An upgrade of typer that moves its commands or errors changes one file."""
    internals = re.compile(
        r"typer\.(core|main|models|_click)|Typer(Group|Command|Option|Argument)\b"
    )
    package = ROOT / "milvusconn_cli"

    users = {
        str(module.relative_to(package))
        for module in package.rglob("*.py")
        if internals.search(module.read_text(encoding="utf-8"))
    }

    assert users == {"cli/typer_adapter.py"}


def test_no_file_is_too_long_to_be_read() -> None:
    """A subject that needs more has more than one subject in it."""
    files = [*(ROOT / "milvusconn_cli").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]

    lengths = {str(one): len(one.read_text(encoding="utf-8").splitlines()) for one in files}

    assert {one: lines for one, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_is_in_the_plan() -> None:
    """ARCHITECTURE.md names every module, so that nobody meets one it does not explain."""
    plan = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    package = ROOT / "milvusconn_cli"

    missing = [
        str(module.relative_to(package))
        for module in package.rglob("*.py")
        if module.name != "__init__.py"
        and module.parent.name != "formats"
        and module.name.removesuffix(".py") not in plan
    ]

    assert missing == []


def test_generated_documents_are_current() -> None:
    """The README's table of causes is the one that the code has."""
    ran = subprocess.run([sys.executable, ROOT / "docs" / "generate.py", "--check"], check=False)

    assert ran.returncode == 0, "run `python docs/generate.py`"

"""Write what comes from the code: `python docs/generate.py [--check]`.

The README's table of causes, the scripts in completions/ and the man page. With `--check` nothing
is written; what is out of date is named, and the exit code says whether anything is.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import typer.main
from typer.core import TyperGroup

from milvusconn_cli.app import VERBS, application
from milvusconn_cli.causes import Cause
from milvusconn_cli.completion import SCRIPTS, man
from milvusconn_cli.completion.model import Program, read

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
MAN_PAGE = ROOT / "docs" / "milvusconn.1"
SCRIPT_OF_SHELL = {
    "bash": ROOT / "completions" / "milvusconn.bash",
    "zsh": ROOT / "completions" / "_milvusconn",
    "fish": ROOT / "completions" / "milvusconn.fish",
    "powershell": ROOT / "completions" / "milvusconn.ps1",
}
_BLOCK = re.compile(r"(<!-- causes: [^\n]*-->\n).*?(<!-- /causes -->)", re.DOTALL)


def causes_table() -> str:
    """Every cause, its exit code, what it means and what to do, as Markdown."""
    rows = [
        f"| `{cause.label}` | {int(cause.exit_code)} | {cause.summary} | {_cell(cause.advice)} |"
        for cause in Cause
    ]
    return "\n".join(["| cause | exit | it means | what to do |", "|---|---|---|---|", *rows])


def current(readme: str) -> str:
    """The README with its generated parts as they should be."""
    return _BLOCK.sub(lambda found: f"{found[1]}{causes_table()}\n{found[2]}", readme)


def program() -> Program:
    """The whole command line."""
    group = typer.main.get_command(application(list(VERBS)))
    if not isinstance(group, TyperGroup):
        raise TypeError(group)
    return read(group)


def generated() -> Mapping[Path, str]:
    """Every file, as it should be."""
    whole = program()
    scripts = {SCRIPT_OF_SHELL[shell]: script(whole) for shell, script in SCRIPTS.items()}
    readme = current(README.read_text(encoding="utf-8"))
    return {README: readme, **scripts, MAN_PAGE: man.page(whole)}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main() -> int:
    """Write or check; 1 where a check finds something out of date."""
    old = {path: text for path, text in generated().items() if _read(path) != text}
    if "--check" not in sys.argv[1:]:
        for path, text in old.items():
            path.write_text(text, encoding="utf-8")
        return 0
    for path in old:
        sys.stderr.write(f"{path.relative_to(ROOT)} is out of date\n")
    return int(bool(old))


if __name__ == "__main__":
    sys.exit(main())

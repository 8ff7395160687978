"""Write what comes from the code: `python docs/generate.py [--check]`.

The table of exit codes in the README, docs/causes.md, docs/commands.md, the enums of the JSON
Schema, the scripts in completions/ and the man page. `--check` writes nothing: it lists what is
out of date, and exits 1 if it lists anything.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from milvusconn_cli.app import VERBS, application
from milvusconn_cli.app import main as main_of_milvusconn
from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.cli import typer_adapter
from milvusconn_cli.cli.manual import MEANINGS, causes_of
from milvusconn_cli.completion import SCRIPTS, man
from milvusconn_cli.completion.model import Program, read
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.report import ESTABLISHED

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CAUSES = ROOT / "docs" / "causes.md"
COMMANDS = ROOT / "docs" / "commands.md"
MAN_PAGE = ROOT / "docs" / "milvusconn.1"
SCHEMA = ROOT / "docs" / "schema" / "milvusconn-1.json"
SCRIPT_OF_SHELL = {
    "bash": ROOT / "completions" / "milvusconn.bash",
    "zsh": ROOT / "completions" / "_milvusconn",
    "fish": ROOT / "completions" / "milvusconn.fish",
    "powershell": ROOT / "completions" / "milvusconn.ps1",
}
_EXIT_CODES = re.compile(r"(<!-- exit-codes: [^\n]*-->\n).*?(<!-- /exit-codes -->)", re.DOTALL)
_MARK = "<!-- Written by `python docs/generate.py`; edits are lost. -->"
_CAUSES_INTRO = """\
# Causes

Every reason why a connection is not established. `milvusconn has` prints the cause on stderr, and
`-o json` has it as `status`. Cause names and exit codes are stable. `milvusconn explain CAUSE`
prints the same text in the terminal.
"""
_COMMANDS_INTRO = """\
# Commands

The output of `milvusconn COMMAND --help`, 80 columns wide.
"""


class Explanation(NamedTuple):
    """What `explain` says about one cause."""

    name: str
    layer: str
    exit_code: int
    meaning: str
    symptoms: str
    fix: str


def explanations() -> list[Explanation]:
    """Every cause, in the order of `explain`."""
    return [
        Explanation(
            row["cause"],
            row["layer"],
            row["exit_code"],
            row["meaning"],
            row["shows"],
            row["advice"],
        )
        for row in json.loads(_printed("explain", "--output", "json"))["causes"]
    ]


def causes_page(causes: Sequence[Explanation]) -> str:
    """An overview, then a section for each cause, with its name as the anchor."""
    index = _table(
        ("cause", "exit code", "meaning"),
        ((f"[`{one.name}`](#{one.name})", str(one.exit_code), one.meaning) for one in causes),
    )
    sections = (
        f"## {one.name}\n\n"
        f"- **Meaning:** {one.meaning}\n"
        f"- **Symptoms:** {one.symptoms}\n"
        f"- **Fix:** {one.fix}\n"
        f"- **Layer:** {one.layer}\n"
        f"- **Exit code:** {one.exit_code}\n"
        for one in causes
    )
    return "\n".join([_MARK, "", _CAUSES_INTRO, index, *sections])


def commands_page(program: Program) -> str:
    """The help screens, the program's own first."""
    calls = [(), *((verb.name,) for verb in program.commands)]
    sections = (
        f"## {' '.join((program.name, *call))}\n\n```text\n{_printed(*call, '--help')}```\n"
        for call in calls
    )
    return "\n".join([_MARK, "", _COMMANDS_INTRO, *sections])


def exit_codes_table() -> str:
    """Every exit code, its meaning, and the causes that end with it."""
    rows = (
        (str(int(code)), meaning, ", ".join(f"`{name}`" for name in causes_of(code)))
        for code, meaning in MEANINGS.items()
    )
    return _table(("code", "meaning", "causes"), rows)


def readme(text: str) -> str:
    """The README with its generated table as it should be."""
    table = exit_codes_table()
    return _EXIT_CODES.sub(lambda found: f"{found[1]}{table}{found[2]}", text)


def schema(text: str) -> str:
    """The JSON Schema with its enums: commands, causes, layers and exit codes."""
    document = json.loads(text)
    document["properties"]["command"]["enum"] = [*VERBS, None]
    names = document["$defs"]
    names["cause"]["enum"] = [cause.label for cause in Cause]
    names["status"]["enum"] = [ESTABLISHED, *names["cause"]["enum"]]
    names["layer"]["enum"] = [layer.value for layer in Layer]
    names["exitCode"]["enum"] = [int(code) for code in ExitCode]
    names["shell"]["properties"]["shell"]["enum"] = list(SCRIPTS)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def program() -> Program:
    """The whole command line."""
    return read(typer_adapter.read(application(list(VERBS))))


def generated() -> Mapping[Path, str]:
    """Every file, as it should be."""
    whole, causes = program(), explanations()
    scripts = {SCRIPT_OF_SHELL[shell]: script(whole) for shell, script in SCRIPTS.items()}
    return {
        README: readme(README.read_text(encoding="utf-8")),
        CAUSES: causes_page(causes),
        COMMANDS: commands_page(whole),
        SCHEMA: schema(SCHEMA.read_text(encoding="utf-8")),
        **scripts,
        MAN_PAGE: man.page(whole),
    }


def _printed(*arguments: str) -> str:
    """What the program prints on a terminal of 80 columns."""
    printed = BytesIO()
    with redirect_stdout(TextIOWrapper(printed, encoding="utf-8")):
        exit_code = main_of_milvusconn(arguments)
        if exit_code:
            raise RuntimeError(f"{' '.join(arguments)}: exit code {exit_code}")
        return printed.getvalue().decode()


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main() -> int:
    """Write or check; 1 if a check finds anything out of date."""
    os.environ |= {"COLUMNS": "80", "NO_COLOR": "1"}
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

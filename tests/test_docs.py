"""What the pages in docs/ state is true: links, paths, names of settings, variables and keys."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import transcripts
from tests.conftest import Milvusconn

ROOT = Path(__file__).parent.parent
CONTRAST = ROOT / "docs" / "contrast.md"
"""Quotes the output of other programs, which may look like links and paths."""
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")} - {CONTRAST})
SECTIONS = (ROOT / "docs" / "causes.md", ROOT / "docs" / "commands.md")
MINIMAL = {"MILVUS_TOKEN": "root:Milvus", "MILVUS_PASSWORD": "x", "MILVUS_PORT": "19531"}
"""Values of variables that do not take any text."""


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def rows_after(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, or below any text."""
    lines = text_of(page).partition(heading)[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows[2:]


def code_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that exists, and a heading in it."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        linked = page.parent / name if name else page

        assert linked.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(linked), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    """A path of the repository in code font is a file or folder of it."""
    pattern = r"`((?:milvusconn_cli|tests|docs|benchmarks|completions|\.ci)/[\w./-]*)`"

    missing = [
        name
        for name in re.findall(pattern, page.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shell_blocks_are_syntactically_correct(page: Path) -> None:
    """bash parses every block of shell commands."""
    for block in transcripts.blocks(page.read_text(encoding="utf-8")):
        if block.language in ("sh", "bash"):
            parsed = subprocess.run(
                ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
            )
            assert parsed.returncode == 0, f"{page.name}:{block.line}: {parsed.stderr}"


def test_every_cause_and_command_has_a_section(milvusconn: Milvusconn) -> None:
    """docs/causes.md and docs/commands.md leave none out, and links can name it."""
    causes_page, commands_page = SECTIONS
    causes = {one["cause"] for one in milvusconn("explain", "-o", "json").json["causes"]}
    verbs = re.findall(r"^  ([a-z]+)  ", milvusconn("--help").out, re.MULTILINE)

    assert causes < anchors(causes_page)
    assert len(verbs) > 10
    assert {f"milvusconn-{verb}" for verb in verbs} < anchors(commands_page)


def test_import_sources_are_those_of_the_option(milvusconn: Milvusconn) -> None:
    """docs/import.md lists each value that `--from` takes, and no other."""
    documented = [code_in(row[0])[0] for row in rows_after("docs/import.md", "## Sources")]

    help_text = " ".join(milvusconn("import", "--help").out.split())
    answered = {name: milvusconn("import", "--from", name, "/nowhere").code for name in documented}
    wrong = milvusconn("import", "--from", "nothing", "/nowhere")

    assert all(name in help_text for name in documented)
    assert wrong.code == 2
    assert all(name in wrong.err for name in documented), wrong.err
    assert answered.pop("environment") == 2, "it takes no file"
    assert set(answered.values()) == {78}, "the file does not exist"


@pytest.mark.parametrize(
    ("setting", "variable"),
    [
        (row[0], variable)
        for row in rows_after("docs/import.md", "## Variables")
        for variable in code_in(row[1])
    ],
)
def test_import_reads_each_variable(
    milvusconn: Milvusconn, own_place: Path, setting: str, variable: str
) -> None:
    """Every variable that docs/import.md names changes the setting in its row."""
    values = {"MILVUS_URI": "http://elsewhere:19531", "MILVUS_HOST": "elsewhere"}
    values["MILVUS_ADDRESS"] = "elsewhere:19531"
    value = {**values, **MINIMAL}.get(variable, "something")
    lines = ["MILVUS_USER=root"] if setting == "password" else []
    lines += [] if setting == "URI" else ["MILVUS_URI=http://localhost:19530"]
    (own_place / ".env").write_text("\n".join([*lines, f"{variable}={value}", ""]))

    ran = milvusconn("import", ".env")

    assert ran.code == 0, ran.err
    settings = {one["name"]: one["value"] for one in shown(milvusconn)["settings"]}
    if setting == "URI":
        assert settings["address"] != "localhost:19530"
    elif setting in ("token", "password"):
        assert setting in settings
    else:
        assert settings[{"database": "db"}.get(setting, setting)] == "something"


def shown(milvusconn: Milvusconn) -> dict[str, Any]:
    """The row of `show` for the alias `default`."""
    return milvusconn("show", "-o", "json").row


def test_example_registry_is_valid(milvusconn: Milvusconn, registry_path: Path) -> None:
    """The registry in docs/registry.md loads without a warning, and every key of it is known."""
    (example,) = (
        block
        for block in transcripts.blocks(text_of("docs/registry.md"))
        if block.language == "toml"
    )
    registry_path.parent.mkdir()
    registry_path.write_text(example.text)
    registry_path.chmod(0o600)

    ran = milvusconn("show", "prod")

    assert (ran.code, ran.err) == (0, "")
    assert milvusconn("list", "--tag", "eu", "--names").out == "prod\n"


def test_json_keys_are_those_of_the_schema() -> None:
    """docs/output.md documents each key of the envelope and of a row, and no other."""
    schema = json.loads(text_of("docs/schema/milvusconn-1.json"))
    envelope = [key for row in rows_after("docs/output.md", "The envelope") for key in row[:1]]
    row_keys = [key for row in rows_after("docs/output.md", "A row of") for key in code_in(row[0])]

    assert {key.strip("`") for key in envelope} == set(schema["required"])
    assert set(row_keys) == set(schema["$defs"]["probed"]["required"])


def test_columns_are_those_of_the_table(milvusconn: Milvusconn) -> None:
    """docs/output.md documents the columns of `list`, in their order."""
    milvusconn("add", "dev", "--uri", "http://127.0.0.1:1")

    header = milvusconn("list").out.splitlines()[0].split()

    documented = [code_in(row[0])[0] for row in rows_after("docs/output.md", "`list` has one row")]
    assert documented == header


@pytest.mark.parametrize("page", ["docs/registry.md", "docs/output.md"])
def test_transcripts_of_pages_are_real(tmp_path: Path, page: str) -> None:
    """Each console block prints what it shows."""
    directory = tmp_path / "clone"
    directory.mkdir()
    shown = [
        command
        for block in transcripts.blocks(text_of(page))
        if block.language == "console"
        for command in transcripts.commands(block)
    ]

    ran = transcripts.run([one.text for one in shown], directory, transcripts.newcomer(tmp_path))

    assert shown
    assert [one.output for one in ran] == [one.output for one in shown]

"""`import`, whatever the source."""

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Milvusconn, Ran
from tests.importing.files import NOWHERE, SECRET, THERE, saved, text_file, told
from tests.schema import valid


@pytest.mark.parametrize(
    "second",
    [
        'uri = "ftp://h"',
        'uri = "http://h"\ntoken = ""',
        'uri = "http://h"\ntoken = "a"\nuser = "b"',
        "uri = 1",
        'uri = "http://h"\ntags = "x"',
        'uri = "https://h"\ntls = { cert = "a" }',
    ],
)
def test_all_or_nothing(milvusconn: Milvusconn, there: Path, second: str) -> None:
    """One bad alias among good ones: the file is byte for byte what it was."""
    text = f'[connections.new]\nuri = "{NOWHERE}"\n[connections.bad]\n{second}\n'

    ran = milvusconn("import", text_file("r.toml", text), "--replace")

    assert ran.code == 78
    assert "bad: " in ran.err
    assert there.read_text() == THERE


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_a_taken_name(milvusconn: Milvusconn, there: Path, dry_run: tuple[str, ...]) -> None:
    """Nothing is imported, not even what is new, and --replace is named."""
    text = f'[connections.new]\nuri = "{NOWHERE}"\n[connections.one]\nuri = "http://other"\n'

    ran = milvusconn("import", text_file("r.toml", text), *dry_run)

    assert ran.code == 78
    assert "one" in ran.err
    assert "--replace" in ran.err
    assert there.read_text() == THERE


def test_replace_keeps_place_and_unknown_keys(milvusconn: Milvusconn, there: Path) -> None:
    """The new settings stand where the old ones stood; what milvusconn does not know stays."""
    text = '[connections.new]\nuri = "http://new"\n[connections.one]\nuri = "http://other"\n'

    ran = told(milvusconn, text_file("r.toml", text), "--replace")

    assert "one: replaced: other:19530" in ran.err
    assert list(saved(there)) == ["one", "two", "new"]
    assert list(saved(there)["one"]) == ["since", "uri"]
    assert saved(there)["one"]["uri"] == "http://other"
    assert '# the second\n[connections.two]\nuri = "http://two:2"\n' in there.read_text()


def test_a_second_import_changes_nothing(milvusconn: Milvusconn, there: Path) -> None:
    """The very same settings are left as they are, however they are written."""
    text = (
        '[connections.one]\nuri = "http://one:1"\n[connections.three]\nuri = "http://3.example"\n'
    )
    file = text_file("r.toml", text)
    told(milvusconn, file)
    after_first, inode = there.read_bytes(), there.stat().st_ino

    ran = told(milvusconn, file)

    assert ran.err.count("unchanged") == 2
    assert (there.read_bytes(), there.stat().st_ino) == (after_first, inode)


@pytest.mark.parametrize(
    ("text", "arguments", "code", "actions"),
    [
        ('[connections.new]\nuri = "http://new"\n', (), 0, ["add"]),
        ('[connections.one]\nuri = "http://one:1"\n', (), 0, ["keep"]),
        ('[connections.one]\nuri = "http://x"\n', (), 78, ["refuse"]),
        ('[connections.one]\nuri = "http://x"\n', ("--replace",), 0, ["replace"]),
        ('[connections.one]\nuri = "ftp://x"\n', (), 78, None),
    ],
)
@pytest.mark.parametrize("output", ["table", "plain", "json", "quiet"])
def test_dry_run(
    milvusconn: Milvusconn,
    there: Path,
    text: str,
    arguments: tuple[str, ...],
    code: int,
    actions: list[str] | None,
    output: str,
) -> None:
    """Says what would be done, also quietly, does nothing, and exits as doing it would."""
    chosen = ("-q",) if output == "quiet" else ("-o", output)
    file = text_file("r.toml", text)

    ran = milvusconn("import", file, "--dry-run", *arguments, *chosen)

    assert ran.code == code
    assert there.read_text() == THERE
    assert sorted(os.listdir(there.parent)) == [there.name]  # noqa: PTH208 -- no lock either
    if output == "json":
        assert [row["action"] for row in valid(ran)["connections"]] == (actions or [])
    else:
        assert all(action in ran.out for action in actions or ())
    assert milvusconn("import", file, *arguments, "-q").code == code


def test_json_of_an_import(milvusconn: Milvusconn) -> None:
    """A row for each, with what became of it; stderr has nothing to add."""
    ran = milvusconn("import", text_file("r.toml", '[connections.a]\nuri = "http://a"\n'), "-ojson")

    document = valid(ran)
    assert (document["command"], document["dry_run"]) == ("import", False)
    assert document["connections"][0]["action"] == "add"
    assert ran.err == ""


def test_quiet_import(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Not a word, not of names nor of literals."""
    text = f'[connections."a b"]\nuri = "http://a"\ntoken = "{SECRET}"\n'

    ran = milvusconn("import", text_file("r.toml", text), "-q")

    assert ran == Ran(0, "", "")
    assert list(saved(registry_path)) == ["a-b"]


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("a b", "a-b"),
        ("-x", "x"),
        ("prod@eu", "prod-eu"),
        ("ü", "imported"),
        ("x" * 99, "x" * 64),
        ("a/b", "a-b"),
    ],
)
def test_names_are_made_fit(
    milvusconn: Milvusconn, registry_path: Path, name: str, alias: str
) -> None:
    """The nearest name that a new alias may have."""
    file = text_file("r.json", json.dumps({"connections": {name: {"uri": "http://h"}}}))

    told(milvusconn, file)

    assert list(saved(registry_path)) == [alias]


def test_names_that_would_be_one_are_numbered(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Neither takes the other's place, and each is told."""
    connections = {"a b": {"uri": "http://1.example"}, "a/b": {"uri": "http://2.example"}}

    ran = told(milvusconn, text_file("r.json", json.dumps({"connections": connections})))

    assert "'a b' is not a valid alias: imported as a-b\n" in ran.err
    assert "'a/b' is not a valid alias: imported as a-b-2\n" in ran.err
    assert {alias: one["uri"] for alias, one in saved(registry_path).items()} == {
        "a-b": "http://1.example",
        "a-b-2": "http://2.example",
    }


def test_a_name_made_fit_that_is_taken(milvusconn: Milvusconn, there: Path) -> None:
    """It is as taken as any other."""
    ran = milvusconn("import", text_file("r.toml", '[connections."/one"]\nuri = "http://x"\n'))

    assert ran.code == 78
    assert there.read_text() == THERE


def test_a_thousand_aliases(milvusconn: Milvusconn, registry_path: Path) -> None:
    """In one import, in their order."""
    aliases = [f"a{number}" for number in range(1000)]
    tables = {alias: {"uri": f"http://{alias}.example"} for alias in aliases}

    ran = told(milvusconn, text_file("r.json", json.dumps({"connections": tables})), "-ojson")

    assert list(saved(registry_path)) == aliases
    assert len(valid(ran)["connections"]) == 1000
    assert milvusconn("export").out == registry_path.read_text()

    others = {alias: {"uri": f"http://{alias}.other"} for alias in aliases}
    told(milvusconn, text_file("r.json", json.dumps({"connections": others})), "--replace")

    assert list(saved(registry_path)) == aliases
    assert saved(registry_path)["a999"] == others["a999"]
    assert milvusconn("remove", *aliases[:-1]).code == 0
    assert list(saved(registry_path)) == ["a999"]


def test_a_file_that_cannot_be_written(milvusconn: Milvusconn, there: Path) -> None:
    """A directory in its place: one line, 78, and nothing is left over."""
    there.unlink()
    there.mkdir()

    ran = milvusconn("import", text_file("r.toml", '[connections.a]\nuri = "http://a"\n'))

    assert ran.code == 78
    assert list(there.iterdir()) == []

"""What is refused, and what a file's encoding and names do."""

import json
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.importing.files import SECRET, saved
from tests.importing.samples import REFUSED, TAKEN, imported


@pytest.mark.parametrize("case", REFUSED)
def test_refused_where_it_would_change_the_connection(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Exit 78 with the setting; nothing is imported, and no secret is repeated."""
    monkeypatch.setenv("WITH_SECRET", SECRET)
    name, text, words = REFUSED[case]

    ran = imported(milvusconn, name, text)

    assert (ran.code, ran.out) == (78, ""), ran.err
    assert words in ran.err
    assert SECRET not in ran.err
    assert not registry_path.exists()


def test_yaml_that_grows_without_end(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Merges of merges, a billion keys to a reader that copies them: read like any other."""
    merges = (f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
    text = f"a0: &a0 {{uri: 'http://h'}}\n{''.join(merges)}milvus:\n  <<: *a29\n"

    assert imported(milvusconn, "c.yaml", text).code == 0
    assert saved(registry_path) == {"default": {"uri": "http://h"}}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("case", ["dify", "MCP", "Compose, a list", "yami"])
def test_byte_order_marks(
    milvusconn: Milvusconn, registry_path: Path, encoding: str, case: str
) -> None:
    """What Windows editors write, and what PowerShell 5 writes where it redirects."""
    name, text, tables = TAKEN[case]
    marked = f"\ufeff{text}" if encoding == "utf-16-be" else text
    Path(name).write_bytes(marked.encode(encoding))

    assert milvusconn("import", name).code == 0
    assert saved(registry_path) == tables


def test_an_unknown_form_names_the_known_ones(milvusconn: Milvusconn) -> None:
    """And the line that could not be read, where it is nearly a known one."""
    ran = imported(milvusconn, "x.yaml", f"milvus:\n  uri: 'http://h\n  token: {SECRET}\n")

    assert ran.code == 78
    assert "x.yaml: unrecognized format; not YAML: " in ran.err
    assert "(at line 4, column 1)" in ran.err
    for form in ("compose", "kubernetes", "spring", "milvus-backup", "mcp", "dotenv"):
        assert form in ran.err
    assert SECRET not in ran.err


def test_names_of_another_script(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Both get a name, and which got which is told; a second import changes nothing."""
    connections = {"生产": {"uri": "http://a"}, "测试": {"uri": "http://b"}}
    text = json.dumps(connections)

    ran = imported(milvusconn, "m.json", text)

    assert saved(registry_path) == {
        "imported": {"uri": "http://a"},
        "imported-2": {"uri": "http://b"},
    }
    assert "'测试' is not a valid alias: imported as imported-2" in ran.err
    before = registry_path.read_bytes()
    assert imported(milvusconn, "m.json", text).err.count("unchanged") == 2
    assert registry_path.read_bytes() == before


def test_a_name_of_its_own_goes_before_one_that_is_made(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """In whichever order they stand, at whatever length."""
    long = "x" * 64
    connections = {
        "a/b": {"uri": "http://a"},
        "a-b": {"uri": "http://b"},
        f"{long}1": {"uri": "http://c"},
        f"{long}2": {"uri": "http://d"},
    }

    imported(milvusconn, "m.json", json.dumps(connections))

    assert {alias: one["uri"] for alias, one in saved(registry_path).items()} == {
        "a-b-2": "http://a",
        "a-b": "http://b",
        long: "http://c",
        f"{'x' * 62}-2": "http://d",
    }


@pytest.mark.parametrize(
    ("reference", "option"),
    [
        ('{ command = ["op", "read"] }', "--allow-commands"),
        ('{ file = "/etc/hostname" }', "--allow-commands"),
        ('{ env = "A" }', "--allow-references"),
        ('{ keyring = "a/b" }', "--allow-references"),
    ],
)
def test_what_would_run_or_be_read_is_asked_for(
    milvusconn: Milvusconn, registry_path: Path, reference: str, option: str
) -> None:
    """--allow-references is not enough for a command or a file; --dry-run shows them."""
    text = f'[connections.a]\nuri = "http://h"\ntoken = {reference}\n'
    kind = reference.split()[1]

    assert option in imported(milvusconn, "r.toml", text).err
    ran = imported(milvusconn, "r.toml", text, "--dry-run", "--allow-references")
    assert kind in ran.out
    assert (ran.code == 0) is (option == "--allow-references")
    code = imported(milvusconn, "r.toml", text, "--allow-references").code
    assert (code == 0) is (option == "--allow-references")
    assert imported(milvusconn, "r.toml", text, "--allow-commands").code == 0
    assert list(saved(registry_path)) == ["a"]

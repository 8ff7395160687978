"""`import` of our own TOML and JSON."""

import io
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.importing.files import (
    saved,
    text_file,
    told,
)


@pytest.mark.parametrize(
    "text",
    [
        'version = 1\n[connections.dev]\nuri = "http://h:1"\n',
        '[connections]\ndev = { uri = "http://h:1" }\n',
        '{"version": 1, "connections": {"dev": {"uri": "http://h:1"}}}',
        '{"connections": {"dev": {"uri": "http://h:1", "db": null}}}',
        '\n  {"connections": {"dev": {"uri": "http://h:1"}}}\n',
        '{"connections": [], "registry": {"connections": {"dev": {"uri": "http://h:1"}}}}',
    ],
)
@pytest.mark.parametrize("place", ["file", "-"])
def test_our_own_forms(
    milvusconn: Milvusconn,
    registry_path: Path,
    standard_input: io.BytesIO,
    text: str,
    place: str,
) -> None:
    """A registry, as TOML or JSON, and the envelope of an export; also from standard input."""
    standard_input.write(text.encode())
    standard_input.seek(0)

    told(milvusconn, text_file("file", text) if place == "file" else "-")

    assert saved(registry_path) == {"dev": {"uri": "http://h:1"}}


def test_paths_of_a_file_are_relative_to_it(milvusconn: Milvusconn, registry_path: Path) -> None:
    """They are stored absolute, since the registry lies elsewhere."""
    Path("there").mkdir()
    text_file(
        "there/r.toml",
        '[connections.dev]\nuri = "https://h"\ntoken = { file = "t" }\ntls = { ca = "ca.pem" }\n'
        '[connections.lite]\nuri = "m.db"\n',
    )

    told(milvusconn, "there/r.toml", "--allow-commands")

    there = Path.cwd() / "there"
    assert saved(registry_path) == {
        "dev": {
            "uri": "https://h",
            "token": {"file": str(there / "t")},
            "tls": {"ca": str(there / "ca.pem")},
        },
        "lite": {"uri": str(there / "m.db")},
    }


@pytest.mark.sweep(one_in=3)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[connections.dev]\nuri = "http://h"\ntoken = \n', "at line 3, column 9"),
        ("[profiles.dev]\nuri = \n", "at line 2, column 7"),
        (" [ connections . dev ]\nuri = \n", "not TOML: "),
        ("x = 1\n  [ profiles ]\ny = \n", "not TOML: "),
        ("[connectionsx]\nuri = \n", "unrecognized format"),
        ("[profilesx]\nuri = \n", "unrecognized format"),
        ('{"dev": {"uri": "x",}}', "(at line 1, column"),
        ('\n {"dev": {"uri": "x",}}', "(at line 2, column"),
        ('hello\n{"dev": {"uri": "x",}}', "unrecognized format"),
        ('{"registry": 5}', ": `registry` must be a table\n"),
        ('{"connections": [1]}', "`connections` must be a table"),
        ('{"connections": {"dev": 1}}', "must be a table"),
        ('{"registry": {"version": 2}}', "version 2"),
        ("registry = 1", "`registry` must be a table"),
        ('{"connections": {"dev": {"uri": "https://h", "tls": {"ca": "\\ud800"}}}}', "surrogate"),
        ('{"connections": {"dev": {"uri": "http://h", "token": {"env": "\\ud800"}}}}', "surrogate"),
        ('{"dev": {"uri": "\\ud800"}}', ": invalid Unicode (half of a surrogate pair)\n"),
        ("[]", "unrecognized format"),
        (
            "hello",
            (": unrecognized format\n  hint: known: milvusconn, "),
        ),
        ("", "unrecognized format"),
        ("version = 1\n", "contains no connections"),
        ("profiles = {}", "contains no connections"),
        (
            "profiles = 1",
            ": missing table `profiles`, where yami keeps its connections\n",
        ),
        ("profiles.dev = 1", ": `profiles.dev` is not a table\n"),
        ("[" * 100_000, "unrecognized format"),
        ('{"a":' * 100_000, ": not a JSON object\n"),
        ('{"a": 1}', "unrecognized format"),
    ],
    ids=lambda value: value.replace("\n", " ")[:40],
)
def test_malformed(milvusconn: Milvusconn, registry_path: Path, text: str, words: str) -> None:
    """78, the file's name, and what is wrong with it; line and column where it does not parse."""
    ran = milvusconn("import", text_file("it.txt", text))

    assert (ran.code, ran.out) == (78, "")
    assert ran.err.startswith("milvusconn: it.txt")
    assert words in ran.err
    assert not registry_path.exists()


@pytest.mark.parametrize(
    ("place", "reason"),
    [("missing.toml", "No such file or directory"), ("a\0b", "embedded null byte")],
    ids=["missing", "NUL"],
)
def test_a_file_that_cannot_be_read(milvusconn: Milvusconn, place: str, reason: str) -> None:
    """The system's reason, or Python's where it does not even ask it."""
    ran = milvusconn("import", place)

    assert (ran.code, ran.out) == (78, "")
    assert (
        ran.err == f"milvusconn: {'***' if chr(0) in place else place}: cannot be read: {reason}\n"
    )


def test_a_standard_input_that_was_closed(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing in it."""
    monkeypatch.setattr("sys.stdin", None)

    assert milvusconn("import", "-", "--from", "dotenv").err == (
        "milvusconn: standard input contains no connections\n"
    )


def test_not_utf8(milvusconn: Milvusconn) -> None:
    """Bytes that are no text."""
    Path("it").write_bytes(b"[connections.dev]\nuri = '\xff'\n")

    ran = milvusconn("import", "it")

    assert (ran.code, ran.err) == (78, "milvusconn: it: not UTF-8 text\n")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("yami", '[connections.dev]\nuri = "http://h"\n'),
        ("milvus-cli", '[profiles.dev]\nuri = "http://h"\n'),
        ("milvus-cli", '{"connections": {"dev": {"uri": "http://h"}}}'),
        ("milvusconn", '{"dev": {"uri": "http://h"}}'),
        ("dotenv", '{"dev": {"uri": "http://h"}}'),
        ("milvusconn", "MILVUS_URI=http://h"),
    ],
)
def test_the_wrong_form(milvusconn: Milvusconn, registry_path: Path, form: str, text: str) -> None:
    """--from is believed, and nothing is guessed."""
    ran = milvusconn("import", text_file("it", text), "--from", form)

    assert ran.code == 78
    assert not registry_path.exists()

"""Mistakes in a registry that would go unnoticed, or stop everything else: each is named."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.conftest import Milvusconn

GOOD = '[connections.good]\nuri = "http://h:1"\n'
SECRET = "Open-Sesame-77"


@pytest.fixture
def registry(registry_path: Path) -> Path:
    """A place for a registry, private."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.touch(mode=0o600)
    return registry_path


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('[conections.prod]\nuri = "http://h"\n', "conections", "connections"),
        ('[connection.prod]\nuri = "http://h"\n', "connection", "connections"),
        ('[Connections.prod]\nuri = "http://h"\n', "Connections", "connections"),
        ("verson = 1\n", "verson", "version"),
        ("[other]\nx = 1\n", "other", None),
    ],
)
@pytest.mark.parametrize("arguments", [("list", "--names"), ("has", "good"), ("show", "good")])
def test_an_unknown_key_at_the_top_is_named(
    milvusconn: Milvusconn,
    registry: Path,
    text: str,
    key: str,
    nearest: str | None,
    arguments: tuple[str, ...],
) -> None:
    """Once, with the nearest known one; the file is read all the same, and keeps it."""
    registry.write_text(f"{text}{GOOD}")

    ran = milvusconn(*arguments)

    words = f"milvusconn: unknown key {key!r} at the top of the registry (ignored)\n"
    assert ran.err.count(words) == 1, ran.err
    hint = f"{words}  hint: did you mean `{nearest}`?\n"
    assert (hint in ran.err) is (nearest is not None)
    milvusconn("add", "new", "--uri", "http://n")
    assert text.strip() in registry.read_text()


def test_an_unknown_key_may_be_a_secret(milvusconn: Milvusconn, registry: Path) -> None:
    """Only a word is repeated."""
    key = "Qv7xKd2ss9wJ8rT4nrd5Hb6Mz9"
    registry.write_text(f'"{key}" = 1\n{GOOD}')

    ran = milvusconn("list", "--names")

    assert "unknown key at the top of the registry" in ran.err
    assert key not in ran.err


def test_an_unknown_key_of_an_imported_registry_is_named(milvusconn: Milvusconn) -> None:
    """What stands below it is not imported."""
    Path("r.toml").write_text(f'[conections.prod]\nuri = "http://h"\n{GOOD}')

    ran = milvusconn("import", "r.toml")

    assert ran.code == 0
    assert "not imported: the unknown key 'conections'" in ran.err
    assert "did you mean `connections`?" in ran.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("arguments", [("list",), ("has", "good"), ("remove", "good")])
def test_what_windows_editors_write_is_named(
    milvusconn: Milvusconn, registry: Path, encoding: str, arguments: tuple[str, ...]
) -> None:
    """A byte order mark, UTF-16: with the place, and how to save it."""
    registry.write_bytes(GOOD.encode(encoding))
    before = registry.read_bytes()

    ran = milvusconn(*arguments)

    words = "is UTF-16, not UTF-8" if encoding == "utf-16" else "begins with a byte order mark"
    assert ran.code == 78
    assert f"{words} (at line 1, column 1)" in ran.err
    assert "hint: save it as UTF-8 without a byte order mark; nothing was changed" in ran.err
    assert registry.read_bytes() == before


BAD = f'[connections.bad]\nuri = "http://h:x"\nuser = "u"\npassword = "{SECRET}"\n'


@pytest.mark.parametrize("form", ["toml", "json"])
def test_export_of_all_exports_what_is_valid(
    milvusconn: Milvusconn, registry: Path, form: str
) -> None:
    """And says which alias is not, and exits 78; one that is asked for by name is an error."""
    registry.write_text(f"{GOOD}{BAD}")

    ran = milvusconn("export", "-o", form)

    assert ran.code == 78
    document = tomllib.loads(ran.out) if form == "toml" else json.loads(ran.out)["registry"]
    assert list(document["connections"]) == ["good"]
    assert "not exported: bad: invalid port 'x'" in ran.err
    assert SECRET not in ran.out + ran.err
    if form == "json":
        assert json.loads(ran.out)["exit_code"] == 78
    assert milvusconn("export", "bad", "-o", form).code == 78
    assert milvusconn("export", "good", "-o", form).code == 0
    assert milvusconn("export", "--to", "x.toml").code == 78
    assert list(tomllib.loads(Path("x.toml").read_text())["connections"]) == ["good"]


def test_a_command_is_shown_without_its_arguments(milvusconn: Milvusconn) -> None:
    """In `show`, in an error and in JSON: an argument may be a secret."""
    milvusconn("add", "x", "--uri", "http://127.0.0.1:1", "--token", f"command:false {SECRET}")

    for arguments in (("show", "x"), ("show", "x", "-o", "json"), ("has", "x"), ("inspect", "x")):
        ran = milvusconn(*arguments)
        assert SECRET not in ran.out + ran.err
    assert "command:false …" in milvusconn("show", "x").out
    assert "the secret command:false … failed with exit code 1" in milvusconn("has", "x").err

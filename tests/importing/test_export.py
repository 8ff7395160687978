"""`export`."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import Milvusconn, Ran, run_program
from tests.importing.files import NOWHERE, RICH, SECRET, Tables, saved, write_registry
from tests.schema import valid

ALLOW = "--allow-commands"


def export_lines(milvusconn: Milvusconn, *arguments: str | Path) -> Tables:
    ran = milvusconn("export", *arguments)
    assert ran.code == 0
    return dict(tomllib.loads(ran.out).get("connections", {}))


def test_export_of_some(milvusconn: Milvusconn) -> None:
    """By alias, in the order asked for; by tag, given twice both; by both."""
    milvusconn("add", "a", "--uri", NOWHERE, "--tag", "x", "--tag", "y")
    milvusconn("add", "b", "--uri", NOWHERE, "--tag", "x")
    milvusconn("add", "c", "--uri", NOWHERE)

    assert list(export_lines(milvusconn)) == ["a", "b", "c"]
    assert list(export_lines(milvusconn, "c", "a", "c")) == ["c", "a"]
    assert list(export_lines(milvusconn, "--tag", "x")) == ["a", "b"]
    assert list(export_lines(milvusconn, "--tag", "x", "--tag", "y")) == ["a"]
    assert list(export_lines(milvusconn, "b", "c", "--tag", "x")) == ["b"]
    assert milvusconn("export", "nobody").code == 1


def test_export_is_of_the_file_alone(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment adds and overrides is not there."""
    milvusconn("add", "a", "--uri", NOWHERE)
    monkeypatch.setenv("MILVUSCONN_A_TOKEN", SECRET)
    monkeypatch.setenv("MILVUSCONN_B_URI", NOWHERE)

    assert export_lines(milvusconn) == {"a": {"uri": NOWHERE}}


@pytest.mark.parametrize("form", ["toml", "json"])
@pytest.mark.parametrize("whole", [False, True])
def test_export_of_secrets(
    milvusconn: Milvusconn, registry_path: Path, form: str, *, whole: bool
) -> None:
    """References as they are, paths absolute; literals and unknown keys only where asked for."""
    write_registry(registry_path, RICH)
    arguments = ("--include-secrets",) if whole else ()

    ran = milvusconn("export", "-o", form, *arguments)

    tables = (valid(ran)["registry"] if form == "json" else tomllib.loads(ran.out))["connections"]
    base = registry_path.parent
    assert tables["ref"]["uri"] == str(base / "m.db")
    assert tables["tok"] == {
        "uri": "https://h",
        "token": {"file": str(base / "t")},
        "disconnected": True,
        "tls": {"ca": str(base / "ca.pem")},
    }
    if not whole:
        assert tables["lit"] == {"uri": "https://h", "user": "root"}
        assert SECRET not in ran.out + ran.err
        assert "not exported: the secret of lit" in ran.err
        return
    assert tables["lit"]["password"] == SECRET
    assert tables["lit"]["pasword"] == f"{SECRET}-misspelt"
    assert tables["lit"]["more"] == [{"a": {"b": [1, {"c": 2}]}}]
    assert ran.err == ""


def test_an_export_marks_what_runs_elsewhere(milvusconn: Milvusconn) -> None:
    """Above its alias, or by its name: who imports it needs a permission, which is enough."""
    tokens = {"c": "command:echo root:x", "f": "file:/run/t", "e": "env:NAME", "l": SECRET, "n": ""}
    for alias, token in tokens.items():
        milvusconn("add", alias, "--uri", NOWHERE, *(["--token", token] if token else []))

    ran, told = milvusconn("export"), milvusconn("export", "-o", "json")

    lines = ran.out.splitlines()
    marked = {lines[number + 1]: line for number, line in enumerate(lines) if line.startswith("# ")}
    assert marked == {
        "[connections.c]": "# import needs --allow-commands: the secret is a command",
        "[connections.f]": "# import needs --allow-commands: the secret is a file",
    }
    assert valid(told)["needs_allow_commands"] == ["c", "f"]
    for file, text in (("x.toml", ran.out), ("x.json", told.out)):
        Path(file).write_text(text)
        needs = (milvusconn("import", file, "--config", "fresh.toml", *ok) for ok in ((), (ALLOW,)))
        assert [one.code for one in needs] == [78, 0]
        assert saved(Path("fresh.toml")).keys() == tokens.keys()
        Path("fresh.toml").unlink()


def test_an_export_is_private(milvusconn: Milvusconn) -> None:
    """0600 under any umask; a file that is there is not overwritten, unless asked."""
    milvusconn("add", "a", "--uri", NOWHERE, "--token", SECRET)
    before = os.umask(0)
    try:
        ran = milvusconn("export", "--to", "x.toml", "--include-secrets")
    finally:
        os.umask(before)

    assert (ran.code, ran.out) == (0, "")
    assert "x.toml: written" in ran.err
    assert Path("x.toml").stat().st_mode & 0o777 == 0o600
    assert saved(Path("x.toml"))["a"]["token"] == SECRET
    for dry_run in ((), ("--dry-run",)):
        again = milvusconn("export", "--to", "x.toml", *dry_run)
        assert again.code == 78
        assert "--replace" in again.err
    assert saved(Path("x.toml"))["a"]["token"] == SECRET
    assert milvusconn("export", "--to", "x.toml", "--replace").code == 0
    assert saved(Path("x.toml"))["a"] == {"uri": NOWHERE}


def test_secrets_do_not_go_where_others_may_read(milvusconn: Milvusconn) -> None:
    """A file of mode 0644 becomes its owner's alone before they are in it."""
    milvusconn("add", "a", "--uri", NOWHERE, "--token", SECRET)
    Path("x.toml").touch(0o644)

    milvusconn("export", "--to", "x.toml", "--replace")
    kept = Path("x.toml").stat().st_mode & 0o777
    milvusconn("export", "--to", "x.toml", "--replace", "--include-secrets")

    assert (kept, Path("x.toml").stat().st_mode & 0o777) == (0o644, 0o600)


def test_exports_to_one_file_at_once(milvusconn: Milvusconn) -> None:
    """Each writes a whole file of its own, and none is in another's way."""
    milvusconn("add", "a", "--uri", NOWHERE)
    call = [sys.executable, "-m", "milvusconn_cli", "export", "--to", "x.toml", "--replace"]

    running = [subprocess.Popen(call, stderr=subprocess.DEVNULL) for _ in range(12)]

    assert [one.wait() for one in running] == [0] * 12
    assert saved(Path("x.toml")) == {"a": {"uri": NOWHERE}}
    assert [one.name for one in Path.cwd().iterdir() if "x.toml" in one.name] == ["x.toml"]


def test_an_export_follows_a_link(milvusconn: Milvusconn) -> None:
    """The link stays one; its target is written, also where there was none yet."""
    milvusconn("add", "a", "--uri", NOWHERE)
    Path("there").mkdir()
    Path("link").symlink_to("there/x.toml")

    assert milvusconn("export", "--to", "link").code == 0
    assert milvusconn("export", "--to", "link").code == 78
    assert milvusconn("export", "--to", "link", "--replace").code == 0

    assert Path("link").is_symlink()
    assert list(saved(Path("there/x.toml"))) == ["a"]


@pytest.mark.parametrize("place", ["loop", "directory", "pipe", "x" * 300, "none/x", "file/x"])
def test_places_that_cannot_be_written(milvusconn: Milvusconn, place: str) -> None:
    """One line: 78 where it must not be, 74 where it cannot; what is there is not replaced."""
    milvusconn("add", "a", "--uri", NOWHERE)
    Path("loop").symlink_to("pool")
    Path("pool").symlink_to("loop")
    Path("directory").mkdir()
    Path("file").touch()
    os.mkfifo("pipe")
    before = sorted(Path.cwd().iterdir())

    ran = milvusconn("export", "--to", place, "--replace", "--include-secrets")

    assert ran.code == (78 if place in ("directory", "pipe") else 74)
    assert len(ran.err.splitlines()) <= 2
    assert sorted(Path.cwd().iterdir()) == before
    assert Path("pipe").is_fifo()


@pytest.mark.parametrize("form", ["toml", "json"])
@pytest.mark.parametrize("whole", [False, True])
def test_dry_run_of_an_export(
    milvusconn: Milvusconn, registry_path: Path, form: str, *, whole: bool
) -> None:
    """What becomes of each secret, and none of them."""
    write_registry(registry_path, RICH)
    arguments = ("--include-secrets",) if whole else ()

    ran = milvusconn("export", "--dry-run", "--to", "x", "-o", form, *arguments)

    assert ran.code == 0
    assert not Path("x").exists()
    assert SECRET not in ran.out + ran.err
    if form == "json":
        assert valid(ran)["dry_run"] is True
    else:
        assert ("in plain text" if whole else "left out") in ran.out
        assert "reference" in ran.out


def test_quiet_export(milvusconn: Milvusconn) -> None:
    """-q leaves only what ends the command; the file that was asked for is written."""
    milvusconn("add", "a", "--uri", NOWHERE, "--token", SECRET)

    assert milvusconn("export", "-q", "--to", "x") == Ran(0, "", "")
    assert list(saved(Path("x"))) == ["a"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_an_export_to_a_full_disk() -> None:
    """Exit 74, as for every verb."""
    run_program(["add", "a", "--uri", NOWHERE])
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "milvusconn_cli", "export"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert ran.returncode == 74
    assert "Traceback" not in ran.stderr

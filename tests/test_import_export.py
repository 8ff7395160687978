"""`import` and `export`: what is kept elsewhere comes in whole or not at all, and goes out."""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milvusconn_cli.app import main
from milvusconn_cli.connection.settings import Connection, TlsFiles
from milvusconn_cli.connection.tables import Credentials, build, write
from milvusconn_cli.registry import edits
from milvusconn_cli.registry.file import load
from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.file import FromFile
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.secrets.reference import Literal, Secret
from tests.conftest import Milvusconn, Ran, run_program
from tests.test_json import valid

NOWHERE = "http://127.0.0.1:1"
SECRET = "Open-Sesame-77"
Tables = dict[str, Any]


def saved(path: Path) -> Tables:
    """The aliases of a registry, as TOML has them."""
    if not path.exists():
        return {}
    tables: Tables = tomllib.loads(path.read_text("utf-8")).get("connections", {})
    return tables


def told(milvusconn: Milvusconn, *arguments: str | Path) -> Ran:
    """An import that goes well."""
    ran = milvusconn("import", *arguments)
    assert ran.code == 0, ran.err
    return ran


def text_file(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


@pytest.fixture
def standard_input(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.BytesIO]:
    """What the program reads from `-`."""
    data = io.BytesIO()
    with io.TextIOWrapper(data) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield data
        monkeypatch.undo()


# milvus_cli


def milvus_cli(**connections: Any) -> str:  # noqa: ANN401 -- as JSON has them
    return text_file("milvus.json", json.dumps(connections))


@pytest.mark.parametrize(
    ("connection", "table"),
    [
        ({"uri": "http://h:1", "token": None, "tlsmode": 0, "cert": None}, {"uri": "http://h:1"}),
        ({"uri": "h:1", "token": ""}, {"uri": "http://h:1"}),
        ({"uri": "h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "http://h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "HTTP://h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "tcp://h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "https://h:1", "tlsmode": 0}, {"uri": "https://h:1"}),
        (
            {"uri": "https://h", "tlsmode": 1, "cert": "/ca.pem"},
            {"uri": "https://h", "tls": {"ca": "/ca.pem"}},
        ),
        ({"uri": "http://h:1", "tlsmode": 0, "cert": "/ca.pem"}, {"uri": "http://h:1"}),
        (
            {"uri": "http://h:1", "token": "root:" + SECRET},
            {"uri": "http://h:1", "token": "root:" + SECRET},
        ),
        ({"uri": "unix:/run/m.sock"}, {"uri": "unix:/run/m.sock"}),
        ({"uri": "/data/m.db"}, {"uri": "/data/m.db"}),
    ],
    ids=lambda value: json.dumps(value) if "token" in value else None,
)
def test_milvus_cli(
    milvusconn: Milvusconn, registry_path: Path, connection: Tables, table: Tables
) -> None:
    """Each way in which milvus_cli saves a connection; TLS is never lost on the way."""
    told(milvusconn, milvus_cli(dev={**connection, "last_used": "2026-01-01T00:00:00"}))

    assert saved(registry_path) == {"dev": table}


def test_milvus_cli_from_its_own_place(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Without a file; a relative .db means the working directory, where milvus_cli was run."""
    (Path.home() / ".milvus_cli_connections.json").write_text('{"dev": {"uri": "m.db"}}')

    told(milvusconn, "--from", "milvus-cli")

    assert saved(registry_path)["dev"] == {"uri": str(Path.cwd() / "m.db")}


def test_milvus_cli_calls_a_connection_by_its_uri(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """The name is made fit, and said; what it is made of."""
    uris = ["http://127.0.0.1:19530", "https://a.example/db1", "./m.db"]

    ran = told(milvusconn, milvus_cli(**{uri: {"uri": uri} for uri in uris}))

    assert list(saved(registry_path)) == ["127.0.0.1-19530", "a.example-db1", "m.db"]
    assert "'http://127.0.0.1:19530' is not a valid alias: imported as" in ran.err


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("-o", "json"), ("--replace",)])
def test_a_name_that_holds_a_password_is_told_without_it(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """It would be in the registry as a name, and in every list of them."""
    uri = f"http://root:{SECRET}@127.0.0.1:1"

    ran = told(milvusconn, milvus_cli(**{uri: {"uri": uri}}), *arguments)

    assert SECRET not in ran.out + ran.err
    assert list(saved(registry_path)) == ([] if "--dry-run" in arguments else ["127.0.0.1-1"])


@pytest.mark.parametrize(
    "connection",
    [{"uri": "ftp://h"}, {"uri": 1}, {}, {"uri": "http://h", "tlsmode": 2}, {"uri": ""}],
)
def test_a_bad_connection_of_that_name_neither(milvusconn: Milvusconn, connection: Tables) -> None:
    """An error names it without the password."""
    file = milvus_cli(**{f"http://root:{SECRET}@h:1": connection})

    ran = milvusconn("import", file, "--from", "milvus-cli")

    assert ran.code == 78
    assert SECRET not in ran.err


@pytest.mark.parametrize(
    "one",
    [
        {"uri": "https://h", "tlsmode": 2},
        {"uri": None},
        {"token": "x"},
        "http://h",
        {"uri": "http://h", "token": 5},
        {"uri": "https://h", "tlsmode": 1, "cert": 5},
        {"uri": "ftp://h"},
    ],
)
def test_what_milvus_cli_would_not_save(
    milvusconn: Milvusconn, registry_path: Path, one: object
) -> None:
    """Refused with the name; the good one beside it is not taken either."""
    ran = milvusconn("import", milvus_cli(good={"uri": NOWHERE}, bad=one), "--from", "milvus-cli")

    assert ran.code == 78
    assert "bad" in ran.err
    assert not registry_path.exists()


def test_mutual_tls(milvusconn: Milvusconn) -> None:
    """What milvus_cli does not keep cannot be taken over; what to do instead is told."""
    ran = milvusconn("import", milvus_cli(dev={"uri": "https://h", "tlsmode": 2}))

    assert ran.err == (
        "milvusconn: milvus.json: 'dev' uses mutual TLS, whose files milvus_cli does not save\n"
        "  hint: add it with `milvusconn add`, and remove it from the file\n"
    )


# yami


def test_yami(milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its keys; a variable as the token is referred to, one in the URI is filled in."""
    monkeypatch.setenv("HOST_OF_DEV", "dev.example")
    monkeypatch.setenv("PORT_OF_DEV", "1")
    file = text_file(
        "profiles.toml",
        '[profiles.dev]\nuri = "http://${HOST_OF_DEV}:${PORT_OF_DEV}"\ntoken = "${NOT_SET_HERE}"\n'
        'db = "db1"\ndescription = "mine"\n[profiles.plain]\nuri = "https://h"\n'
        f'token = "{SECRET}"\ndb = ""\ndescription = ""\n'
        '[profiles.none]\nuri = "http://h"\ntoken = "${}"\n',
    )

    told(milvusconn, file)

    assert saved(registry_path) == {
        "dev": {
            "uri": "http://dev.example:1",
            "db": "db1",
            "token": {"env": "NOT_SET_HERE"},
            "description": "mine",
        },
        "plain": {"uri": "https://h", "token": SECRET},
        "none": {"uri": "http://h", "token": "${}"},
    }


NAME_WITH_PASSWORD = f"http://root:{SECRET}@h:1"


@pytest.mark.parametrize(
    "text",
    [
        f'[profiles]\n"{NAME_WITH_PASSWORD}" = 1\n',
        f'[profiles."{NAME_WITH_PASSWORD}"]\nuri = "${{NOT_SET_HERE}}"\n',
        f'[profiles."{NAME_WITH_PASSWORD}"]\nuri = "http://h"\ntoken = "a${{NOT_SET_HERE}}"\n',
        f'[profiles."{NAME_WITH_PASSWORD}"]\n' * 2,
        f'[connections]\n"{NAME_WITH_PASSWORD}" = 1\n',
        f'[connections."{NAME_WITH_PASSWORD}"]\n' * 2,
        f'[connections."root:{SECRET}@h"]\n' * 2,
    ],
)
def test_what_is_wrong_beside_such_a_name(milvusconn: Milvusconn, text: str) -> None:
    """It is named without the password, also where it is the parser that repeats it."""
    ran = milvusconn("import", text_file("it.toml", text))

    assert ran.code == 78
    assert SECRET not in ran.err
    assert "***@h" in ran.err


@pytest.mark.parametrize("place", ["yami", "home"])
def test_yami_from_its_own_place(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """$YAMI_CONFIG_DIR, else ~/.yami."""
    directory = Path("yami-here") if place == "yami" else Path.home() / ".yami"
    if place == "yami":
        monkeypatch.setenv("YAMI_CONFIG_DIR", "yami-here")
    directory.mkdir()
    (directory / "profiles.toml").write_text('[profiles.dev]\nuri = "http://h"\n')

    told(milvusconn, "--from", "yami")

    assert list(saved(registry_path)) == ["dev"]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (
            'uri = "http://${NOT_SET_HERE}"',
            "milvusconn: p.toml: dev: its uri needs the variable NOT_SET_HERE, which is not set\n",
        ),
        (
            f'uri = "http://h"\ntoken = "root:${{NOT_SET_HERE}}{SECRET}"',
            (
                ": dev: its token mixes text and a variable\n"
                "  hint: put the whole token, USER:PASSWORD, into one variable\n"
            ),
        ),
        ('token = "x"', "`uri` is missing"),
        ("uri = 5", "`uri` must be text"),
    ],
)
def test_a_bad_profile(
    milvusconn: Milvusconn, registry_path: Path, profile: str, words: str
) -> None:
    """Named for what is wrong, without what its token holds."""
    ran = milvusconn("import", text_file("p.toml", f"[profiles.dev]\n{profile}\n"))

    assert ran.code == 78
    assert words in ran.err
    assert SECRET not in ran.err
    assert not registry_path.exists()


# .env


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("MILVUS_URI=http://h:1", {"uri": "http://h:1"}),
        ('MILVUS_URI="http://h:1"', {"uri": "http://h:1"}),
        ("MILVUS_URI='http://h:1'", {"uri": "http://h:1"}),
        ("export MILVUS_URI=http://h:1", {"uri": "http://h:1"}),
        ("# a comment\n\n  MILVUS_URI = http://h:1  # why\nOTHER=x", {"uri": "http://h:1"}),
        ("MILVUS_URI=http://h:1\r\nMILVUS_TOKEN=a\r\n", {"uri": "http://h:1", "token": "a"}),
        ("\ufeffMILVUS_URI=http://h:1", {"uri": "http://h:1"}),
        ("P=1\nMILVUS_URI=http://h:${P}", {"uri": "http://h:1"}),
        ("MILVUS_URI=http://h:1\nMILVUS_TOKEN=\nMILVUS_DB=''", {"uri": "http://h:1"}),
        ('MILVUS_URI=http://h:1\nMILVUS_TOKEN="a # b"', {"uri": "http://h:1", "token": "a # b"}),
        ("MILVUS_URI=http://h:1\nMILVUS_TOKEN='a\"b c'", {"uri": "http://h:1", "token": 'a"b c'}),
        ("MILVUS_HOST=h", {"uri": "http://h:19530"}),
        ("MILVUS_PORT=1", {"uri": "http://localhost:1"}),
        ("MILVUS_HOST=h\nMILVUS_PORT=1", {"uri": "http://h:1"}),
        ("MILVUS_HOST=::1\nMILVUS_PORT=1", {"uri": "http://[::1]:1"}),
        ("MILVUS_HOST=[::1]", {"uri": "http://[::1]:19530"}),
        ("MILVUS_HOST=https://h:443", {"uri": "https://h:443"}),
        ("MILVUS_HOST=https://h", {"uri": "https://h"}),
        ("MILVUS_HOST=http://h\nMILVUS_PORT=1", {"uri": "http://h:1"}),
        ("MILVUS_HOST=http://h/db\nMILVUS_PORT=1", {"uri": "http://h:1/db"}),
        ("MILVUS_HOST=http://h/db:9\nMILVUS_PORT=1", {"uri": "http://h:1/db:9"}),
        ("MILVUS_HOST=http://BOX/\nMILVUS_PORT=1", {"uri": "http://BOX:1"}),
        ("MILVUS_HOST=http://[::1]\nMILVUS_PORT=1", {"uri": "http://[::1]:1"}),
        ("MILVUS_ADDRESS=h:1\nMILVUS_HOST=other", {"uri": "http://h:1"}),
        ("MILVUS_URI=http://h:1\nMILVUS_ADDRESS=other:2", {"uri": "http://h:1"}),
        (
            "MILVUS_URI=http://h:1\nMILVUS_USER=u\nMILVUS_PASSWORD=p\nMILVUS_DB_NAME=d",
            {"uri": "http://h:1", "db": "d", "user": "u", "password": "p"},
        ),
        (
            "MILVUS_URI=http://h:1\nMILVUS_USERNAME=u\nMILVUS_PASSWORD=p\nMILVUS_DATABASE=d",
            {"uri": "http://h:1", "db": "d", "user": "u", "password": "p"},
        ),
        (
            (
                "MILVUS_URI=http://h:1\nMILVUS_USERNAME=other\nMILVUS_USER=u\nMILVUS_PASSWORD=p\n"
                "MILVUS_DATABASE=last\nMILVUS_DB_NAME=other\nMILVUS_DB=d"
            ),
            {"uri": "http://h:1", "db": "d", "user": "u", "password": "p"},
        ),
    ],
)
def test_dotenv(milvusconn: Milvusconn, registry_path: Path, text: str, table: Tables) -> None:
    """As programs read it; what is empty is not there."""
    Path(".env").write_bytes(text.encode())

    told(milvusconn, ".env")

    assert saved(registry_path) == {"default": table}


def test_dotenv_of_our_own_variables(milvusconn: Milvusconn, registry_path: Path) -> None:
    """One alias each; relative paths are relative to the file."""
    Path("there").mkdir()
    text_file(
        "there/.env",
        "MILVUSCONN_PROD_URI=https://p\nMILVUSCONN_PROD_TOKEN=t\nMILVUSCONN_LITE_URI=m.db\n"
        "MILVUS_URI=usual.db\n",
    )

    told(milvusconn, "there/.env")

    assert saved(registry_path) == {
        "prod": {"uri": "https://p", "token": "t"},
        "lite": {"uri": str(Path.cwd() / "there" / "m.db")},
        "default": {"uri": str(Path.cwd() / "there" / "usual.db")},
    }


def test_dotenv_from_its_own_place(milvusconn: Milvusconn, registry_path: Path) -> None:
    """`--from dotenv` alone is the .env here."""
    text_file(".env", "MILVUS_URI=http://h:1\n")

    told(milvusconn, "--from", "dotenv")

    assert saved(registry_path) == {"default": {"uri": "http://h:1"}}


def test_lines_that_are_none_are_passed_over(
    milvusconn: Milvusconn, registry_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A .env is a shell's file at times; nothing of it is repeated on stderr."""
    file = text_file("x.env", f"MILVUS_URI=http://h:1\nif [ {SECRET} ]; then\n'{SECRET}\n")

    ran = told(milvusconn, file)

    assert SECRET not in ran.out + ran.err
    assert not caplog.records
    assert list(saved(registry_path)) == ["default"]


# The environment


def test_environment(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets are referred to by their variables, ours and the usual ones."""
    for name, value in {
        "MILVUS_URI": "http://h:1",
        "MILVUS_USER": "root",
        "MILVUS_PASSWORD": SECRET,
        "MILVUSCONN_PROD_URI": "https://p",
        "MILVUSCONN_PROD_TOKEN": SECRET,
    }.items():
        monkeypatch.setenv(name, value)

    told(milvusconn, "--from", "environment")

    assert SECRET not in registry_path.read_text()
    assert saved(registry_path) == {
        "prod": {"uri": "https://p", "token": {"env": "MILVUSCONN_PROD_TOKEN"}},
        "default": {
            "uri": "http://h:1",
            "user": "root",
            "password": {"env": "MILVUS_PASSWORD"},
        },
    }


def test_a_secret_is_not_sent_to_another_place(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MILVUS_TOKEN is for MILVUS_URI; where ours say where `default` is, it is not for there."""
    monkeypatch.setenv("MILVUS_URI", "http://usual:1")
    monkeypatch.setenv("MILVUS_TOKEN", SECRET)
    monkeypatch.setenv("MILVUSCONN_DEFAULT_URI", "http://ours:1")

    told(milvusconn, "--from", "environment")

    assert saved(registry_path) == {"default": {"uri": "http://ours:1"}}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--from", "environment"), 78),
        (("--from", "environment", "x.toml"), 2),
        ((), 2),
        (("--from", "milvusconn"), 2),
        (("--from", "nobody"), 2),
        (("missing.toml",), 78),
        (("--from", "dotenv"), 78),
        (("--from", "yami"), 78),
        (("--from", "milvus-cli"), 78),
        (("-",), 78),
        ((".",), 78),
    ],
)
@pytest.mark.usefixtures("standard_input")
def test_nothing_to_import(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    """One line, the code of the contract, and no file is made."""
    ran = milvusconn("import", *arguments, "-o", "json")

    assert valid(ran)["exit_code"] == code
    assert not registry_path.exists()


def test_nothing_is_named(milvusconn: Milvusconn) -> None:
    """What could be is told."""
    assert milvusconn("import").err == (
        "milvusconn: nothing to import\n"
        "  hint: pass a file, - for standard input, or --from environment\n"
    )


# Our own forms


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


# What becomes of what is there


THERE = (
    "# mine\nversion = 1\n\n[connections.one]\nuri = 'http://one:1'   # literal quotes\n"
    'since = 2024-01-01\n\n# the second\n[connections.two]\nuri = "http://two:2"\n'
)


@pytest.fixture
def there(registry_path: Path) -> Path:
    """A registry that a person wrote."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(THERE)
    registry_path.chmod(0o600)
    return registry_path


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
        ('[connections.new]\nuri = "http://new"\n', (), 0, ["register"]),
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
    """Says what would be done, does nothing, and exits as doing it would."""
    chosen = ("-q",) if output == "quiet" else ("-o", output)
    file = text_file("r.toml", text)

    ran = milvusconn("import", file, "--dry-run", *arguments, *chosen)

    assert ran.code == code
    assert there.read_text() == THERE
    assert sorted(os.listdir(there.parent)) == [there.name]  # noqa: PTH208 -- no lock either
    if output == "json":
        assert [row["action"] for row in valid(ran)["connections"]] == (actions or [])
    elif output == "quiet":
        assert ran.out == ""
    else:
        assert all(action in ran.out for action in actions or ())
    assert milvusconn("import", file, *arguments, "-q").code == code


def test_json_of_an_import(milvusconn: Milvusconn) -> None:
    """A row for each, with what became of it; stderr has nothing to add."""
    ran = milvusconn("import", text_file("r.toml", '[connections.a]\nuri = "http://a"\n'), "-ojson")

    document = valid(ran)
    assert (document["command"], document["dry_run"]) == ("import", False)
    assert document["connections"][0]["action"] == "register"
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


# Export


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


RICH = f"""
[connections.lit]
uri = "https://h"
user = "root"
password = "{SECRET}"
pasword = "{SECRET}-misspelt"
since = 2024-01-01T00:00:00Z
never = nan
more = [{{a = {{b = [1, {{c = 2}}]}}}}]

[connections.ref]
uri = "m.db"

[connections.tok]
uri = "https://h"
token = {{ file = "t" }}
disconnected = true
[connections.tok.tls]
ca = "ca.pem"
"""


@pytest.mark.parametrize("form", ["toml", "json"])
@pytest.mark.parametrize("whole", [False, True])
def test_export_of_secrets(
    milvusconn: Milvusconn, registry_path: Path, form: str, *, whole: bool
) -> None:
    """References as they are, paths absolute; literals and unknown keys only where asked for."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(RICH)
    registry_path.chmod(0o600)
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
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(RICH)
    registry_path.chmod(0o600)
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


# There and back

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
paths = st.from_regex(r"/[a-z]{1,8}(/[a-z ü']{1,8})?", fullmatch=True).map(Path)
secrets = st.one_of(
    words.map(lambda text: Literal(Secret(text))),
    names.map(FromEnvironment),
    paths.map(FromFile),
    st.builds(
        lambda program, argv: FromCommand((str(program), *argv)),
        names | paths,
        st.lists(words, max_size=2),
    ),
    st.builds(FromKeyring, names, names),
)
credentials = st.one_of(
    st.just(Credentials()),
    st.builds(Credentials, words, st.none(), st.none()),
    st.builds(Credentials, words, secrets, st.none()),
    st.builds(Credentials, st.none(), st.none(), secrets),
)
tls_files = st.one_of(
    st.just(TlsFiles()),
    st.builds(TlsFiles, st.none() | paths, st.none(), st.none(), st.none()),
    st.builds(TlsFiles, st.none() | paths, paths, paths, names),
)


@st.composite
def connections(draw: st.DrawFn) -> Connection:
    """Any settings that a client could use."""
    encrypted = draw(st.booleans())
    port = draw(st.integers(1, 65535))
    uri = f"https://h.example:{port}" if encrypted else f"http://[::1]:{port}/db1"
    return build(
        uri if encrypted else draw(st.sampled_from([uri, "unix:/run/m s.sock", "/d a/m.db"])),
        Path("/"),
        database=draw(st.none() | names),
        credentials=draw(credentials),
        tls_files=draw(tls_files) if encrypted else TlsFiles(),
        timeout=draw(st.none() | st.floats(0.001, 86400.0)),
        description=draw(st.none() | words),
        tags=tuple(draw(st.lists(words, max_size=3))),
        disconnected=draw(st.booleans()),
    )


aliases = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(aliases, connections(), min_size=1, max_size=4),
    st.sampled_from(["toml", "json"]),
    st.booleans(),
)
def test_there_and_back(
    capfd: pytest.CaptureFixture[str],
    registry: dict[str, Connection],
    form: str,
    whole: bool,  # noqa: FBT001 -- hypothesis gives it
) -> None:
    """What is exported and imported elsewhere is the same registry, less its literals if so."""
    directory = Path(tempfile.mkdtemp())
    here, carried, elsewhere = (directory / name for name in ("here", "carried", "elsewhere"))
    here.write_text(edits.rendered({alias: write(one) for alias, one in registry.items()}), "utf-8")
    arguments = ["--include-secrets"] if whole else []

    exported = main(["export", "--to", str(carried), "-o", form, "--config", str(here), *arguments])
    taking = ["--allow-commands", "--config", str(elsewhere), "-q"]
    imported = main(["import", str(carried), *taking])

    capfd.readouterr()
    assert (exported, imported) == (0, 0)
    arrived = {alias: one.connection() for alias, one in load(elsewhere, {}).entries.items()}
    expected = (
        registry
        if whole
        else {alias: one.without_literal_secrets() for alias, one in registry.items()}
    )
    assert list(arrived.items()) == list(expected.items())
    shutil.rmtree(directory)


def test_unknown_keys_go_along_with_the_secrets(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """Whoever asks for everything gets it on the other side too."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(RICH.replace("never = nan\n", ""))
    registry_path.chmod(0o600)
    milvusconn("export", "--include-secrets", "--to", "x.toml")

    told(milvusconn, "x.toml", "--config", "elsewhere.toml", "--allow-commands")

    assert saved(Path("elsewhere.toml")) == saved(Path("x.toml"))
    assert saved(Path("elsewhere.toml"))["lit"] == saved(registry_path)["lit"]


def test_the_registry_is_no_place_for_an_export(milvusconn: Milvusconn, there: Path) -> None:
    """It would lose all that is not exported, and be written without its lock."""
    link = Path("link.toml")
    link.symlink_to(there)

    for place in (there, link):
        ran = milvusconn("export", "--to", place, "--replace")
        assert ran.code == 2
        assert "is the registry file" in ran.err
    assert there.read_text() == THERE


def test_a_file_without_end_is_not_read_to_its_end(milvusconn: Milvusconn) -> None:
    """A device, or the wrong file."""
    ran = milvusconn("import", "/dev/zero")

    assert ran.code == 78
    assert "/dev/zero: longer than 33554432 bytes" in ran.err


def test_what_is_wrong_is_said_of_the_file(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Its name, the alias, and a key that means nothing here."""
    wrong = text_file("wrong.toml", '[connections.a]\nurl = "http://a"\n')
    assert "wrong.toml: a: `uri` is missing" in milvusconn("import", wrong).err

    odd = text_file("odd.toml", '[connections.a]\nuri = "http://a"\npasword = "x"\n')
    ran = milvusconn("import", odd)
    assert "a: unknown setting `pasword`" in ran.err
    assert "did you mean `password`?" in ran.err
    assert saved(registry_path)["a"]["pasword"] == "x"


def test_a_secret_that_is_lost_is_said(milvusconn: Milvusconn, registry_path: Path) -> None:
    """An export without it that comes home takes its place."""
    milvusconn("add", "a", "--uri", "http://a", "--token", "Open-Sesame-77")
    exported = milvusconn("export").out

    ran = milvusconn("import", text_file("back.toml", exported), "--replace")

    assert ran.code == 0
    assert "a: its token was removed: the imported settings have none" in ran.err
    assert "token" not in saved(registry_path)["a"]


# Where secrets come from

REFERENCES = {
    "an_env": {"env": "NAME_OF_IT"},
    "a_file": {"file": "/run/secret"},
    "a_command": {"command": ["/opt/bin/op", "read", SECRET]},
    "a_ring": {"keyring": "service/user"},
}
ORIGINS = {
    "an_env": "env:NAME_OF_IT",
    "a_file": "file:/run/secret",
    "a_command": "command:/opt/bin/op",
    "a_ring": "keyring:service/user",
}


def our_own(form: str, **tokens: object) -> str:
    """A file of ours with an alias for each token, and one without."""
    tables = {alias: {"uri": NOWHERE, "token": token} for alias, token in tokens.items()}
    tables["none"] = {"uri": NOWHERE}
    if form == "toml":
        return text_file("r.toml", edits.rendered(tables))
    return text_file("r.json", json.dumps({"registry": {"connections": tables}}))


@pytest.mark.parametrize("form", ["toml", "json"])
@pytest.mark.parametrize("alias", REFERENCES)
def test_references_of_a_file_need_permission(
    milvusconn: Milvusconn, registry_path: Path, form: str, alias: str
) -> None:
    """All or none; the alias and the kind are named, and nothing that a command is told."""
    file = our_own(form, **{alias: REFERENCES[alias]}, lit="literal-of-it")
    kind = ORIGINS[alias].partition(":")[0]

    ran = milvusconn("import", file, "--replace")

    assert ran.code == 78
    needed = "--allow-commands" if kind in ("command", "file") else "--allow-references"
    assert f"milvusconn: {alias} ({kind}): references to secrets need {needed}" in ran.err
    assert SECRET not in ran.err
    assert not registry_path.exists()


@pytest.mark.parametrize("form", ["toml", "json"])
def test_references_that_are_allowed(
    milvusconn: Milvusconn, registry_path: Path, form: str
) -> None:
    """They are kept as they are, and each is told: of a command its program alone."""
    ran = told(milvusconn, our_own(form, **REFERENCES, lit="its-text"), "--allow-commands")

    assert {alias: one.get("token") for alias, one in saved(registry_path).items()} == {
        **REFERENCES,
        "lit": "its-text",
        "none": None,
    }
    for alias, origin in {**ORIGINS, "lit": "literal"}.items():
        assert f"milvusconn: {alias}: added: 127.0.0.1:1, secret: {origin}\n" in ran.err
    assert "milvusconn: none: added: 127.0.0.1:1\n" in ran.err
    assert SECRET not in ran.err
    assert "its-text" not in ran.err


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("output", ["table", "plain", "json"])
def test_a_dry_run_shows_where_secrets_come_from(
    milvusconn: Milvusconn, registry_path: Path, output: str, *, allowed: bool
) -> None:
    """Before anything is allowed; it exits as the import would."""
    permission = ("--allow-commands",) if allowed else ()
    file = our_own("toml", **REFERENCES, lit="its-text")

    ran = milvusconn("import", file, "--dry-run", "-o", output, *permission)

    assert ran.code == (0 if allowed else 78)
    fate = "register" if allowed else "refuse"
    expected = {alias: (fate, origin) for alias, origin in ORIGINS.items()}
    if output == "json":
        rows = valid(ran)["connections"]
        found = {row["alias"]: (row["action"], row["secret"]) for row in rows}
        assert found == {
            **expected,
            "lit": ("register", "literal"),
            "none": ("register", None),
        }
    else:
        lines = {line.split()[0]: line.split() for line in ran.out.splitlines()}
        for alias, cells in {**expected, "none": ("register", "-")}.items():
            assert tuple(lines[alias][-2:]) == cells
    assert ("an_env (env), a_file (file), a_command (command) and a_ring (keyring)" in ran.err) != (
        allowed
    )
    assert SECRET not in ran.out + ran.err
    assert not registry_path.exists()


def test_references_that_are_there_already(milvusconn: Milvusconn, registry_path: Path) -> None:
    """A file that brings in nothing new needs no permission."""
    file = our_own("toml", **REFERENCES)
    told(milvusconn, file, "--allow-commands")
    before = registry_path.read_bytes()

    assert told(milvusconn, file).err.count("unchanged") == 5
    assert registry_path.read_bytes() == before


@pytest.mark.parametrize("value", [*REFERENCES.values(), [], {}, False, 0, ["text"]], ids=str)
@pytest.mark.parametrize("form", ["milvus-cli", "yami"])
@pytest.mark.parametrize("permission", [(), ("--allow-commands",)])
def test_foreign_forms_have_text_alone(
    milvusconn: Milvusconn, registry_path: Path, form: str, value: object, permission: tuple[str]
) -> None:
    """A table there would be a reference of ours, which those programs do not have."""
    if form == "yami":
        import tomlkit  # noqa: PLC0415 -- for this alone

        tables = {"profiles": {"bad": {"uri": NOWHERE, "token": value}, "ok": {"uri": NOWHERE}}}
        file = text_file("it", tomlkit.dumps(tables))
    else:
        file = milvus_cli(bad={"uri": NOWHERE, "token": value}, ok={"uri": NOWHERE})

    ran = milvusconn("import", file, *permission)

    assert ran.code == 78
    assert "bad" in ran.err
    assert "its token is not text" in ran.err
    assert SECRET not in ran.err
    assert not registry_path.exists()


@pytest.mark.parametrize("text", ["env:HOME", "command:id", "file:/etc/shadow", "keyring:a/b", "-"])
@pytest.mark.parametrize("form", ["milvus-cli", "yami", "dotenv"])
def test_text_that_looks_like_a_reference_is_text(
    milvusconn: Milvusconn, registry_path: Path, form: str, text: str
) -> None:
    """The command line alone reads it so."""
    files = {
        "milvus-cli": json.dumps({"default": {"uri": NOWHERE, "token": text}}),
        "yami": f'[profiles.default]\nuri = "{NOWHERE}"\ntoken = "{text}"\n',
        "dotenv": f"MILVUS_URI={NOWHERE}\nMILVUS_TOKEN={text}\n",
    }

    ran = told(milvusconn, text_file("it", files[form]))

    assert saved(registry_path)["default"]["token"] == text
    assert "secret: literal\n" in ran.err


@pytest.mark.parametrize(
    ("lines", "secret"),
    [
        ("MILVUS_TOKEN=${VAULT}", {"token": {"env": "VAULT"}}),
        ("MILVUS_TOKEN=$VAULT", {"token": {"env": "VAULT"}}),
        ('MILVUS_TOKEN="${VAULT}"', {"token": {"env": "VAULT"}}),
        ('export MILVUS_TOKEN="$VAULT"', {"token": {"env": "VAULT"}}),
        ("MILVUS_TOKEN='$VAULT'", {"token": "$VAULT"}),
        ("MILVUS_TOKEN=${NOT_SET_HERE}", {"token": {"env": "NOT_SET_HERE"}}),
        ("MILVUS_TOKEN=a$VAULT", {"token": "a$VAULT"}),
        ("PW=a\nMILVUS_TOKEN=${PW}", {"token": "a"}),
        ("PW=a\nMILVUS_TOKEN=$PW", {"token": "a"}),
        ("PW=a\nMILVUS_TOKEN=root:${PW}", {"token": "root:a"}),
        ("PW=${VAULT}\nMILVUS_TOKEN=${PW}", {"token": {"env": "VAULT"}}),
        ("VAULT=${VAULT}\nMILVUS_TOKEN=${VAULT}", {"token": {"env": "VAULT"}}),
        ("MILVUS_TOKEN=${VAULT}\nVAULT=a", {"token": {"env": "VAULT"}}),
        (
            "MILVUS_USER=${WHO}\nMILVUS_PASSWORD=${VAULT}",
            {"user": "somebody", "password": {"env": "VAULT"}},
        ),
        ("MILVUS_DB=${UNSET:-d1}", {"db": "d1"}),
        ("MILVUS_DB=${WHO:-d1}", {"db": "somebody"}),
        ("MILVUS_DB=${UNSET}", {}),
    ],
)
def test_variables_of_a_dotenv_file(
    milvusconn: Milvusconn,
    registry_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: str,
    secret: Tables,
) -> None:
    """A secret that is a variable of the environment stays there; what the file sets is text."""
    monkeypatch.setenv("VAULT", SECRET)
    monkeypatch.setenv("WHO", "somebody")

    told(milvusconn, text_file(".env", f"MILVUS_URI={NOWHERE}\n{lines}\n"))

    assert saved(registry_path) == {"default": {"uri": NOWHERE, **secret}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"MILVUS_URI={NOWHERE}\nMILVUS_TOKEN=root:${{VAULT}}", "MILVUS_TOKEN mixes text"),
        (f"MILVUS_URI={NOWHERE}\nMILVUS_TOKEN=${{VAULT:-x}}", "MILVUS_TOKEN mixes text"),
        (
            f"MILVUS_URI={NOWHERE}\nMILVUS_USER=u\nMILVUS_PASSWORD=a${{VAULT}}",
            "MILVUS_PASSWORD mixes",
        ),
        (f"MILVUSCONN_A_URI={NOWHERE}\nMILVUSCONN_A_TOKEN=a${{VAULT}}", "MILVUSCONN_A_TOKEN mixes"),
        ("MILVUS_URI=http://root:${VAULT}@h", "MILVUS_URI takes its user or password from another"),
        ("MILVUS_URI=${URI_OF_IT}", "MILVUS_URI takes its user or password from another"),
        (
            "MILVUSCONN_A_URI=${URI_OF_IT}",
            "MILVUSCONN_A_URI takes its user or password from another",
        ),
        ("MILVUS_HOST=${URI_OF_IT}", "MILVUS_HOST takes its user or password from another"),
        (
            '[profiles.a]\nuri = "http://root:${VAULT}@h"',
            "a: its uri takes its user or password from a variable",
        ),
        ('[profiles.a]\nuri = "${URI_OF_IT}"', "a: its uri takes its user or password from a"),
    ],
)
def test_a_secret_of_the_environment_is_never_stored(
    milvusconn: Milvusconn,
    registry_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    words: str,
) -> None:
    """What could not stay a reference is refused, and named."""
    monkeypatch.setenv("VAULT", SECRET)
    monkeypatch.setenv("URI_OF_IT", f"http://root:{SECRET}@h")

    ran = milvusconn("import", text_file("it", text + "\n"))

    assert ran.code == 78
    assert words in ran.err
    assert SECRET not in ran.out + ran.err
    assert not registry_path.exists()


def test_a_uri_of_a_dotenv_file_with_its_own_password(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its host may be a variable: the password is the file's all the same."""
    monkeypatch.setenv("PLACE", "h:1")

    told(milvusconn, text_file(".env", f"MILVUS_URI=http://root:{SECRET}@${{PLACE}}\n"))

    assert saved(registry_path)["default"]["password"] == SECRET

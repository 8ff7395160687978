"""`add`: settings in, an alias in the registry out; nothing is dialled."""

import io
import stat
from pathlib import Path

import pytest

from tests.commands.verbs import (
    BAD_NAMES,
    NOWHERE,
    SECRET,
    Saved,
    Speak,
    assert_did,
    assert_refused,
    register,
)
from tests.conftest import Milvusconn
from tests.servers.certificates import Authority


def test_add_registers_and_dials_nothing(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """The alias is in the file, and no call reached the server."""
    server = speaking_milvus()

    ran = milvusconn("add", "dev", "--uri", server.uri)

    assert_did(ran, "dev", server.address)
    assert saved() == {"dev": {"uri": server.uri}}
    assert server.calls == []


def test_add_keeps_the_file_private(milvusconn: Milvusconn, registry_path: Path) -> None:
    """0700 and 0600, and a line that says when it is not."""
    register(milvusconn, "dev")

    assert stat.S_IMODE(registry_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(registry_path.parent.stat().st_mode) == 0o700
    registry_path.chmod(0o644)
    assert "0644" in milvusconn("has", "dev").err


def test_add_refuses_a_name_that_exists(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Also with the very same settings; --replace is the way."""
    register(milvusconn, "dev")
    before = registry_path.read_bytes()

    ran = milvusconn("add", "dev", "--uri", "http://other")

    assert_refused(ran, 78, "dev", "--replace")
    assert registry_path.read_bytes() == before


def test_add_replaces_where_told(milvusconn: Milvusconn, saved: Saved) -> None:
    """The old settings are gone, all of them, and the alias keeps its place."""
    milvusconn("add", "dev", "--uri", NOWHERE, "--user", "root", "--tag", "x")
    register(milvusconn, "next")

    ran = milvusconn("add", "dev", "--replace", "--uri", "http://other:1")

    assert_did(ran, "dev")
    assert saved()["dev"] == {"uri": "http://other:1"}
    assert list(saved()) == ["dev", "next"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_add_refuses_a_bad_name(milvusconn: Milvusconn, registry_path: Path, name: str) -> None:
    """What a new alias may be called is said, and nothing is written."""
    assert_refused(milvusconn("add", name, "--uri", NOWHERE), 78, "letter")
    assert not registry_path.exists()


def test_add_takes_every_setting(
    milvusconn: Milvusconn, authority: Authority, saved: Saved
) -> None:
    """Each option has its key in the file."""
    ours = authority.issue("client.test")

    ran = milvusconn(
        "add", "dev", "--uri", "https://milvus.example:443", "--db", "books", "--user", "root",
        "--password", "env:ROOT", "--ca", authority.ca_file, "--cert", ours.cert, "--key", ours.key,
        "--server-name", "milvus.internal", "--timeout", "3", "--description", "a note",
        "--tag", "eu", "--tag", "prod",
    )  # fmt: skip

    assert ran.code == 0, ran.err
    assert saved()["dev"] == {
        "uri": "https://milvus.example:443",
        "db": "books",
        "user": "root",
        "password": {"env": "ROOT"},
        "timeout": 3.0,
        "description": "a note",
        "tags": ["eu", "prod"],
        "tls": {
            "ca": str(authority.ca_file),
            "cert": str(ours.cert),
            "key": str(ours.key),
            "server_name": "milvus.internal",
        },
    }


@pytest.mark.parametrize(
    ("settings", "uri"),
    [
        (("--host", "milvus.example"), "http://milvus.example:19530"),
        (("--port", "5"), "http://localhost:5"),
        (("--host", "h", "--port", "5"), "http://h:5"),
        (("--host", "::1"), "http://[::1]:19530"),
        (("--host", "[::1]", "--port", "5"), "http://[::1]:5"),
        (("--address", "h:5"), "http://h:5"),
        (("--address", "[::1]:5"), "http://[::1]:5"),
        (("--host", "h", "--tls"), "https://h:19530"),
        (("--address", "h:5", "--tls"), "https://h:5"),
        (("--address", "h:5", "--no-tls"), "http://h:5"),
        (("--uri", "https://h", "--tls"), "https://h"),
        (("--uri", "http://h:5", "--address", "h:5"), "http://h:5"),
        (("--uri", "http://h:5", "--host", "h", "--port", "5"), "http://h:5"),
    ],
)
def test_add_by_the_other_ways_to_say_where(
    milvusconn: Milvusconn, saved: Saved, settings: tuple[str, ...], uri: str
) -> None:
    """An address, a host, a port: each is a URI in the file; agreeing twice is no fault."""
    ran = milvusconn("add", "dev", *settings)

    assert ran.code == 0, ran.err
    assert saved()["dev"] == {"uri": uri}


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ((), "--uri"),
        (("--db", "x"), "--uri"),
        (("--uri", "localhost:19530"), "http://localhost:19530"),
        (("--uri", "ftp://h"), "ftp"),
        (("--uri", "http://h:1", "--address", "h:2"), "conflicting"),
        (("--uri", "http://h:1", "--host", "other"), "conflicting"),
        (("--address", "h"), "port"),
        (("--address", "::1:5"), "brackets"),
        (("--port", "0"), "65535"),
        (("--port", "65536"), "65535"),
        (("--port", "http"), "65535"),
        (("--host", "http://h"), "host"),
        (("--uri", "https://h", "--no-tls"), "--no-tls"),
        (("--uri", "http://h", "--tls"), "--tls"),
        (("--uri", "m.db", "--tls"), "--tls"),
        (("--uri", "http://h", "--server-name", "n"), "TLS"),
        (("--uri", "https://h", "--cert", "c.pem"), "key"),
        (("--uri", "https://h", "--key", "k.pem"), "cert"),
        (("--uri", "https://h", "--ca", "nowhere.pem"), "nowhere.pem"),
        (("--uri", "http://h", "--password", "env:P"), "user"),
        (("--uri", "http://h", "--token", "env:T", "--user", "u"), "token"),
        (("--uri", "http://h", "--token", "env:T", "--password", "env:P"), "token"),
        (("--uri", "http://u:p@h", "--user", "u"), "twice"),
        (("--uri", "http://u:p@h", "--token", "env:T"), "twice"),
        (("--uri", "http://h", "--user", "u", "--password", "env:P", "--ask-password"), "not both"),
        (("--uri", "http://h", "--user", "u", "--password", "env:"), "env"),
        (("--uri", "http://h", "--user", "u", "--password", "keyring:x"), "keyring"),
        (("--uri", "http://h", "--user", "u", "--password", "command:"), "command"),
        (("--uri", "http://h", "--db", "bücher"), "database"),
    ],
)
def test_add_refuses_what_does_not_fit(
    milvusconn: Milvusconn, registry_path: Path, settings: tuple[str, ...], word: str
) -> None:
    """An invalid configuration is exit 78 where it enters, and nothing is written."""
    assert_refused(milvusconn("add", "dev", *settings), 78, word)
    assert not registry_path.exists()


@pytest.mark.parametrize(
    ("reference", "stored"),
    [
        ("env:ROOT_PASSWORD", {"env": "ROOT_PASSWORD"}),
        ("file:/run/secrets/root", {"file": "/run/secrets/root"}),
        ("command:pass show 'milvus root'", {"command": ["pass", "show", "milvus root"]}),
        ("keyring:milvus/root", {"keyring": "milvus/root"}),
    ],
)
def test_add_keeps_a_reference(
    milvusconn: Milvusconn, saved: Saved, reference: str, stored: dict[str, object]
) -> None:
    """Not looked into, and no reason for a warning."""
    ran = milvusconn("add", "dev", "--uri", NOWHERE, "--user", "root", "--password", reference)

    assert_did(ran, "dev")
    assert len(ran.err.splitlines()) == 1
    assert saved()["dev"]["password"] == stored


@pytest.mark.parametrize(
    ("settings", "option", "kept"),
    [
        (("--user", "root", "--password", SECRET), "--password", SECRET),
        (("--token", SECRET), "--token", SECRET),
        (("--token", f"literal:env:{SECRET}"), "--token", f"env:{SECRET}"),
        (("--token", f"root:{SECRET}"), "--token", f"root:{SECRET}"),
    ],
)
def test_add_warns_of_a_literal_secret(
    milvusconn: Milvusconn, saved: Saved, settings: tuple[str, ...], option: str, kept: str
) -> None:
    """It is taken; once it is said that others can see it, and the safer way."""
    ran = milvusconn("add", "dev", "--uri", NOWHERE, *settings)

    assert ran.code == 0
    assert ran.err.count("process list") == 1
    assert "env:NAME" in ran.err
    assert SECRET not in ran.err
    assert saved()["dev"][option.removeprefix("--")] == kept


@pytest.mark.parametrize("line", [f"{SECRET}\n", f"{SECRET}\r\n", SECRET, f"{SECRET}\nmore\n"])
def test_add_reads_a_secret_from_stdin(
    milvusconn: Milvusconn,
    saved: Saved,
    registry_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
) -> None:
    """One line, without its line break; nobody could have seen it, and where it lies is said."""
    monkeypatch.setattr("sys.stdin", io.StringIO(line))

    ran = milvusconn("add", "dev", "--uri", NOWHERE, "--user", "root", "--password", "-")

    assert saved()["dev"]["password"] == SECRET
    assert "process list" not in ran.err
    where, done = ran.err.splitlines()
    assert str(registry_path) in where
    assert "added" in done


@pytest.mark.parametrize("line", ["", "\n"])
def test_add_finds_no_secret_on_stdin(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """An empty line is no password."""
    monkeypatch.setattr("sys.stdin", io.StringIO(line))

    ran = milvusconn("add", "dev", "--uri", NOWHERE, "--user", "root", "--password", "-")

    assert_refused(ran, 78, "--password -")
    assert not registry_path.exists()


def test_add_takes_a_secret_out_of_the_uri(milvusconn: Milvusconn, saved: Saved) -> None:
    """It is kept as a password, decoded, and the URI is shown without it."""
    ran = milvusconn("add", "dev", "--uri", "http://root:a%40b@127.0.0.1:1")

    assert ran.code == 0
    assert saved()["dev"] == {"uri": NOWHERE, "user": "root", "password": "a@b"}


def test_secret_in_a_bad_uri_is_not_repeated(milvusconn: Milvusconn) -> None:
    """Neither in the message nor in the corrected form."""
    ran = milvusconn("add", "dev", "--uri", f"http//root:{SECRET}@h:1")

    assert ran.code == 78
    assert SECRET not in ran.err


def test_relative_paths_mean_the_directory_of_the_caller(
    milvusconn: Milvusconn,
    speaking_milvus: Speak,
    authority: Authority,
    own_place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """TLS files given by relative paths are found from another directory."""
    (own_place / "ca.pem").write_bytes(authority.ca_file.read_bytes())
    server = speaking_milvus(tls=authority.issue("127.0.0.1"))
    milvusconn("add", "dev", "--uri", server.uri, "--ca", "ca.pem")

    monkeypatch.chdir(tmp_path)

    assert milvusconn("has", "dev").code == 0


def test_relative_local_paths_mean_the_directory_of_the_caller(
    milvusconn: Milvusconn, own_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So do a `.db` and a socket; a path in the file is relative to the file."""
    milvusconn("add", "lite", "--uri", "sub/milvus.db")
    milvusconn("add", "socket", "--uri", "unix:milvus.sock")

    monkeypatch.chdir(tmp_path)

    assert milvusconn("address", "lite").out == f"{own_place}/sub/milvus.db\n"
    assert milvusconn("address", "socket").out == f"unix:{own_place}/milvus.sock\n"


def test_paths_in_the_file_are_relative_to_it(
    milvusconn: Milvusconn, registry_path: Path, authority: Authority, speaking_milvus: Speak
) -> None:
    """Wherever the program is called from."""
    register(milvusconn, "dev", uri=speaking_milvus(tls=authority.issue("127.0.0.1")).uri)
    (registry_path.parent / "ca.pem").write_bytes(authority.ca_file.read_bytes())
    lite = '\n[connections.lite]\nuri = "milvus.db"\n'
    registry_path.write_text(
        registry_path.read_text() + '\n[connections.dev.tls]\nca = "ca.pem"\n' + lite
    )

    assert milvusconn("has", "dev").code == 0
    assert milvusconn("address", "lite").out == f"{registry_path.parent}/milvus.db\n"

"""Each verb as a user types it: what it does, what it refuses, and what it says where.

`False`, addresses and lists are stdout; what was done and why not is stderr. What a server must be
there for is done against a scripted one; the real ones are in test_causes_on_the_real_thing.py.
"""

import io
import json
import socket
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Milvusconn, Ran
from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]

NOWHERE = "http://127.0.0.1:1"
"""Refuses: port 1 of the loopback is nobody's."""
SECRET = "Open-Sesame-77"
BAD_NAMES = ["", ".hidden", "_x", "a b", "a/b", "ä", "a" * 65, "a\n", "[x]"]


@pytest.fixture
def saved(registry_path: Path) -> Callable[[], dict[str, Any]]:
    """What the file holds: the tables of its aliases."""

    def read() -> dict[str, Any]:
        if not registry_path.exists():
            return {}
        tables: dict[str, Any] = tomllib.loads(registry_path.read_text()).get("connections", {})
        return tables

    return read


Saved = Callable[[], dict[str, Any]]


def assert_refused(ran: Ran, code: int, *words: str) -> None:
    """Nothing on stdout; one line on stderr, and a hint at most; the words are in them."""
    assert (ran.code, ran.out) == (code, "")
    first, *rest = ran.err.splitlines()
    assert first.startswith("milvusconn: ")
    assert len(rest) <= 1
    assert all(line.startswith("  hint: ") for line in rest)
    assert all(word in ran.err for word in words), ran.err


def assert_did(ran: Ran, *words: str) -> None:
    """Nothing on stdout; what was done on stderr."""
    assert (ran.code, ran.out) == (0, "")
    assert all(word in ran.err for word in words), ran.err


def register(milvusconn: Milvusconn, *aliases: str, uri: str = NOWHERE) -> None:
    for alias in aliases:
        assert milvusconn("add", alias, "--uri", uri).code == 0


# has


def test_has_says_true_and_nothing_else(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """One word on stdout, silence on stderr, exit 0."""
    register(milvusconn, "dev", uri=speaking_milvus().uri)

    assert milvusconn("has", "dev") == Ran(0, "True\n", "")


def test_has_says_false_and_why(milvusconn: Milvusconn) -> None:
    """The word on stdout; the reason and what to do on stderr."""
    register(milvusconn, "dev")

    ran = milvusconn("has", "dev")

    assert (ran.code, ran.out) == (3, "False\n")
    assert ran.err.splitlines()[0].startswith("milvusconn: dev: tcp-refused: ")
    assert ran.err.splitlines()[1].startswith("  hint: ")


def test_has_several_in_the_order_given(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A line each, the alias before it, also for one that does not exist and one asked twice."""
    register(milvusconn, "up", uri=speaking_milvus().uri)
    register(milvusconn, "down")

    ran = milvusconn("has", "up", "nobody", "down", "up")

    assert ran.out == "up\tTrue\nnobody\tFalse\ndown\tFalse\nup\tTrue\n"
    assert ran.code == 3
    assert ran.err.index("nobody: no-such-alias") < ran.err.index("down: tcp-refused")


REFUSALS: list[tuple[int, str]] = [
    (78, "config"),
    (5, "auth"),
    (6, "tls"),
    (8, "db"),
    (7, "old"),
    (3, "down"),
    (4, "starting"),
    (1, "nobody"),
]
"""Exit code and alias, the gravest first, as the contract orders them."""


@pytest.fixture
def one_of_each(milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority) -> None:
    """An alias for each exit code that a probe can have."""
    register(milvusconn, "down", "config")
    register(milvusconn, "ok", uri=speaking_milvus().uri)
    milvusconn("add", "config", "--replace", "--uri", NOWHERE, "--token", "env:UNSET_TOKEN")
    scripted = {
        "auth": answers.status(code=1400),
        "db": answers.status(code=800),
        "old": None,
        "starting": answers.status(code=1),
    }
    for alias, answer in scripted.items():
        server = speaking_milvus(connect=answer, get_version=answers.version("v2.2.8"))
        register(milvusconn, alias, uri=server.uri)
    register(milvusconn, "tls", uri=speaking_milvus(tls=authority.issue("127.0.0.1")).uri)


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("place", range(len(REFUSALS)))
def test_has_ends_with_the_gravest(milvusconn: Milvusconn, place: int) -> None:
    """What a retry cannot mend comes first, wherever in the order it was asked."""
    graver_first = [alias for _, alias in REFUSALS[place:]]

    forwards = milvusconn("has", "ok", *graver_first)
    backwards = milvusconn("has", *reversed(graver_first), "ok")

    assert forwards.code == backwards.code == REFUSALS[place][0]


def test_has_all(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Every alias, in the file's order."""
    register(milvusconn, "b", "a")
    register(milvusconn, "c", uri=speaking_milvus().uri)

    ran = milvusconn("has", "--all")

    assert (ran.code, ran.out) == (3, "b\tFalse\na\tFalse\nc\tTrue\n")


def test_has_all_of_none_is_no(milvusconn: Milvusconn) -> None:
    """An empty registry is not a success."""
    assert_refused(milvusconn("has", "--all"), 1, "no aliases")


def test_has_all_and_aliases(milvusconn: Milvusconn) -> None:
    """One or the other."""
    assert_refused(milvusconn("has", "--all", "dev"), 2, "--all")


@pytest.mark.parametrize("alias", ["up", "down", "nobody"])
def test_has_quiet(milvusconn: Milvusconn, speaking_milvus: Speak, alias: str) -> None:
    """Nothing at all; the exit code is the answer."""
    register(milvusconn, "up", uri=speaking_milvus().uri)
    register(milvusconn, "down")

    ran = milvusconn("has", "-q", alias)

    assert ran == Ran({"up": 0, "down": 3, "nobody": 1}[alias], "", "")


def test_has_asks_for_default(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """`default` where no alias is named, or the one that the environment names."""
    register(milvusconn, "dev")

    without = milvusconn("has")
    monkeypatch.setenv("MILVUSCONN_ALIAS", "dev")
    named = milvusconn("has")

    assert (without.code, named.code) == (1, 3)
    assert "default: no-such-alias" in without.err
    assert "dev: tcp-refused" in named.err


def test_has_suggests_the_nearest(milvusconn: Milvusconn) -> None:
    """A typing error is answered with the name that was meant."""
    register(milvusconn, "production")

    assert "production" in milvusconn("has", "prodution").err


def test_config_option_goes_before_the_variable(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """Another registry, for this call alone."""
    other = tmp_path / "other.toml"
    milvusconn("add", "there", "--uri", NOWHERE, "--config", other)
    register(milvusconn, "here")

    assert milvusconn("list", "--names", "--config", other).out == "there\n"
    assert milvusconn("list", "--names").out == "here\n"


def test_timeout_of_the_alias_and_of_the_call(milvusconn: Milvusconn, silent_port: int) -> None:
    """The call's goes before the alias's."""
    milvusconn("add", "dev", "--uri", f"http://127.0.0.1:{silent_port}", "--timeout", "0.5")

    own = milvusconn("has", "dev", "-o", "json").row
    given = milvusconn("has", "dev", "-t", "1.5", "-o", "json").row

    assert 0.5 <= own["seconds"] <= 1.0
    assert 1.5 <= given["seconds"] <= 2.0


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "86401", "soon"])
def test_timeout_that_is_none(milvusconn: Milvusconn, seconds: str) -> None:
    """Wrong use, told before anything is dialled."""
    register(milvusconn, "dev")

    assert_refused(milvusconn("has", "dev", "-t", seconds), 2, "--timeout")


def test_unknown_key_is_named_once(milvusconn: Milvusconn, registry_path: Path) -> None:
    """A typing error in the file, with the nearest known key, and it survives."""
    register(milvusconn, "dev")
    registry_path.write_text(registry_path.read_text() + 'pasword = "x"\n')

    ran = milvusconn("has", "dev")

    assert ran.err.count("pasword") == 1
    assert "password" in ran.err
    milvusconn("disconnect", "dev")
    assert "pasword" in registry_path.read_text()


# add


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


# connect


def test_connect_saves_what_held(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """The server and its version are told, and the settings are there from now on."""
    server = speaking_milvus(connect=answers.established("v2.6.0"))

    ran = milvusconn("connect", "dev", "--uri", server.uri, "--tag", "new")

    assert_did(ran, "dev: established", server.address, "2.6.0")
    assert saved() == {"dev": {"uri": server.uri, "tags": ["new"]}}


@pytest.mark.parametrize("registered", [False, True])
def test_connect_that_fails_saves_nothing(
    milvusconn: Milvusconn,
    registry_path: Path,
    registered: bool,  # noqa: FBT001 -- pytest's parameter
) -> None:
    """The registry is byte for byte what it was; where there was none, there is none."""
    if registered:
        register(milvusconn, "other")
    before = registry_path.read_bytes() if registered else None

    ran = milvusconn("connect", "dev", "--uri", NOWHERE)

    assert_refused(ran, 3, "dev: tcp-refused")
    assert (registry_path.read_bytes() if registry_path.exists() else None) == before


def test_connect_that_fails_keeps_what_was_there(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """--replace takes effect only once the new settings held; out of service stays so."""
    register(milvusconn, "dev", uri=speaking_milvus().uri)
    milvusconn("disconnect", "dev")
    before = registry_path.read_bytes()

    ran = milvusconn("connect", "dev", "--replace", "--uri", NOWHERE)

    assert ran.code == 3
    assert registry_path.read_bytes() == before


def test_connect_ends_a_disconnect(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """Back in service, and the file is what it was before."""
    register(milvusconn, "dev", uri=speaking_milvus().uri)
    before = registry_path.read_bytes()
    milvusconn("disconnect", "dev")

    ran = milvusconn("connect", "dev")

    assert_did(ran, "dev: established")
    assert milvusconn("has", "dev").out == "True\n"
    assert registry_path.read_bytes() == before


def test_connect_to_a_dead_server_does_not_end_a_disconnect(milvusconn: Milvusconn) -> None:
    """Only what holds is put back into service."""
    register(milvusconn, "dev")
    milvusconn("disconnect", "dev")

    ran = milvusconn("connect", "dev")

    assert_refused(ran, 3, "tcp-refused")
    assert "disconnected" in milvusconn("has", "dev").err


def test_connect_again_changes_nothing(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """In service already, with and without the settings that it has: the file is not touched."""
    uri = speaking_milvus().uri
    register(milvusconn, "dev", uri=uri)
    before = registry_path.stat()

    assert milvusconn("connect", "dev").code == 0
    assert milvusconn("connect", "dev", "--uri", uri).code == 0

    assert registry_path.stat().st_mtime_ns == before.st_mtime_ns
    assert registry_path.stat().st_ino == before.st_ino


def test_connect_refuses_other_settings(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """A name that has settings of its own keeps them; the server is not even dialled."""
    server = speaking_milvus()
    register(milvusconn, "dev")
    before = registry_path.read_bytes()

    ran = milvusconn("connect", "dev", "--uri", server.uri)

    assert_refused(ran, 78, "dev", "--replace")
    assert server.calls == []
    assert registry_path.read_bytes() == before


def test_connect_replaces_where_told(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """Other settings, once they held."""
    uri = speaking_milvus().uri
    register(milvusconn, "dev")

    ran = milvusconn("connect", "dev", "--replace", "--uri", uri)

    assert_did(ran, "dev: established")
    assert saved() == {"dev": {"uri": uri}}


def test_connect_without_settings(milvusconn: Milvusconn, registry_path: Path) -> None:
    """An alias that does not exist needs them: exit 1, and what to type."""
    assert_refused(milvusconn("connect", "dev"), 1, "connect dev --uri")
    assert not registry_path.exists()


def test_connect_a_bad_name(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """Refused before anything is dialled: what held could not be saved."""
    server = speaking_milvus()

    ran = milvusconn("connect", "a/b", "--uri", server.uri)

    assert_refused(ran, 78, "letter")
    assert server.calls == []
    assert not registry_path.exists()


def test_connect_default(milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved) -> None:
    """The alias may be left out, as in pymilvus."""
    milvusconn("connect", "--uri", speaking_milvus().uri)

    assert list(saved()) == ["default"]


def test_connect_in_json(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A row, as `has` gives it."""
    good = milvusconn("connect", "dev", "--uri", speaking_milvus().uri, "-o", "json")
    bad = milvusconn("connect", "bad", "--uri", NOWHERE, "-o", "json")

    assert (good.json["command"], good.row["status"]) == ("connect", "established")
    assert (bad.code, bad.json["ok"], bad.row["status"]) == (3, False, "tcp-refused")


def test_connect_quiet(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Nothing at all; the exit code is the answer."""
    assert milvusconn("connect", "dev", "--uri", speaking_milvus().uri, "-q") == Ran(0, "", "")
    assert milvusconn("connect", "bad", "--uri", NOWHERE, "-q") == Ran(3, "", "")


# disconnect and remove


def test_disconnect_keeps_the_settings(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """`has` says False without touching the network."""
    server = speaking_milvus()
    register(milvusconn, "dev", uri=server.uri)

    ran = milvusconn("disconnect", "dev")

    assert_did(ran, "dev", "disconnected")
    assert milvusconn("has", "dev").out == "False\n"
    assert saved() == {"dev": {"uri": server.uri, "disconnected": True}}
    assert server.calls == []


def test_disconnect_twice(milvusconn: Milvusconn) -> None:
    """It is so already: no failure."""
    register(milvusconn, "dev")
    milvusconn("disconnect", "dev")

    assert_did(milvusconn("disconnect", "dev"), "already disconnected")


def test_remove_forgets(milvusconn: Milvusconn, saved: Saved) -> None:
    """The alias is gone, and the others are not."""
    register(milvusconn, "a", "b", "c")

    ran = milvusconn("remove", "a", "c")

    assert_did(ran, "a: removed", "c: removed")
    assert list(saved()) == ["b"]


def test_remove_the_last_one(milvusconn: Milvusconn, saved: Saved) -> None:
    """A registry may be empty again, and filled again."""
    register(milvusconn, "dev")

    ran = milvusconn("remove", "dev")

    assert_did(ran, "dev: removed")
    assert saved() == {}
    register(milvusconn, "dev")
    assert list(saved()) == ["dev"]


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_unknown_alias_is_no(milvusconn: Milvusconn, registry_path: Path, verb: str) -> None:
    """Exit 1 with the nearest name; of several aliases none is changed."""
    register(milvusconn, "production", "stage")
    before = registry_path.read_bytes()

    ran = milvusconn(verb, "stage", "prodution")

    assert_refused(ran, 1, "'prodution'", "production")
    assert registry_path.read_bytes() == before


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_unknown_alias_by_force(milvusconn: Milvusconn, saved: Saved, verb: str) -> None:
    """It is no error, and the others are done."""
    register(milvusconn, "stage")

    ran = milvusconn(verb, "nobody", "stage", "--force")

    assert_did(ran, "stage")
    assert saved().get("stage", {"disconnected": True})["disconnected"]


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_force_where_there_is_no_file(
    milvusconn: Milvusconn, registry_path: Path, verb: str
) -> None:
    """Nothing to do, and none is made for it."""
    assert milvusconn(verb, "nobody", "--force").code == 0
    assert not registry_path.exists()


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_alias_is_required(milvusconn: Milvusconn, verb: str) -> None:
    """These verbs have no default: a slip of the hand must not take one out of service."""
    register(milvusconn, "default")

    assert_refused(milvusconn(verb), 2)


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_same_alias_twice(milvusconn: Milvusconn, verb: str) -> None:
    """It is done once."""
    register(milvusconn, "dev")

    ran = milvusconn(verb, "dev", "dev")

    assert_did(ran)
    assert ran.err.count("dev: ") == 1


def test_alias_of_an_odd_name_can_be_removed(
    milvusconn: Milvusconn, registry_path: Path, saved: Saved
) -> None:
    """What is found in the file under a name that would not be taken today is still served."""
    register(milvusconn, "dev")
    odd = '\n[connections."the old one"]\nuri = "http://127.0.0.1:1"\n'
    registry_path.write_text(registry_path.read_text() + odd)

    assert milvusconn("list", "--names").out == "dev\nthe old one\n"
    assert milvusconn("has", "the old one").code == 3
    assert milvusconn("remove", "the old one").code == 0
    assert list(saved()) == ["dev"]


# address


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("http://milvus.example", "milvus.example:19530"),
        ("https://milvus.example", "milvus.example:443"),
        ("tcp://milvus.example:5", "milvus.example:5"),
        ("grpc://[::1]:5/books", "[::1]:5"),
        ("http://root:secret@milvus.example:5", "milvus.example:5"),
        ("unix:/run/milvus.sock", "unix:/run/milvus.sock"),
        ("unix:///run/milvus.sock", "unix:/run/milvus.sock"),
        ("/var/lib/milvus.db", "/var/lib/milvus.db"),
    ],
)
def test_address_is_all_that_is_said(milvusconn: Milvusconn, uri: str, address: str) -> None:
    """For a script: one line, nothing else, nothing dialled."""
    register(milvusconn, "dev", uri=uri)

    assert milvusconn("address", "dev") == Ran(0, f"{address}\n", "")


def test_address_of_an_unknown_alias(milvusconn: Milvusconn) -> None:
    """Exit 1 and an empty stdout."""
    register(milvusconn, "production")

    assert_refused(milvusconn("address", "prodution"), 1, "production")


def test_address_of_default(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left out, it is `default`, or what the environment names."""
    register(milvusconn, "default", uri="http://a:1")
    register(milvusconn, "dev", uri="http://b:2")

    assert milvusconn("address").out == "a:1\n"
    monkeypatch.setenv("MILVUSCONN_ALIAS", "dev")
    assert milvusconn("address").out == "b:2\n"


# list


@pytest.mark.usefixtures("one_of_each")
def test_list_shows_every_row_in_order(milvusconn: Milvusconn) -> None:
    """Reachable or not, in the order of the file; it could list, so exit 0."""
    ran = milvusconn("list")

    header, *rows = ran.out.splitlines()
    assert header.split() == ["ALIAS", "ADDRESS", "DB", "TLS", "USER", "STATUS", "SERVER", "TIME"]
    names = milvusconn("list", "--names").out.splitlines()
    assert [row.split()[0] for row in rows] == names
    assert ran.code == 0


@pytest.mark.usefixtures("one_of_each")
def test_list_by_exit_code(milvusconn: Milvusconn) -> None:
    """That of the gravest row, when it is asked for; the rows are the same."""
    ran = milvusconn("list", "--exit-code", "-o", "json")

    assert (ran.code, ran.json["exit_code"], ran.json["ok"]) == (78, 78, False)
    assert len(ran.json["connections"]) == 8


def test_list_in_plain_text(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Fields apart by TAB, no header, the version where there is one."""
    server = speaking_milvus(connect=answers.established("v2.6.0"))
    milvusconn("add", "up", "--uri", server.uri, "--user", "root")
    milvusconn("add", "off", "--uri", "https://h", "--db", "books")
    milvusconn("disconnect", "off")

    up, off = milvusconn("list", "-o", "plain").out.splitlines()

    assert up.split("\t")[:7] == ["up", server.address, "default", "-", "root", "established",
                                  "2.6.0"]  # fmt: skip
    assert off.split("\t") == ["off", "h:443", "books", "yes", "-", "disconnected", "-", "-"]


def test_list_in_json(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A row for each alias, in order."""
    register(milvusconn, "b")
    register(milvusconn, "a", uri=speaking_milvus().uri)

    ran = milvusconn("list", "-o", "json")

    rows = ran.json["connections"]
    assert [(row["alias"], row["status"]) for row in rows] == [
        ("b", "tcp-refused"),
        ("a", "established"),
    ]
    assert (ran.code, ran.json["ok"]) == (0, True)


def test_list_keeps_markup_as_it_is(milvusconn: Milvusconn) -> None:
    """What looks like a colour to the table's maker is text."""
    register(milvusconn, "dev", uri="http://[fe80::1]:19530")

    assert "[fe80::1]:19530" in milvusconn("list", "--no-probe").out


@pytest.mark.parametrize("output", ["table", "plain", "json"])
@pytest.mark.parametrize("option", ["--no-probe", "--names"])
def test_list_without_dialling(milvusconn: Milvusconn, option: str, output: str) -> None:
    """A listener that counts has nothing to count."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        register(milvusconn, "a", "b", uri=f"http://127.0.0.1:{listener.getsockname()[1]}")

        ran = milvusconn("list", option, "-o", output)

        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert ran.code == 0
    assert "a" in ran.out


def test_list_without_probes_has_fewer_columns(milvusconn: Milvusconn) -> None:
    """What only a probe can tell is not there; in JSON it is null."""
    register(milvusconn, "dev")

    table = milvusconn("list", "--no-probe").out
    row = milvusconn("list", "--no-probe", "-o", "json").row

    assert table.splitlines()[0].split() == ["ALIAS", "ADDRESS", "DB", "TLS", "USER"]
    assert (row["alias"], row["established"], row["status"]) == ("dev", None, None)


def test_list_names_in_json_is_json(milvusconn: Milvusconn) -> None:
    """Who asks for JSON gets it."""
    register(milvusconn, "a", "b")

    ran = milvusconn("list", "--names", "-o", "json")

    assert [row["alias"] for row in json.loads(ran.out)["connections"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [(["eu"], "a\nb\n"), (["eu", "prod"], "b\n"), (["us"], "c\n"), (["none"], "")],
)
def test_list_by_tag(milvusconn: Milvusconn, tags: list[str], expected: str) -> None:
    """Those that bear every tag asked for."""
    milvusconn("add", "a", "--uri", NOWHERE, "--tag", "eu")
    milvusconn("add", "b", "--uri", NOWHERE, "--tag", "eu", "--tag", "prod")
    milvusconn("add", "c", "--uri", NOWHERE, "--tag", "us")

    ran = milvusconn("list", "--names", *(word for tag in tags for word in ("--tag", tag)))

    assert (ran.code, ran.out) == (0, expected)


@pytest.mark.parametrize("option", ["--names", "--no-probe"])
def test_list_exit_code_needs_probes(milvusconn: Milvusconn, option: str) -> None:
    """Options that contradict each other are wrong use."""
    assert_refused(milvusconn("list", "--exit-code", option), 2, "--exit-code")


@pytest.mark.parametrize("output", ["table", "plain", "json"])
def test_list_of_nothing(milvusconn: Milvusconn, registry_path: Path, output: str) -> None:
    """No file is no failure, and none is made."""
    ran = milvusconn("list", "-o", output)

    assert ran.code == 0
    assert not registry_path.exists()


def test_list_probes_at_once(milvusconn: Milvusconn) -> None:
    """Many silent servers take the time of one, not the sum."""
    with faults.silent() as place:
        register(milvusconn, *(f"dev{n}" for n in range(20)), uri=f"http://{place.address}")

        rows = milvusconn("list", "-t", "1", "-o", "json").json["connections"]

    assert {row["status"] for row in rows} == {"silent"}
    assert all(row["seconds"] <= 1.5 for row in rows)


def test_list_with_one_bad_alias(milvusconn: Milvusconn, registry_path: Path) -> None:
    """It has its row, and the others theirs."""
    register(milvusconn, "good")
    registry_path.write_text(registry_path.read_text() + '\n[connections.bad]\nuri = "h:1"\n')

    rows = milvusconn("list", "-o", "json").json["connections"]

    assert [(row["alias"], row["status"]) for row in rows] == [
        ("good", "tcp-refused"),
        ("bad", "config-uri"),
    ]


# show


def shown(ran: Ran) -> dict[str, tuple[str, str]]:
    """The settings of `show -o json`: value and origin by name."""
    settings = ran.row["settings"]
    return {one["name"]: (one["value"], one["from"]) for one in settings}


def test_show_says_where_each_setting_comes_from(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """The file, the URI that implies it, or the default."""
    milvusconn("add", "dev", "--uri", "https://h:5/books", "--user", "root", "--password", "env:P")
    file = str(registry_path)

    settings = shown(milvusconn("show", "dev", "-o", "json"))

    assert settings == {
        "uri": ("https://h:5/books", file),
        "address": ("h:5", "the uri"),
        "db": ("books", "the uri"),
        "user": ("root", file),
        "password": ("env:P", file),
        "tls": ("yes", "the uri"),
        "timeout": ("5 s", "default"),
    }


def test_show_every_setting(
    milvusconn: Milvusconn, registry_path: Path, authority: Authority
) -> None:
    """Nothing that is set is left out."""
    ours = authority.issue("client.test")
    milvusconn(
        "add", "dev", "--uri", "https://h", "--db", "books", "--ca", authority.ca_file, "--cert",
        ours.cert, "--key", ours.key, "--server-name", "n", "--timeout", "3", "--description", "d",
        "--tag", "t",
    )  # fmt: skip
    milvusconn("disconnect", "dev")

    settings = shown(milvusconn("show", "dev", "-o", "json"))

    in_file = {name: value for name, (value, origin) in settings.items() if origin != "the uri"}
    assert in_file == {
        "uri": "https://h",
        "db": "books",
        "tls.ca": str(authority.ca_file),
        "tls.cert": str(ours.cert),
        "tls.key": str(ours.key),
        "tls.server_name": "n",
        "timeout": "3 s",
        "description": "d",
        "tags": "t",
        "disconnected": "yes",
    }
    assert {origin for _, origin in settings.values()} == {str(registry_path), "the uri"}


@pytest.mark.parametrize("output", ["table", "plain", "json"])
@pytest.mark.parametrize(
    ("settings", "reference"),
    [
        (("--user", "root", "--password", SECRET), "***"),
        (("--token", SECRET), "***"),
        (("--token", "env:HIDDEN"), "env:HIDDEN"),
        (("--token", "file:/run/token"), "file:/run/token"),
        (("--token", "command:pass show milvus"), "command:pass "),
        (("--token", "keyring:milvus/root"), "keyring:milvus/root"),
    ],
)
def test_show_no_secret(
    milvusconn: Milvusconn,
    monkeypatch: pytest.MonkeyPatch,
    settings: tuple[str, ...],
    reference: str,
    output: str,
) -> None:
    """A literal is masked; a reference is shown as it is, and not followed."""
    monkeypatch.setenv("HIDDEN", SECRET)
    milvusconn("add", "dev", "--uri", NOWHERE, *settings)

    ran = milvusconn("show", "dev", "-o", output)

    assert reference in ran.out
    assert SECRET not in ran.out + ran.err


def test_show_dials_nothing(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Settings are known without the server."""
    server = speaking_milvus()
    register(milvusconn, "dev", uri=server.uri)

    assert milvusconn("show", "dev").code == 0
    assert server.calls == []


def test_show_an_unknown_alias(milvusconn: Milvusconn) -> None:
    """Exit 1, and the nearest name."""
    register(milvusconn, "production")

    assert_refused(milvusconn("show", "prodution"), 1, "production")


def test_environment_overrides_the_file(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, registry_path: Path
) -> None:
    """It is said once on stderr, `source` says it too, and the file is as it was."""
    milvusconn("add", "eu-west.1", "--uri", NOWHERE, "--user", "root", "--password", "env:P")
    before = registry_path.read_bytes()
    monkeypatch.setenv("MILVUSCONN_EU_WEST_1_URI", "http://127.0.0.1:2")
    monkeypatch.setenv("MILVUSCONN_EU_WEST_1_TOKEN", SECRET)

    ran = milvusconn("show", "eu-west.1", "-o", "json")

    settings = shown(ran)
    assert settings["uri"] == ("http://127.0.0.1:2", "MILVUSCONN_EU_WEST_1_URI")
    assert settings["token"] == ("***", "MILVUSCONN_EU_WEST_1_TOKEN")
    assert "user" not in settings
    assert ran.row["source"] == "environment"
    assert ran.err.count("override the file") == 1
    assert SECRET not in ran.out + ran.err
    assert registry_path.read_bytes() == before


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"URI": "https://other.example"}, "https://other.example, not to https://p.example:443"),
        (
            {"URI": "http://p.example:443"},
            "http://p.example:443, unencrypted, not to https://p.example:443",
        ),
        ({"URI": "https://p.example:444"}, "https://p.example:444, not to https://p.example:443"),
        ({"URI": "unix:/run/m"}, "unix:/run/m, not to https://p.example:443"),
        (
            {"URI": "https://o.example", "USER": "u"},
            "https://o.example, not to https://p.example:443",
        ),
        ({"URI": "https://o.example", "DB": "d"}, "https://o.example, not to"),
        ({"URI": "https://p.example"}, None),
        ({"URI": "https://o.example", "TOKEN": SECRET}, None),
        ({"URI": "https://o.example", "USER": "u", "PASSWORD": SECRET}, None),
        ({"URI": f"https://u:{SECRET}@o.example"}, None),
        ({"URI": "ftp://o.example"}, None),
        ({"DB": "d"}, None),
    ],
)
@pytest.mark.parametrize("password", ["env:P", "in the uri", "literal"])
def test_a_secret_of_the_file_that_goes_elsewhere(
    milvusconn: Milvusconn,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    words: str | None,
    password: str,
) -> None:
    """A URI of the environment takes it along: it is said where to, and where it was meant for."""
    if password == "in the uri":
        milvusconn("add", "p-1", "--uri", f"https://root:{SECRET}@p.example:443")
    else:
        given = ("--user", "root", "--password", "env:P" if password == "env:P" else SECRET)
        milvusconn("add", "p-1", "--uri", "https://p.example:443", *given)
    for name, value in variables.items():
        monkeypatch.setenv(f"MILVUSCONN_P_1_{name}", value)

    ran = milvusconn("list", "--no-probe")

    said = f"milvusconn: p-1: MILVUSCONN_P_1_URI sends the file's password to {words}"
    hint = "MILVUSCONN_P_1_TOKEN, or MILVUSCONN_P_1_USER and MILVUSCONN_P_1_PASSWORD"
    assert (said in ran.err, hint in ran.err) == ((True, True) if words else (False, False))
    assert ("sends the file's" in ran.err) == bool(words)
    assert SECRET not in ran.err


def test_alias_of_the_environment_alone(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, speaking_milvus: Speak
) -> None:
    """It is asked and listed as any other, without a file and without a word on stderr."""
    server = speaking_milvus()
    monkeypatch.setenv("MILVUSCONN_CI_URI", server.uri)

    assert milvusconn("has", "ci") == Ran(0, "True\n", "")
    assert milvusconn("list", "--names").out == "ci\n"
    assert milvusconn("has", "ci", "-o", "json").row["source"] == "environment"


def test_milvus_uri_stands_in_for_default(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, speaking_milvus: Speak
) -> None:
    """Over the file's, which is said."""
    server = speaking_milvus()
    monkeypatch.setenv("MILVUS_URI", server.uri)
    monkeypatch.setenv("MILVUS_TOKEN", "root:Milvus")

    assert milvusconn("has").out == "True\n"
    assert server.calls[0].metadata["authorization"] == "cm9vdDpNaWx2dXM="
    register(milvusconn, "default")
    ran = milvusconn("has")
    assert ran.out == "True\n"
    assert "default: MILVUS_URI, MILVUS_TOKEN override the file" in ran.err


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_alias_of_the_environment_cannot_be_changed(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """Its settings are not in the file; that there is no such alias at all would be untrue."""
    monkeypatch.setenv("MILVUSCONN_CI_URI", NOWHERE)

    ran = milvusconn(verb, "ci")

    assert ran.code != 0
    assert "MILVUSCONN_CI_URI" in ran.err or "environment" in ran.err


# rename and copy


def test_rename_keeps_place_and_comments(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Only the name changes in the file."""
    register(milvusconn, "first", "dev", "last")
    text = registry_path.read_text().replace("[connections.dev]", "# ours\n[connections.dev]")
    registry_path.write_text(text)

    ran = milvusconn("rename", "dev", "stage")

    assert_did(ran, "stage", "dev")
    assert registry_path.read_text() == text.replace("[connections.dev]", "[connections.stage]")


def test_copy_keeps_references(milvusconn: Milvusconn, saved: Saved) -> None:
    """The settings under a second name; a reference stays one."""
    milvusconn("add", "dev", "--uri", NOWHERE, "--token", "env:TOKEN", "--tag", "x")

    ran = milvusconn("copy", "dev", "stage")

    assert_did(ran, "stage", "dev")
    assert saved()["stage"] == saved()["dev"]
    assert list(saved()) == ["dev", "stage"]


@pytest.mark.parametrize("verb", ["rename", "copy"])
def test_new_name_that_is_taken(milvusconn: Milvusconn, registry_path: Path, verb: str) -> None:
    """Refused; nothing is overwritten; no option is advised that this verb does not have."""
    register(milvusconn, "a", "b")
    before = registry_path.read_bytes()

    ran = milvusconn(verb, "a", "b")

    assert_refused(ran, 78, "'b'")
    assert registry_path.read_bytes() == before
    assert "--replace" not in ran.err or milvusconn(verb, "a", "b", "--replace").code != 2


@pytest.mark.parametrize("verb", ["rename", "copy"])
def test_unknown_old_name(milvusconn: Milvusconn, registry_path: Path, verb: str) -> None:
    """Exit 1 with the nearest name; the file is not touched."""
    register(milvusconn, "production")
    before = registry_path.read_bytes()

    assert_refused(milvusconn(verb, "prodution", "new"), 1, "production")
    assert registry_path.read_bytes() == before


@pytest.mark.parametrize("verb", ["rename", "copy"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_new_name(milvusconn: Milvusconn, registry_path: Path, verb: str, name: str) -> None:
    """The same rules as for `add`."""
    register(milvusconn, "dev")
    before = registry_path.read_bytes()

    assert_refused(milvusconn(verb, "dev", name), 78, "letter")
    assert registry_path.read_bytes() == before


# All that change something


CHANGES = [
    ("add", "new", "--uri", NOWHERE),
    ("disconnect", "dev"),
    ("remove", "dev"),
    ("rename", "dev", "new"),
    ("copy", "dev", "new"),
]


@pytest.mark.parametrize("arguments", CHANGES, ids=lambda arguments: arguments[0])
def test_change_in_json(milvusconn: Milvusconn, arguments: tuple[str, ...]) -> None:
    """The alias that was changed, as a row of the envelope, and nothing on stderr."""
    register(milvusconn, "dev", "other")

    ran = milvusconn(*arguments, "-o", "json")

    assert (ran.code, ran.err) == (0, "")
    assert (ran.json["command"], ran.json["ok"]) == (arguments[0], True)
    assert ran.row["alias"] in ("dev", "new")
    assert ran.row["uri"] == NOWHERE


@pytest.mark.parametrize("arguments", CHANGES, ids=lambda arguments: arguments[0])
def test_change_quietly(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """It is done, and nothing is said."""
    register(milvusconn, "dev", "other")
    before = registry_path.read_bytes()

    assert milvusconn(*arguments, "-q") == Ran(0, "", "")
    assert registry_path.read_bytes() != before


@pytest.mark.parametrize(
    "arguments",
    [
        *CHANGES,
        ("connect", "dev", "--uri", NOWHERE),
        ("list",),
        ("show", "dev"),
        ("address", "dev"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_malformed_file_stays_as_it_is(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """Line and column are told, exit 78, and not a byte is changed."""
    register(milvusconn, "dev")
    registry_path.write_text(registry_path.read_text() + "[broken\n")
    before = registry_path.read_bytes()

    ran = milvusconn(*arguments)

    assert_refused(ran, 78, "line 5", "nothing was changed")
    assert registry_path.read_bytes() == before


def test_add_says_what_a_cloud_wants(milvusconn: Milvusconn) -> None:
    """By the pattern of the name alone; it is registered all the same."""
    ran = milvusconn("add", "cloud", "--uri", "http://in03-a.serverless.x.cloud.zilliz.com")

    assert ran.code == 0
    assert "Zilliz Cloud requires TLS" in ran.err


def test_a_password_in_the_uri_is_visible_too(milvusconn: Milvusconn) -> None:
    """Said as for --password, and without repeating it."""
    ran = milvusconn("add", "dev", "--uri", f"http://root:{SECRET}@h")

    assert ran.code == 0
    assert ran.err.count("process list") == 1
    assert SECRET not in ran.err


@pytest.mark.parametrize("verb", ["has", "list", "inspect"])
def test_version_after_a_verb(milvusconn: Milvusconn, verb: str) -> None:
    """It is the program's, wherever it is asked for."""
    assert milvusconn(verb, "--version") == milvusconn("--version")


@pytest.mark.slow
def test_ten_thousand_aliases(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Everything still works, and what is not touched stays as it is."""
    tables = [f'\n[connections.a{n}]\nuri = "{NOWHERE}" # {n}\n' for n in range(10_000)]
    registry_path.parent.mkdir(parents=True)
    registry_path.write_text("".join(tables), encoding="utf-8")
    registry_path.chmod(0o600)

    assert milvusconn("add", "new", "--uri", NOWHERE).code == 0
    assert milvusconn("rename", "a5000", "renamed").code == 0
    assert milvusconn("disconnect", "a1", "a9999").code == 0
    assert milvusconn("remove", "a0", "a7").code == 0
    names = milvusconn("list", "--names").out.split()
    assert names == [
        *(f"a{n}" for n in range(1, 5000) if n != 7),
        "renamed",
        *(f"a{n}" for n in range(5001, 10_000)),
        "new",
    ]
    assert milvusconn("has", "renamed").code == 3
    assert milvusconn("has", "a9999").code == 1
    kept = registry_path.read_text(encoding="utf-8")
    assert all(table in kept for table in (tables[2], tables[4999], tables[9998]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("has", "nobody"),
        ("list", "--names"),
        ("add", "new", "--uri", NOWHERE),
        ("add", "dev", "--replace", "--uri", NOWHERE),
        ("connect", "dev", "-t", "1"),
        ("disconnect", "dev"),
        ("rename", "dev", "new"),
        ("copy", "dev", "new"),
        ("remove", "dev"),
        ("import", "other.toml"),
        ("export",),
        ("show", "dev"),
        ("address", "dev"),
    ],
    ids=" ".join,
)
def test_a_loose_mode_is_complained_of_once(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """With the command that mends it; the mode is left to who chose it, and -q is silent."""
    Path("other.toml").write_text(f'[connections.other]\nuri = "{NOWHERE}"\n', encoding="utf-8")
    milvusconn("add", "dev", "--uri", NOWHERE)
    registry_path.chmod(0o640)

    ran = milvusconn(*arguments)

    assert ran.err.count("has mode 0640") == 1
    assert f"chmod 600 {registry_path}" in ran.err
    assert stat.S_IMODE(registry_path.stat().st_mode) == 0o640
    if arguments[0] != "show":  # whose answer is all that it says
        assert "0640" not in milvusconn(*arguments, "-q").err

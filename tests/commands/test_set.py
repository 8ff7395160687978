"""`set`: what is given changes, and nothing else; neither in the settings nor in the file."""

import tomllib
from pathlib import Path

import pytest

from tests.commands.verbs import SECRET, Saved, assert_did, assert_refused, register
from tests.conftest import Milvusconn
from tests.servers.certificates import Authority

FILE = """\
version = 1

# ours
[connections.prod]
# the big one
uri = "http://h1:19530/books"   # main
user = "root"
password = { env = "PW" }
tags = ["a"]  # a label
team = "search"

[connections.prod.tls]
# none yet

[connections]
dotted.uri = "http://h2"
inline = { uri = "http://h3", tags = ["x"] }
"""


@pytest.fixture
def path(registry_path: Path) -> Path:
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(FILE)
    registry_path.chmod(0o600)
    return registry_path


def test_one_setting(milvusconn: Milvusconn, path: Path) -> None:
    """One line of the file changes; comments, order and unknown keys stay."""
    assert_did(milvusconn("set", "prod", "--user", "reader"), "prod: user root → reader")

    assert path.read_text() == FILE.replace('"root"', '"reader"')


def test_a_comment_behind_the_value_stays(milvusconn: Milvusconn, path: Path) -> None:
    """The value alone is replaced."""
    assert milvusconn("set", "prod", "--uri", "http://new#x").code == 78
    assert milvusconn("set", "prod", "http://new/films").code == 0

    assert 'uri = "http://new/films"   # main\n' in path.read_text()


@pytest.mark.parametrize("alias", ["prod", "dotted", "inline"])
def test_every_layout(milvusconn: Milvusconn, path: Path, saved: Saved, alias: str) -> None:
    """New keys, in whatever form the alias is written; the other aliases are left alone."""
    before = saved()

    ran = milvusconn(
        "set", alias, "--tls", "--server-name", "milvus.test", "--timeout", "3", "--db", "films"
    )

    after = saved()
    assert (ran.code, ran.out) == (0, "")
    assert after[alias]["uri"].startswith("https://h")
    assert (after[alias]["timeout"], after[alias]["db"]) == (3.0, "films")
    assert after[alias]["tls"] == {"server_name": "milvus.test"}
    assert {key: after[key] for key in after if key != alias} == {
        key: before[key] for key in before if key != alias
    }
    assert tomllib.loads(path.read_text())["version"] == 1


def test_unset(milvusconn: Milvusconn, path: Path, saved: Saved) -> None:
    """Keys are taken out; the rest of the file stays as it is."""
    ran = milvusconn("set", "prod", "--unset", "credentials", "--unset", "tags")

    assert_did(ran, "user removed", "password removed", "tags removed")
    assert saved()["prod"] == {"uri": "http://h1:19530/books", "team": "search", "tls": {}}
    assert "# the big one" in path.read_text()


def test_unset_of_tls(milvusconn: Milvusconn, path: Path, saved: Saved) -> None:
    """The whole table, however it is written."""
    milvusconn("set", "dotted", "https://h2", "--server-name", "x")
    assert saved()["dotted"]["tls"] == {"server_name": "x"}

    assert_did(milvusconn("set", "dotted", "--unset", "server-name"), "tls.server_name removed")
    assert_did(milvusconn("set", "prod", "--unset", "tls"), "tls removed")

    assert "tls" not in saved()["prod"]
    assert path.exists()


def test_a_token_takes_the_place_of_user_and_password(
    milvusconn: Milvusconn, path: Path, saved: Saved
) -> None:
    """And the other way round: a client sends one of them."""
    ran = milvusconn("set", "prod", "--token", "env:TOKEN")
    assert_did(ran, "user removed", "password removed", "token → env:TOKEN")

    milvusconn("set", "prod", "--user", "root", "--password", "env:PW")

    assert saved()["prod"]["password"] == {"env": "PW"}
    assert "token" not in saved()["prod"]
    assert path.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--token", SECRET),
        ("--user", "root", "--password", SECRET),
        (f"http://root:{SECRET}@h1",),
    ],
)
def test_no_secret_is_shown(milvusconn: Milvusconn, path: Path, arguments: tuple[str, ...]) -> None:
    """Neither the new one nor, when it is replaced, the old one."""
    first = milvusconn("set", "prod", *arguments)
    second = milvusconn("set", "prod", "--token", "env:OTHER")
    third = milvusconn("set", "prod", *arguments, "-o", "json")

    assert (first.code, second.code, third.code) == (0, 0, 0)
    for ran in (first, second, third):
        assert SECRET not in ran.out + ran.err
    assert SECRET in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("prod",), 2, "nothing to change"),
        (("prod", "--unset", "uri"), 2, "--unset"),
        (("nobody", "--db", "x"), 1, "no alias 'nobody'"),
        (("prod", "--ca", "/nowhere.pem"), 78, "https"),
        (("prod", "--tls", "--ca", "/nowhere.pem"), 78, "/nowhere.pem"),
        (("prod", "http://h", "--tls"), 78, "contradicts"),
        (("prod", "--unset", "user"), 78, "--user"),
        (("inline", "./x.db", "--server-name", "x"), 78, "TLS"),
        (("prod", "http://h", "--host", "h"), 2, "given twice"),
    ],
)
def test_what_no_client_could_use_is_refused(
    milvusconn: Milvusconn, path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """The whole is checked, and nothing is changed."""
    assert_refused(milvusconn("set", *arguments), code, words)

    assert path.read_text() == FILE


def test_unchanged(milvusconn: Milvusconn, path: Path) -> None:
    """What is so already is no change."""
    assert_did(milvusconn("set", "prod", "--user", "root", "--tag", "a"), "prod: unchanged")

    assert path.read_text() == FILE


def test_an_invalid_alias_is_mended(milvusconn: Milvusconn, registry_path: Path) -> None:
    """The alias as it is need not be valid, only what comes of it."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text('[connections.bad]\nuri = "h:1"\n')

    hint = milvusconn("has", "bad").err.splitlines()[-1]
    assert "`milvusconn set bad --uri http://h:1` saves it" in hint
    assert milvusconn("set", "bad", "--uri", "http://h:1").code == 0
    assert registry_path.read_text() == '[connections.bad]\nuri = "http://h:1"\n'


def test_a_certificate(
    milvusconn: Milvusconn, path: Path, saved: Saved, authority: Authority
) -> None:
    """A path is saved as an absolute one."""
    assert milvusconn("set", "prod", "--tls", "--ca", authority.ca_file).code == 0

    assert saved()["prod"]["tls"]["ca"] == str(authority.ca_file)
    assert path.exists()


def test_a_disconnected_alias_stays_so(milvusconn: Milvusconn, saved: Saved) -> None:
    """`set` is about settings."""
    register(milvusconn, "dev")
    milvusconn("disconnect", "dev")

    milvusconn("set", "dev", "--db", "books")

    assert saved()["dev"]["disconnected"] is True


def test_an_alias_of_the_environment(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not in the file, so there is nothing to change there."""
    monkeypatch.setenv("MILVUSCONN_CI_URI", "http://h")

    assert_refused(milvusconn("set", "ci", "--db", "x"), 1, "MILVUSCONN_CI_URI")


def test_copy_with_settings(milvusconn: Milvusconn, path: Path, saved: Saved) -> None:
    """The copy has them; the original does not."""
    ran = milvusconn("copy", "prod", "films", "--db", "films")

    assert_did(ran, "films: copied from prod; db → films")
    assert saved()["films"]["db"] == "films"
    assert "db" not in saved()["prod"]
    assert path.exists()


def test_add_again(milvusconn: Milvusconn, saved: Saved) -> None:
    """The same settings are unchanged; others need --replace, which says what is gone."""
    given = ("http://h", "--user", "root", "--password", "env:PW", "--tag", "eu")
    assert_did(milvusconn("add", "dev", *given), "dev: added")

    assert_did(milvusconn("add", "dev", *given), "dev: unchanged")
    assert_did(milvusconn("add", "dev", *given, "--replace"), "dev: unchanged")
    assert_refused(milvusconn("add", "dev", "http://other"), 78, "--replace")
    ran = milvusconn("add", "dev", "http://other", "--replace")

    assert_did(ran, "dev: replaced: other:19530; dropped: user, password, tags")
    assert saved()["dev"] == {"uri": "http://other"}

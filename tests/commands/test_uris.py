"""A URI wherever an alias can be named; patterns and tags; with and without a registry."""

from pathlib import Path

import pytest

from tests.commands.verbs import NOWHERE, SECRET, Saved, Speak, assert_did, assert_refused, register
from tests.conftest import Milvusconn
from tests.servers.certificates import Authority


def test_add_and_connect_take_a_uri(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """As the second argument; alone it is the default alias's."""
    uri = speaking_milvus().uri

    assert_did(milvusconn("add", "dev", uri), "dev: added")
    assert_did(milvusconn("connect", "live", uri), "live: established")
    assert_did(milvusconn("connect", uri), "default: established")

    assert {alias: table["uri"] for alias, table in saved().items()} == {
        "dev": uri,
        "live": uri,
        "default": uri,
    }


def test_settings_go_with_the_uri(milvusconn: Milvusconn, saved: Saved) -> None:
    """Options beside the argument."""
    milvusconn("add", "dev", "https://milvus.example", "--db", "books", "--tag", "eu")

    assert saved()["dev"] == {"uri": "https://milvus.example", "db": "books", "tags": ["eu"]}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("add http://h dev", 2, "the alias comes first"),
        ("add dev http://h --uri http://h", 2, "given twice"),
        ("add dev localhost:1", 78, "did you mean http://localhost:1?"),
        ("has http://h --uri http://h", 2, "given twice"),
        ("has dev --user root", 2, "milvusconn set dev"),
        ("inspect dev --db books", 2, "milvusconn set dev"),
        ("has --all --user root", 2, "--all"),
        ("has --all --tag eu", 2, "--tag"),
        ("has dev --tag eu", 2, "--tag"),
        ("has --user root", 78, "missing the URI"),
        ("has --tag nobody", 1, "no alias has the tag 'nobody'"),
    ],
)
def test_what_does_not_go_together(
    milvusconn: Milvusconn, line: str, code: int, words: str
) -> None:
    """Refused with what to do instead."""
    register(milvusconn, "dev")

    assert_refused(milvusconn(*line.split()), code, words)


def test_has_asks_a_uri(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority
) -> None:
    """With the connection options, and without a registry, which is not made either."""
    plain, tls = speaking_milvus().uri, speaking_milvus(tls=authority.issue("127.0.0.1")).uri

    assert milvusconn("has", plain).out == "True\n"
    assert milvusconn("has", "--uri", plain).out == "True\n"
    assert milvusconn("has", tls).code == 6
    assert milvusconn("has", tls, "--ca", authority.ca_file).out == "True\n"


def test_several_uris_and_aliases(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """One line each in the order given; one that is not valid costs the others nothing."""
    server = speaking_milvus()
    register(milvusconn, "dev")

    ran = milvusconn("has", server.uri, "dev", "http://:1", "unix:/nowhere")

    assert ran.out.splitlines() == [
        f"{server.address}\tTrue",
        "dev\tFalse",
        "http://:1\tFalse",
        "unix:/nowhere\tFalse",
    ]
    assert ran.code == 78


def test_a_broken_registry_is_not_in_the_way_of_a_uri(
    milvusconn: Milvusconn, registry_path: Path, speaking_milvus: Speak
) -> None:
    """Only who names an alias needs it."""
    registry_path.parent.mkdir()
    registry_path.write_text("not = [toml")
    uri = speaking_milvus().uri

    assert milvusconn("has", uri).out == "True\n"
    assert milvusconn("inspect", uri).code == 0
    assert milvusconn("address", uri).code == 0
    assert milvusconn("has", uri, "dev").code == 78


def test_an_alias_that_looks_like_a_uri_is_the_alias(
    milvusconn: Milvusconn, registry_path: Path, speaking_milvus: Speak
) -> None:
    """Some programs call a connection by its URI."""
    registry_path.parent.mkdir()
    registry_path.write_text(f'[connections."http://h"]\nuri = "{speaking_milvus().uri}"\n')

    assert milvusconn("has", "http://h").out == "True\n"


def test_no_secret_of_a_uri_is_shown(milvusconn: Milvusconn) -> None:
    """Neither in the row nor in a message."""
    for line in (("has",), ("inspect",), ("show",), ("address",)):
        ran = milvusconn(*line, f"http://root:{SECRET}@127.0.0.1:1", "-o", "json")

        assert SECRET not in ran.out + ran.err
        assert ran.row["address"] == "127.0.0.1:1"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("prod-*", ["prod-eu", "prod-us"]),
        ("*", ["prod-eu", "dev", "prod-us"]),
        ("prod-[eu]?", ["prod-eu", "prod-us"]),
        ("PROD-*", ["PROD-*"]),
    ],
)
def test_patterns(milvusconn: Milvusconn, pattern: str, expected: list[str]) -> None:
    """As a shell has them, capitals included; one that matches nothing is no alias."""
    register(milvusconn, "prod-eu", "dev", "prod-us")

    for verb in ("has", "inspect"):
        ran = milvusconn(verb, pattern, "-o", "json")

        rows = ran.json["connections"]
        assert [row["alias"] for row in rows] == expected
        assert ran.code == (1 if expected == [pattern] else 3)


def test_a_pattern_names_its_only_alias(milvusconn: Milvusconn) -> None:
    """A script that reads names gets them, however many there are."""
    register(milvusconn, "prod-eu")

    assert milvusconn("has", "prod-*").out == "prod-eu\tFalse\n"


def test_has_by_tag(milvusconn: Milvusconn) -> None:
    """Every alias that has it."""
    milvusconn("add", "a", NOWHERE, "--tag", "eu")
    milvusconn("add", "b", NOWHERE)

    assert milvusconn("has", "--tag", "eu").out == "a\tFalse\n"
    assert milvusconn("inspect", "--tag", "eu", "-o", "json").row["alias"] == "a"


def test_inspect_shows_several(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """One after the other; the most severe code; a missing one has its row."""
    register(milvusconn, "up", uri=speaking_milvus().uri)
    register(milvusconn, "down")

    ran = milvusconn("inspect", "up", "down", "nobody", "-o", "json")

    rows = ran.json["connections"]
    assert [(row["alias"], row["status"]) for row in rows] == [
        ("up", "established"),
        ("down", "tcp-refused"),
        ("nobody", "no-such-alias"),
    ]
    assert ran.code == 3


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("127.0.0.1:1", "http://127.0.0.1:1"),
        ("milvus:19530", "http://milvus:19530"),
        ("milvus.example:443", "https://milvus.example:443"),
        ("[::1]:7", "http://[::1]:7"),
        ("root:12345", None),
    ],
)
def test_host_and_port_in_the_place_of_an_alias(
    milvusconn: Milvusconn, typed: str, meant: str | None
) -> None:
    """The hint is the URI; where it may be a user and a password, nothing is repeated."""
    ran = milvusconn("has", typed)

    assert (ran.code, ran.out) == (1, "False\n")
    assert (f"did you mean {meant}?" in ran.err) == (meant is not None)
    assert (typed in ran.err) == (meant is not None)


def test_address_and_show_of_a_uri(milvusconn: Milvusconn) -> None:
    """Nothing is connected, and the settings come from the argument."""
    assert milvusconn("address", "https://milvus.example").out == "milvus.example:443\n"
    shown = milvusconn("show", "https://milvus.example/books", "-o", "plain").out
    assert "db\tbooks\tthe uri" in shown
    assert "uri\thttps://milvus.example/books\tthe argument" in shown


def test_export_of_a_pattern(milvusconn: Milvusconn) -> None:
    """The aliases that match, in the order of the file; one that matches nothing is no alias."""
    register(milvusconn, "prod-eu", "dev", "prod-us")

    ran = milvusconn("export", "prod-*", "-o", "json")

    assert [row["alias"] for row in ran.json["connections"]] == ["prod-eu", "prod-us"]
    assert milvusconn("export", "test-*").code == 1


def test_connect_says_what_is_replaced(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """The settings that the alias had, and has no longer."""
    milvusconn("add", "dev", NOWHERE, "--db", "books", "--tag", "eu")

    ran = milvusconn("connect", "dev", speaking_milvus().uri, "--replace")

    assert_did(ran, "dev: replaced; dropped: db, tags", "dev: established")

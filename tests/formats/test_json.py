"""The JSON envelope keeps the promise of docs/schema/milvusconn-1.json, in success and failure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from milvusconn_cli.app import VERBS
from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.exits import ExitCode
from tests.conftest import Milvusconn, Ran
from tests.schema import ENVELOPE, SCHEMA, valid
from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
Document = dict[str, Any]

NOWHERE = "http://127.0.0.1:1"


def assert_failed(ran: Ran, command: str, code: int) -> None:
    """The command could not go on: the same keys, `error` filled, no rows."""
    document = valid(ran)
    assert (document["command"], document["connections"]) == (command, [])
    assert (ran.code, document["error"]["code"]) == (code, code)
    assert f"milvusconn: {document['error']['message']}" in ran.err


# The schema itself


def test_schema_is_one() -> None:
    """It is valid as a schema of its own draft."""
    Draft202012Validator.check_schema(SCHEMA)


def test_schema_knows_every_status() -> None:
    """Established and all causes, none more and none less."""
    labels = [cause.label for cause in Cause]

    assert SCHEMA["$defs"]["status"]["enum"] == ["established", *labels]
    assert SCHEMA["$defs"]["cause"]["enum"] == labels
    assert "disconnected" in labels


def test_schema_knows_every_layer_and_exit_code() -> None:
    """The other lists that are written out there."""
    assert SCHEMA["$defs"]["layer"]["enum"] == [layer.value for layer in Layer]
    assert SCHEMA["$defs"]["exitCode"]["enum"] == sorted(int(code) for code in ExitCode)


def test_schema_knows_every_verb_that_speaks_json(milvusconn: Milvusconn) -> None:
    """A new verb with --output is not forgotten there."""
    speaking = {verb for verb in VERBS if "--output" in milvusconn(verb, "--help").out}

    assert {*speaking, None} <= set(SCHEMA["properties"]["command"]["enum"]) == {*VERBS, None}


@pytest.mark.parametrize("missing", ENVELOPE)
def test_schema_is_strict(milvusconn: Milvusconn, missing: str) -> None:
    """A key that is missing, one too many, or a status that nobody knows is refused."""
    document = valid(milvusconn("has", "nobody", "-o", "json"))
    validator = Draft202012Validator(SCHEMA)
    row = document["connections"][0]

    assert not validator.is_valid({k: v for k, v in document.items() if k != missing})
    assert not validator.is_valid({**document, "more": 1})
    assert not validator.is_valid({**document, "ok": True})
    assert not validator.is_valid({**document, "connections": [{**row, "status": "no-idea"}]})
    assert not validator.is_valid({**document, "connections": [{**row, "password": "x"}]})
    assert not validator.is_valid({**document, "connections": [{**row, "established": True}]})


# Probes


def test_has_of_every_kind(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority, registry_path: Path
) -> None:
    """Established, refused, expired, out of service, malformed, unknown: a row for each."""
    certificate = authority.issue("other.test")
    uris = {
        "up": speaking_milvus().uri,
        "down": NOWHERE,
        "off": NOWHERE,
        "name": speaking_milvus(tls=certificate).uri,
        "auth": speaking_milvus(connect=answers.status(code=1400)).uri,
    }
    for alias, uri in uris.items():
        ca = ("--ca", authority.ca_file) if alias == "name" else ()
        milvusconn("add", alias, "--uri", uri, *ca)
    milvusconn("disconnect", "off")
    registry_path.write_text(registry_path.read_text() + '\n[connections.bad]\nuri = "h:1"\n')

    ran = milvusconn("has", *uris, "bad", "nobody", "-o", "json")

    document = valid(ran)
    assert [(row["alias"], row["status"]) for row in document["connections"]] == [
        ("up", "established"),
        ("down", "tcp-refused"),
        ("off", "disconnected"),
        ("name", "tls-name"),
        ("auth", "auth-missing"),
        ("bad", "config-uri"),
        ("nobody", "no-such-alias"),
    ]
    assert document["error"] is None


@pytest.mark.parametrize("verb", ["has", "list", "connect", "inspect"])
def test_probes_that_succeed(milvusconn: Milvusconn, speaking_milvus: Speak, verb: str) -> None:
    """The row names the server, and every step held."""
    server = speaking_milvus(connect=answers.established("v2.6.0"), list_databases=None)
    milvusconn("add", "dev", "--uri", server.uri)
    arguments = [] if verb == "list" else ["dev"]

    (row,) = valid(milvusconn(verb, *arguments, "-o", "json"))["connections"]

    assert row["server"]["version"] == "2.6.0"
    assert {step["verdict"] for step in row["steps"]} == {"held"}


@pytest.mark.parametrize("verb", ["has", "connect", "inspect"])
def test_probes_that_fail(milvusconn: Milvusconn, verb: str) -> None:
    """The row says why not; that is no error of the command."""
    milvusconn("add", "dev", "--uri", NOWHERE)

    document = valid(milvusconn(verb, "dev", "-o", "json"))

    assert document["connections"][0]["status"] == "tcp-refused"
    assert (document["exit_code"], document["error"]) == (3, None)


@pytest.mark.parametrize("verb", ["has", "list", "inspect"])
def test_words_of_a_peer(milvusconn: Milvusconn, verb: str) -> None:
    """Control codes and bytes that are no text do not get into the document."""
    with faults.banner(b"\x1b]0;owned\x07\xff\xfe\x00 \xe2\x80\xaemirror\r\n") as place:
        milvusconn("add", "dev", "--uri", f"http://{place.address}")
        arguments = [] if verb == "list" else ["dev"]

        (row,) = valid(milvusconn(verb, *arguments, "-o", "json"))["connections"]

    said = [row["summary"], *row["evidence"].values(), *(step["detail"] for step in row["steps"])]
    assert all(words.isprintable() for words in said)


def test_list_without_probes(milvusconn: Milvusconn) -> None:
    """Rows of settings alone."""
    milvusconn("add", "dev", "--uri", NOWHERE)

    document = valid(milvusconn("list", "--no-probe", "-o", "json"))

    assert document["connections"][0]["status"] is None


# The other verbs


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "new", "--uri", NOWHERE),
        ("disconnect", "dev"),
        ("disconnect", "dev", "other"),
        ("disconnect", "--force", "nobody"),
        ("remove", "dev"),
        ("remove", "--force", "nobody"),
        ("rename", "dev", "new"),
        ("copy", "dev", "new"),
        ("show", "dev"),
        ("list",),
        ("explain",),
        ("explain", "tls-name"),
        ("completion", "status"),
    ],
    ids=" ".join,
)
def test_success(milvusconn: Milvusconn, arguments: tuple[str, ...]) -> None:
    """What was done, as a document; stderr has nothing to add."""
    milvusconn("add", "dev", "--uri", NOWHERE, "--token", "env:TOKEN")
    milvusconn("add", "other", "--uri", "https://milvus.example")

    ran = milvusconn(*arguments, "-o", "json")

    document = valid(ran)
    assert (document["command"], document["ok"]) == (arguments[0], True)
    assert ran.err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("has", "--all", "dev"), 2),
        (("has", "--all", "--config", "none.toml"), 1),
        (("add", "dev", "--uri", "http://other"), 78),
        (("add", "new"), 78),
        (("add", "new", "--uri", "localhost:19530"), 78),
        (("add", "a/b", "--uri", NOWHERE), 78),
        (("add", "new", "--uri", "https://h", "--cert", "c.pem"), 78),
        (("connect", "nobody"), 1),
        (("connect", "dev", "--uri", "http://other"), 78),
        (("disconnect", "nobody"), 1),
        (("remove", "nobody"), 1),
        (("rename", "nobody", "new"), 1),
        (("rename", "dev", "dev"), 78),
        (("copy", "nobody", "new"), 1),
        (("copy", "dev", "a b"), 78),
        (("show", "nobody"), 1),
        (("list", "--exit-code", "--no-probe"), 2),
        (("inspect", "dev", "--uri", NOWHERE), 2),
        (("explain", "no-such-cause"), 2),
        (("completion", "show", "csh"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_failure(milvusconn: Milvusconn, arguments: tuple[str, ...], code: int) -> None:
    """The same keys as in success."""
    milvusconn("add", "dev", "--uri", NOWHERE)

    assert_failed(milvusconn(*arguments, "-o", "json"), arguments[0], code)


@pytest.mark.parametrize(
    "arguments",
    [
        ("has", "dev"),
        ("list",),
        ("show", "dev"),
        ("add", "new", "--uri", NOWHERE),
        ("connect", "dev"),
        ("disconnect", "dev"),
        ("remove", "dev"),
        ("rename", "dev", "new"),
        ("copy", "dev", "new"),
        ("inspect", "dev"),
    ],
    ids=" ".join,
)
def test_malformed_registry(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """Nothing can be said of any alias."""
    milvusconn("add", "dev", "--uri", NOWHERE)
    registry_path.write_text("[connections\n")

    assert_failed(milvusconn(*arguments, "-o", "json"), arguments[0], 78)


@pytest.mark.parametrize("place", ["before", "after"])
def test_output_is_known_wherever_it_stands(milvusconn: Milvusconn, place: str) -> None:
    """Also after what is wrong."""
    output, wrong = ["-o", "json"], ["nobody"]
    arguments = [*output, *wrong] if place == "before" else [*wrong, *output]

    assert_failed(milvusconn("show", *arguments), "show", 1)


def test_fault_of_the_program(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even that is the envelope: a script that reads JSON gets JSON."""

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("milvusconn_cli.registry.file.load", broken)

    assert_failed(milvusconn("has", "dev", "-o", "json"), "has", 70)


def test_quiet_goes_before_json(milvusconn: Milvusconn) -> None:
    """-q is nothing at all."""
    assert milvusconn("has", "nobody", "-o", "json", "-q") == Ran(1, "", "")

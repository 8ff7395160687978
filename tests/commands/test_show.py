"""`show`: each setting, and where it comes from."""

from pathlib import Path

import pytest

from tests.commands.verbs import NOWHERE, SECRET, Speak, assert_refused, register
from tests.conftest import Milvusconn, Ran
from tests.servers.certificates import Authority


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

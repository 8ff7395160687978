"""A rejected secret: what is odd about its shape is told, and nothing of its text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.secret_shape import described
from milvusconn_cli.report import finding
from milvusconn_cli.secrets.reference import Secret
from tests.conftest import Milvusconn
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
TEXT = "Qv7xKd2ss"
SHAPES = [
    (f'"root:{TEXT}"', "has quotes around it"),
    (f"'{TEXT}'", "has quotes around it"),
    (f"root:{TEXT}\n", "contains a line break"),
    (f"root:{TEXT}\r\n{TEXT}", "contains a line break"),
    (f"\ufeffroot:{TEXT}", "begins with a byte order mark"),
    (f" root:{TEXT}", "has spaces around it"),
    ("${MILVUS_SECRET}", "looks like an unfilled placeholder"),
    ("root:${MILVUS_SECRET}", "looks like an unfilled placeholder"),
    ("{{ milvus_token }}", "looks like an unfilled placeholder"),
    (f"Bearer {TEXT}", "begins with `Bearer`"),
    (f"root:{TEXT}\u200b", "contains invisible characters"),
]


@pytest.mark.parametrize(("token", "words"), SHAPES)
def test_the_shape_of_a_rejected_token(
    milvusconn: Milvusconn,
    milvus_with_authorization: MilvusServer,
    monkeypatch: pytest.MonkeyPatch,
    token: str,
    words: str,
) -> None:
    """By a real Milvus, and from the environment, as CI systems give it."""
    monkeypatch.setenv("MILVUS_URI", milvus_with_authorization.uri)
    monkeypatch.setenv("MILVUS_TOKEN", token)

    ran = milvusconn("has", "-o", "json")

    assert ran.code == 5
    assert ran.row["status"] in ("auth-apikey", "auth-rejected")
    assert ran.row["summary"].endswith(f"; the token {words}")
    assert TEXT not in ran.out + ran.err
    assert "MILVUS_SECRET" not in ran.out + ran.err


def test_the_shape_of_a_rejected_password(
    milvusconn: Milvusconn, milvus_with_authorization: MilvusServer, tmp_path: Path
) -> None:
    """Of a file that has quotes around it."""
    file = tmp_path / "secret"
    file.write_text(f'"{TEXT}"\n')
    milvusconn(
        *("add", "x", "--uri", milvus_with_authorization.uri),
        *("--user", "root", "--password", f"file:{file}"),
    )

    ran = milvusconn("has", "x")

    assert "it rejected this user and password; the password has quotes around it" in ran.err
    assert "hint: remove the quotes from the value" in ran.err


@pytest.mark.parametrize("text", [TEXT, f"root:{TEXT}", "it's", "a b", "$5.00", "x'", "{}", "a$B"])
def test_an_ordinary_secret_has_no_shape(text: str) -> None:
    """Marks within it are its own."""
    rejected = finding(Cause.AUTH_APIKEY)

    assert described(rejected, [Secret(text)], "token") == rejected


def test_only_a_rejection_is_about_the_secret() -> None:
    """A refused connection has nothing to do with it."""
    refused = finding(Cause.TCP_REFUSED)

    assert described(refused, [Secret("${A}")], "token") == refused


def test_a_key_before_the_host_is_a_token(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """It reaches the server as pymilvus sends it, and is shown nowhere as a user."""
    from pymilvus import MilvusClient  # noqa: PLC0415 -- slow to import

    server = speaking_milvus()
    uri = server.uri.replace("http://", f"http://{TEXT}@")
    MilvusClient(uri=uri).close()
    theirs = server.calls[0].metadata["authorization"]
    server.calls.clear()

    added = milvusconn("add", "x", "--uri", uri)
    ran = milvusconn("has", "x", "-o", "json")

    assert server.calls[0].metadata["authorization"] == theirs
    assert ran.row["user"] is None
    for told in (added, ran, milvusconn("show", "x"), milvusconn("list", "-o", "json")):
        assert TEXT not in told.out + told.err
    assert f'token = "{TEXT}"' in registry_path.read_text()
    assert "the secret in the URI is visible" in added.err

"""`inspect`: every layer with its evidence, what the server tells, and what to know beside it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from pymilvus.grpc_gen import milvus_pb2

from tests.conftest import Milvusconn
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]


def unwell(*_: object) -> milvus_pb2.CheckHealthResponse:
    """CheckHealth of a Milvus that has reasons and quotas."""
    states = [milvus_pb2.DenyToWrite, milvus_pb2.ReadLimited]
    return milvus_pb2.CheckHealthResponse(
        isHealthy=False, reasons=["querycoord: \x1b[31mdown", "etcd"], quota_states=states
    )


def test_a_real_milvus_shows_all_of_itself(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """Layers in climbing order, version, deploy mode, build, databases and health."""
    ran = milvusconn("inspect", "--uri", milvus.uri, "-o", "json")

    row = ran.row
    assert (ran.code, row["status"]) == (0, "established")
    assert [step["layer"] for step in row["steps"]] == ["dns", "tcp", "http2", "grpc", "milvus"]
    assert {step["verdict"] for step in row["steps"]} == {"held"}
    assert row["server"]["deploy_mode"] == "STANDALONE"
    assert row["server"]["version"].startswith("2.3.5")
    assert row["server"]["git_commit"]
    assert row["inspection"]["databases"] == ["default"]
    assert row["inspection"]["healthy"] is True
    assert row["inspection"]["client"]["pymilvus"]


def test_no_registry_is_needed_nor_made(
    milvusconn: Milvusconn, registry_path: Path, speaking_milvus: Speak
) -> None:
    """--uri is enough, and nothing is written."""
    ran = milvusconn("inspect", "--uri", speaking_milvus().uri)

    assert ran.code == 0
    assert not registry_path.parent.exists()


def test_an_alias_out_of_service_is_inspected_all_the_same(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """`disconnect` is about `has`; who inspects wants to know."""
    milvusconn("add", "dev", "--uri", speaking_milvus().uri)
    milvusconn("disconnect", "dev")

    assert milvusconn("inspect", "dev", "-o", "json").row["status"] == "established"


def test_what_the_server_does_not_tell_is_said(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """A method that it lacks is a note, never a failure."""
    ran = milvusconn("inspect", "--uri", speaking_milvus().uri, "-o", "json")

    inspection = ran.row["inspection"]
    assert ran.code == 0
    assert inspection["databases"] is None
    assert inspection["databases_note"] == "not supported by this server"
    assert inspection["health_note"] == "not supported by this server"


def test_a_user_who_may_not_list_databases(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """The privilege is missing for the list alone: established, with a note."""
    refused = answers.aborting(grpc.StatusCode.PERMISSION_DENIED, "no privilege")
    server = speaking_milvus(list_databases=refused, check_health=answers.healthy())

    ran = milvusconn("inspect", "--uri", server.uri, "-o", "json")

    assert ran.code == 0
    assert ran.row["inspection"]["databases_note"] == "permission denied"
    assert ran.row["inspection"]["healthy"] is True


def test_an_unhealthy_milvus_is_established_and_warned_of(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """Reasons, cleaned, and quota states by name; exit 0, the warning on stderr."""
    server = speaking_milvus(check_health=unwell)

    ran = milvusconn("inspect", "--uri", server.uri, "-o", "json")

    inspection = ran.row["inspection"]
    assert ran.code == 0
    assert inspection["healthy"] is False
    assert inspection["health_reasons"] == ["querycoord: [31mdown", "etcd"]
    assert inspection["quota_states"] == ["DenyToWrite", "ReadLimited"]
    assert ran.row["warnings"] == [
        "Milvus reports that it is not healthy: querycoord: [31mdown and etcd"
    ]
    assert "not healthy" in ran.err


def ending_in(authority: Authority, left: timedelta) -> CertificateFiles:
    """A certificate of 127.0.0.1 with that much time left."""
    now = datetime.now(UTC)
    return authority.issue("127.0.0.1", not_before=now - timedelta(days=60), not_after=now + left)


@pytest.mark.parametrize(
    ("left", "warned"),
    [
        (timedelta(days=12, hours=1), "in 12 days"),
        (timedelta(days=1, hours=1), "in 1 day:"),
        (timedelta(hours=2), "expires today"),
        (timedelta(days=31), None),
    ],
)
def test_a_certificate_that_ends_soon(
    milvusconn: Milvusconn,
    speaking_milvus: Speak,
    authority: Authority,
    left: timedelta,
    warned: str | None,
) -> None:
    """Within 30 days a warning beside exit 0; the certificate itself is always shown."""
    server = speaking_milvus(tls=ending_in(authority, left))

    ran = milvusconn("inspect", "--uri", server.uri, "--ca", authority.ca_file, "-o", "json")

    certificate = ran.row["inspection"]["certificate"]
    assert ran.code == 0
    assert certificate["names"] == "127.0.0.1"
    assert certificate["not_after"].endswith("Z")
    assert "tls" in [step["layer"] for step in ran.row["steps"]]
    warnings = " ".join(ran.row["warnings"])
    assert (warned in warnings) if warned else (warnings == "")


def test_a_variable_that_sends_pymilvus_elsewhere(
    milvusconn: Milvusconn, speaking_milvus: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$MILVUS_URI is what a pymilvus program takes; its password is not shown."""
    monkeypatch.setenv("MILVUS_URI", "http://root:S3CR3T@elsewhere:19530")

    ran = milvusconn("inspect", "--uri", speaking_milvus().uri, "-o", "json")

    client = ran.row["inspection"]["client"]
    assert client["default_uri"] == "http://***@elsewhere:19530"
    assert client["default_uri_from"] == "$MILVUS_URI"
    words = "$MILVUS_URI makes pymilvus's connections.connect() without an address go to"
    assert ran.row["warnings"] == [f"{words} http://***@elsewhere:19530"]
    assert "S3CR3T" not in ran.out + ran.err


def test_a_dotenv_file_that_sends_pymilvus_elsewhere(
    milvusconn: Milvusconn, speaking_milvus: Speak, own_place: Path
) -> None:
    """pymilvus loads `.env` files; the one that counts is named."""
    (own_place / ".env").write_text("# ours\nMILVUS_URI = 'http://elsewhere:1'\n")

    ran = milvusconn("inspect", "--uri", speaking_milvus().uri, "-o", "json")

    assert ran.row["inspection"]["client"]["default_uri"] == "http://elsewhere:1"
    assert "elsewhere" in ran.row["warnings"][0]


def test_a_variable_that_agrees_is_no_warning(
    milvusconn: Milvusconn, speaking_milvus: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pymilvus would go to the same place, there is nothing to say."""
    server = speaking_milvus()
    monkeypatch.setenv("MILVUS_URI", server.uri + "/")

    assert milvusconn("inspect", "--uri", server.uri, "-o", "json").row["warnings"] == []


def test_a_refusal_shows_the_layers_that_hold(
    milvusconn: Milvusconn, milvus_with_authorization: MilvusServer
) -> None:
    """Credentials are missing, everything below them is well: the steps say both."""
    ran = milvusconn("inspect", "--uri", milvus_with_authorization.uri, "-o", "json")

    verdicts = {step["layer"]: step["verdict"] for step in ran.row["steps"]}
    assert (ran.code, ran.row["status"]) == (5, "auth-missing")
    assert verdicts == {
        "dns": "held",
        "tcp": "held",
        "http2": "held",
        "grpc": "held",
        "auth": "failed",
    }


@pytest.mark.parametrize("columns", [60, 200])
def test_it_can_be_read_at_any_width(
    milvusconn: Milvusconn,
    speaking_milvus: Speak,
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    """No line is wider than the terminal, and no word is lost."""
    monkeypatch.setenv("COLUMNS", str(columns))
    server = speaking_milvus(check_health=unwell, list_databases=answers.databases("a", "b"))

    ran = milvusconn("inspect", "--uri", server.uri)

    assert max(map(len, ran.out.splitlines())) <= columns
    for word in ("LAYER", "grpc", "SETTINGS", "FACT", "established", "a and b", "DenyToWrite"):
        assert word in ran.out


def test_an_alias_and_settings_are_one_too_many(milvusconn: Milvusconn) -> None:
    """It is one or the other: wrong use, exit 2."""
    ran = milvusconn("inspect", "dev", "--uri", "http://127.0.0.1:1")

    assert (ran.code, ran.out) == (2, "")


def test_an_unknown_alias(milvusconn: Milvusconn) -> None:
    """Exit 1, and what to type."""
    ran = milvusconn("inspect", "nobody")

    assert ran.code == 1
    assert "`milvusconn add nobody URI` adds it" in ran.out

"""Names and addresses that people give by mistake, and what fits them."""

import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.probing.advice import advised
from milvusconn_cli.report import finding
from milvusconn_cli.secrets.environment import FromEnvironment
from tests.conftest import Milvusconn
from tests.servers import faults

Row = dict[str, Any]
CLOUD = "https://in01-0123456789abcdef.aws-us-west-2.vectordb.zillizcloud.com:19530"
CLOUDS = [CLOUD, "http://in01-0.ali-cn-hangzhou.vectordb.zilliz.com.cn:19530"]


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Callable[..., Row]:
    """Probe a URI; the row."""

    def probe(uri: str) -> Row:
        milvusconn("add", "dev", "--replace", "--uri", uri)
        return milvusconn("has", "dev", "-o", "json", "-t", "2").row

    return probe


def advice_for(cause: Cause, uri: str, *, token: str | None = None, **evidence: str) -> str:
    """What is advised where `cause` comes of `uri`."""
    from pathlib import Path  # noqa: PLC0415

    credentials = Credentials(None, None, FromEnvironment(token) if token else None)
    connection = build(uri, Path("/"), credentials=credentials)
    return advised(finding(cause, **evidence), connection, None).advice


@pytest.mark.parametrize("uri", CLOUDS)
@pytest.mark.parametrize(
    "cause",
    [
        Cause.PROXY_REFUSED,
        Cause.PROXY_FAILED,
        Cause.DNS_UNAVAILABLE,
        Cause.CONFIG_SECRET,
        Cause.TLS_EXPIRED,
        Cause.AUTH_APIKEY,
        Cause.DENIED,
    ],
)
def test_the_cloud_s_advice_hides_no_cause(uri: str, cause: Cause) -> None:
    """A dead proxy, a dead resolver or an unset secret keeps its own."""
    assert advice_for(cause, uri) == cause.advice


@pytest.mark.parametrize("uri", CLOUDS)
def test_a_cluster_that_was_deleted(uri: str) -> None:
    """Its name is gone: not a matter of https."""
    advice = advice_for(Cause.DNS_UNKNOWN, uri)

    assert "console" in advice
    assert "https" not in advice


def test_the_cloud_s_advice_where_it_fits() -> None:
    """Plaintext to a cloud, and no credentials."""
    assert "requires TLS" in advice_for(Cause.TLS_REQUIRED, CLOUD.replace("https", "http"))
    assert "requires credentials" in advice_for(Cause.AUTH_MISSING, CLOUD)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("host.docker.internal", "--add-host host.docker.internal:host-gateway"),
        ("host.containers.internal", "podman"),
        ("standalone", "Docker"),
    ],
)
def test_names_of_container_engines(host: str, words: str) -> None:
    """Each has its own way."""
    assert words in advice_for(Cause.DNS_UNKNOWN, f"http://{host}:19530")


def test_an_address_to_listen_on(probed: Any) -> None:  # noqa: ANN401
    """0.0.0.0 is no address of a server."""
    with socket.socket() as held:
        held.bind(("0.0.0.0", 0))
        row = probed(f"http://0.0.0.0:{held.getsockname()[1]}")

    assert row["status"] == "tcp-refused"
    assert "address to listen on" in row["advice"]


def test_a_name_that_a_filter_resolves() -> None:
    """To no host at all."""
    advice = advice_for(Cause.TCP_REFUSED, "http://milvus.example:19530", addresses="0.0.0.0:19530")

    assert "DNS filter" in advice


@pytest.mark.parametrize("ending", ["resets", "closes"])
def test_a_published_port_with_nothing_inside(probed: Any, ending: str) -> None:  # noqa: ANN401
    """Docker's proxy accepts, and then hangs up."""

    def hang_up(connection: socket.socket) -> None:
        if ending == "resets":
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    with faults._answering(hang_up, faults.LOOPBACK) as place:
        row = probed(f"http://{place.address}")

    assert row["status"] == "tcp-closed"
    assert "container" in row["advice"]


def test_settings_then_silence(probed: Any) -> None:  # noqa: ANN401
    """HTTP/2 answers; whether a Milvus is there is not known."""

    def greet(connection: socket.socket) -> None:
        connection.sendall(bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
        faults.keep_silent(connection)

    with faults._answering(greet, faults.LOOPBACK) as place:
        row = probed(f"http://{place.address}")

    assert row["status"] == "slow"
    assert "HTTP/2 answers" in row["summary"]


def test_leading_zeros_are_never_guessed(milvusconn: Milvusconn) -> None:
    """Octal to some programs: the address without them is offered."""
    ran = milvusconn("add", "dev", "--uri", "http://127.000.000.001:19530")

    assert ran.code == 78
    assert "127.0.0.1" in ran.err.partition("hint")[2]


def test_a_host_name_that_only_we_encode(milvusconn: Milvusconn) -> None:
    """pymilvus cannot dial it as it is typed."""
    ran = milvusconn("add", "dev", "--uri", "http://münchen.example:19530")

    assert ran.code == 0
    assert "xn--mnchen-3ya.example" in ran.err
    assert "pymilvus" in ran.err


def test_ciphers_that_grpc_does_not_know(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named."""
    monkeypatch.setenv("GRPC_SSL_CIPHER_SUITES", "NOSUCH")
    with faults.silent() as place:
        milvusconn("add", "dev", "--uri", f"https://{place.address}")
        row = milvusconn("has", "dev", "-o", "json", "-t", "2").row

    assert row["status"] in ("tls-failed", "silent"), row
    if row["status"] == "tls-failed":
        assert "GRPC_SSL_CIPHER_SUITES" in row["summary"]

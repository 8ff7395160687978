"""Proxies: the variable that decides, the ones that gRPC ignores, and what a proxy refuses."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conftest import Milvusconn
from tests.servers import faults
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
Row = dict[str, Any]
SECRET = "S3cr3t"


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Callable[..., Row]:
    """Probe a URI; the row."""

    def probe(uri: str, *settings: str) -> Row:
        milvusconn("add", "dev", "--replace", "--uri", uri, *settings)
        return milvusconn("has", "dev", "-o", "json", "-t", "2").row

    return probe


@contextmanager
def proxy_that_says(answer: bytes) -> Iterator[int]:
    """A proxy with one answer to every CONNECT."""

    def talk(connection: socket.socket) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            piece = connection.recv(4096)
            if not piece:
                return
            heard += piece
        connection.sendall(answer)

    with faults._answering(talk, faults.LOOPBACK) as place:
        yield place.port


@pytest.mark.parametrize(
    "value",
    [
        "http://127.0.0.1:80a",
        "http://127.0.0.1:99999",
        f"http://u:{SECRET}#ss@127.0.0.1:1",
        f"http://u:p@{SECRET}/w@127.0.0.1:1",
        f"http://u:{SECRET}?x@127.0.0.1:1",
        "http://:3128",
    ],
)
@pytest.mark.parametrize("variable", ["http_proxy", "https_proxy", "grpc_proxy"])
def test_a_broken_value_is_named_as_such(
    milvusconn: Milvusconn,
    speaking_milvus: Speak,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    variable: str,
) -> None:
    """By its variable; no piece of a password is shown, and no word of gRPC's resolver."""
    monkeypatch.setenv(variable, value)
    milvusconn("add", "dev", "--uri", speaking_milvus().uri)

    ran = milvusconn("has", "dev", "-o", "json", "-t", "2")

    assert ran.row["status"] in ("proxy-failed", "proxy-refused"), ran.row
    assert f"${variable}" in ran.row["summary"]
    assert "c-ares" not in ran.out
    assert SECRET not in ran.out + ran.err


@pytest.mark.sweep(one_in=2)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("https_proxy", "https://127.0.0.1:1"),
        ("https_proxy", "127.0.0.1:1"),
        ("all_proxy", "socks5://127.0.0.1:1"),
    ],
)
def test_a_variable_that_grpc_ignores_is_named(
    probed: Any,  # noqa: ANN401
    full_backlog_port: int,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    """Where there is no direct way."""
    monkeypatch.setenv(name, value)

    row = probed(f"http://127.0.0.1:{full_backlog_port}")

    assert row["status"] == "tcp-timeout"
    assert f"ignores ${name}" in row["advice"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
        ("http_proxy", "http://"),
    ],
)
def test_an_ignored_variable_is_no_matter_where_the_way_is_open(
    probed: Any,  # noqa: ANN401
    speaking_milvus: Speak,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    """Established."""
    monkeypatch.setenv(name, value)

    assert probed(speaking_milvus().uri)["status"] == "established"


def test_grpc_s_own_variable(
    probed: Any,  # noqa: ANN401
    speaking_milvus: Speak,
    refusing_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy for the addresses that it lists."""
    monkeypatch.setenv("GRPC_ADDRESS_HTTP_PROXY", f"127.0.0.1:{refusing_port}")
    monkeypatch.setenv("GRPC_ADDRESS_HTTP_PROXY_ENABLED_ADDRESSES", "127.0.0.0/8")

    row = probed(speaking_milvus().uri)

    assert row["status"] == "proxy-refused"
    assert "GRPC_ADDRESS_HTTP_PROXY" in row["summary"]


@pytest.mark.parametrize(
    ("answer", "credentials", "advice"),
    [
        (
            b"HTTP/1.1 407 Auth\r\nProxy-Authenticate: Negotiate\r\n\r\n",
            "",
            "Basic",
        ),
        (
            b'HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n',
            "",
            "requires credentials",
        ),
        (
            b'HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n',
            f"u:{SECRET}@",
            "rejected the user or password",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "", "allow CONNECT to port"),
    ],
)
def test_a_refusal_of_the_proxy(
    milvusconn: Milvusconn,
    refusing_port: int,
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes,
    credentials: str,
    advice: str,
) -> None:
    """Each with what to do about it."""
    with proxy_that_says(answer) as port:
        monkeypatch.setenv("http_proxy", f"http://{credentials}127.0.0.1:{port}")
        milvusconn("add", "dev", "--uri", f"http://127.0.0.1:{refusing_port}")
        ran = milvusconn("has", "dev", "-o", "json", "-t", "2")

    assert ran.row["status"] == "proxy-failed"
    assert advice in ran.row["advice"]
    assert SECRET not in ran.out


@pytest.mark.parametrize(
    ("excepted", "hint"),
    [
        ("10.0.0.0/8,corp.example", "no_proxy=10.0.0.0/8,corp.example,127.0.0.1"),
        ("*", "no_proxy=127.0.0.1 (gRPC does not support *)"),
        ("", "no_proxy=127.0.0.1"),
    ],
)
def test_the_list_of_exceptions_is_kept(
    probed: Any,  # noqa: ANN401
    refusing_port: int,
    monkeypatch: pytest.MonkeyPatch,
    excepted: str,
    hint: str,
) -> None:
    """The hint adds to it."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{refusing_port}")
    monkeypatch.setenv("no_proxy", excepted)

    row = probed("http://127.0.0.1:1")

    assert row["status"] == "proxy-refused"
    assert hint in row["advice"]

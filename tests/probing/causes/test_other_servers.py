"""Something that is not Milvus answers."""

import socket

import pytest

from tests.conftest import Milvusconn
from tests.probing.causes.contract import SHORT, add, found
from tests.servers import faults
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer


@pytest.mark.parametrize(
    ("words", "after_first_bytes", "shown"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", True, "HTTP/1.1"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", False, "SSH-2.0-OpenSSH_9.2p1"),
        (b"-ERR unknown command\r\n", True, "-ERR unknown command"),
        (b"220 mail.example ESMTP\r\n", False, "ESMTP"),
        (b"\x1b[31mred\x07\x00alert", False, "red"),
    ],
)
def test_something_else_answers(
    milvusconn: Milvusconn,
    words: bytes,
    after_first_bytes: bool,  # noqa: FBT001 -- pytest's parameter
    shown: str,
) -> None:
    """What it says is shown, without its control codes."""
    with faults.banner(words, after_first_bytes=after_first_bytes) as place:
        add(milvusconn, "--uri", f"http://{place.address}")

        row = found(milvusconn, "not-http2")

    assert shown in row["summary"]
    assert row["summary"].isprintable()


def test_ssh_dialled_with_tls(milvusconn: Milvusconn) -> None:
    """It is something else with https:// too, and not TLS gone wrong."""
    with faults.banner(b"SSH-2.0-OpenSSH_9.2p1\r\n") as place:
        add(milvusconn, "--uri", f"https://{place.address}")

        found(milvusconn, "not-http2")


def test_metrics_port_of_a_real_milvus(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """Port 9091 by mistake: the advice names the right one."""
    add(milvusconn, "--uri", f"http://127.0.0.1:{milvus.metrics_port}")

    assert "19530" in found(milvusconn, "not-http2")["advice"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_accepted_and_never_a_word(milvusconn: Milvusconn, silent_port: int, scheme: str) -> None:
    """A hung process, dialled either way."""
    add(milvusconn, "--uri", f"{scheme}://127.0.0.1:{silent_port}")

    found(milvusconn, "silent", SHORT)


def test_silent_after_the_tls_handshake(milvusconn: Milvusconn, authority: Authority) -> None:
    """TLS holds, and is a step; then nothing."""
    with faults.tls(authority.issue("127.0.0.1")) as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file)

        row = found(milvusconn, "silent", SHORT)

    assert [step["layer"] for step in row["steps"]] == ["dns", "tcp", "tls", "http2"]


def answer_404(connection: socket.socket) -> None:
    """Be an HTTP/2 server that knows no such route, whatever the path."""
    settings, acknowledged = b"\0\0\0\x04\0\0\0\0\0", b"\0\0\0\x04\x01\0\0\0\0"
    not_found = b"\0\0\x01\x01\x05\0\0\0\x01\x8d"  # HEADERS, all of them, on stream 1: status 404
    reader = connection.makefile("rb")
    assert reader.read(24).startswith(b"PRI ")
    connection.sendall(settings + acknowledged)
    while head := reader.read(9):
        reader.read(int.from_bytes(head[:3]))
        if head[3] == 1:
            connection.sendall(not_found)


def test_http2_without_grpc(milvusconn: Milvusconn) -> None:
    """A gateway without a route to Milvus."""
    with faults._answering(answer_404, "127.0.0.1") as place:
        add(milvusconn, "--uri", f"http://{place.address}")

        assert "404" in found(milvusconn, "not-grpc")["summary"]


def test_another_grpc_server(milvusconn: Milvusconn, foreign_grpc_port: int) -> None:
    """The protocol is well, and Milvus is not what is served."""
    add(milvusconn, "--uri", f"http://127.0.0.1:{foreign_grpc_port}")

    found(milvusconn, "not-milvus")

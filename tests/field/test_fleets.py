"""A fleet with rows that misbehave: each has its own cause, and none takes the others with it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.servers import faults
from tests.servers.raw_http2 import (
    DATA,
    PING,
    SETTINGS,
    answering,
    flooding,
    frame,
    message,
    opening,
    raw_grpc,
)
from tests.servers.speaking_milvus import SpeakingMilvus

_MANY_FIELDS = b"\x1a\x00" * 1_000_000


def _flood_settings(connection: socket.socket) -> None:
    while True:
        connection.sendall(frame(SETTINGS) * 100)


def _flood_pings(connection: socket.socket) -> None:
    connection.sendall(frame(SETTINGS))
    while True:
        connection.sendall(frame(PING, 0, 0, bytes(8)) * 100)


@pytest.fixture
def hostile() -> Iterator[dict[str, str]]:
    """Peers that want to keep a client busy: their addresses by what they do."""
    with ExitStack() as running:
        peers = {
            "settings": faults._answering(_flood_settings, faults.LOOPBACK),
            "pings": faults._answering(_flood_pings, faults.LOOPBACK),
            "fields": raw_grpc(answering(message(_MANY_FIELDS))),
            "data": flooding(opening, lambda stream: frame(DATA, 0, stream, bytes(5))),
            "silence": faults.silent(),
        }
        yield {name: running.enter_context(peer).address for name, peer in peers.items()}


def test_hostile_rows_cost_no_other_row(
    hostile: dict[str, str],
    milvusconn: Milvusconn,
    speaking_milvus: Callable[..., SpeakingMilvus],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Floods, an answer of a million fields, and variables of gRPC and OpenSSL that break TLS."""
    roots = tmp_path / "roots.pem"
    roots.write_text("left from debugging\n")
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(roots))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "gone" / "keys"))
    for name, address in hostile.items():
        milvusconn("add", name, "--uri", f"http://{address}")
    milvusconn("add", "over-tls", "--uri", f"https://{hostile['silence']}")
    milvusconn("add", "good", "--uri", speaking_milvus().uri)

    ran = milvusconn("list", "-o", "json", "-t", "3")

    rows = {row["alias"]: row for row in ran.json["connections"]}
    assert ran.code == 0, ran.err
    assert rows["good"]["established"], rows["good"]
    assert rows["fields"]["status"] == "not-milvus"
    assert rows["silence"]["status"] == "silent"
    assert "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH" in rows["over-tls"]["summary"]
    assert not [name for name, row in rows.items() if row["exit_code"] == 70]
    # The other rows give up by themselves: only silence takes all of its time.
    assert rows["settings"]["seconds"] < rows["silence"]["seconds"]

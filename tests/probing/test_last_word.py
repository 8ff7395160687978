"""The attempt has the last word: no healthy server is called down, whatever our own climb met."""

import asyncio
import base64
import os
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import grpc
import pytest
from cryptography import x509

from milvusconn_cli.probing.layers.proxy import Proxy, open_tunnel
from milvusconn_cli.probing.layers.stream import SocketStream
from tests.conftest import Milvusconn, run_program
from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]


@contextmanager
def late(port: int, seconds: float) -> Iterator[int]:
    """A port before another that hands on each connection's bytes after a while."""
    with Relay(port, seconds, greeting=None) as relay:
        yield relay.port


class Relay:
    """Hands connections on to a port, late, or only after an HTTP CONNECT with credentials."""

    def __init__(self, port: int, seconds: float, greeting: bytes | None) -> None:
        self._target = port
        self._seconds = seconds
        self._greeting = greeting
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._relay, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._hang_up())
        self._loop.close()

    async def _hang_up(self) -> None:
        """Cancel what is relayed, and see every connection closed."""
        relaying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in relaying:
            task.cancel()
        await asyncio.gather(*relaying, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        closing = (writer.wait_closed() for writer in self._writers)
        await asyncio.gather(*closing, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        await asyncio.sleep(self._seconds)
        if self._greeting is not None and not await self._admitted(reader, writer):
            writer.close()
            return
        below, above = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers.append(above)
        await asyncio.gather(_copy(reader, above), _copy(below, writer))

    async def _admitted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = await reader.readuntil(b"\r\n\r\n")
        admitted = self._greeting is not None and self._greeting in asked
        status = b"200 OK" if admitted else b"407 Proxy Authentication Required"
        writer.write(b"HTTP/1.1 " + status + b"\r\n\r\n")
        await writer.drain()
        return admitted


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest.mark.parametrize("share", [0.3, 0.55, 0.7])
def test_a_slow_handshake_is_no_silence(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority, share: float
) -> None:
    """A TLS server that takes most of the limit to answer is established all the same."""
    limit = 6.0
    server = speaking_milvus(tls=authority.issue("127.0.0.1"))
    with late(server.port, share * limit) as port:
        uri = f"https://127.0.0.1:{port}"
        milvusconn("add", "dev", "--uri", uri, "--ca", authority.ca_file)

        ran = milvusconn("has", "dev", "-t", str(limit))

    assert (ran.code, ran.out) == (0, "True\n"), ran.err


def test_a_proxy_that_wants_credentials_gets_them(
    milvusconn: Milvusconn, speaking_milvus: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours as gRPC's: the climb reaches the top through it, and shows no secret."""
    wanted = base64.b64encode(b"u:S3CR3T")
    server = speaking_milvus()
    with Relay(server.port, 0, greeting=b"Basic " + wanted) as relay:
        monkeypatch.setenv("http_proxy", f"http://u:S3CR3T@127.0.0.1:{relay.port}")

        ran = milvusconn("inspect", "--uri", server.uri, "-o", "json")

    assert ran.row["status"] == "established"
    assert [step["layer"] for step in ran.row["steps"]] == ["proxy", "http2", "grpc", "milvus"]
    assert "S3CR3T" not in ran.out + ran.err


def test_a_greeting_that_comes_with_the_proxy_s_answer_is_heard() -> None:
    """A gRPC server speaks first: its words may be in the same packet as the proxy's 200."""

    async def scenario() -> tuple[str, bytes]:
        ours, proxy_s = socket.socketpair()
        with ours, proxy_s:
            ours.settimeout(0)
            proxy_s.sendall(b"HTTP/1.1 200 OK\r\n\r\ngreeting")
            stream = SocketStream(ours)
            proxy = Proxy("http_proxy", "127.0.0.1", 1, "no_proxy")
            return await open_tunnel(stream, proxy, "h:19530"), await stream.receive()

    assert asyncio.run(scenario()) == ("HTTP/1.1 200 OK", b"greeting")


def test_a_proxy_that_refuses_its_credentials(
    milvusconn: Milvusconn, speaking_milvus: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """407 is the proxy's, and named so."""
    server = speaking_milvus()
    with Relay(server.port, 0, greeting=b"Basic nobody has these") as relay:
        monkeypatch.setenv("http_proxy", f"http://u:S3CR3T@127.0.0.1:{relay.port}")
        milvusconn("add", "dev", "--uri", server.uri)

        ran = milvusconn("has", "dev")

    assert ran.code == 3
    assert "proxy-failed" in ran.err
    assert "407" in ran.err
    assert "S3CR3T" not in ran.err


def test_many_silent_peers_and_few_open_files(
    registry_path: Path, speaking_milvus: Speak, silent_port: int
) -> None:
    """300 aliases under a limit of 256 open files: each row is right, however slow."""
    healthy = speaking_milvus()
    registry_path.parent.mkdir(mode=0o700)
    places = {f"silent-{n}": f"http://127.0.0.1:{silent_port}" for n in range(250)}
    places |= {f"healthy-{n}": healthy.uri for n in range(50)}
    tables = "".join(f'[connections.{a}]\nuri = "{uri}"\n' for a, uri in places.items())
    registry_path.write_text(f"version = 1\n{tables}")
    registry_path.chmod(0o600)

    def few_files() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    ran = run_program(["list", "-t", "1", "-o", "json"], preexec_fn=few_files)

    statuses = {row["alias"]: row["status"] for row in ran.json["connections"]}
    assert list(statuses) == list(places)
    wrong = {
        alias: status
        for alias, status in statuses.items()
        if status != ("established" if alias.startswith("healthy") else "silent")
    }
    assert wrong == {}


def test_tls_peers_that_say_nothing_do_not_slow_the_others(
    milvusconn: Milvusconn, registry_path: Path, speaking_milvus: Speak, silent_port: int
) -> None:
    """100 of them and 10 healthy ones at once: making TLS contexts takes nobody's time."""
    healthy = speaking_milvus()
    registry_path.parent.mkdir(mode=0o700)
    places = [f"https://127.0.0.1:{silent_port}"] * 100 + [healthy.uri] * 10
    tables = "".join(f'[connections.a{n}]\nuri = "{uri}"\n' for n, uri in enumerate(places))
    registry_path.write_text(f"version = 1\n{tables}")
    registry_path.chmod(0o600)

    rows = milvusconn("list", "-t", "3", "-o", "json").json["connections"]

    assert [row["status"] for row in rows] == ["silent"] * 100 + ["established"] * 10


def test_a_pem_that_is_a_pipe_without_a_writer(
    milvusconn: Milvusconn, registry_path: Path, tmp_path: Path
) -> None:
    """Reading it would never end: config-pem, within the limit."""
    fifo = tmp_path / "ca.pem"
    os.mkfifo(fifo)
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(
        f'[connections.dev]\nuri = "https://127.0.0.1:1"\n[connections.dev.tls]\nca = "{fifo}"\n'
    )

    row = milvusconn("has", "dev", "-t", "1", "-o", "json").row

    assert row["status"] == "config-pem"
    assert row["seconds"] <= 1.5


def test_a_ca_with_a_comment_in_another_alphabet(
    milvusconn: Milvusconn, authority: Authority, tmp_path: Path
) -> None:
    """Bundles have comments; they change nothing."""
    ca = tmp_path / "ca.pem"
    ca.write_text("# Zertifikat für München\n" + authority.ca_file.read_text())
    expired = authority.issue("elsewhere.example")
    with faults.tls(expired) as place:
        uri = f"https://127.0.0.1:{place.port}"

        ran = milvusconn("inspect", "--uri", uri, "--ca", ca, "-t", "3", "-o", "json")

    assert ran.row["status"] == "tls-name"


def test_roots_that_are_not_there(
    milvusconn: Milvusconn, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """gRPC falls back to its own, and so do we."""
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "/nowhere/roots.pem")
    with faults.tls(authority.issue("127.0.0.1")) as place:
        ran = milvusconn("inspect", "--uri", f"https://127.0.0.1:{place.port}", "-t", "3")

    assert ran.code == 6
    assert "tls-untrusted" in ran.out


def test_a_fault_of_lite_is_not_a_missing_database(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """A list of databases that cannot be had says nothing about the database."""
    unwell = answers.aborting(grpc.StatusCode.UNAVAILABLE, "not now")
    lite = answers.established("milvus_lite", deploy_mode="embedded")
    server = speaking_milvus(connect=lite, list_databases=unwell)

    ran = milvusconn("inspect", "--uri", server.uri, "--db", "books", "-o", "json")

    assert ran.row["status"] == "rpc-failed"


def test_a_unix_socket_whose_queue_is_full(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """Nobody accepts: unix-refused, and no fault of ours."""
    path = tmp_path / "full.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(0)
        waiting = [socket.socket(socket.AF_UNIX) for _ in range(8)]
        for client in waiting:
            client.setblocking(False)  # noqa: FBT003 -- socket's own
            client.connect_ex(str(path))

        ran = milvusconn("inspect", "--uri", f"unix:{path}", "-t", "1", "-o", "json")

        for client in waiting:
            client.close()
    assert ran.row["status"] in {"unix-refused", "silent"}
    assert ran.code in {3, 4}


def test_nothing_after_the_replacement_can_take_it_back(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory that cannot be synced is no failure of a change that is made."""
    milvusconn("add", "a", "--uri", "http://h")
    real = os.fsync

    def only_files(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112 -- a descriptor's name
            raise OSError(22, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)

    ran = milvusconn("add", "b", "--uri", "http://h")

    assert ran.code == 0
    assert "[connections.b]" in registry_path.read_text()


def test_a_certificate_that_cannot_be_read_is_data(
    milvusconn: Milvusconn, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What OpenSSL takes and cryptography does not is left out, never exit 70."""
    shown = authority.issue("127.0.0.1")

    def refuse(_: bytes) -> None:
        raise x509.InvalidVersion("6 is not a valid X509 version", 6)

    monkeypatch.setattr(x509, "load_der_x509_certificate", refuse)
    with faults.tls(shown) as place:
        ran = milvusconn("inspect", "--uri", f"https://127.0.0.1:{place.port}", "-t", "3")

    assert ran.code == 6
    assert "tls-untrusted" in ran.out


def test_keys_of_somebody_else_survive(milvusconn: Milvusconn, registry_path: Path) -> None:
    """--replace keeps the keys that are somebody else's."""
    milvusconn("add", "a", "--uri", "http://h")
    registry_path.write_text(registry_path.read_text() + 'owner = "me"\n')

    milvusconn("add", "a", "--uri", "http://other", "--replace")

    assert 'owner = "me"' in registry_path.read_text()

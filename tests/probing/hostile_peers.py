"""Peers whose words are hostile, and what must be said of each all the same."""

import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import CertificateFiles
from tests.servers.faults import Behaviour
from tests.servers.speaking_milvus import SpeakingMilvus

DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 7, 8, 74, 78}
"""Exit codes that an answer may have; 70 is a fault of this program."""
MOST_MEMORY = 100 << 20
"""Bytes, resident, that a probe may ever take."""
MOST_TEXT = 64 << 10
"""Characters that one call may print."""
LONGEST_LINE = 1100
"""Characters of one line of standard error."""
LONGEST_VALUE = 5000
"""Characters of one text of a JSON document: twenty names of 200."""

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m[red]hello[/red]\x00"
    "\r\nmilvusconn: x: established\u202eabc\u2066"
)
"""A window title, a cleared screen, colour, markup, NUL, a forged line, overrides of direction."""
RAW = HOSTILE.encode() + b"\xff\xfe\xc3\x28"
"""The same, and bytes that are no UTF-8."""
CHUNK = b"A" * 65536
MEGABYTES = 10 << 20

MEASURED = """
import resource, subprocess, sys
try:
    code = subprocess.call(sys.argv[3:], timeout=float(sys.argv[2]))
except subprocess.TimeoutExpired:  # by now it is killed
    code = 99
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
"""Run a command and note the most memory that it took, from a parent that itself has little.

One that does not end is killed, and 99.
"""
NEVER_ENDS = 60.0
"""Seconds by which a process with a limit of two has hung."""

Client = Sequence[str]
"""The settings that `add` takes."""


@dataclass(frozen=True)
class Peer:
    """One hostile peer: how it is met, and what must be said of it all the same."""

    meet: Callable[[Path], AbstractContextManager[Client]]
    causes: tuple[str, ...]
    keeps: str = ""
    """Printable words of the peer's that are shown as they are."""
    environment: Mapping[str, str] = field(default_factory=dict)
    memory: int = MOST_MEMORY
    """Bytes that the program may take at most."""


@dataclass(frozen=True)
class Said:
    """What one process left behind."""

    code: int
    out: bytes
    err: bytes
    memory: int
    """The most that was resident, in bytes."""


# Peers over bare sockets


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    """One frame of HTTP/2 (RFC 9113, 4.1)."""
    head = struct.pack("!I", len(payload))[1:] + bytes((kind, flags))
    return head + struct.pack("!I", stream) + payload


DATA, HEADERS, PRIORITY, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 2, 4, 6, 7, 9
GREETING = frame(SETTINGS)


def literal_header(name: bytes, value: bytes) -> bytes:
    """A header field without indexing (RFC 7541, 6.2.2); each part below 127 bytes."""
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value


def saying(data: bytes) -> Behaviour:
    """Say `data` at once, then listen."""
    return faults.say(data)


def answering(data: bytes) -> Behaviour:
    """Say `data` once the client has spoken, then listen."""
    return faults.say(data, after_first_bytes=True)


def endlessly(start: bytes, chunk: bytes) -> Behaviour:
    """Say `start` once the client has spoken, then `chunk` until it leaves."""

    def talk(connection: socket.socket) -> None:
        if not connection.recv(65536):
            return
        connection.sendall(start)
        while True:
            connection.sendall(chunk)

    return talk


def plain(behaviour: Behaviour, scheme: str = "http") -> Callable[[Path], Any]:
    """The behaviour on a port."""

    @contextmanager
    def meet(_place: Path) -> Iterator[Client]:
        with faults._answering(behaviour, faults.LOOPBACK) as place:
            yield ["--uri", f"{scheme}://{place.address}"]

    return meet


HEADERS_OF_A_PAGE = (
    b"\x88"  # :status 200
    + literal_header(b"content-type", b"text/\x1b[31m[red]html")
    + literal_header(b"server", b"\x1b[2Jevil [red] \xff\xfe")
)


def page_over_http2(connection: socket.socket) -> None:
    """Answer every call with a page whose headers hold escapes."""
    connection.recv(65536)
    connection.sendall(GREETING)
    for _ in range(4):  # the call comes in one of the next reads
        connection.sendall(frame(HEADERS, 0x4, 1, HEADERS_OF_A_PAGE))
        connection.sendall(frame(DATA, 0x1, 1, RAW))
        if not connection.recv(65536):
            return
        break
    faults.keep_silent(connection)


LAST_DATA = b"\x00\x01\x00\x00\x00\x01\x00"
"""A DATA frame that ends stream 1, from its type on."""


def after_the_call(data: bytes) -> Behaviour:
    """Greet in HTTP/2, wait for the call, say `data`, and listen."""

    def talk(connection: socket.socket) -> None:
        heard = b""
        connection.sendall(GREETING)
        while LAST_DATA not in heard and len(heard) < 65536:
            piece = connection.recv(65536)
            if not piece:
                return
            heard += piece
        connection.sendall(data)
        faults.keep_silent(connection)

    return talk


# Certificates


def certificate(place: Path, common_name: str, names: Sequence[str]) -> CertificateFiles:
    """One that is signed by itself, for whatever names."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = CertificateFiles(place / "hostile.pem", place / "hostile.key")
    files.cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


ESCAPES_IN_NAME = "\x1b[31m[red]evil[/red]\x07.example"


def showing(common_name: str, names: Sequence[str], *, trusted: bool) -> Callable[[Path], Any]:
    """A TLS server with such a certificate."""

    @contextmanager
    def meet(place: Path) -> Iterator[Client]:
        files = certificate(place, common_name, names)
        with faults.tls(files) as door:
            ca = ["--ca", str(files.cert)] if trusted else []
            yield ["--uri", f"https://{door.address}", *ca]

    return meet


def behind_tls(behaviour: Behaviour) -> Callable[[Path], Any]:
    """A behaviour after a handshake that holds."""

    @contextmanager
    def meet(place: Path) -> Iterator[Client]:
        files = certificate(place, "localhost", ["localhost"])
        with faults.tls(files, then=behaviour) as door:
            uri = f"https://localhost:{door.port}"
            yield ["--uri", uri, "--ca", str(files.cert)]

    return meet


# Milvus's own words


def milvus(**said: Any) -> Callable[[Path], Any]:  # noqa: ANN401 -- answers of SpeakingMilvus
    """A Milvus that says so."""

    @contextmanager
    def meet(_place: Path) -> Iterator[Client]:
        with SpeakingMilvus(**said) as server:
            yield ["--uri", server.uri]

    return meet


def aborting(size: int) -> dict[str, Any]:
    """Fail with details of this many bytes, which travel in one header."""
    return {"connect": answers.aborting(grpc.StatusCode.INTERNAL, "d" * size)}


def through_proxy(behaviour: Behaviour) -> Callable[[Path], Any]:
    """A proxy with the behaviour; the environment is set where it is asked through it."""

    @contextmanager
    def meet(_place: Path) -> Iterator[Client]:
        with faults._answering(behaviour, faults.LOOPBACK) as place:
            yield ["http_proxy", f"http://{place.address}", "--uri", "http://127.0.0.1:1"]

    return meet


GRPC_HEADERS = frame(HEADERS, 4, 1, b"\x88" + literal_header(b"content-type", b"application/grpc"))

TALKS_ON = ("rpc-failed", "slow")
"""Of a peer that never stops, the time limit may be met before or after we have had enough."""

PEERS = {
    "banner": Peer(plain(saying(RAW)), ("not-http2",), "[red]hello"),
    "banner-after-hello": Peer(plain(answering(RAW), "https"), ("not-http2",), "[red]hello"),
    "banner-of-megabytes": Peer(plain(saying(RAW + bytes(MEGABYTES))), ("not-http2",)),
    "banner-of-megabytes-tls": Peer(
        plain(saying(RAW + CHUNK * 160), "https"), ("not-http2",), "[red]hello"
    ),
    "banner-without-end": Peer(plain(endlessly(b"X", CHUNK)), ("not-http2",)),
    "http1-header": Peer(
        plain(answering(b"HTTP/1.1 200 \x1b[31mOK\r\nServer: \x1b[2J[red]evil\x07\r\n\r\n" + RAW)),
        ("not-http2",), "[red]evil",
    ),
    "http1-title": Peer(
        plain(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<title>" + RAW)),
        ("not-http2",),
    ),
    "http1-header-without-end": Peer(
        plain(endlessly(b"HTTP/1.1 200 OK\r\nX: ", CHUNK)), ("not-http2",)
    ),
    "http1-lines-without-end": Peer(
        plain(endlessly(b"HTTP/1.1 200 OK\r\n", b"Server: a\r\n" * 6000), "https"), ("not-http2",)
    ),
    "settings-then-garbage": Peer(plain(saying(GREETING + RAW * 50)), ("rpc-failed",)),
    "settings-too-long": Peer(
        # A frame within the rules: what follows it is silence, and may be called so.
        plain(saying(frame(SETTINGS, payload=bytes(6 * 2000)))),
        ("rpc-failed", "not-http2", "silent", "slow"),
    ),
    "frame-of-16-megabytes": Peer(
        plain(endlessly(GREETING + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01", CHUNK)), TALKS_ON
    ),
    "settings-without-end": Peer(plain(endlessly(GREETING, GREETING * 7000)), TALKS_ON),
    "pings-without-end": Peer(
        plain(endlessly(GREETING, frame(PING, payload=bytes(8)) * 3000)), TALKS_ON
    ),
    **{
        f"{name}-without-end": Peer(
            plain(endlessly(GREETING + begun, chunk)),
            TALKS_ON,
            # Left alone, grpcio takes up to 800 MB here in two seconds; no option bounds it.
            # Looked at fifty times a second; on a busy machine 345 MB have been seen.
            memory=450 << 20,
        )
        for name, begun, chunk in (
            ("unknown-frames", b"", frame(0xF1, payload=bytes(16384)) * 10),
            ("unknown-frames-after-headers", GRPC_HEADERS, frame(0xF1, payload=bytes(16384)) * 10),
            ("priority-frames", b"", frame(PRIORITY, 0, 1, bytes(5)) * 6000),
            ("priority-frames-after-headers", GRPC_HEADERS, frame(PRIORITY, 0, 1, bytes(5)) * 6000),
        )
    },
    "continuation-without-end": Peer(
        plain(
            endlessly(
                GREETING + frame(HEADERS, 0, 1, b"\x88"),
                frame(CONTINUATION, 0, 1, literal_header(b"x", b"y" * 100) * 100),
            )
        ),
        TALKS_ON,
        # grpcio alone takes 100 to 200 MB here: it reads 16 MB of one header before it refuses, and
        # has no option that says less. Our own climb stops at the first frames.
        memory=300 << 20,
    ),
    "goaway-at-once": Peer(
        plain(saying(GREETING + frame(GOAWAY, payload=bytes(4) + b"\x00\x00\x00\x0b" + RAW))),
        ("busy",),
    ),
    "goaway-of-megabytes": Peer(
        plain(saying(GREETING + frame(GOAWAY, payload=bytes(8) + b"z" * 16000) * 600)),
        ("stopping",),
    ),
    "page-over-http2": Peer(plain(page_over_http2), ("not-grpc", "rpc-failed")),
    "headers-with-escapes": Peer(
        plain(after_the_call(frame(HEADERS, 0x4, 1, HEADERS_OF_A_PAGE))),
        ("not-grpc",), "[red]",
    ),
    "certificate-name": Peer(
        showing(ESCAPES_IN_NAME, ["other.example"], trusted=False), ("tls-untrusted",)
    ),
    "certificate-alternative-name": Peer(
        showing("evil", [ESCAPES_IN_NAME, "\x1b]0;t\x07"], trusted=True), ("tls-name",)
    ),
    "certificate-of-hundreds-of-names": Peer(
        showing("many", [f"host-{n}.{'x' * 50}.example" for n in range(800)], trusted=True),
        ("tls-name",), "more",
    ),
    "tls-then-banner": Peer(behind_tls(saying(RAW)), ("not-http2",), "[red]hello"),
    "tls-then-without-end": Peer(behind_tls(endlessly(b"X", CHUNK)), ("not-http2",)),
    "tls-then-settings-without-end": Peer(
        behind_tls(endlessly(GREETING, GREETING * 1000)), TALKS_ON
    ),
    "proxy-answer": Peer(
        through_proxy(answering(b"HTTP/1.1 500 \x1b[31m[red]no\x07\r\n\r\n" + RAW)),
        ("proxy-failed",), "[red]no",
    ),
    "proxy-of-megabytes": Peer(
        through_proxy(answering(b"HTTP/1.1 502 Bad\r\nX: " + CHUNK * 160)), ("proxy-failed",)
    ),
    "proxy-without-end": Peer(
        through_proxy(endlessly(b"HTTP/1.1 200 OK\r\nX: ", CHUNK)), ("proxy-failed",)
    ),
    "reason": Peer(
        milvus(connect=answers.status(code=65535, reason=HOSTILE)), ("rpc-failed",), "[red]hello"
    ),
    "reason-of-megabytes": Peer(
        milvus(connect=answers.status(code=65535, reason=HOSTILE + "r" * (3 << 20))),
        ("rpc-failed",), "[red]hello",
    ),
    "answer-larger-than-grpc-takes": Peer(
        milvus(connect=answers.status(code=65535, reason="r" * (5 << 20))), ("rpc-failed",)
    ),
    "details": Peer(
        milvus(connect=answers.aborting(grpc.StatusCode.INTERNAL, HOSTILE)), ("rpc-failed",),
        "[red]hello",
    ),
    "details-near-the-limit": Peer(milvus(**aborting(7900)), ("rpc-failed",)),
    "details-over-the-soft-limit": Peer(milvus(**aborting(12000)), ("rpc-failed",)),
    "details-over-the-hard-limit": Peer(milvus(**aborting(40000)), ("rpc-failed",)),
    "details-of-a-megabyte": Peer(milvus(**aborting(1 << 20)), ("rpc-failed",)),
    "details-of-a-refusal": Peer(
        milvus(connect=answers.aborting(grpc.StatusCode.PERMISSION_DENIED, HOSTILE)),
        ("denied",), "[red]hello",
    ),
    "version": Peer(
        milvus(connect=None, get_version=answers.version(HOSTILE * 500)), ("too-old",), "[red]hello"
    ),
    "build-tags": Peer(
        milvus(connect=answers.established(HOSTILE, deploy_mode=HOSTILE)), ("established",), "[red]"
    ),
    "databases": Peer(
        milvus(list_databases=answers.databases(HOSTILE, *(f"db{n}" for n in range(20000)))),
        ("established",),
    ),
    "health": Peer(
        milvus(check_health=answers.unhealthy(*[HOSTILE * 100] * 500)), ("established",)
    ),
}  # fmt: skip

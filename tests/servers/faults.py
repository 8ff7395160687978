"""Peers that misbehave, each in the one way it is named for.

Real sockets on loopback, answered by threads of the test process. Every fault is a context
manager: inside it the peer is there, and on the way out its threads are joined and its sockets
closed. A behaviour (`keep_silent`, `hang_up`, `say(…)`, …) is what happens to one accepted
connection; the faults named like it put it behind a TCP port, `tls` behind a handshake.
"""

import errno
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from tests.servers.certificates import CertificateFiles

Behaviour = Callable[[socket.socket], None]
"""Talks to one accepted connection and returns; whoever called it then closes the socket."""

LOOPBACK: Final = "127.0.0.1"
_CHUNK: Final = 65536
_LINGER_NOT: Final = struct.pack("ii", 1, 0)  # close() then sends RST in place of FIN
_UNANSWERED_SECONDS: Final = 0.25  # loopback completes a handshake inside connect(): this is ages
_BACKLOG_AT_MOST: Final = 64


@dataclass(frozen=True)
class Place:
    """Where a fault is to be met."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """`127.0.0.1:1234`, or `[::1]:1234`: as gRPC and URIs write it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


# Behaviours


def keep_silent(connection: socket.socket) -> None:
    """Read whatever comes, for as long as the peer stays, and answer nothing."""
    while connection.recv(_CHUNK):
        pass


def relay(one: socket.socket, other: socket.socket) -> None:
    """Pass on what each of two says to the other, until one of them leaves."""
    while True:
        ready, _, _ = select.select([one, other], [], [])
        for source in ready:
            data = source.recv(_CHUNK)
            if not data:
                return
            (other if source is one else one).sendall(data)


def hang_up(connection: socket.socket) -> None:
    """Send FIN at once; over TLS the goodbye (close_notify) first.

    Reads on until the peer leaves too: closing over unread bytes would turn the FIN into a RST,
    and which of them a client saw would hang on how fast it spoke.
    """
    if isinstance(connection, ssl.SSLSocket):
        _say_goodbye(connection)
    # Past SSLSocket's own methods, which refuse or change their meaning after the goodbye.
    socket.socket.shutdown(connection, socket.SHUT_WR)
    while socket.socket.recv(connection, _CHUNK):
        pass


def _say_goodbye(connection: ssl.SSLSocket) -> None:
    connection.settimeout(0)  # unwrap() would wait for the peer's goodbye
    with suppress(OSError):
        connection.unwrap()
    connection.settimeout(None)


def reset(connection: socket.socket) -> None:
    """See to it that the close that follows sends RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)


def say(data: bytes, *, after_first_bytes: bool = False) -> Behaviour:
    """Send `data`, unasked or once the peer has said something, then only listen."""

    def converse(connection: socket.socket) -> None:
        if after_first_bytes and not connection.recv(_CHUNK):
            return
        connection.sendall(data)
        keep_silent(connection)

    return converse


def answer_http1(status: int = 400, server: str = "nginx") -> Behaviour:
    """Whatever is asked, answer with one HTTP/1.1 page, as a web server does, and hang up."""
    page = _http1_page(status, server)

    def converse(connection: socket.socket) -> None:
        if connection.recv(_CHUNK):
            connection.sendall(page)
            hang_up(connection)

    return converse


def _http1_page(status: int, server: str) -> bytes:
    title = f"{status} {HTTPStatus(status).phrase}"
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\r\n"
    lines = (
        f"HTTP/1.1 {title}",
        f"Server: {server}",
        "Content-Type: text/html",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        body,
    )
    return "\r\n".join(lines).encode()


# Ports that nobody accepts on


class HeldPort:
    """A port that stays the same, whoever answers behind it; it refuses while nobody does."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @contextmanager
    def answered(self, behaviour: Behaviour) -> Iterator[None]:
        """Let each connection meet `behaviour`."""
        listener = _sharing(self.place.host, self.place.port)
        with listener, _Reception(listener, behaviour):
            yield


@contextmanager
def held_port(host: str = LOOPBACK) -> Iterator[HeldPort]:
    """Hold a port, without listening on it yet."""
    with _sharing(host, 0) as held:
        yield HeldPort(_place(held))


def _sharing(host: str, port: int) -> socket.socket:
    """A socket at a port that others of this user may have at the same time."""
    held = socket.socket(_family(host), socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((host, port))
    return held


@contextmanager
def refusing_port(host: str = LOOPBACK) -> Iterator[Place]:
    """Hold a port without listening on it: it refuses, and nobody else can take it meanwhile."""
    with _bound(host) as held:
        yield _place(held)


@contextmanager
def full_backlog(host: str = LOOPBACK) -> Iterator[Place]:
    """Listen with an accept queue that is full, so that one more SYN gets no answer.

    To a client it is a firewall that drops packets.
    """
    with _bound(host) as listener, ExitStack() as queued:
        listener.listen(0)
        place = _place(listener)
        _queue_until_unanswered(place, queued)
        yield place


def _queue_until_unanswered(place: Place, queued: ExitStack) -> None:
    for _ in range(_BACKLOG_AT_MOST):
        if not _is_answered(queued.enter_context(_dialling(place))):
            return
    message = f"{_BACKLOG_AT_MOST} connections do not fill the backlog of this system"
    raise RuntimeError(message)


def _dialling(place: Place) -> socket.socket:
    dialler = socket.socket(_family(place.host), socket.SOCK_STREAM)
    dialler.settimeout(0)
    began = dialler.connect_ex((place.host, place.port))
    if began not in (0, errno.EINPROGRESS):
        dialler.close()
        raise OSError(began, f"cannot dial {place.address}")
    return dialler


def _is_answered(dialler: socket.socket) -> bool:
    return bool(select.select([], [dialler], [], _UNANSWERED_SECONDS)[1])


# Ports that accept


@contextmanager
def silent(host: str = LOOPBACK) -> Iterator[Place]:
    """Accept, read, and never answer a byte, as a hung process does."""
    with _answering(keep_silent, host) as place:
        yield place


@contextmanager
def closing(host: str = LOOPBACK) -> Iterator[Place]:
    """Accept, and close (FIN) before a byte, as a port-forward without its target does."""
    with _answering(hang_up, host) as place:
        yield place


@contextmanager
def resetting(host: str = LOOPBACK) -> Iterator[Place]:
    """Accept, and reset before a byte.

    The RST may already be there when a non-blocking client asks how its connect() went.
    """
    with _answering(reset, host) as place:
        yield place


@contextmanager
def banner(
    data: bytes, *, after_first_bytes: bool = False, host: str = LOOPBACK
) -> Iterator[Place]:
    """Greet with `data` in a protocol that is not ours, and stay."""
    with _answering(say(data, after_first_bytes=after_first_bytes), host) as place:
        yield place


@contextmanager
def http1(status: int = 400, server: str = "nginx", host: str = LOOPBACK) -> Iterator[Place]:
    """Be a web server (or a proxy that refuses) that knows nothing newer than HTTP/1.1."""
    with _answering(answer_http1(status, server), host) as place:
        yield place


@contextmanager
def tls(
    certificate: CertificateFiles,
    *,
    then: Behaviour = keep_silent,
    client_ca: Path | None = None,
    minimum: ssl.TLSVersion | None = None,
    maximum: ssl.TLSVersion | None = None,
    alpn: Sequence[str] = ("h2",),
    ciphers: str | None = None,
    host: str = LOOPBACK,
) -> Iterator[Place]:
    """Shake hands as a TLS server, then go on with `then` inside it.

    `client_ca` demands a certificate of that authority from the client. An empty `alpn` answers
    no ALPN at all. `ciphers` (OpenSSL's notation) concerns TLS 1.2 and older.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    if minimum is not None:
        context.minimum_version = minimum
    if maximum is not None:
        context.maximum_version = maximum
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if ciphers is not None:
        context.set_ciphers(ciphers)
    with _answering(then, host, context) as place:
        yield place


# Unix sockets


@contextmanager
def unix_silent(path: Path) -> Iterator[Path]:
    """Accept at `path`, read, and never answer a byte."""
    with _bound_at(path) as listener, _Reception(listener, keep_silent):
        yield path


@contextmanager
def unix_answering(path: Path, behaviour: Behaviour) -> Iterator[Path]:
    """Listen on a socket file, and do with each connection what `behaviour` says."""
    with _bound_at(path) as listener, _Reception(listener, behaviour):
        yield path


@contextmanager
def stale_unix_socket(path: Path) -> Iterator[Path]:
    """Leave the file of a socket whose owner is gone, as a killed server does."""
    with _bound_at(path) as owner:
        owner.close()
        yield path


# How they are held open and closed again


class _Reception:
    """Accepts on one thread and lets `behaviour` answer each connection on one of its own."""

    def __init__(
        self, listener: socket.socket, behaviour: Behaviour, context: ssl.SSLContext | None = None
    ) -> None:
        self._listener = listener
        self._behaviour = behaviour
        self._context = context
        self._bell, self._rope = socket.socketpair()  # pulled at closing time
        self._guests: set[socket.socket] = set()
        self._guest_list = threading.Lock()
        self._porter = threading.Thread(target=self._receive, daemon=True)
        self._hosts: list[threading.Thread] = []

    def __enter__(self) -> None:
        self._listener.listen()
        self._porter.start()

    def __exit__(self, *_: object) -> None:
        self._rope.close()
        self._porter.join()
        self._bell.close()
        with self._guest_list:
            for guest in self._guests:
                _interrupt(guest)
        for host in self._hosts:
            host.join()

    def _receive(self) -> None:
        # The bell counts only when nobody waits at the door: every connection that a client
        # believes to have is met, also one that was made a moment before closing time.
        while self._listener in select.select([self._listener, self._bell], [], [])[0]:
            guest, _ = self._listener.accept()
            self._welcome(guest)

    def _welcome(self, guest: socket.socket) -> None:
        with self._guest_list:
            self._guests.add(guest)
        host = threading.Thread(target=self._converse, args=(guest,), daemon=True)
        self._hosts.append(host)
        host.start()

    def _converse(self, guest: socket.socket) -> None:
        try:
            guest = self._dressed(guest)
            if _shook_hands(guest):
                self._behaviour(guest)
            else:
                hang_up(guest)
        except OSError:
            pass  # the peer went its own way, which is what tests make peers do
        finally:
            with self._guest_list:  # a descriptor closed unseen could be another's at closing time
                self._guests.discard(guest)
                guest.close()

    def _dressed(self, guest: socket.socket) -> socket.socket:
        if self._context is None:
            return guest
        with self._guest_list:
            self._guests.discard(guest)
            dressed = self._context.wrap_socket(
                guest, server_side=True, do_handshake_on_connect=False
            )
            self._guests.add(dressed)
            return dressed


def _shook_hands(guest: socket.socket) -> bool:
    if not isinstance(guest, ssl.SSLSocket):
        return True
    try:
        guest.do_handshake()
    except ssl.SSLError:
        return False
    return True


def _interrupt(guest: socket.socket) -> None:
    """End whatever `guest`'s thread is waiting for."""
    with suppress(OSError):
        # Not SSLSocket.shutdown: it takes the TLS state away under the thread that is using it.
        socket.socket.shutdown(guest, socket.SHUT_RDWR)


@contextmanager
def _answering(
    behaviour: Behaviour, host: str, context: ssl.SSLContext | None = None
) -> Iterator[Place]:
    with _bound(host) as listener, _Reception(listener, behaviour, context):
        yield _place(listener)


def _bound(host: str) -> socket.socket:
    held = socket.socket(_family(host), socket.SOCK_STREAM)
    held.bind((host, 0))
    return held


@contextmanager
def _bound_at(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as held:
        held.bind(str(path))
        try:
            yield held
        finally:
            path.unlink(missing_ok=True)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _place(held: socket.socket) -> Place:
    host, port, *_ = held.getsockname()
    return Place(host, port)

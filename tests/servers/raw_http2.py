"""A gRPC peer over bare sockets, for answers that no gRPC library would send.

It reads a client's frames, and answers each call with the bytes that the test chose for its method:
messages cut short, an OK status without a message, resets, floods. Frames are those of RFC 9113,
messages those of gRPC over HTTP/2.
"""

import socket
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from hpack import Decoder, HeaderTuple

from tests.servers import faults
from tests.servers.faults import Behaviour, Place

DATA: Final = 0
HEADERS: Final = 1
PRIORITY: Final = 2
RST_STREAM: Final = 3
SETTINGS: Final = 4
PING: Final = 6
GOAWAY: Final = 7
WINDOW_UPDATE: Final = 8
CONTINUATION: Final = 9
UNKNOWN: Final = 0xF1

ACK: Final = 0x1
END_STREAM: Final = 0x1
END_HEADERS: Final = 0x4

_HEADER_LENGTH: Final = 9
_PREFACE_LENGTH: Final = 24
_PATH: Final = ":path"

Reply = Callable[[int], bytes]
"""The bytes that answer a call, by the number of its stream."""


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    """One frame of HTTP/2 (RFC 9113, 4.1)."""
    head = struct.pack("!I", len(payload))[1:] + bytes((kind, flags))
    return head + struct.pack("!I", stream) + payload


def headers(*fields: tuple[str, str], status: str = "200") -> bytes:
    """A header block, nothing of it indexed (RFC 7541, 6.2.2); `status` is empty for trailers."""
    first = [(":status", status)] if status else []
    return b"".join(_literal(name.encode(), value.encode()) for name, value in (*first, *fields))


def message(payload: bytes = b"", *, flag: int = 0, length: int | None = None) -> bytes:
    """A gRPC message: its flag, its length (or one that is not true), its bytes."""
    return struct.pack("!BI", flag, len(payload) if length is None else length) + payload


GRPC: Final = ("content-type", "application/grpc")
OK: Final = ("grpc-status", "0")


def opening(stream: int) -> bytes:
    """The headers with which a gRPC server begins its answer."""
    return frame(HEADERS, END_HEADERS, stream, headers(GRPC))


def trailers(stream: int, *fields: tuple[str, str]) -> bytes:
    """The trailers with which an answer ends; `grpc-status: 0` where no fields are given."""
    block = headers(*(fields or (OK,)), status="")
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, block)


def answering(data: bytes) -> Reply:
    """Answer well, with `data` in place of the messages."""
    return lambda stream: opening(stream) + frame(DATA, 0, stream, data) + trailers(stream)


def ok_without_message(stream: int) -> bytes:
    """Headers and trailers, and nothing between them."""
    return opening(stream) + trailers(stream)


def trailers_only(*fields: tuple[str, str]) -> Reply:
    """One block of headers that is the whole answer."""
    return lambda stream: frame(HEADERS, END_HEADERS | END_STREAM, stream, headers(*fields))


def resetting(error: int) -> Reply:
    """Reset the call with an error code of HTTP/2 (RFC 9113, 7)."""
    return lambda stream: frame(RST_STREAM, 0, stream, struct.pack("!I", error))


class Call(NamedTuple):
    """One call, whole."""

    stream: int
    fields: Mapping[str, str]
    """Its headers; those of HTTP/2 with their colon."""
    data: bytes
    """Of all its DATA frames."""

    @property
    def method(self) -> str:
        """Without the service: "Connect"."""
        return self.fields[_PATH].rpartition("/")[2]


def speaking_grpc(
    reply: Reply,
    heard: Callable[[Call], object] = lambda _: None,
    of_method: Mapping[str, Reply] | None = None,
) -> Behaviour:
    """Answer each call with `reply`, a call of a method in `of_method` with that one's own.

    `heard` is told each call.
    """
    replies = of_method or {}

    def talk(connection: socket.socket) -> None:
        connection.sendall(frame(SETTINGS))
        for call in _calls(connection):
            heard(call)
            connection.sendall(replies.get(call.method, reply)(call.stream))

    return talk


@contextmanager
def raw_grpc(reply: Reply, **of_method: Reply) -> Iterator[Place]:
    """The same behind a port."""
    with faults._answering(speaking_grpc(reply, of_method=of_method), faults.LOOPBACK) as place:
        yield place


@contextmanager
def flooding(start: Reply, chunk: Reply) -> Iterator[Place]:
    """Answer the first call with `start`, then send `chunk` until the client leaves."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(frame(SETTINGS))
        for call in _calls(connection):
            connection.sendall(start(call.stream))
            more = chunk(call.stream)
            while True:
                connection.sendall(more)

    with faults._answering(talk, faults.LOOPBACK) as place:
        yield place


def _calls(connection: socket.socket) -> Iterator[Call]:
    """Each call that has been sent whole."""
    heard = connection.makefile("rb")
    heard.read(_PREFACE_LENGTH)
    decoder, headers_of, data_of = (
        Decoder(),
        dict[int, dict[str, str]](),
        defaultdict[int, bytes](bytes),
    )
    while len(head := heard.read(_HEADER_LENGTH)) == _HEADER_LENGTH:
        kind, flags = head[3], head[4]
        stream = struct.unpack("!I", head[5:])[0]
        payload = heard.read(int.from_bytes(head[:3], "big"))
        if kind == HEADERS:
            headers_of[stream] = _text(decoder.decode(payload, raw=True))
        if kind == DATA:
            data_of[stream] += payload
        if kind in (SETTINGS, PING) and not flags & ACK:
            with suppress(OSError):
                connection.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            yield Call(stream, headers_of[stream], data_of[stream])


def _text(fields: Iterable[HeaderTuple]) -> dict[str, str]:
    return {bytes(field[0]).decode(): bytes(field[1]).decode() for field in fields}


def _literal(name: bytes, value: bytes) -> bytes:
    """A field without indexing; each part is shorter than 127 bytes."""
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value

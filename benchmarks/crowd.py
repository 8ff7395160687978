"""Thousands of Milvus servers that cost little: one process, three ports, all of the loopback.

    python benchmarks/crowd.py [health]

Prints three ports: where a Milvus answers, where nobody says a word, and where nobody listens. Each
is there on every address of 127.0.0.0/8, so 127.0.0.1 and 127.77.3.1 are two hosts to a client. It
ends when its standard input does. Of HTTP/2 it speaks as much as one `Connect` needs. With `health`
every answer is that of gRPC's health check.
"""

import asyncio
import resource
import socket
import sys
from struct import pack

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE_LENGTH = 24
HEADER_LENGTH = 9


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame (RFC 9113, 4.1)."""
    return pack(">I", len(payload))[1:] + bytes((kind, flags)) + pack(">I", stream) + payload


def literal(name: bytes, value: bytes) -> bytes:
    """A header field that nobody is to remember (RFC 7541, 6.2.2)."""
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value


STATUS_200 = b"\x88"  # HPACK's static table, entry 8
ANSWER_HEADERS = STATUS_200 + literal(b"content-type", b"application/grpc")
TRAILERS = literal(b"grpc-status", b"0")
SERVER_INFO = b"\x0a\x06v2.6.0" + b"\x2a\x0aSTANDALONE"  # build_tags, deploy_mode
CONNECT_RESPONSE = b"\x0a\x00" + b"\x12" + bytes((len(SERVER_INFO),)) + SERVER_INFO + b"\x18\x01"
HEALTH_CHECK_RESPONSE = b"\x08\x01"  # status SERVING
RESPONSE = HEALTH_CHECK_RESPONSE if sys.argv[1:] == ["health"] else CONNECT_RESPONSE
MESSAGE = b"\x00" + pack(">I", len(RESPONSE)) + RESPONSE


class Milvus(asyncio.Protocol):
    """One connection: says yes to every call."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport = transport
        self.heard = b""
        self.greeted = False
        transport.write(frame(SETTINGS, 0, 0))

    def data_received(self, data: bytes) -> None:
        """Answer every whole frame."""
        self.heard += data
        if not self.greeted:
            if len(self.heard) < PREFACE_LENGTH:
                return
            self.heard, self.greeted = self.heard[PREFACE_LENGTH:], True
        while len(self.heard) >= HEADER_LENGTH:
            end = HEADER_LENGTH + int.from_bytes(self.heard[:3], "big")
            if len(self.heard) < end:
                return
            whole, self.heard = self.heard[:end], self.heard[end:]
            self.transport.write(answer(whole))


class Silent(asyncio.Protocol):
    """One connection: says nothing."""


def answer(whole: bytes) -> bytes:
    """What one frame calls for; a call is answered when its last byte is there."""
    kind, flags = whole[3], whole[4]
    stream = int.from_bytes(whole[5:HEADER_LENGTH], "big")
    if kind == SETTINGS and not flags & ACK:
        return frame(SETTINGS, ACK, 0)
    if kind == PING and not flags & ACK:
        return frame(PING, ACK, 0, whole[HEADER_LENGTH:])
    if kind in (DATA, HEADERS) and flags & END_STREAM:
        return (
            frame(HEADERS, END_HEADERS, stream, ANSWER_HEADERS)
            + frame(DATA, 0, stream, MESSAGE)
            + frame(HEADERS, END_HEADERS | END_STREAM, stream, TRAILERS)
        )
    return b""


def listening() -> socket.socket:
    """A port of every loopback address; only the wildcard is all of them."""
    place = socket.socket()
    place.bind(("0.0.0.0", 0))  # noqa: S104
    place.listen(4096)
    return place


async def main() -> None:
    """Serve until standard input ends."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    loop = asyncio.get_running_loop()
    milvus, silent, refusing = listening(), listening(), socket.socket()
    refusing.bind(("0.0.0.0", 0))  # noqa: S104
    await loop.create_server(Milvus, sock=milvus, backlog=4096)
    await loop.create_server(Silent, sock=silent, backlog=4096)
    ports = [str(one.getsockname()[1]) for one in (milvus, silent, refusing)]
    sys.stdout.write(" ".join(ports) + "\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

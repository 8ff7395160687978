"""A connected socket as a stream of bytes: what TLS and HTTP/2 are spoken over."""

import asyncio
import socket
import struct
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self

CHUNK = 16384
"""Bytes read at a time: a TLS record. What a peer sends beyond is not waited for."""
_TCP_INFO = struct.Struct("=2xB21xI")


class Stream(Protocol):
    """Bytes out, bytes in; `b""` when the peer is done, by FIN or by RST."""

    async def send(self, data: bytes) -> None:
        """Send all of `data`."""

    async def receive(self) -> bytes:
        """The next bytes, at most `CHUNK`."""


class SocketStream:
    """A plain TCP or unix socket; closed at the end of its `with`."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._early = b""

    async def send(self, data: bytes) -> None:
        """Send all of `data`; a peer that is gone shows itself at the next `receive`."""
        with suppress(OSError):
            await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def receive(self) -> bytes:
        """The next bytes; `b""` when the peer is done, or gone."""
        if self._early:
            early, self._early = self._early, b""
            return early
        try:
            return await asyncio.get_running_loop().sock_recv(self._socket, CHUNK)
        except OSError:
            return b""

    def put_back(self, data: bytes) -> None:
        """Let `data`, which came too early, be what is received next."""
        self._early = data

    @property
    def is_unacknowledged(self) -> bool:
        """Whether the other host keeps not acknowledging what was sent; False if unknown.

        Source: Linux's `struct tcp_info`: `tcpi_retransmits` and `tcpi_unacked`.
        """
        if not hasattr(socket, "TCP_INFO"):
            return False
        try:
            info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
            retransmits, unacknowledged = _TCP_INFO.unpack(info)
        except (OSError, struct.error):  # a unix socket, a closed one, another system
            return False
        return bool(retransmits and unacknowledged)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

"""A relay between one gRPC channel and its server that sees how connections end.

gRPC does not say why a connection was lost between two calls: it connects again at the next one. So
the channel connects to a socket of ours, and every byte is passed on. Only here is it seen whether
the server announced the end (GOAWAY, with its reason), closed, reset, or stopped answering. TLS is
spoken on this side of the channel, so that the frames can be read.
"""

import asyncio
import shutil
import socket
import struct
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.connection.tls_files import Pem
from milvusconn_cli.connection.uri import TcpEndpoint, UnixEndpoint
from milvusconn_cli.probing.frames import Frames
from milvusconn_cli.probing.layers import Obstacle, dns, proxy, tcp, tls, tls_verdict, unix
from milvusconn_cli.probing.layers.stream import CHUNK, SocketStream, Stream
from milvusconn_cli.probing.severed import Cut, Traces, cut

_CONNECT_SECONDS = 5.0
_OWED_SECONDS = 1.0
"""A server that owes an answer for longer than this when the client gives up is why it did."""
_UNACKNOWLEDGED_AT = 24
"""Where `struct tcp_info` has the number of segments that were not acknowledged."""


class _Socket(SocketStream):
    """A socket that remembers a reset, and sends in the order of the calls."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(connected)
        self._raw = connected
        self._sending = asyncio.Lock()
        self.is_reset = False

    async def send(self, data: bytes) -> None:
        async with self._sending:
            await super().send(data)

    async def receive(self) -> bytes:
        if self._early:
            return await super().receive()
        try:
            return await asyncio.get_running_loop().sock_recv(self._raw, CHUNK)
        except OSError:
            self.is_reset = True
            return b""

    @property
    def unacknowledged(self) -> bool | None:
        """Whether the other host has not acknowledged what was sent; None if that is unknown."""
        number = getattr(socket, "TCP_INFO", None)
        if number is None or sys.platform != "linux" or self._raw.family == socket.AF_UNIX:
            return None
        try:
            info = self._raw.getsockopt(socket.IPPROTO_TCP, number, 104)
        except OSError:
            return None
        return bool(struct.unpack_from("=I", info, _UNACKNOWLEDGED_AT)[0])


class Tap:
    """The relay; `cuts` is told the end of each connection that was not ended by us."""

    def __init__(
        self,
        endpoint: TcpEndpoint | UnixEndpoint,
        files: TlsFiles,
        pem: Pem,
        cuts: Callable[[Cut], None],
    ) -> None:
        self._endpoint = endpoint
        self._files = files
        self._pem = pem
        self._cuts = cuts
        self._place = Path()
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._is_closing = False
        self.survived_quiet = 0.0
        self.survived_idle = 0.0
        self.connections = 0
        """How many have been opened."""
        self.target = ""
        """Where gRPC has to connect to."""

    async def __aenter__(self) -> Self:
        if sys.platform == "win32":
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
            port = self._server.sockets[0].getsockname()[1]
            self.target = f"127.0.0.1:{port}"
            return self
        self._place = Path(tempfile.mkdtemp(prefix="milvusconn-"))
        self._server = await asyncio.start_unix_server(self._accept, self._place / "s")
        self.target = f"unix:{self._place / 's'}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_closing = True
        if self._server:
            self._server.close()
        for line in list(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        if self._place.name:
            shutil.rmtree(self._place, ignore_errors=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._lines.add(task)
        try:
            await self._serve(reader, writer)
        except asyncio.CancelledError:
            if not self._is_closing:
                raise
        finally:
            self._lines.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                connected, stream = await self._connect()
        except (TimeoutError, Obstacle, OSError, tls.NotTls, tls_verdict.Unverified):
            return  # gRPC sees a closed connection; why is asked with a probe of its own
        self.connections += 1
        line = _Line(self, connected, stream)
        with connected:
            await line.relay(reader, writer)
            traces = line.traces
        if self._is_closing or traces is None:
            return
        if not traces.unanswered:
            traces = traces._replace(is_accepting=await self._is_accepting())
        self._cuts(cut(traces))

    async def _is_accepting(self) -> bool:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                connected, _ = await self._connect()
        except TimeoutError:
            return True  # nothing is known: a refusal would have come at once
        except (Obstacle, OSError, tls.NotTls, tls_verdict.Unverified):
            return False
        connected.close()
        return True

    async def _connect(self) -> tuple[_Socket, Stream]:
        """A connection to the server, and what is spoken over it."""
        import os  # noqa: PLC0415 -- the proxies of the environment

        endpoint = self._endpoint
        if isinstance(endpoint, UnixEndpoint):
            raw, _ = await unix.connect(endpoint.path)
            connected = _Socket(raw)
            return connected, connected
        held = proxy.applying(os.environ, endpoint.host)
        host, port = (held.host, held.port) if held else (endpoint.host, endpoint.port)
        addresses, _ = await dns.look_up(host, port)
        raw, _ = await tcp.connect(addresses)
        connected = _Socket(raw)
        try:
            if held:
                await proxy.open_tunnel(connected, held, endpoint.address)
            if not endpoint.tls:
                return connected, connected
            context = await tls.verifying(self._pem, _CONNECT_SECONDS)
            encrypted, _ = await tls.shake_hands(connected, self._files, context, endpoint.host)
        except BaseException:
            connected.close()
            raise
        return connected, encrypted


class _Line:
    """One connection through the tap."""

    def __init__(self, tap: Tap, connected: _Socket, stream: Stream) -> None:
        self._tap = tap
        self._connected = connected
        self._stream = stream
        self._said, self._heard = Frames(from_client=True), Frames(from_client=False)
        self._start = self._now()
        self._last_byte = self._last_call = self._start
        self._announced: float | None = None
        """When the server announced the end."""
        self._owed_since: float | None = None
        """Since when the server has owed us anything."""
        self.traces: Traces | None = None
        """How it ended; None if the client ended it without a reason."""

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what both say, until one of them ends it."""
        out = asyncio.create_task(self._client_to_server(reader))
        back = asyncio.create_task(self._server_to_client(writer))
        try:
            await asyncio.wait({out, back}, return_when=asyncio.FIRST_COMPLETED)
            self.traces = self._traces(by_server=back.done())
        finally:
            for task in (out, back):
                task.cancel()
            await asyncio.gather(out, back, return_exceptions=True)

    async def _client_to_server(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                calls = self._said.calls
                self._said.feed(data)
                if self._said.calls > calls:
                    self._last_call = self._now()
                self._last_byte = self._now()
                if self._owed_since is None:
                    self._owed_since = self._now()
                await self._stream.send(data)

    async def _server_to_client(self, writer: asyncio.StreamWriter) -> None:
        last_byte, last_call = self._last_byte, self._last_call
        with suppress(OSError):
            while data := await self._hear():
                now = self._now()
                calls = self._heard.calls
                self._heard.feed(data)
                if self._heard.goaway and self._announced is None:
                    self._announced = now
                self._owed_since = None
                if self._heard.goaway is None:
                    # The pause before our last word was survived, for here is the answer to it.
                    spoken = max(self._last_byte, last_byte)
                    self._tap.survived_quiet = max(self._tap.survived_quiet, spoken - last_byte)
                    if self._heard.calls > calls:
                        begun = max(self._last_call, last_call)
                        self._tap.survived_idle = max(self._tap.survived_idle, begun - last_call)
                        last_call = self._last_call = now
                    last_byte = self._last_byte = now
                writer.write(data)
                await writer.drain()

    async def _hear(self) -> bytes:
        import ssl  # noqa: PLC0415 -- loaded by the TLS layer

        try:
            return await self._stream.receive()
        except ssl.SSLError:
            return b""

    def _traces(self, *, by_server: bool) -> Traces | None:
        now, goaway = self._now(), self._heard.goaway
        end = self._announced or now
        owed = 0.0 if self._owed_since is None else now - self._owed_since
        gave_up = not by_server and goaway is None
        if gave_up and owed < _OWED_SECONDS:
            return None
        return Traces(
            age=end - self._start,
            quiet=max(0.0, end - self._last_byte),
            idle=max(0.0, end - self._last_call),
            survived_quiet=self._tap.survived_quiet,
            survived_idle=self._tap.survived_idle,
            goaway=goaway,
            is_reset=self._connected.is_reset,
            unanswered=owed if gave_up else 0.0,
            unacknowledged=self._connected.unacknowledged,
        )

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

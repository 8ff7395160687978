"""gRPC as far as the headers of one answer: whether it is gRPC that HTTP/2 carries here.

The h2 package speaks; it is imported when a diagnosis comes this far. The call is the attempt's
own: a gateway may route, admit and limit by the authority, the credentials and the user agent.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers import Obstacle, http2
from milvusconn_cli.probing.layers.stream import Stream
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean_bytes

if TYPE_CHECKING:
    from h2.connection import H2Connection
    from h2.events import Event

_PATH = "/milvus.proto.milvus.MilvusService/Connect"
_MOST_BYTES = 1 << 20
_MOST_FRAMES = 2000
"""More than any server sends before its answer; a flood would keep the event loop busy."""
_FRAME_HEADER = 9
_PAGE_SECONDS, _PAGE_BYTES = 0.3, 4096
_OK = b"200"
_NO_ERROR, _REFUSED_STREAM, _ENHANCE_YOUR_CALM = 0, 7, 11


class Question(NamedTuple):
    """One call, exactly as the attempt makes it."""

    authority: str
    user_agent: str
    metadata: tuple[tuple[str, str], ...]
    """What the call brings: credentials and the database."""
    message: bytes
    """The request, in protobuf."""


class Session:
    """One HTTP/2 connection, from its preface to the first answer."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._first = b""
        self._unread = b""
        self._heard = 0
        self._frames = 0
        self._acknowledged = False
        self._understood = 0

    async def greet(self) -> bytes:
        """The first bytes of the peer; where they are SETTINGS, `ask` may follow."""
        self._first = await http2.greet(self._stream)
        return self._first

    async def ask(self, question: Question, scheme: str, seconds: float) -> str:
        """Call, with `seconds` to answer; raises `Obstacle` if the answer is not gRPC."""
        http = _greeted()
        http.send_headers(1, headers_of(question, scheme, seconds))
        http.send_data(1, framed(question.message), end_stream=True)
        await self._stream.send(http.data_to_send())
        data = self._first
        while True:
            for event in self._events(http, data):
                self._note(event)
                response = _read(event)
                if response is not None:
                    return await self._judged(http, response, tls=scheme == "https")
            await self._stream.send(http.data_to_send())
            data = await self._stream.receive()
            if not data:
                raise Obstacle(_closed_during_call())

    async def _judged(self, http: "H2Connection", headers: dict[bytes, bytes], *, tls: bool) -> str:
        """What the headers of the answer say: gRPC, or an `Obstacle` with what it is instead."""
        kind = headers.get(b"content-type", b"")
        if headers.get(b":status") == _OK and kind.startswith(b"application/grpc"):
            return "gRPC answered"
        from milvusconn_cli.probing import gateways  # noqa: PLC0415 -- who answers well needs none

        page = await self._page(http)
        raise Obstacle(gateways.of_http(headers, page, tls=tls))

    async def _page(self, http: "H2Connection") -> bytes:
        """The beginning of the page that came instead, as far as it comes at once."""
        from h2.events import DataReceived, StreamEnded  # noqa: PLC0415

        page, ended = b"", False
        with suppress(TimeoutError, Obstacle):
            async with asyncio.timeout(_PAGE_SECONDS):
                while not ended and len(page) < _PAGE_BYTES:
                    data = b"" if self._unread else await self._stream.receive()
                    ended = not data and not self._unread
                    for event in self._events(http, data):
                        if isinstance(event, DataReceived):
                            page += event.data or b""
                        ended |= isinstance(event, StreamEnded)
        return page[:_PAGE_BYTES]

    def unanswered(self, seconds: float) -> Finding:
        """The finding when the call is not answered within the time limit.

        Who speaks HTTP/2 acknowledges our SETTINGS at once, however long the answer takes.
        """
        if self._acknowledged:
            return too_slow(seconds)
        if self._heard > http2.first_frame_length(self._first) and not self._understood:
            return _broken("it sends invalid HTTP/2 frames")
        if not self._frames:  # SETTINGS have begun, and never end
            return http2.silence(seconds)
        return finding(
            Cause.SLOW, f"HTTP/2 answers, then the call gets no response for {seconds:g} s"
        )

    def _note(self, event: "Event") -> None:
        from h2.events import RemoteSettingsChanged, SettingsAcknowledged  # noqa: PLC0415

        self._acknowledged |= isinstance(event, SettingsAcknowledged)
        self._understood += not isinstance(event, RemoteSettingsChanged)

    def _events(self, http: "H2Connection", data: bytes) -> "list[Event]":
        """The events of the next frame that is complete, and of all before it that say nothing.

        One frame at a time: what follows a GOAWAY is a violation to h2, and would hide it.
        """
        from h2.exceptions import ProtocolError  # noqa: PLC0415

        self._heard += len(data)
        self._unread += data
        if self._heard > _MOST_BYTES or self._frames > _MOST_FRAMES:
            raise Obstacle(_broken("it keeps sending without answering"))
        events: list[Event] = []
        try:
            while not _is_answer(events):
                frame = self._next_frame()
                if not frame:
                    break
                events += http.receive_data(frame)
        except ProtocolError as error:
            words = clean_bytes(str(error).encode())
            raise Obstacle(_broken(f"it violates HTTP/2: {words}")) from None
        return events

    def _next_frame(self) -> bytes:
        """The next frame, or all that there is of one that is too long to wait for."""
        if len(self._unread) < _FRAME_HEADER or self._frames > _MOST_FRAMES:
            return b""
        length = http2.first_frame_length(self._unread)
        if len(self._unread) < length <= _MOST_BYTES:
            return b""
        frame, self._unread = self._unread[:length], self._unread[length:]
        self._frames += 1
        return frame


def headers_of(question: Question, scheme: str, seconds: float) -> list[tuple[str, str]]:
    """The headers of the call, with `seconds` to answer."""
    return [
        (":method", "POST"),
        (":scheme", scheme),
        (":path", _PATH),
        (":authority", question.authority),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", question.user_agent),
        ("grpc-accept-encoding", "identity, deflate, gzip"),
        ("grpc-timeout", f"{max(1, int(seconds * 1000))}m"),
        *question.metadata,
    ]


def framed(message: bytes) -> bytes:
    """A message as gRPC sends it: not compressed, and its length."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def _greeted() -> "H2Connection":
    """A connection that has said its preface: the one of `greet`, of which h2 is to know.

    Made when the peer has answered, since ten thousand that stay silent may be waited for at once.
    """
    # Imported here: nothing below this layer needs it.
    from h2.config import H2Configuration  # noqa: PLC0415
    from h2.connection import H2Connection  # noqa: PLC0415

    http = H2Connection(H2Configuration(header_encoding=None))
    http.initiate_connection()
    http.clear_outbound_data_buffer()
    return http


def _is_answer(events: "list[Event]") -> bool:
    """Whether the last of these events ends the wait for an answer."""
    from h2.events import ConnectionTerminated, ResponseReceived, StreamReset  # noqa: PLC0415

    return bool(events) and isinstance(
        events[-1], ConnectionTerminated | ResponseReceived | StreamReset
    )


def _read(event: "Event") -> dict[bytes, bytes] | None:
    """The headers of the answer; None if the event has none, `Obstacle` if it ends the call."""
    from h2.events import ConnectionTerminated, ResponseReceived, StreamReset  # noqa: PLC0415

    match event:
        case ResponseReceived():
            return dict(event.headers)
        case ConnectionTerminated():
            raise Obstacle(_of_goaway(int(event.error_code or 0), event.additional_data or b""))
        case StreamReset():
            raise Obstacle(_of_reset(int(event.error_code or 0)))
        case _:
            return None


def _of_goaway(error: int, data: bytes) -> Finding:
    """A server that ends the connection: to stop, since it is asked too often, or for a fault."""
    words = clean_bytes(data)
    said = f": {words}" if words else ""
    if error == _NO_ERROR:
        return finding(Cause.STOPPING, f"the server is shutting down (GOAWAY){said}")
    if error == _ENHANCE_YOUR_CALM:
        summary = f"the server rejects the connection: too many requests (GOAWAY){said}"
        return finding(Cause.BUSY, summary, "wait, then retry less often")
    return _broken(f"it sends GOAWAY, error {error} {words}".rstrip())


def _of_reset(error: int) -> Finding:
    """A call that is reset: with REFUSED_STREAM, by who did not pass it on (RFC 9113, 8.7)."""
    if error == _REFUSED_STREAM:
        summary = "the call is refused before it is processed (HTTP/2 REFUSED_STREAM)"
        return finding(Cause.GATEWAY_UPSTREAM, summary)
    return _broken(f"it resets the call, error {error}")


def _closed_during_call() -> Finding:
    """A server that greets, reads the call, and closes: the call did not arrive as it was sent."""
    return finding(
        Cause.TCP_CLOSED,
        "the server speaks HTTP/2, then closes the connection during the call",
        "retry; if it persists, a load balancer in between may send the PROXY protocol",
    )


def too_slow(seconds: float) -> Finding:
    """The finding when gRPC is spoken, and `Connect` outlasts the time limit."""
    return finding(Cause.SLOW, f"the connection works, but Connect takes longer than {seconds:g} s")


def _broken(what: str) -> Finding:
    """Something that no cause names: the words of gRPC go with it."""
    return finding(Cause.RPC_FAILED, f"the server speaks HTTP/2, then {what}")

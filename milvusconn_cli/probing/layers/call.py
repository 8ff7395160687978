"""gRPC as far as the headers of one answer: whether it is gRPC that HTTP/2 carries here.

The h2 package speaks; it is imported when a climb comes this far. The call is `Connect` without
credentials: whatever a Milvus says to it, it says it in gRPC.
"""

from typing import TYPE_CHECKING

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers import Obstacle, http2
from milvusconn_cli.probing.layers.stream import Stream
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean_bytes

if TYPE_CHECKING:
    from h2.connection import H2Connection
    from h2.events import Event

_PATH = "/milvus.proto.milvus.MilvusService/Connect"
_EMPTY_MESSAGE = bytes(5)  # not compressed, no bytes
_MOST_BYTES = 1 << 20
_OK = b"200"


class Session:
    """One HTTP/2 connection, from its preface to the first answer."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._first = b""
        self._heard = 0
        self._acknowledged = False
        self._understood = 0

    async def greet(self) -> bytes:
        """The first bytes of the peer; where they are SETTINGS, `ask` may follow."""
        self._first = await http2.greet(self._stream)
        return self._first

    async def ask(self, authority: str, scheme: str) -> str:
        """Call, and say how it was answered; raises `Obstacle` where that is not gRPC."""
        headers = {
            ":method": "POST",
            ":scheme": scheme,
            ":authority": authority,
            ":path": _PATH,
            "te": "trailers",
            "content-type": "application/grpc",
        }
        http = _greeted()
        http.send_headers(1, list(headers.items()))
        http.send_data(1, _EMPTY_MESSAGE, end_stream=True)
        await self._stream.send(http.data_to_send())
        data = self._first
        while True:
            for event in self._events(http, data):
                self._note(event)
                answer = _read(event)
                if answer:
                    return answer
            await self._stream.send(http.data_to_send())
            data = await self._stream.receive()
            if not data:
                raise Obstacle(_broken("it closes the connection during the call"))

    def unanswered(self, seconds: float) -> Finding:
        """The finding when the call is not answered within the time limit.

        Who speaks HTTP/2 acknowledges our SETTINGS at once, however long the answer takes.
        """
        if self._acknowledged:
            return too_slow(seconds)
        if self._heard > http2.first_frame_length(self._first) and not self._understood:
            return _broken("it sends invalid HTTP/2 frames")
        return http2.silence(seconds)

    def _note(self, event: "Event") -> None:
        from h2.events import RemoteSettingsChanged, SettingsAcknowledged  # noqa: PLC0415

        self._acknowledged |= isinstance(event, SettingsAcknowledged)
        self._understood += not isinstance(event, RemoteSettingsChanged)

    def _events(self, http: "H2Connection", data: bytes) -> "list[Event]":
        from h2.exceptions import ProtocolError  # noqa: PLC0415

        self._heard += len(data)
        if self._heard > _MOST_BYTES:
            raise Obstacle(_broken("it keeps sending without answering"))
        try:
            return http.receive_data(data)
        except ProtocolError as error:
            words = clean_bytes(str(error).encode())
            raise Obstacle(_broken(f"it violates HTTP/2: {words}")) from None


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


def _read(event: "Event") -> str | None:
    """What an event says of the call; None where it says nothing yet."""
    from h2.events import ConnectionTerminated, ResponseReceived, StreamReset  # noqa: PLC0415

    match event:
        case ResponseReceived():
            return _read_headers(dict(event.headers))
        case ConnectionTerminated():
            words = clean_bytes(event.additional_data or b"")
            raise Obstacle(_broken(f"it sends GOAWAY, error {event.error_code} {words}".rstrip()))
        case StreamReset():
            raise Obstacle(_broken(f"it resets the call, error {event.error_code}"))
        case _:
            return None


def _read_headers(headers: dict[bytes, bytes]) -> str:
    status, kind = headers.get(b":status", b""), headers.get(b"content-type", b"")
    if status == _OK and kind.startswith(b"application/grpc"):
        return "gRPC answers"
    server = clean_bytes(headers.get(b"server", b""))
    evidence = {
        "http_status": clean_bytes(status),
        "content_type": clean_bytes(kind),
        "server": server,
    }
    who = server or "an HTTP/2 server"
    with_kind = f", content type {evidence['content_type']}" if kind else ""
    summary = f"{who} answered with HTTP status {evidence['http_status']}{with_kind}, not with gRPC"
    raise Obstacle(finding(Cause.NOT_GRPC, summary, **evidence))


def too_slow(seconds: float) -> Finding:
    """The finding when gRPC is spoken, and `Connect` outlasts the time limit."""
    return finding(Cause.SLOW, f"the connection works, but Connect takes longer than {seconds:g} s")


def _broken(what: str) -> Finding:
    """Something that no cause names: the words of gRPC go with it."""
    return finding(Cause.RPC_FAILED, f"the server speaks HTTP/2, then {what}")

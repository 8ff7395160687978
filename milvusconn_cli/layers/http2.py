"""HTTP/2, as far as the first frame: a client's preface, a server's SETTINGS (RFC 9113, 3.4)."""

from milvusconn_cli.causes import Cause
from milvusconn_cli.layers.stream import Stream
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean_bytes

_EMPTY_SETTINGS = bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _EMPTY_SETTINGS
_HEADER_LENGTH = 9
_SETTINGS = 4
_GREETINGS = (
    (b"HTTP/1.", "an HTTP/1.1 server"),
    (b"SSH-", "an SSH server"),
    (b"-ERR", "a Redis server"),
    (b"220 ", "a mail or FTP server"),
)


async def greet(stream: Stream) -> bytes:
    """Send the preface; the first bytes that come back, `b""` where the peer just closes."""
    await stream.send(_PREFACE)
    answer = b""
    while len(answer) < _HEADER_LENGTH:
        piece = await stream.receive()
        if not piece:
            break
        answer += piece
        if answer[0] != 0:
            break  # no SETTINGS frame begins so: its length has three bytes
    return answer


def is_settings(answer: bytes) -> bool:
    """Whether the first bytes are a SETTINGS frame on stream 0 that acknowledges nothing."""
    return (
        len(answer) >= _HEADER_LENGTH
        and answer[3] == _SETTINGS
        and answer[4:_HEADER_LENGTH] == bytes(5)
    )


def something_else(answer: bytes) -> Finding:
    """The finding for a peer whose first bytes are not HTTP/2."""
    shown = clean_bytes(answer)
    who = next((name for start, name in _GREETINGS if answer.startswith(start)), "something")
    summary = f"{who} answers there, not gRPC: {shown}"
    return finding(Cause.NOT_HTTP2, summary, first_bytes=shown)


def silence(seconds: float) -> Finding:
    """The finding when a peer accepts and says nothing within the time limit."""
    return finding(Cause.SILENT, f"the connection is accepted, then {seconds:g} s of silence")

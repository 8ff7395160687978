"""HTTP/2 as far as the first frame: a client's preface, a server's SETTINGS (RFC 9113, 3.4)."""

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing import frames
from milvusconn_cli.probing.layers.stream import Stream
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean_bytes

PREFACE = frames.PREFACE + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""The connection preface and an empty SETTINGS frame: the least that a client says."""

_HEADER_LENGTH = 9
_SETTINGS = 4
_GREETINGS = (
    (b"HTTP/1.", "an HTTP/1.1 server"),
    (b"SSH-", "an SSH server"),
    (b"-ERR", "a Redis server"),
    (b"-DENIED", "a Redis server"),
    (b"220 ", "a mail or FTP server"),
    (b"220-", "a mail or FTP server"),
)


async def greet(stream: Stream) -> bytes:
    """Send the preface; the first bytes that come back, `b""` where the peer just closes."""
    await stream.send(PREFACE)
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


def first_frame_length(answer: bytes) -> int:
    """The length of the first frame, its header included, as that says itself."""
    return _HEADER_LENGTH + int.from_bytes(answer[:3], "big")


def something_else(answer: bytes, who: str | None = None) -> Finding:
    """The finding for a peer whose first bytes are not HTTP/2; `who` it is, where that is known."""
    shown = clean_bytes(answer)
    name = who or speaker(answer)
    summary = f"{name} answered, not gRPC: {shown}"
    return finding(Cause.NOT_HTTP2, summary, first_bytes=shown)


def speaker(answer: bytes) -> str:
    """Who begins to speak like this."""
    if _is_mysql_greeting(answer):
        return "a MySQL server"
    if _is_postgresql_error(answer):
        return "a PostgreSQL server"
    return next((name for start, name in _GREETINGS if answer.startswith(start)), "something")


def silence(seconds: float) -> Finding:
    """The finding when a peer accepts and says nothing within the time limit."""
    return finding(Cause.SILENT, f"connection accepted, then no response for {seconds:g} s")


def _is_mysql_greeting(answer: bytes) -> bool:
    """A packet of number 0: three bytes of length, then protocol 10 (or an error, 255)."""
    length = int.from_bytes(answer[:3], "little")
    return len(answer) > 4 and answer[3] == 0 and answer[4] in (10, 255) and 0 < length < 4096  # noqa: PLR2004 -- the protocol's own numbers


def _is_postgresql_error(answer: bytes) -> bool:
    """An ErrorResponse: `E`, its length, and a severity field first."""
    return answer[:1] == b"E" and answer[5:6] == b"S"

"""One gRPC call over HTTP/2 as bytes: what is sent, and what a server that is well answers. Pure.

It reads the plain case alone: headers, one message, trailers with status 0. Anything else is a
`Deviation`, which says nothing of the server: gRPC and the diagnosis make sense of it.
"""

from milvusconn_cli.probing.layers.call import Question, framed, headers_of

DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, CONTINUATION = (
    0, 1, 3, 4, 5, 6, 7, 9,
)  # fmt: skip
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _PRIORITY = 1, 1, 4, 8, 32
_STREAM = 1
_HEADER_LENGTH = 9
_PRIORITY_LENGTH = 5
_PREFIX_LENGTH = 5
"""Of a gRPC message: whether it is compressed, and its length."""
_LARGEST_FRAME = 16384
_MOST_BYTES = 65536
_NOT_INDEXED, _NEVER_INDEXED = b"\x00", b"\x10"
_LONGEST_SHORT = 127
_UNEXPECTED = frozenset((RST_STREAM, PUSH_PROMISE, GOAWAY, CONTINUATION))


class Deviation(Exception):  # noqa: N818 -- an outcome, not an error of this program
    """The answer is not the plain one; what it means is for others to say."""


def request(question: Question, scheme: str, seconds: float) -> bytes:
    """The whole call, to be sent once the server's SETTINGS have come; acknowledges them, too."""
    block = b"".join(
        _literal(name.encode(), value.encode())
        for name, value in headers_of(question, scheme, seconds)
    )
    if len(block) > _LARGEST_FRAME:
        raise Deviation("headers that do not fit into one frame")
    return (
        _frame(SETTINGS, _ACK, 0)
        + _frame(HEADERS, _END_HEADERS, _STREAM, block)
        + _frame(DATA, _END_STREAM, _STREAM, framed(question.message))
    )


class Answer:
    """The answer to the call, as its bytes come in."""

    def __init__(self) -> None:
        from hpack import Decoder  # noqa: PLC0415 -- only who asks again needs it

        self._decoder = Decoder()
        self._unread = b""
        self._heard = 0
        self._headers: dict[bytes, bytes] | None = None
        self._body = b""
        self.is_complete = False
        self.reply = b""
        """What is to be sent back: acknowledgements."""

    def feed(self, data: bytes) -> None:
        """Take in what the server sent; `Deviation` if it is not the plain answer."""
        self._heard += len(data)
        if self._heard > _MOST_BYTES:
            raise Deviation("too long")
        self._unread += data
        while not self.is_complete and len(self._unread) >= _HEADER_LENGTH:
            length = int.from_bytes(self._unread[:3], "big")
            if length > _LARGEST_FRAME:
                raise Deviation("a long frame")
            end = _HEADER_LENGTH + length
            if len(self._unread) < end:
                return
            frame, self._unread = self._unread[:end], self._unread[end:]
            self._take(frame[3], frame[4], frame[5:_HEADER_LENGTH], frame[_HEADER_LENGTH:])

    def taken_reply(self) -> bytes:
        """What is to be sent back, once."""
        reply, self.reply = self.reply, b""
        return reply

    @property
    def message(self) -> bytes:
        """The one message that came."""
        body = self._body
        length = int.from_bytes(body[1:_PREFIX_LENGTH], "big")
        if len(body) < _PREFIX_LENGTH or body[0] or len(body) != _PREFIX_LENGTH + length:
            raise Deviation("not one plain message")
        return body[_PREFIX_LENGTH:]

    def _take(self, kind: int, flags: int, stream: bytes, payload: bytes) -> None:
        if kind in _UNEXPECTED:
            raise Deviation(f"a frame of kind {kind}")
        if kind in (HEADERS, DATA):
            if int.from_bytes(stream, "big") != _STREAM:
                raise Deviation("another stream")
            if flags & _PADDED:
                raise Deviation("padding, which gRPC does not read either")
            if kind == DATA:
                self._take_data(payload, ended=bool(flags & _END_STREAM))
            else:
                self._take_headers(payload[_PRIORITY_LENGTH if flags & _PRIORITY else 0 :], flags)
        elif kind in (SETTINGS, PING) and not flags & _ACK:
            # The first SETTINGS are acknowledged by the call.
            self.reply += _frame(PING, _ACK, 0, payload) if kind == PING else b""

    def _take_data(self, payload: bytes, *, ended: bool) -> None:
        if self._headers is None or ended:
            raise Deviation("data without headers, or without trailers")
        self._body += payload

    def _take_headers(self, block: bytes, flags: int) -> None:
        from hpack import HPACKError  # noqa: PLC0415 -- the decoder's

        if not flags & _END_HEADERS:
            raise Deviation("headers in several frames")
        try:
            decoded = self._decoder.decode(block, raw=True)
        except HPACKError:
            raise Deviation("headers that cannot be read") from None
        fields = {bytes(field[0]): bytes(field[1]) for field in decoded}
        ended = bool(flags & _END_STREAM)
        if self._headers is None:
            kind = fields.get(b"content-type", b"")
            is_grpc = fields.get(b":status") == b"200" and kind.startswith(b"application/grpc")
            if ended or not is_grpc:
                raise Deviation("headers that are not those of gRPC")
            self._headers = fields
        elif ended and fields.get(b"grpc-status") == b"0":
            self.is_complete = True
        else:
            raise Deviation("trailers without status 0")


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame (RFC 9113, 4.1)."""
    head = len(payload).to_bytes(3, "big") + bytes((kind, flags))
    return head + stream.to_bytes(4, "big") + payload


def _literal(name: bytes, value: bytes) -> bytes:
    """A header field that nobody is to remember (RFC 7541, 6.2.2), and no proxy if it is secret."""
    first = _NEVER_INDEXED if name == b"authorization" else _NOT_INDEXED
    return first + _string(name) + _string(value)


def _string(text: bytes) -> bytes:
    """Its length, with a prefix of seven bits (RFC 7541, 5.1), and itself."""
    if len(text) < _LONGEST_SHORT:
        return bytes((len(text),)) + text
    encoded, rest = bytearray((_LONGEST_SHORT,)), len(text) - _LONGEST_SHORT
    while rest > _LONGEST_SHORT:
        encoded.append(rest & _LONGEST_SHORT | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded) + text

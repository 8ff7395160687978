"""HTTP/2 frames that pass by: what a connection's bytes say of its end. Pure."""

import struct
from typing import NamedTuple

from milvusconn_cli.text import clean_bytes

_HEADER = 9
_HEADERS, _GOAWAY = 1, 7
_GOAWAY_FIXED = 8
_MOST_KEPT = 512
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Goaway(NamedTuple):
    """The announcement that a connection ends."""

    code: int
    text: str


class Frames:
    """Reads one direction of a connection, as the bytes come."""

    def __init__(self, *, from_client: bool) -> None:
        self._buffer = b""
        self._skip = len(PREFACE) if from_client else 0
        self.calls = 0
        """How many streams were opened, or answered."""
        self.goaway: Goaway | None = None

    def feed(self, data: bytes) -> None:
        """Take in what was sent; the payload of frames that mean nothing here is not kept."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._buffer += data
        while len(self._buffer) >= _HEADER:
            length, kind = int.from_bytes(self._buffer[:3], "big"), self._buffer[3]
            wanted = min(length, _MOST_KEPT) if kind == _GOAWAY else 0
            if len(self._buffer) < _HEADER + wanted:
                return
            payload = self._buffer[_HEADER : _HEADER + wanted]
            rest = self._buffer[_HEADER : _HEADER + length]
            self._buffer = self._buffer[_HEADER + len(rest) :]
            self._skip = length - len(rest)
            if kind == _HEADERS:
                self.calls += 1
            elif kind == _GOAWAY and len(payload) >= _GOAWAY_FIXED:
                code = struct.unpack("!I", payload[4:8])[0]
                # The last one counts: the first of a graceful end says only that there is one.
                text = clean_bytes(payload[_GOAWAY_FIXED:])
                if self.goaway is None or text or code:
                    self.goaway = Goaway(code, text)

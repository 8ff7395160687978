"""HTTP/1.1, one GET: who it is that answers there instead of gRPC."""

import asyncio
import re
from contextlib import suppress
from typing import NamedTuple

from milvusconn_cli.probing.layers.stream import Stream
from milvusconn_cli.text import clean_bytes

_LONGEST_ANSWER = 65536
_BODY_SECONDS = 0.3
"""Who keeps the connection open names itself before: of its page, what comes by then is enough."""
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,9})[ \t]*\r?$")
_SERVER = re.compile(rb"(?im)^server:[ \t]*([^\r\n]*)")
_TITLE = re.compile(rb"(?is)<title[^>]*>(.*?)</title>")


class Page(NamedTuple):
    """An HTTP answer as far as it names who gave it; text cleaned for print."""

    status: str
    """Three digits; empty where the peer does not speak HTTP/1."""
    server: str
    title: str
    body: bytes

    @property
    def is_milvus_metrics(self) -> bool:
        """Whether it is the metrics page that every part of Milvus serves."""
        return self.status == "200" and b"\nmilvus_" in b"\n" + self.body


async def get(stream: Stream, host: str, path: str) -> Page:
    """The page at `path`; what comes beyond its length, 64 KiB or a moment is not waited for."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: */*\r\n\r\n"
    await stream.send(request.encode("ascii", "replace"))
    answer = bytearray()
    await _receive(stream, answer, until_head=True)
    with suppress(TimeoutError):
        async with asyncio.timeout(_BODY_SECONDS):
            await _receive(stream, answer, until_head=False)
    return read(bytes(answer))


async def _receive(stream: Stream, answer: bytearray, *, until_head: bool) -> None:
    """Add to `answer` what comes, until its head is complete, or all of it."""
    while len(answer) < _LONGEST_ANSWER:
        head, end, body = answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n") if end else None
        if end and (until_head or (length and len(body) >= int(length[1]))):
            return
        piece = await stream.receive()
        if not piece:
            return
        answer += piece


def read(answer: bytes) -> Page:
    """What an answer says of its server; empty texts where it is no HTTP/1 answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, server, title = _STATUS_LINE.match(head), _SERVER.search(head), _TITLE.search(body)
    return Page(
        status=status[1].decode() if status else "",
        server=clean_bytes(server[1]) if server else "",
        title=clean_bytes(title[1]) if title else "",
        body=body,
    )

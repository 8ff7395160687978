"""HTTP/1.1, one GET: who it is that answers there instead of gRPC."""

import re
from typing import NamedTuple

from milvusconn_cli.probing.layers.stream import Stream
from milvusconn_cli.text import clean_bytes

_LONGEST_ANSWER = 65536
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
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
    """The page at `path`; what a peer says beyond 64 KiB is not waited for."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: */*\r\n\r\n"
    await stream.send(request.encode("ascii", "replace"))
    answer = b""
    while len(answer) < _LONGEST_ANSWER:
        piece = await stream.receive()
        if not piece:
            break
        answer += piece
    return read(answer)


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

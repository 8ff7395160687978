"""Web servers that keep the connection open: named at once, by what they said."""

import asyncio
import re

import pytest

from milvusconn_cli.probing.layers import http1
from tests.conftest import Milvusconn
from tests.servers import faults

BODY = b"<title>Welcome</title>"
HEAD = b"HTTP/1.1 404 Not Found\r\nServer: openresty\r\n"
KEPT_OPEN = {
    "length": HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "chunks": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY)
    + BODY
    + b"\r\n0\r\n\r\n",
    "no length": HEAD + b"\r\n" + BODY,
    "too short": HEAD + b"Content-Length: 9999\r\n\r\n" + BODY,
}


@pytest.mark.parametrize("answer", KEPT_OPEN.values(), ids=KEPT_OPEN)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_status_and_server_are_kept(milvusconn: Milvusconn, answer: bytes, scheme: str) -> None:
    """Whatever says where the page ends, and also where nothing does."""
    with faults.banner(answer, after_first_bytes=True) as place:
        milvusconn("add", "web", "--uri", f"{scheme}://{place.address}")
        row = milvusconn("has", "web", "-o", "json").row

    assert row["status"] == "not-http2"
    assert re.search(r"openresty \(HTTP/1.1\) answered with status 404", row["summary"])


class Endless:
    """A peer that says one thing and never hangs up."""

    def __init__(self, answer: bytes) -> None:
        self._pieces = [answer[:30], answer[30:]]

    async def send(self, data: bytes) -> None:
        """Listen to no question."""

    async def receive(self) -> bytes:
        """What is left to say; then nothing, ever."""
        if not self._pieces:
            await asyncio.Event().wait()
        return self._pieces.pop(0)


def test_the_length_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No moment is waited for once the page is complete."""
    monkeypatch.setattr(http1, "_BODY_SECONDS", 3600)

    page = asyncio.run(http1.get(Endless(KEPT_OPEN["length"]), "h", "/"))

    assert (page.status, page.server, page.title) == ("404", "openresty", "Welcome")

"""A second look at a peer that did not answer as it should: a new connection, another language.

The first answer says that a layer gave way; which cause that is, only another question tells. Each
look is a connection of its own, over the same way (a proxy included) as the first.
"""

import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection import TlsFiles
from milvusconn_cli.layers import http1, http2, postgresql, tls
from milvusconn_cli.layers.certificate import Certificate
from milvusconn_cli.layers.stream import SocketStream
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.uri import TcpEndpoint, compose

Redial = Callable[[], Awaitable[SocketStream]]


class SecondLook:
    """Looks at one endpoint again."""

    def __init__(self, redial: Redial, endpoint: TcpEndpoint, files: TlsFiles) -> None:
        self._redial = redial
        self._endpoint = endpoint
        self._files = files

    @property
    def _host(self) -> str:
        return self._endpoint.host

    async def instead_of_http2(self, answer: bytes) -> Finding:
        """What a peer is that answered the plaintext preface with `answer`, or closed (empty)."""
        # Who does not take the preface may be waiting for a TLS hello.
        with await self._redial() as stream:
            if await tls.answers_hello(stream, self._host):
                return _other_scheme(Cause.TLS_REQUIRED, self._endpoint, tls=True)
        return await self._plaintext(answer)

    async def instead_of_tls(self, answer: bytes) -> Finding:
        """What a peer is that answered the TLS hello with `answer`, or with nothing (empty)."""
        with await self._redial() as stream:
            plain = await http2.greet(stream)
        if http2.is_settings(plain):
            return _other_scheme(Cause.TLS_UNEXPECTED, self._endpoint, tls=False)
        return await self._plaintext(plain or answer)

    async def _plaintext(self, answer: bytes) -> Finding:
        if answer.startswith(b"HTTP/1."):
            return await self._web_server(answer)
        if answer:
            return http2.something_else(answer)
        with await self._redial() as stream:
            if await postgresql.answers(stream):
                return http2.something_else(b"", "a PostgreSQL server")
        return finding(Cause.TCP_CLOSED)

    async def _web_server(self, answer: bytes) -> Finding:
        """Which web server it is: Milvus's own metrics, Attu, or whoever its header names."""
        with await self._redial() as stream:
            metrics = await http1.get(stream, self._host, "/metrics")
        if metrics.is_milvus_metrics:
            return http2.something_else(answer, "Milvus's metrics port (HTTP)")
        with await self._redial() as stream:
            front = await http1.get(stream, self._host, "/")
        if "attu" in front.title.lower():
            return http2.something_else(answer, "Attu, the web interface of Milvus,")
        named = f"{front.server} (HTTP/1.1)" if front.server else "an HTTP/1.1 server"
        seen = http2.something_else(answer, named)
        page = {"http_status": front.status, "server": front.server, "title": front.title}
        return finding(
            seen.cause, seen.summary, **seen.evidence, **{k: v for k, v in page.items() if v}
        )

    async def unverified(self, error: tls.Unverified) -> Finding:
        """Why the certificate does not hold, with what it says and who would trust it."""
        shown = await self.certificate()
        name = self._files.server_name or self._host
        found = tls.of_verification(error, shown, name)
        if found.cause is not Cause.TLS_UNTRUSTED or shown is None:
            return found
        if self._files.ca is None and await self._system_trusts(name):
            bundle = tls.system_bundle() or "FILE"
            advice = f"your system trusts this issuer, gRPC does not look there: --ca {bundle}"
            return finding(
                found.cause, found.summary, advice, **found.evidence, trusted_by_system="yes"
            )
        if not shown.self_signed and await self._shows_no_chain():
            advice = (
                "is that issuer a root? give it with --ca FILE; is it an intermediate? the server"
                " shows its own certificate alone, and must show its full chain"
            )
            return finding(found.cause, found.summary, advice, **found.evidence, shown_chain="1")
        return found

    async def certificate(self) -> Certificate | None:
        """The certificate that the peer shows, trusted or not."""
        with await self._redial() as stream:
            return await tls.shown_certificate(stream, self._host)

    async def _system_trusts(self, name: str) -> bool:
        with await self._redial() as stream, suppress(ssl.SSLError):
            return await tls.system_trusts(stream, name)
        return False

    async def _shows_no_chain(self) -> bool:
        """Whether the server shows its own certificate and none that leads from it to a root."""
        with await self._redial() as stream:
            return await tls.chain_length(stream, self._host) == 1


def _other_scheme(cause: Cause, endpoint: TcpEndpoint, *, tls: bool) -> Finding:
    return finding(cause, advice=f"use {compose(endpoint.host, endpoint.port, tls=tls)}")

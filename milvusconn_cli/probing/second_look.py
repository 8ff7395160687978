"""A second look at a peer that did not answer as it should: a new connection, another language.

The first answer says that a layer gave way; which cause that is, only another question tells. Each
look is a connection of its own, over the same way (a proxy included) as the first, and takes half
of the time that is left at most; a peer that does not answer it has said enough.
"""

import asyncio
import shlex
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.connection.tls_files import Pem
from milvusconn_cli.connection.uri import TcpEndpoint, compose
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.probing.layers import (
    Obstacle,
    certificate,
    http1,
    http2,
    postgresql,
    proxy_protocol,
    tls,
    tls_verdict,
)
from milvusconn_cli.probing.layers.certificate import Certificate
from milvusconn_cli.probing.layers.stream import SocketStream, Stream
from milvusconn_cli.report import Finding, finding

_MAY_NEED_A_NAME = (
    "check what is behind the port; a router that selects by SNI needs --server-name NAME"
)
_SILENT_TO_TLS = (
    "check whether the server is hung or suspended; a VPN or tunnel that loses large packets (MTU)"
    " also silences TLS"
)
_TLS_TWICE = "TLS ends at a proxy, which forwards plaintext to a server that requires TLS"
_TLS_TWICE_ADVICE = "make the proxy use TLS towards Milvus, or let it pass TLS through unchanged"
_CLOSED_AFTER_CERTIFICATE = (
    "the server asks for a client certificate, and closes the connection when it gets this one"
)
_TRUST_CERTIFICATE = "check that the server trusts the client certificate's issuer"
_CLOSED_AFTER_TLS_ADVICE = (
    "check what is behind the TLS proxy, and that the server trusts the client certificate, if any"
)

Seen = TypeVar("Seen")
Redial = Callable[[], Awaitable[SocketStream]]


class SecondLook:
    """Looks at one endpoint again."""

    def __init__(
        self,
        redial: Redial,
        endpoint: TcpEndpoint,
        files: TlsFiles,
        pem: Pem,
        deadline: Deadline,
    ) -> None:
        self._redial = redial
        self._pem = pem
        self._endpoint = endpoint
        self._files = files
        self._deadline = deadline

    @property
    def _host(self) -> str:
        return self._endpoint.host

    async def instead_of_http2(self, answer: bytes) -> Finding:
        """What a peer is that answered the plaintext preface with `answer`, or closed (empty)."""
        # A peer that rejects the preface may expect a TLS hello.
        if await self._look(lambda stream: tls.answers_hello(stream, self._host)):
            return _other_scheme(Cause.TLS_REQUIRED, self._endpoint, tls=True)
        return await self._plaintext(answer)

    async def instead_of_tls(self, answer: bytes) -> Finding:
        """What a peer is that answered the TLS hello with `answer`, or closed (empty)."""
        plain = await self._look(http2.greet) or b""
        if http2.is_settings(plain):
            return _other_scheme(Cause.TLS_UNEXPECTED, self._endpoint, tls=False)
        return await self._plaintext(plain or answer)

    async def after_silence(self) -> Finding:
        """What a peer is that says nothing to a TLS hello: it may be waiting for plaintext."""
        plain = await self._look(http2.greet)
        if not plain:
            silence = http2.silence(self._deadline.seconds)
            return finding(silence.cause, silence.summary, _SILENT_TO_TLS)
        if tls.may_begin_record(plain):
            summary = f"the TLS handshake does not end within {self._deadline.seconds:g} s"
            return finding(Cause.TLS_FAILED, summary, _SILENT_TO_TLS)
        return await self.instead_of_tls(plain)

    async def unverified(self, error: tls_verdict.Unverified) -> Finding:
        """Why the certificate does not hold, with what it says and who would trust it."""
        chain = await self._look(lambda stream: tls.shown_chain(stream, self._host)) or []
        shown = chain[0] if chain else None
        name = self._files.server_name or self._host
        given = certificate.of_pem(self._pem.ca) if self._pem.ca else []
        found = tls_verdict.of_verification(error, [*chain, *given], name)
        is_default = shown is not None and tls_verdict.is_ingress_default(shown)
        if found.cause is not Cause.TLS_UNTRUSTED or shown is None or is_default:
            return found
        if error.code == tls_verdict.BAD_SIGNATURE:
            return found
        if self._files.ca is not None:
            advice = f"{self._files.ca} does not contain its issuer: pass the issuer with --ca FILE"
            found = finding(found.cause, found.summary, advice, **found.evidence)
        return await self._trusted_elsewhere(found, name) or self._chain(found, shown, len(chain))

    async def _plaintext(self, answer: bytes) -> Finding:
        # Some web servers answer what is not HTTP/1 with a page alone, as HTTP/0.9 had it.
        if answer.startswith((b"HTTP/1.", b"<")):
            return await self._web_server(answer)
        if answer:
            return http2.something_else(answer)
        if await self._look(postgresql.answers):
            return http2.something_else(b"", "a PostgreSQL server")
        if await self._look(self._expects_proxy_protocol):
            return proxy_protocol.expected()
        if (
            self._endpoint.tls
            and not self._files.server_name
            and tls_verdict.is_address(self._host)
        ):
            return finding(Cause.TCP_CLOSED, advice=_MAY_NEED_A_NAME)
        return finding(Cause.TCP_CLOSED)

    async def after_tls(self, answer: bytes, *, asked: bool) -> Finding:
        """What a peer is that speaks TLS and then answers with `answer`, or closes (empty).

        One that agreed on HTTP/2 and then closes misses a client certificate, if it `asked` for
        one, or ends TLS for a server behind it.
        """
        if answer:
            return http2.something_else(answer)
        if asked and self._pem.cert is None:
            summary = "the server asks for a client certificate, and closes the connection without"
            return finding(Cause.TLS_CLIENT_CERT, summary)
        # One that says so when it misses a certificate would have said that it refuses this one.
        if asked and not await self._look(
            lambda stream: tls.demands_certificate(stream, self._host)
        ):
            return finding(Cause.TLS_CLIENT_CERT, _CLOSED_AFTER_CERTIFICATE, _TRUST_CERTIFICATE)
        if await self._look(self._answers_tls_within_tls):
            return finding(Cause.GATEWAY_UPSTREAM, _TLS_TWICE, _TLS_TWICE_ADVICE)
        summary = "TLS works, then the server closes the connection before any HTTP/2"
        return finding(Cause.NOT_HTTP2, summary, _CLOSED_AFTER_TLS_ADVICE)

    async def _expects_proxy_protocol(self, stream: Stream) -> bool:
        await stream.send(proxy_protocol.HEADER)
        if self._endpoint.tls:
            return await tls.answers_hello(stream, self._host)
        return http2.is_settings(await http2.greet(stream))

    async def _answers_tls_within_tls(self, stream: Stream) -> bool:
        context = await tls.verifying(self._pem, self._deadline.remaining() / 2)
        outer, _ = await tls.shake_hands(stream, self._files, context, self._host)
        return await tls.answers_hello(outer, self._host)

    async def _web_server(self, answer: bytes) -> Finding:
        """Which web server it is: Milvus's metrics port, Attu, or the one its header names."""
        metrics = await self._page("/metrics")
        if metrics.is_milvus_metrics:
            return http2.something_else(answer, "Milvus's metrics port (HTTP)")
        front = await self._page("/")
        if "attu" in front.title.lower():
            return http2.something_else(answer, "Attu, the web interface of Milvus,")
        seen = http2.something_else(answer, "a web server")
        page = {"http_status": front.status, "server": front.server, "title": front.title}
        told = {name: text for name, text in page.items() if text}
        if not told:
            return seen
        who = f"{front.server or 'a web server'} (HTTP/1.1)"
        summary = f"{who} answered with status {front.status or 'none'}, not gRPC"
        return finding(seen.cause, summary, **seen.evidence, **told)

    async def _page(self, path: str) -> http1.Page:
        page = await self._look(lambda stream: http1.get(stream, self._host, path))
        return page or http1.read(b"")

    async def _trusted_elsewhere(self, found: Finding, name: str) -> Finding | None:
        """The finding with the operating system's word for it, where its roots would do."""
        if self._files.ca is not None:
            return None
        seconds = self._deadline.remaining() / 2
        if not await self._look(lambda stream: tls.system_trusts(stream, name, seconds)):
            return None
        bundle = tls.system_bundle() or "FILE"
        advice = (
            "your system trusts this issuer, but gRPC does not use its certificates: pass --ca"
            f" {shlex.quote(bundle)}"
        )
        evidence = {**found.evidence, "trusted_by_system": "yes"}
        return finding(found.cause, found.summary, advice, **evidence)

    def _chain(self, found: Finding, shown: Certificate, length: int) -> Finding:
        """The finding with the advice for a server that may leave out its intermediate."""
        if shown.self_signed:
            return found
        if length != 1:
            return found
        advice = (
            "pass the root CA with --ca FILE; if it is an intermediate, the server must send"
            " its full chain"
        )
        return finding(found.cause, found.summary, advice, **found.evidence, shown_chain="1")

    async def _look(self, question: Callable[[Stream], Awaitable[Seen]]) -> Seen | None:
        """What one question brings on a new connection; None where it brings nothing in time."""
        with suppress(TimeoutError, Obstacle, ssl.SSLError):
            async with asyncio.timeout(self._deadline.remaining() / 2):
                with await self._redial() as stream:
                    return await question(stream)
        return None


def _other_scheme(cause: Cause, endpoint: TcpEndpoint, *, tls: bool) -> Finding:
    return finding(cause, advice=f"use {compose(endpoint.host, endpoint.port, tls=tls)}")

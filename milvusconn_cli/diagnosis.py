"""Why gRPC could not get through: the layers, climbed in order until one gives way.

The climb dials for itself, with plain sockets, the address that it looked up; what it learns on
the way up are steps, and where it ends is the cause. Who reaches the top finds nothing.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.connection import TlsFiles
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.layers import Obstacle, dns, http2, tcp, tls, unix
from milvusconn_cli.layers.certificate import Certificate
from milvusconn_cli.layers.stream import SocketStream, Stream
from milvusconn_cli.pem import Pem
from milvusconn_cli.report import Finding, Step, Verdict, finding
from milvusconn_cli.uri import TcpEndpoint, UnixEndpoint, compose

Built = TypeVar("Built")
Redial = Callable[[], Awaitable[SocketStream]]


class Climb:
    """One climb; `steps` holds what was tried so far, also while it is under way."""

    def __init__(
        self,
        endpoint: TcpEndpoint | UnixEndpoint,
        files: TlsFiles,
        pem: Pem,
        deadline: Deadline,
    ) -> None:
        self._endpoint = endpoint
        self._files = files
        self._pem = pem
        self._deadline = deadline
        self.steps: list[Step] = []

    async def run(self) -> Finding | None:
        """The cause, or None where every layer holds; over by the deadline."""
        try:
            match self._endpoint:
                case TcpEndpoint() as endpoint:
                    await self._from_name(endpoint)
                case UnixEndpoint(path):
                    await self._from_socket_file(path)
        except Obstacle as obstacle:
            return obstacle.finding
        return None

    async def _from_name(self, endpoint: TcpEndpoint) -> None:
        limit = self._deadline.seconds
        addresses = await self._step(
            Layer.DNS,
            dns.look_up(endpoint.host, endpoint.port),
            lambda: dns.no_answer(endpoint.host, limit),
        )
        connected = await self._step(
            Layer.TCP, tcp.connect(addresses), lambda: tcp.no_answer(addresses, limit)
        )

        async def redial() -> SocketStream:
            again, _ = await tcp.connect(addresses)
            return SocketStream(again)

        with SocketStream(connected) as stream:
            if endpoint.tls:
                await self._encrypted(stream, redial, endpoint)
            else:
                await self._plaintext(stream, redial, endpoint)

    async def _from_socket_file(self, path: str) -> None:
        limit = self._deadline.seconds
        connected = await self._step(
            Layer.UNIX, unix.connect(path), lambda: unix.no_answer(path, limit)
        )
        with SocketStream(connected) as stream:
            await self._step(Layer.HTTP2, _greet(stream), self._silence)

    async def _plaintext(self, stream: SocketStream, redial: Redial, endpoint: TcpEndpoint) -> None:
        async def greet() -> tuple[None, str]:
            try:
                return await _greet(stream)
            except Obstacle as obstacle:
                # Who does not take the preface may be waiting for a TLS hello.
                if await self._in_half_the_time(_answers_hello(redial, endpoint.host)):
                    raise Obstacle(_tls_required(endpoint)) from None
                raise obstacle from None

        await self._step(Layer.HTTP2, greet(), self._silence)

    async def _encrypted(self, stream: SocketStream, redial: Redial, endpoint: TcpEndpoint) -> None:
        async def shake_hands() -> tuple[tls.TlsStream, str]:
            hands = tls.shake_hands(stream, self._files, self._pem, endpoint.host)
            try:
                agreed = await self._in_half_the_time(hands)
            except tls.NotTls as other:
                raise Obstacle(await _instead_of_tls(redial, other.answer, endpoint)) from None
            except tls.Unverified as error:
                shown = await self._in_half_the_time(_certificate(redial, endpoint.host))
                name = self._files.server_name or endpoint.host
                raise Obstacle(tls.of_verification(error, shown, name)) from None
            if agreed is None:  # silent on a hello: is it waiting for plaintext?
                raise Obstacle(await _instead_of_tls(redial, b"", endpoint))
            return agreed

        encrypted = await self._step(Layer.TLS, shake_hands(), self._silence)
        await self._step(Layer.HTTP2, self._greet_encrypted(encrypted), self._silence)

    async def _in_half_the_time(self, work: Awaitable[Built]) -> Built | None:
        """`work` done, or None after half of the time left: the other half is for another look."""
        try:
            async with asyncio.timeout(self._deadline.remaining() / 2):
                return await work
        except TimeoutError:
            return None

    async def _greet_encrypted(self, stream: tls.TlsStream) -> tuple[None, str]:
        try:
            return await _greet(stream)
        except ssl.SSLError as error:
            # In TLS 1.3 a refused client certificate is told only after our side has finished.
            raise Obstacle(tls.of_alert(error, bytes(stream.heard), self._files)) from None
        except Obstacle as obstacle:
            if obstacle.finding.cause is Cause.TCP_CLOSED:
                summary = "TLS holds, then the peer closes without a byte of HTTP/2"
                raise Obstacle(finding(Cause.NOT_HTTP2, summary)) from None
            raise

    def _silence(self) -> Finding:
        return http2.silence(self._deadline.seconds)

    async def _step(
        self,
        layer: Layer,
        work: Awaitable[tuple[Built, str]],
        late: Callable[[], Finding],
    ) -> Built:
        """Await one layer within the deadline and note what became of it."""
        start = self._deadline.elapsed()

        def note(verdict: Verdict, detail: str) -> None:
            self.steps.append(Step(layer, verdict, detail, self._deadline.elapsed() - start))

        try:
            async with asyncio.timeout(self._deadline.remaining()):
                built, detail = await work
        except TimeoutError:
            note(Verdict.FAILED, late().summary)
            raise Obstacle(late()) from None
        except Obstacle as obstacle:
            note(Verdict.FAILED, obstacle.finding.summary)
            raise
        note(Verdict.HELD, detail)
        return built


async def _greet(stream: Stream) -> tuple[None, str]:
    answer = await http2.greet(stream)
    if http2.is_settings(answer):
        return None, "SETTINGS received"
    if not answer:
        raise Obstacle(finding(Cause.TCP_CLOSED))
    raise Obstacle(http2.something_else(answer))


async def _answers_hello(redial: Redial, host: str) -> bool:
    with await redial() as other:
        return await tls.answers_hello(other, host)


async def _certificate(redial: Redial, host: str) -> Certificate | None:
    with await redial() as other:
        return await tls.shown_certificate(other, host)


async def _instead_of_tls(redial: Redial, answer: bytes, endpoint: TcpEndpoint) -> Finding:
    """What a peer is that answered the TLS hello with `answer`: ask it in plaintext."""
    with await redial() as plain:
        try:
            await _greet(plain)
        except Obstacle as obstacle:
            if answer and obstacle.finding.cause is Cause.TCP_CLOSED:
                return http2.something_else(answer)
            return obstacle.finding
    corrected = compose(endpoint.host, endpoint.port, tls=False)
    return finding(Cause.TLS_UNEXPECTED, advice=f"use {corrected}")


def _tls_required(endpoint: TcpEndpoint) -> Finding:
    corrected = compose(endpoint.host, endpoint.port, tls=True)
    return finding(Cause.TLS_REQUIRED, advice=f"use {corrected}")

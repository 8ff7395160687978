"""Why gRPC could not get through: the layers, climbed in order until one gives way.

The climb dials for itself, with plain sockets, the address that it looked up; what it learns on
the way up are steps, and where it ends is the cause. Who reaches the top finds nothing.
"""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.connection.tls_files import Pem
from milvusconn_cli.connection.uri import TcpEndpoint, UnixEndpoint
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.probing.layers import (
    Obstacle,
    certificate,
    dns,
    http2,
    proxy,
    tcp,
    tls,
    tls_verdict,
    unix,
)
from milvusconn_cli.probing.layers.call import Question, Session
from milvusconn_cli.probing.layers.proxy import Proxy
from milvusconn_cli.probing.layers.stream import SocketStream, Stream
from milvusconn_cli.probing.second_look import Redial, SecondLook
from milvusconn_cli.report import Finding, Step, Verdict, finding

Built = TypeVar("Built")
_ROOTS_TOO_SLOW = "gRPC's root certificates could not be read in time"
_ROOTS_ADVICE = "pass the CA with --ca FILE, from a local disk"
_MAY_BE_OF_CLIENT_CERTIFICATE = frozenset(
    (Cause.TLS_CLIENT_CERT, Cause.TLS_FAILED, Cause.NOT_HTTP2, Cause.RPC_FAILED, Cause.TCP_CLOSED)
)
"""What a server does that refuses a client's certificate: an alert, or it just closes."""


class Diagnosis:
    """One climb; `steps` holds what was tried so far, also while it is under way."""

    def __init__(
        self,
        endpoint: TcpEndpoint | UnixEndpoint,
        files: TlsFiles,
        pem: Pem,
        question: Question,
        deadline: Deadline,
    ) -> None:
        self._endpoint = endpoint
        self._question = question
        self._files = files
        self._pem = pem
        self._deadline = deadline
        self.steps: list[Step] = []
        self._stream: SocketStream | None = None
        self.certificate: bytes | None = None
        """The server's certificate, DER, once a handshake held."""

    async def run(self) -> Finding | None:
        """The cause, or None where every layer holds; over by the deadline."""
        try:
            match self._endpoint:
                case TcpEndpoint() as endpoint:
                    await self._from_name(endpoint)
                case UnixEndpoint(path=path):
                    await self._from_socket_file(path)
        except Obstacle as obstacle:
            return self._of_client_certificate(obstacle.finding) or obstacle.finding
        return None

    def _of_client_certificate(self, found: Finding) -> Finding | None:
        """What is wrong with our own certificate, if the server may have refused it for that."""
        if self._pem.cert is None or found.cause not in _MAY_BE_OF_CLIENT_CERTIFICATE:
            return None
        own = certificate.of_pem(self._pem.cert)
        return tls_verdict.client_certificate_fault(own[0], found) if own else None

    async def _from_name(self, endpoint: TcpEndpoint) -> None:
        held = proxy.applying(os.environ, endpoint.host)
        if held:
            await self._over(await self._through_proxy(held, endpoint), endpoint)
            return
        limit = self._deadline.seconds
        addresses = await self._step(
            Layer.DNS,
            dns.look_up(endpoint.host, endpoint.port),
            lambda: dns.no_answer(endpoint.host, limit),
        )
        place = str(addresses[0][1][0])
        held = proxy.of_address(os.environ, place)
        if held:
            through = TcpEndpoint(host=place, port=endpoint.port, tls=endpoint.tls)
            await self._over(await self._through_proxy(held, through), endpoint)
        else:
            await self._to_any(addresses, endpoint)

    async def _to_any(self, addresses: list[dns.SocketAddress], endpoint: TcpEndpoint) -> None:
        """Climb at the address that connects first; where that ends, at the others, as gRPC does.

        Where no address holds, the first one has the cause.
        """
        below, left = self.steps, list(addresses)
        failed: list[tuple[Obstacle, list[Step]]] = []
        while left and (not failed or self._deadline.remaining()):
            self.steps = list(below)
            try:
                redial, used = await self._directly(left)
            except Obstacle as obstacle:
                failed.append((obstacle, self.steps))
                break
            left = [address for address in left if tcp.shown(address) != used]
            try:
                await self._over(redial, endpoint)
            except Obstacle as obstacle:
                failed.append((obstacle, self.steps))
            else:
                return
        first, self.steps = failed[0]
        raise first

    async def _over(self, redial: Redial, endpoint: TcpEndpoint) -> None:
        """Climb from a connection to the top."""
        look = SecondLook(redial, endpoint, self._files, self._pem, self._deadline)
        with await redial() as stream:
            self._stream = stream
            if endpoint.tls:
                await self._encrypted(stream, look, endpoint)
            else:
                await self._speak(stream, "http", look.instead_of_http2)

    async def _directly(self, addresses: list[dns.SocketAddress]) -> tuple[Redial, str]:
        """Connect to the first address that answers; how to do so again, and which one it is."""
        limit = self._deadline.seconds
        reached: list[str] = []

        dialing = tcp.Dialing(addresses)

        async def connected() -> tuple[SocketStream, str]:
            connection, place = await dialing.connect()
            reached.append(place)
            return SocketStream(connection), place

        def late() -> Finding:
            accepted = dialing.was_accepted
            return http2.silence(limit) if accepted else tcp.no_answer(addresses, limit)

        first = await self._step(Layer.TCP, connected(), late)
        (used,) = reached
        again = [address for address in addresses if tcp.shown(address) == used]
        return _redialling(first, lambda: _connected(again)), used

    async def _through_proxy(self, held: Proxy, endpoint: TcpEndpoint) -> Redial:
        """Open a tunnel; answers how to open another. The proxy looks the name up, not we."""

        async def tunnel() -> tuple[SocketStream, str]:
            try:
                addresses, _ = await dns.look_up(held.host, held.port)
                connected, _ = await tcp.connect(addresses)
            except Obstacle as obstacle:
                why = obstacle.finding
                raise Obstacle(proxy.unreachable(held, endpoint.address, why)) from None
            stream = SocketStream(connected)
            try:
                status = await proxy.open_tunnel(stream, held, endpoint.address)
            except BaseException:
                stream.close()
                raise
            return stream, f"{held.address} of ${held.variable}: {status}"

        first = await self._step(
            Layer.PROXY,
            tunnel(),
            lambda: proxy.no_answer(held, endpoint.address, self._deadline.seconds),
        )
        return _redialling(first, tunnel)

    async def _from_socket_file(self, path: str) -> None:
        limit = self._deadline.seconds
        connected = await self._step(
            Layer.UNIX, unix.connect(path), lambda: unix.no_answer(path, limit)
        )
        with SocketStream(connected) as stream:
            await self._speak(stream, "http", _as_it_is)

    async def _encrypted(
        self, stream: SocketStream, look: SecondLook, endpoint: TcpEndpoint
    ) -> None:
        encrypted = await self._step(
            Layer.TLS, self._shake_hands(stream, look, endpoint.host), self._silence
        )
        await self._speak(
            encrypted,
            "https",
            lambda answer: look.after_tls(answer, asked=encrypted.requests_certificate),
        )

    async def _shake_hands(
        self, stream: SocketStream, look: SecondLook, host: str
    ) -> tuple[tls.TlsStream, str]:
        try:
            context = await tls.verifying(self._pem, self._deadline.remaining() / 2)
        except TimeoutError:
            raise Obstacle(finding(Cause.CONFIG_PEM, _ROOTS_TOO_SLOW, _ROOTS_ADVICE)) from None
        try:
            # Half of the time: the other half is to ask who is silent on a hello.
            async with asyncio.timeout(self._deadline.remaining() / 2):
                encrypted, agreed = await tls.shake_hands(stream, self._files, context, host)
        except TimeoutError:
            raise Obstacle(self._lost() or await look.after_silence()) from None
        except tls.NotTls as other:
            raise Obstacle(await look.instead_of_tls(other.answer)) from None
        except tls_verdict.Unverified as error:
            raise Obstacle(await look.unverified(error)) from None
        self.certificate = encrypted.certificate
        return encrypted, agreed

    async def _speak(
        self,
        stream: Stream,
        scheme: str,
        instead: Callable[[bytes], Coroutine[Any, Any, Finding]],
    ) -> None:
        """HTTP/2, then gRPC; `instead` names a peer whose first bytes are another's."""

        async def greet() -> tuple[Session, str]:
            session = Session(stream)
            answer = await self._hear(session.greet())
            if http2.is_settings(answer):
                return session, "SETTINGS received"
            raise Obstacle(await instead(answer))

        async def ask(session: Session) -> tuple[None, str]:
            seconds = self._deadline.remaining()
            return None, await self._hear(session.ask(self._question, scheme, seconds))

        session = await self._step(Layer.HTTP2, greet(), self._silence)
        limit = self._deadline.seconds
        await self._step(Layer.GRPC, ask(session), lambda: session.unanswered(limit))

    async def _hear(self, words: Awaitable[Built]) -> Built:
        """What a peer says over TLS may be an alert: only in TLS 1.3 after our side is done."""
        try:
            return await words
        except ssl.SSLError as error:
            raise Obstacle(tls_verdict.of_alert(error, self._files, hello_came=True)) from None

    def _lost(self) -> Finding | None:
        """The finding if what was sent is lost on the way; None if it was acknowledged."""
        if self._stream is None or not self._stream.is_unacknowledged:
            return None
        return tcp.lost(self._endpoint.address)

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

        def note(verdict: Verdict, detail: str, at: Layer = layer) -> None:
            self.steps.append(
                Step(
                    layer=at,
                    verdict=verdict,
                    detail=detail,
                    seconds=self._deadline.elapsed() - start,
                )
            )

        try:
            async with asyncio.timeout(self._deadline.remaining()):
                built, detail = await work
        except TimeoutError:
            found = self._lost() or late()
            # Who takes a call over HTTP/2 and then thinks is Milvus, not the layer below it.
            note(
                Verdict.FAILED, found.summary, Layer.MILVUS if found.cause is Cause.SLOW else layer
            )
            raise Obstacle(found) from None
        except Obstacle as obstacle:
            note(Verdict.FAILED, obstacle.finding.summary)
            raise
        note(Verdict.PASSED, detail)
        return built


def _redialling(
    first: SocketStream, dial: Callable[[], Awaitable[tuple[SocketStream, str]]]
) -> Redial:
    """How to connect again: what is connected already comes first."""
    ready = [first]

    async def redial() -> SocketStream:
        return ready.pop() if ready else (await dial())[0]

    return redial


async def _connected(addresses: list[dns.SocketAddress]) -> tuple[SocketStream, str]:
    connected, place = await tcp.connect(addresses)
    return SocketStream(connected), place


async def _as_it_is(answer: bytes) -> Finding:
    return http2.something_else(answer) if answer else finding(Cause.TCP_CLOSED)

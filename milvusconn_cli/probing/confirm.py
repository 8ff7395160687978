"""Probes of the same targets again and again: what was found is confirmed, if that is possible.

A full probe brings up a gRPC channel, which costs several times what the question does. Where the
last one was established, or refused by TCP, the next rounds first ask the same over a plain socket:
the same dial, the same call, the same answer. That can only confirm. Whatever is different, missing
or late, and every tenth round, is left to a full probe, whose verdict counts.
docs/decisions/confirming.md says why.
"""

import asyncio
import os
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.connection.settings import DEFAULT_DATABASE
from milvusconn_cli.connection.target import Target
from milvusconn_cli.connection.uri import TcpEndpoint, UnixEndpoint
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.probing import answers, one_call, protobuf
from milvusconn_cli.probing.dial import Dial
from milvusconn_cli.probing.layers import Obstacle, dns, http2, proxy, tcp, tls, tls_verdict
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.probing.layers.stream import SocketStream, Stream
from milvusconn_cli.probing.one_call import Answer, Deviation
from milvusconn_cli.probing.probe import Probe, probe
from milvusconn_cli.report import Finding, Report, Server, Verdict

IN_A_ROW = 9
"""Rounds that may be confirmed after a full probe; so many are not tried after one that failed."""
_PATIENCE = 0.25
"""Seconds that a confirmation may take, and twice what the full probe took; then there is doubt."""


@dataclass
class _Known:
    """What the last full probe of a target found."""

    dial: Dial | None = None
    """How; None where nothing can be confirmed."""
    found: Server | Finding | None = None
    seconds: float = 0.0
    certificate: bytes | None = None
    """DER, as our own handshake saw it before a full probe that was established."""
    left: int = 0
    """How many rounds may be confirmed."""
    resting: int = 0
    """How many full probes are left until a confirmation is tried again."""


class Confirming:
    """Probes as `probe` does, at lower cost where a target was probed before."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Target, _Known] = WeakKeyDictionary()

    async def __call__(self, target: Target, limit: float | None, engines: Engines) -> Report:
        """One report."""
        if not isinstance(target.connection.endpoint, TcpEndpoint):
            return await probe(target, limit, engines)
        known = self._known.setdefault(target, _Known())
        return await _Confirming(target, limit, engines, known).report()


class _Confirming(Probe):
    """One probe, which may be a confirmation."""

    def __init__(
        self, target: Target, limit: float | None, engines: Engines, known: _Known
    ) -> None:
        super().__init__(target, limit, engines)
        self._known = known
        self._doubted = False

    async def reach(self, endpoint: TcpEndpoint | UnixEndpoint, dial: Dial) -> Server:
        self.dialled_at = self.deadline.elapsed()
        found = await self._confirmed(endpoint, dial)
        if isinstance(found, Server):
            version = found.version or "unknown"
            self.note(Layer.MILVUS, Verdict.PASSED, f"Connect succeeded again, version {version}")
            return found
        if found is not None:
            self.note(Layer.TCP, Verdict.FAILED, f"still: {found.summary}")
            raise Obstacle(found)
        try:
            server = await super().reach(endpoint, dial)
        except Obstacle as obstacle:
            self._remember(dial, obstacle.finding)
            raise
        self._remember(dial, server)
        return server

    def _remember(self, dial: Dial, found: Server | Finding) -> None:
        known = self._known
        if isinstance(found, Server) or found.cause is Cause.TCP_REFUSED:
            # Who could not be confirmed for no reason that counts is not asked twice every time.
            in_vain = self._doubted and found == known.found
            known.resting = IN_A_ROW if in_vain else max(0, known.resting - 1)
            known.left = 0 if known.resting else IN_A_ROW
            known.dial, known.found = dial, found
            known.seconds = self.deadline.elapsed() - self.dialled_at
        else:
            known.dial = known.found = None

    async def _confirmed(
        self, endpoint: TcpEndpoint | UnixEndpoint, dial: Dial
    ) -> Server | Finding | None:
        """What was found before, if it still holds; None if that is not sure."""
        known = self._known
        found = known.found
        if known.left <= 0 or dial != known.dial or not isinstance(endpoint, TcpEndpoint):
            return None
        known.left -= 1
        try:
            async with asyncio.timeout(min(_PATIENCE + 2 * known.seconds, self._spare())):
                addresses, _ = await dns.look_up(endpoint.host, endpoint.port)
                if _is_proxied(endpoint, addresses):
                    return None
                if isinstance(found, Server):
                    return await self._asked_again(endpoint, addresses, dial, found)
                connected, _ = await tcp.connect(addresses)
                connected.close()
        except Obstacle as obstacle:
            if isinstance(found, Finding) and _is_same(found, obstacle.finding):
                return obstacle.finding
        except _DOUBTS:  # TimeoutError is an OSError
            pass
        self._doubted = True
        return None

    def _spare(self) -> float:
        """Seconds that leave a full probe at least half of the time."""
        return self.deadline.remaining() / 2

    async def _asked_again(
        self,
        endpoint: TcpEndpoint,
        addresses: list[dns.SocketAddress],
        dial: Dial,
        before: Server,
    ) -> Server | None:
        """The server, if it says the same; None if only its certificate is not known yet."""
        with await _connected(addresses) as plain:
            stream: Stream = plain
            if endpoint.tls:
                files = self.connection.tls_files
                context = await tls.verifying(dial.pem, self._spare())
                encrypted, _ = await tls.shake_hands(plain, files, context, endpoint.host)
                if encrypted.certificate != self._known.certificate:
                    # gRPC has the first word on it, in the full probe that follows.
                    self._known.certificate = encrypted.certificate
                    return None
                stream = encrypted
            message = await _ask(stream, dial, self.deadline.remaining())
        answer = protobuf.read_connect(message)
        named = answers.names_its_version(answer.server)
        said = answers.server(answer.server, "" if named else before.version)
        needs_more = answers.is_lite(answer.server) and dial.database not in (
            None,
            DEFAULT_DATABASE,
        )
        if not answer.status.ok or said != before or needs_more:
            raise Deviation("another answer")
        return before


_DOUBTS = (
    Deviation,
    tls.NotTls,
    tls_verdict.Unverified,
    # What gRPC can do without, Python's ssl may not: a name, a file, an alert.
    OSError,
    ValueError,
    ConfigError,
)


async def _ask(stream: Stream, dial: Dial, seconds: float) -> bytes:
    """Call `Connect` as the attempt does, and in its order; the message of the answer."""
    from milvusconn_cli.probing.attempt import question_of  # noqa: PLC0415 -- brings grpc

    first = await http2.greet(stream)
    if not http2.is_settings(first):
        raise Deviation("no SETTINGS")
    call = one_call.request(question_of(dial), "https" if dial.tls else "http", seconds)
    await stream.send(call)
    answer = Answer()
    answer.feed(first)
    while not answer.is_complete:
        data = await stream.receive()
        if not data:
            raise Deviation("closed")
        answer.feed(data)
        if answer.reply and not answer.is_complete:
            await stream.send(answer.taken_reply())
    return answer.message


async def _connected(addresses: list[dns.SocketAddress]) -> SocketStream:
    """A connection to the first address that accepts, one after the other, as gRPC goes."""
    for number, address in enumerate(addresses, 1):
        try:
            connected, _ = await tcp.connect([address])
        except Obstacle:
            if number == len(addresses):
                raise
        else:
            return SocketStream(connected)
    raise Deviation("no address")


def _is_proxied(endpoint: TcpEndpoint, addresses: list[dns.SocketAddress]) -> bool:
    held = proxy.applying(os.environ, endpoint.host)
    return held is not None or any(
        proxy.of_address(os.environ, str(place[0])) for _, place in addresses
    )


def _is_same(one: Finding, other: Finding) -> bool:
    """Whether both are refusals by the same addresses, in whatever order these answered."""
    return one.cause is other.cause and _places(one) == _places(other)


def _places(refusal: Finding) -> list[str]:
    return sorted(refusal.evidence.get("addresses", "").replace(" and ", ", ").split(", "))

"""One connection → one Report: attempt it; where that fails, diagnose it.

The only place where a time limit is made. A probe that fails is a value; an exception that nobody
foresaw goes up as it is, since it is this program that is broken then and not the server.
"""

import asyncio
import os
from contextlib import suppress
from dataclasses import replace

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.connection import client_reading
from milvusconn_cli.connection import tls_files as pem
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT, TlsFiles
from milvusconn_cli.connection.target import Target, of_config_error
from milvusconn_cli.connection.tls_files import Pem
from milvusconn_cli.connection.uri import LiteEndpoint, TcpEndpoint, UnixEndpoint, parse
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import ConfigError, PemError
from milvusconn_cli.probing import advice
from milvusconn_cli.probing.answers import of_lost_connection, of_resolvers, unexplained
from milvusconn_cli.probing.dial import Accepted, Dial, Outcome, Refused, Unexplained
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.probing.layers.call import too_slow
from milvusconn_cli.probing.layers.local import Engines, Started
from milvusconn_cli.report import Finding, Report, Server, Step, Verdict, finding
from milvusconn_cli.secrets.fetch import fetch
from milvusconn_cli.secrets.reference import Reference, Secret
from milvusconn_cli.system import environment_info
from milvusconn_cli.system.threads import in_daemon_thread

_PROVED = frozenset(cause for cause in Cause if cause.layer in (Layer.TLS, Layer.UNIX)) | {
    Cause.TCP_REFUSED,
    Cause.NOT_HTTP2,
    Cause.NOT_GRPC,
    Cause.GATEWAY_UPSTREAM,
    Cause.GATEWAY_DENIED,
    Cause.STOPPING,
    Cause.RPC_FAILED,
}
"""What the peer itself has said: gRPC would not fare better. All else, time above all, is left to
the attempt, which has the last word."""

WAITED = frozenset({Cause.DNS_UNAVAILABLE, Cause.TCP_TIMEOUT, Cause.SILENT, Cause.SLOW})
"""Causes that say no more than that time ran out."""

_CIPHERS_VARIABLE = "GRPC_SSL_CIPHER_SUITES"
_PATIENCE = 0.25
"""Seconds that an attempt waits before the diagnosis starts in parallel."""


async def probe(target: Target, limit: float | None, engines: Engines) -> Report:
    """Whether a client with these settings gets a successful `Connect` now, and if not, why.

    `limit` in seconds goes before the alias's own; None leaves it to the alias.
    """
    return await Probe(target, limit, engines).report()


def limit_of(target: Target, limit: float | None) -> float:
    """The seconds that a probe of `target` may take; `limit` goes before the alias's own."""
    return limit or target.connection.timeout or DEFAULT_TIMEOUT


class Probe:
    """One probe under way: its connection, its deadline, the steps so far."""

    def __init__(self, target: Target, limit: float | None, engines: Engines) -> None:
        self.subject = target.subject
        self.connection = target.connection
        self.deadline = Deadline(limit_of(target, limit))
        self._engines = engines
        self._engine: Started | None = None
        self._may_create = target.create
        self.steps: list[Step] = []
        self.dialled_at = 0.0
        self.certificate: bytes | None = None
        """The server's certificate, DER, once a handshake of ours succeeded."""
        self._reading_files = 0.0
        """Seconds that the TLS files took."""
        self._sent: list[Secret] = []
        self.warnings: list[str] = list(advice.of_settings(target.connection))

    async def report(self) -> Report:
        """Attempt, diagnose, and put together what came of it."""
        server: Server | None = None
        cause: Finding | None = None
        try:
            server = await self.establish()
        except Obstacle as obstacle:
            cause = obstacle.finding
        except ConfigError as error:
            cause = of_config_error(error)
        finally:
            await self._let_go()
        if cause is not None:
            from milvusconn_cli.probing import secret_shape  # noqa: PLC0415 -- only failures
            from milvusconn_cli.probing.layers import proxy  # noqa: PLC0415 -- only failures

            name = "token" if self.connection.token else "password"
            cause = secret_shape.described(self._fair(cause), self._sent, name)
            if cause.cause is Cause.DB_MISSING:
                self.warnings.append(client_reading.NOTICES_LATER)
            cause = advice.advised(
                cause,
                self.connection,
                environment_info.container(),
                proxy.ignored(os.environ),
            )
        report = Report(
            subject=self.subject,
            finding=cause,
            server=server,
            steps=tuple(self.steps),
            warnings=tuple(self.warnings),
            seconds=self.deadline.elapsed(),
        )
        return self.redacted(report)

    def redacted(self, report: Report) -> Report:
        """The report without the secrets that were sent, should the peer have said them back."""
        if not self._sent:
            return report
        from milvusconn_cli.probing.redaction import redacted  # noqa: PLC0415 -- only who sends a secret

        return redacted(report, self.connection.user, self._sent)

    async def _let_go(self) -> None:
        if self._engine is not None:
            await self._engines.release(self._engine)

    def _fair(self, cause: Finding) -> Finding:
        """Not the server's fault, where most of the time was gone before it was dialled."""
        if cause.cause not in WAITED or self.dialled_at < self.deadline.seconds / 2:
            return cause
        gone = f"{self.dialled_at:.1f} s of {self.deadline.seconds:g} s had passed before Milvus"
        advice = "allow more time with --timeout SECONDS"
        if isinstance(self.connection.endpoint, LiteEndpoint):
            summary = f"Milvus Lite took too long to start: {gone} was asked"
            return finding(Cause.LITE_ENGINE, summary, advice)
        if self._reading_files > self.dialled_at / 2:
            summary = f"the TLS files took too long to read: {gone} was asked"
            return finding(Cause.CONFIG_PEM, summary, advice, then=cause.cause.label)
        if not self._sent:
            return cause
        summary = f"a secret took too long to fetch: {gone} was asked"
        return finding(Cause.CONFIG_SECRET, summary, advice, then=cause.cause.label)

    async def establish(self) -> Server:
        """The server, once it accepts; raises `Obstacle` with the cause where it does not."""
        endpoint = await self.endpoint()
        return await self.reach(endpoint, await self.dial(endpoint))

    async def reach(self, endpoint: TcpEndpoint | UnixEndpoint, dial: Dial) -> Server:
        """The same, with everything at hand that a client would dial with."""
        # Imported here: gRPC is loaded while an engine starts.
        from milvusconn_cli.probing.attempt import attempt  # noqa: PLC0415

        self.dialled_at = self.deadline.elapsed()
        attempting = asyncio.create_task(attempt(dial, self.deadline))
        try:
            await asyncio.wait({attempting}, timeout=min(_PATIENCE, self.deadline.remaining() / 4))
            if attempting.done() and not isinstance(attempting.result(), Unexplained):
                return self._server_of(attempting.result())
            return await self._establish_or_explain(attempting, endpoint, dial)
        finally:
            await _cancel(attempting)

    async def _establish_or_explain(
        self,
        attempting: asyncio.Task[Outcome],
        endpoint: TcpEndpoint | UnixEndpoint,
        dial: Dial,
    ) -> Server:
        """Climb beside an attempt that waits, or after one that failed."""
        # Imported here: what is established needs no explanation.
        from milvusconn_cli.probing.attempt import question_of  # noqa: PLC0415
        from milvusconn_cli.probing.diagnosis import Diagnosis  # noqa: PLC0415

        climb = Diagnosis(
            endpoint, self.connection.tls_files, dial.pem, question_of(dial), self.deadline
        )
        climbing = asyncio.create_task(climb.run())
        try:
            await asyncio.wait({attempting, climbing}, return_when=asyncio.FIRST_COMPLETED)
            if attempting.done() and not isinstance(attempting.result(), Unexplained):
                return self._server_of(attempting.result())
            obstacle = await climbing
            self.steps.extend(climb.steps)
            self.certificate = climb.certificate
            if obstacle is not None:
                await self._await_last_word(attempting, obstacle)
            return await self.in_the_light_of(obstacle, await attempting, dial)
        finally:
            await _cancel(climbing)

    async def _await_last_word(self, attempting: asyncio.Task[Outcome], obstacle: Finding) -> None:
        """Leave it to the attempt, unless the peer has said what gRPC cannot get past."""
        if obstacle.cause is Cause.RPC_FAILED:
            # A peer that breaks HTTP/2's own rules: gRPC says so at once, or never.
            await asyncio.wait({attempting}, timeout=_PATIENCE)
        if not attempting.done() and obstacle.cause in _PROVED:
            raise Obstacle(obstacle)

    async def in_the_light_of(
        self, obstacle: Finding | None, outcome: Outcome, dial: Dial
    ) -> Server:
        """What an attempt's end means, now that the climb's is known too."""
        if not isinstance(outcome, Unexplained):
            return self._server_of(outcome)
        ciphers = os.environ.get(_CIPHERS_VARIABLE)
        if ciphers and "create security handshaker" in outcome.details:
            summary = f"gRPC cannot use the ciphers of ${_CIPHERS_VARIABLE}"
            raise Obstacle(finding(Cause.TLS_FAILED, summary, f"unset ${_CIPHERS_VARIABLE}"))
        self._check_tls_of_grpc(obstacle, outcome.details)
        if obstacle is None:
            # Every layer holds: a server may have come up in between, so it is asked once more.
            from milvusconn_cli.probing.attempt import attempt  # noqa: PLC0415 -- is there already

            again = await attempt(dial, self.deadline) if self.deadline.remaining() else outcome
            return self._server_of(again)
        if obstacle.cause is Cause.RPC_FAILED:
            return self._server_of(outcome, obstacle.summary)
        raise Obstacle(obstacle)

    def _check_tls_of_grpc(self, obstacle: Finding | None, details: str) -> None:
        """Raise `Obstacle` if gRPC failed at a handshake that ours got through."""
        is_above = obstacle is None or obstacle.cause.layer in (Layer.HTTP2, Layer.GRPC)
        if self.certificate is None or not is_above or "handshake failed" not in details:
            return
        from milvusconn_cli.probing.layers import tls_verdict  # noqa: PLC0415 -- only failures

        found = tls_verdict.not_for_grpc(self.certificate, details)
        self.note(Layer.TLS, Verdict.FAILED, found.summary)
        raise Obstacle(found)

    def _server_of(self, outcome: Outcome, seen: str | None = None) -> Server:
        """The server that accepted, else the obstacle, noted as a step either way.

        `seen` is what the climb saw that no cause names.
        """
        match outcome:
            case Accepted(server):
                if self._engine is not None:
                    server = _embedded(server, self._engine)
                detail = f"Connect succeeded, version {server.version or 'unknown'}"
                self.note(Layer.MILVUS, Verdict.PASSED, detail)
                return server
            case Refused(refusal):
                if not self._tells_of_grpc(refusal):
                    self.note(Layer.GRPC, Verdict.PASSED, "Milvus answered")
                self.note(refusal.cause.layer, Verdict.FAILED, refusal.summary)
                raise Obstacle(refusal)
            case Unexplained(code, details):
                late = code == "DEADLINE_EXCEEDED" and not self.deadline.remaining()
                seconds = self.deadline.seconds
                open_end = (
                    too_slow(seconds)
                    if late and not seen
                    else of_resolvers(details)
                    or (None if seen else of_lost_connection(details))
                    or unexplained(code, details, seen)
                )
                self.note(open_end.cause.layer, Verdict.FAILED, open_end.summary)
                raise Obstacle(open_end)

    def _tells_of_grpc(self, refusal: Finding) -> bool:
        """Whether the refusal, or a step of a climb, is about gRPC itself."""
        told = [refusal.cause.layer, *(step.layer for step in self.steps)]
        return Layer.GRPC in told

    def note(self, layer: Layer, verdict: Verdict, detail: str) -> None:
        """Add a step, timed from the dial on."""
        seconds = self.deadline.elapsed() - self.dialled_at
        self.steps.append(Step(layer=layer, verdict=verdict, detail=detail, seconds=seconds))

    async def endpoint(self) -> TcpEndpoint | UnixEndpoint:
        """Where gRPC dials: for a `.db`, where its engine listens."""
        endpoint = self.connection.endpoint
        if not isinstance(endpoint, LiteEndpoint):
            return endpoint
        try:
            self._engine = await self._engines.start(
                endpoint.path, self.deadline, create=self._may_create
            )
        except Obstacle as obstacle:
            self.note(Layer.LOCAL, Verdict.FAILED, obstacle.finding.summary)
            raise
        if self._engine.created:
            why = self._engine.created
            self.warnings.append(f"{endpoint.path} {why}; Milvus Lite created a database")
        self.note(Layer.LOCAL, Verdict.PASSED, f"{self._engine.label} started")
        local = parse(self._engine.uri, endpoint.path.parent).endpoint
        if isinstance(local, LiteEndpoint):
            raise TypeError(f"Milvus Lite answers with a path: {self._engine.uri}")
        return local

    async def dial(self, endpoint: TcpEndpoint | UnixEndpoint) -> Dial:
        """The settings as gRPC takes them, files read and secrets fetched."""
        connection = self.connection
        return Dial(
            target=endpoint.address,
            tls=isinstance(endpoint, TcpEndpoint) and endpoint.tls,
            pem=await self._pem(tls=isinstance(endpoint, TcpEndpoint) and endpoint.tls),
            server_name=connection.tls_files.server_name,
            user=connection.user,
            password=await self._secret(connection.password),
            token=await self._secret(connection.token),
            database=connection.database,
            embedded=self._engine is not None,
        )

    async def _pem(self, *, tls: bool) -> Pem:
        """The TLS files, read in a thread: a pipe or a lost mount would block the event loop."""
        files = self.connection.tls_files
        default_roots = tls and files.ca is None and pem.ROOTS_VARIABLE in os.environ
        if files == TlsFiles() and not default_roots:
            return pem.NO_FILES

        def load() -> Pem:
            if default_roots:
                pem.check_default_roots()
            return pem.load(files)

        before = self.deadline.elapsed()
        try:
            async with asyncio.timeout(self.deadline.remaining()):
                return await in_daemon_thread(load)
        except TimeoutError:
            raise PemError("the TLS files could not be read in time") from None
        finally:
            self._reading_files = self.deadline.elapsed() - before

    async def _secret(self, reference: Reference | None) -> Secret | None:
        if reference is None:
            return None
        secret = await fetch(reference, self.deadline)
        self._sent.append(secret)
        return secret


def _embedded(server: Server, engine: Started) -> Server:
    """How Milvus Lite describes itself; version 2 does not, so it is what was started."""
    return replace(
        server,
        version=server.version or engine.version,
        deploy_mode=server.deploy_mode or "embedded",
    )


async def _cancel(task: asyncio.Task[object]) -> None:
    """End a task that nobody waits for any more, and hear it out."""
    if task.done():
        return
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

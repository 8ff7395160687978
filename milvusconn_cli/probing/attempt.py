"""What a client would meet: one gRPC channel, one `Connect`. grpc lives here and nowhere else.

The verdict is gRPC's, made with exactly the settings that a client uses: its resolver, its
proxies, its roots. Why it could not get through is asked of `diagnosis`, not of its words.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import NamedTuple

import grpc
from grpc import aio

from milvusconn_cli._version import __version__
from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import DEFAULT_DATABASE
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.probing import answers, protobuf
from milvusconn_cli.probing.dial import Accepted, Dial, Outcome, Refused, Unexplained
from milvusconn_cli.probing.layers.call import Question
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.system import limits
from milvusconn_cli.system.environment_info import resident_bytes
from milvusconn_cli.text import clean

_GRACE_SECONDS = 0.1
_LOOK_SECONDS = 0.02
_MOST_GROWTH = 32 << 20
"""Bytes that the process may grow by while one attempt waits; gRPC's largest answer has 4 MB."""
_FLOOD = "the server floods the connection with frames instead of answering"
_TOO_LATE = "no time left to ask"
_SERVICE = "/milvus.proto.milvus.MilvusService/"
_USER_AGENT = f"milvusconn/{__version__}"
_OPTIONS: Sequence[tuple[str, str | int]] = (
    # A failed channel repeats its old error from back-off; each attempt asks anew.
    ("grpc.use_local_subchannel_pool", 1),
    # With retries a server that says GOAWAY at once costs a gigabyte and all the time there is.
    ("grpc.enable_retries", 0),
    ("grpc.primary_user_agent", _USER_AGENT),
)


_REQUEST = protobuf.connect_request("milvusconn", __version__)

owns_process = ContextVar("owns_process", default=True)
"""Whether the process does nothing but probe, so that it grows by what a peer sends alone."""

_under_way: set["asyncio.Task[Outcome]"] = set()
"""The attempts of this process that have no outcome yet."""


async def attempt(dial: Dial, deadline: Deadline) -> Outcome:
    """Open a channel, say `Connect`, close it; over by the deadline."""
    try:
        async with _opened(dial, deadline) as channel:
            connecting = asyncio.create_task(_Calls(channel, dial, deadline).connect())
            _under_way.add(connecting)
            try:
                if await _flooded(connecting):
                    return Unexplained("INTERNAL", _FLOOD)
                return await connecting
            finally:
                _under_way.discard(connecting)
                connecting.cancel()
    except TimeoutError:
        return Unexplained("DEADLINE_EXCEEDED", "gRPC itself did not end the call in time")


async def _flooded(connecting: asyncio.Task[Outcome]) -> bool:
    """Wait for the attempt; True as soon as its peer makes gRPC take more memory than any answer.

    gRPC reads frames that mean nothing to it (unknown ones, PRIORITY) as fast as they come, and
    keeps what it has read for a while: half a gigabyte in a second. No option of it bounds that.
    Only of an attempt that is alone: among several, nobody can tell whose peer it is.
    """
    if not owns_process.get():
        await asyncio.wait({connecting})
        return False
    allowed = resident_bytes() + _MOST_GROWTH
    while True:
        await asyncio.wait({connecting}, timeout=_LOOK_SECONDS)
        if connecting.done():
            return False
        if len(_under_way) > 1:
            allowed = resident_bytes() + _MOST_GROWTH
        elif resident_bytes() > allowed:
            return True


class Keepalive(NamedTuple):
    """When a client asks whether its connection still works; the values are pymilvus's."""

    seconds: float = 10.0
    """Without a byte from the server, before a ping."""
    timeout: float = 5.0
    """For the answer to the ping."""


class KeptChannel:
    """One channel for many calls, with pymilvus's options; `target` stands in for the dial's."""

    def __init__(self, dial: Dial, target: str, keepalive: Keepalive) -> None:
        _stay_initialized()
        self._dial = dial
        options: list[tuple[str, str | int]] = [
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.primary_user_agent", _USER_AGENT),
            ("grpc.enable_retries", 1),
            ("grpc.keepalive_time_ms", int(keepalive.seconds * 1000)),
            ("grpc.keepalive_timeout_ms", int(keepalive.timeout * 1000)),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.default_authority", question_of(dial).authority),
        ]
        self._channel = aio.insecure_channel(target, options)

    async def connect(self, deadline: Deadline) -> Outcome:
        """Call `Connect`; over by the deadline."""
        return await _Calls(self._channel, self._dial, deadline).connect()

    async def close(self) -> None:
        """Close it."""
        await self._channel.close(grace=None)


class Examination(NamedTuple):
    """What a server that accepted says when it is asked further; a note where it would not."""

    databases: tuple[str, ...] | None = None
    databases_note: str | None = None
    health: protobuf.HealthAnswer | None = None
    health_note: str | None = None


async def examine(dial: Dial, deadline: Deadline) -> Examination:
    """Ask a server that accepted for its databases and its health; over by the deadline."""
    databases: tuple[str, ...] | str = _TOO_LATE
    health: protobuf.HealthAnswer | str = _TOO_LATE
    with suppress(TimeoutError):
        async with _opened(dial, deadline) as channel:
            calls = _Calls(channel, dial, deadline)
            databases = await calls.databases()
            health = await calls.health()
    return Examination(
        databases=None if isinstance(databases, str) else databases,
        databases_note=databases if isinstance(databases, str) else None,
        health=None if isinstance(health, str) else health,
        health_note=health if isinstance(health, str) else None,
    )


class _Calls:
    """The few calls of one attempt, on one channel, with the same metadata and deadline."""

    def __init__(self, channel: aio.Channel, dial: Dial, deadline: Deadline) -> None:
        self._channel = channel
        self._dial = dial
        self._deadline = deadline
        self._metadata = _metadata(dial)

    async def connect(self) -> Outcome:
        """`Connect`, and what its answer calls for."""
        try:
            answer = protobuf.read_connect(await self._call("Connect", _REQUEST))
        except aio.AioRpcError as error:
            return await self._failed(error)
        except protobuf.WireError as error:
            summary = f"the response to Connect is not from Milvus: {error}"
            return Refused(finding(Cause.NOT_MILVUS, summary))
        refusal = answers.of_status(answer.status, self._database, self._dial.sent)
        if refusal is not None:
            return Refused(await self._with_databases(refusal))
        is_lite = self._dial.embedded or answers.is_lite(answer.server)
        if is_lite and self._dial.database not in (None, DEFAULT_DATABASE):
            without = await self._lite_without_database()
            if without is not None:
                return without
        version = "" if answers.names_its_version(answer.server) else await self._version()
        return Accepted(answers.server(answer.server, version))

    @property
    def _database(self) -> str:
        return self._dial.database or DEFAULT_DATABASE

    async def _call(self, method: str, request: bytes = b"") -> bytes:
        """The response of Milvus's service; `protobuf.WireError` if OK came without one."""
        return await self._call_at(_SERVICE + method, request, self._metadata)

    async def _call_at(
        self, path: str, request: bytes, metadata: Sequence[tuple[str, str]] = ()
    ) -> bytes:
        """The same of any service, by the path of the call."""
        call: aio.UnaryUnaryMultiCallable[bytes, bytes | None]
        call = self._channel.unary_unary(path)
        # A limit of 0 would be over before the call is made, and gRPC says so in other words.
        limit = max(self._deadline.remaining(), 0.001)
        answer = await call(request, timeout=limit, metadata=tuple(metadata))
        if answer is None:
            # gRPC takes `grpc-status: 0` for success, even where no message came with it.
            raise protobuf.WireError("an OK status without a message")
        return answer

    async def _failed(self, error: aio.AioRpcError) -> Outcome:
        code, details = error.code().name, error.details() or ""
        limits.raise_if_grpc_was_short(details)
        if answers.is_not_from_grpc(details):
            return Unexplained(code, details)
        from milvusconn_cli.probing import gateways  # noqa: PLC0415 -- only failures need it

        metadata = _received(error)
        gateway = gateways.own_reply(metadata, details)
        if gateway is not None:
            found = gateways.of_reply(gateway, code, details, metadata)
            return Refused(found) if found else Unexplained(code, details)
        refusal = answers.of_refusal(code, details, self._dial.sent)
        if refusal is not None:
            return Refused(refusal)
        if code == "DEADLINE_EXCEEDED" and self._deadline.remaining() > _GRACE_SECONDS:
            return Refused(answers.gave_up(details))
        if error.code() is grpc.StatusCode.UNIMPLEMENTED:
            return await self._without_connect(clean(details))
        return Unexplained(code, details)

    async def _without_connect(self, words: str) -> Outcome:
        """`Connect` is not implemented: a Milvus before 2.2.9, or no Milvus at all."""
        try:
            answer = protobuf.read_version(await self._call("GetVersion"))
        except aio.AioRpcError as error:
            code, details = error.code(), error.details() or ""
            if code is grpc.StatusCode.UNIMPLEMENTED:
                return Refused(await self._foreign(words))
            if answers.of_refusal(code.name, details, self._dial.sent):
                return Refused(finding(Cause.TOO_OLD))
            return Unexplained(code.name, details)
        except protobuf.WireError:
            return Refused(finding(Cause.NOT_MILVUS, grpc_details=words))
        return Refused(answers.without_connect(clean(answer.version)))

    async def _foreign(self, words: str) -> Finding:
        """What a server is that has neither `Connect` nor `GetVersion`; `words` are its own."""
        from milvusconn_cli.probing import milvus_services  # noqa: PLC0415 -- rarely needed

        with suppress(aio.AioRpcError, protobuf.WireError):
            answer = await self._call_at(milvus_services.COMMAND_OF_MILVUS_1, b"\n\7version")
            return answers.milvus_1(clean(protobuf.read_text(answer, field=2)))
        for service, component in milvus_services.INTERNAL.items():
            try:
                await self._call_at(f"/{service}/{milvus_services.NO_METHOD}", b"")
            except aio.AioRpcError as error:
                if milvus_services.lives_there(service, error.details() or ""):
                    return answers.internal_port(component)
            except protobuf.WireError:
                break
        said = f": {words}" if words else ""
        summary = f"a gRPC server answered, but it is not Milvus{said}"
        return finding(Cause.NOT_MILVUS, summary, grpc_details=words)

    async def _with_databases(self, refusal: Finding) -> Finding:
        """A refusal that names a missing database, with the databases that exist."""
        if refusal.cause is not Cause.DB_MISSING:
            return refusal
        credentials = [pair for pair in self._metadata if pair[0] != "dbname"]
        names: tuple[str, ...] = ()
        with suppress(aio.AioRpcError, protobuf.WireError):
            data = await self._call_at(f"{_SERVICE}ListDatabases", b"", credentials)
            names = tuple(map(clean, protobuf.read_databases(data).names))
        return answers.missing_database(self._database, names, **refusal.evidence)

    async def databases(self) -> tuple[str, ...] | str:
        """The names, sorted; or in words why they cannot be had."""
        try:
            answer = protobuf.read_databases(await self._call("ListDatabases"))
        except (aio.AioRpcError, protobuf.WireError) as error:
            return _why_not(error)
        if not answer.status.ok:
            return clean(answer.status.reason)
        return tuple(sorted(clean(name) for name in answer.names))

    async def health(self) -> protobuf.HealthAnswer | str:
        """What CheckHealth says; or in words why it cannot be had."""
        try:
            answer = protobuf.read_health(await self._call("CheckHealth"))
        except (aio.AioRpcError, protobuf.WireError) as error:
            return _why_not(error)
        return answer if answer.status.ok or answer.reasons else clean(answer.status.reason)

    async def _version(self) -> str:
        """What `GetVersion` says; empty where it says nothing, which is no failure."""
        try:
            return protobuf.read_version(await self._call("GetVersion")).version
        except (aio.AioRpcError, protobuf.WireError):
            return ""

    async def _lite_without_database(self) -> Outcome | None:
        """Milvus Lite ignores the `dbname` header, so it is asked; None where it has the database.

        The versions that know only `default` do not know the call.
        """
        try:
            answer = protobuf.read_databases(await self._call("ListDatabases"))
        except aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                return Refused(answers.missing_database(self._database))
            return Unexplained(error.code().name, error.details() or "")
        except protobuf.WireError as error:
            return Unexplained("UNKNOWN", f"invalid response to ListDatabases: {error}")
        refusal = answers.of_status(answer.status, self._database, self._dial.sent)
        if refusal is None and self._database not in answer.names:
            refusal = answers.missing_database(self._database, answer.names)
        return Refused(refusal) if refusal else None


def _why_not(error: aio.AioRpcError | protobuf.WireError) -> str:
    if isinstance(error, protobuf.WireError):
        return f"invalid response: {error}"
    if error.code() is grpc.StatusCode.PERMISSION_DENIED:
        return "permission denied"
    if error.code() is grpc.StatusCode.UNIMPLEMENTED:
        return "not supported by this server"
    return clean(f"{error.code().name}: {error.details()}")


def question_of(dial: Dial) -> Question:
    """The same call, for the diagnosis to make."""
    authority = "localhost" if dial.target.startswith("unix:") else dial.target
    return Question(
        authority=dial.server_name if dial.tls and dial.server_name else authority,
        user_agent=f"{_USER_AGENT} grpc-python-asyncio/{grpc.__version__}",
        metadata=_metadata(dial),
        message=_REQUEST,
    )


def _received(error: aio.AioRpcError) -> dict[str, str]:
    """The headers and trailers of a failed call, those that are text."""
    pairs = [*(error.initial_metadata() or ()), *(error.trailing_metadata() or ())]
    return {name.lower(): value for name, value in pairs if isinstance(value, str)}


@asynccontextmanager
async def _opened(dial: Dial, deadline: Deadline) -> AsyncIterator[aio.Channel]:
    """A channel until the deadline; raises `TimeoutError` then.

    gRPC ends its calls by the deadline itself, as a rule; on a busy machine its wake-up of the
    event loop has been seen to go missing, and then it never does.
    """
    _stay_initialized()
    channel = _channel(dial, deadline.remaining() + _GRACE_SECONDS)
    try:
        async with asyncio.timeout(deadline.remaining() + _GRACE_SECONDS):
            yield channel
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await channel.close(grace=None)


@cache
def _stay_initialized() -> None:
    """Keep grpc.aio's poller for the life of the process.

    It would be ended with the last channel, and its thread waited for inside the event loop: with a
    peer that never stops talking, for ever.
    """
    aio.init_grpc_aio()


def _channel(dial: Dial, seconds: float) -> aio.Channel:
    # This bounds one connection attempt too. Without it gRPC holds on to the socket of a peer that
    # says nothing for 20 s, also when its channel is closed.
    options = [*_OPTIONS, ("grpc.min_reconnect_backoff_ms", int(seconds * 1000))]
    if not dial.tls:
        return aio.insecure_channel(dial.target, options)
    if dial.server_name:
        options.append(("grpc.ssl_target_name_override", dial.server_name))
    pem = dial.pem
    credentials = grpc.ssl_channel_credentials(pem.ca, pem.key, pem.cert)
    return aio.secure_channel(dial.target, credentials, options)


def _metadata(dial: Dial) -> tuple[tuple[str, str], ...]:
    """`authorization` as pymilvus sends it (plain base64, no scheme), and the database."""
    text = None
    if dial.token is not None:
        text = dial.token.reveal()
    elif dial.user and dial.password is not None:
        text = f"{dial.user}:{dial.password.reveal()}"
    metadata = [("authorization", b64encode(text.encode()).decode())] if text else []
    if dial.database:
        metadata.append(("dbname", dial.database))
    return tuple(metadata)

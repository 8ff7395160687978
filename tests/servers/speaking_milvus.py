"""gRPC servers that say what a test tells them to say, in Milvus's messages or in others'.

The transport is a real grpcio server; only the words are ours. For what Milvus itself says, ask a
real one.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import grpc
from pymilvus.grpc_gen import common_pb2, milvus_pb2

from tests.servers.certificates import CertificateFiles
from tests.servers.faults import LOOPBACK, Place

Answer = Callable[[Any, grpc.ServicerContext], Any]
"""From a request message to a response message; may abort the context instead."""

if TYPE_CHECKING:
    _MethodHandler = grpc.RpcMethodHandler[Any, Any]  # generic in its stubs alone

SERVICE: Final = "milvus.proto.milvus.MilvusService"
_OPTIONS: Final = (("grpc.so_reuseport", 0),)  # else a second server may take half of the calls
_CALLS_AT_ONCE: Final = 32
_LOOK_SECONDS: Final = 0.01


@dataclass(frozen=True)
class Call:
    """One call as it arrived."""

    method: str
    """Without the service: "Connect"."""
    metadata: dict[str, str | bytes]
    request: Any
    """None where no answer was given for the method: gRPC refuses before it reads the message."""


# Answers


def established(version: str = "v2.4.1", *, deploy_mode: str = "STANDALONE") -> Answer:
    """Answer Connect as a server that is well."""
    server_info = common_pb2.ServerInfo(build_tags=version, deploy_mode=deploy_mode)
    return _always(milvus_pb2.ConnectResponse(server_info=server_info, identifier=1))


def version(text: str) -> Answer:
    """Answer GetVersion."""
    return _always(milvus_pb2.GetVersionResponse(version=text))


def databases(*names: str) -> Answer:
    """Answer ListDatabases."""
    return _always(milvus_pb2.ListDatabasesResponse(db_names=names))


def collections(*names: str) -> Answer:
    """Answer ShowCollections."""
    return _always(milvus_pb2.ShowCollectionsResponse(collection_names=names))


def healthy() -> Answer:
    """Answer CheckHealth as a server that is well."""
    return _always(milvus_pb2.CheckHealthResponse(isHealthy=True))


def unhealthy(*reasons: str) -> Answer:
    """Answer CheckHealth as a server that is not."""
    return _always(milvus_pb2.CheckHealthResponse(isHealthy=False, reasons=reasons))


def _always(response: Any) -> Answer:  # noqa: ANN401 - any protobuf message
    return lambda _request, _context: response


def status(
    *, code: int = 0, error_code: int = 0, reason: str = "", retriable: bool = False
) -> Answer:
    """Answer any method with this Status: the gRPC call is well, and Milvus is not content."""
    said = common_pb2.Status(code=code, reason=reason, retriable=retriable)
    said.error_code = error_code  # a number: Milvus Lite sends some that the enum has no name for
    return lambda request, _context: _response_to(request)(status=said)


def aborting(grpc_status: grpc.StatusCode, details: str = "") -> Answer:
    """Fail any method in gRPC's own terms."""

    def answer(_request: object, context: grpc.ServicerContext) -> None:
        context.abort(grpc_status, details)

    return answer


def after(event: threading.Event, then: Answer | None = None) -> Answer:
    """Answer with `then` (`established()`) once `event` is set, or not at all if the call ends."""
    answer_then = then or established()

    def answer(request: object, context: grpc.ServicerContext) -> object:
        while not event.wait(_LOOK_SECONDS):
            if not context.is_active():  # the caller gave up, or the server is being stopped
                return _response_to(request)()
        return answer_then(request, context)

    return answer


def never() -> Answer:
    """Keep the caller waiting until it gives up or the server is stopped."""
    return after(threading.Event())


def _response_to(request: object) -> Any:  # noqa: ANN401 - a class that protobuf makes
    """Find the response message of `request`: Milvus names them alike."""
    return getattr(milvus_pb2, type(request).__name__.removesuffix("Request") + "Response")


# Servers


class SpeakingMilvus:
    """A Milvus whose every answer the test chose; None is a method that this version lacks.

    It listens while its context is entered: `.address` is for a gRPC channel, `.uri` for a user,
    `.calls` what arrived, in order. `tls` makes it a TLS server, with `client_authority` one that
    demands a client certificate; `unix` puts it on a socket file in place of a port.
    """

    def __init__(
        self,
        *,
        connect: Answer | None = established(),  # noqa: B008 - a function, shared safely
        get_version: Answer | None = None,
        list_databases: Answer | None = None,
        check_health: Answer | None = None,
        describe_database: Answer | None = None,
        show_collections: Answer | None = None,
        tls: CertificateFiles | None = None,
        client_authority: Path | None = None,
        unix: Path | None = None,
        host: str = LOOPBACK,
        options: Sequence[tuple[str, int]] = (),
    ) -> None:
        self.calls: list[Call] = []
        self.port = 0
        """0 before it listens, and on a unix socket."""
        self._scheme = "https" if tls else "http"
        self._unix = unix
        self._host = host
        self._credentials = _server_credentials(tls, client_authority) if tls else None
        answers = {
            "Connect": connect,
            "GetVersion": get_version,
            "ListDatabases": list_databases,
            "CheckHealth": check_health,
            "DescribeDatabase": describe_database,
            "ShowCollections": show_collections,
        }
        self._serving = _Serving(_Recording(answers, self.calls), options)

    @property
    def address(self) -> str:
        """As gRPC takes it: `127.0.0.1:1234` or `unix:/path`."""
        return f"unix:{self._unix}" if self._unix else Place(self._host, self.port).address

    @property
    def uri(self) -> str:
        """As a user would write it: with `http://` or `https://`, or `unix:/path`."""
        return self.address if self._unix else f"{self._scheme}://{self.address}"

    def __enter__(self) -> Self:
        bound = self._serving.start(self.address, self._credentials)
        self.port = 0 if self._unix else bound
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._serving.stop()


@contextmanager
def foreign_grpc() -> Iterator[Place]:
    """Serve gRPC well, and Milvus not at all: only `helloworld.Greeter/SayHello`, an echo."""
    echo: _MethodHandler = grpc.unary_unary_rpc_method_handler(lambda request, _context: request)
    serving = _Serving(
        grpc.method_handlers_generic_handler("helloworld.Greeter", {"SayHello": echo})
    )
    port = serving.start(Place(LOOPBACK, 0).address)
    try:
        yield Place(LOOPBACK, port)
    finally:
        serving.stop()


class _Serving:
    """A grpcio server with its threads, both gone after `stop`."""

    def __init__(
        self, methods: grpc.GenericRpcHandler, options: Sequence[tuple[str, int]] = ()
    ) -> None:
        self._pool = ThreadPoolExecutor(_CALLS_AT_ONCE)
        every = (*_OPTIONS, *options)
        self._server = grpc.server(self._pool, handlers=[methods], options=every)

    def start(self, address: str, credentials: grpc.ServerCredentials | None = None) -> int:
        """Listen on `address`; the port that was bound, which on a unix socket means nothing."""
        port = (
            self._server.add_secure_port(address, credentials)
            if credentials
            else self._server.add_insecure_port(address)
        )
        self._server.start()
        return port

    def stop(self) -> None:
        self._server.stop(grace=None).wait()
        self._pool.shutdown()


class _Recording(grpc.GenericRpcHandler):
    """Finds the answer to a call of Milvus's service, and writes the call down."""

    def __init__(self, answers: Mapping[str, Answer | None], calls: list[Call]) -> None:
        self._answers = answers
        self._calls = calls

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "_MethodHandler | None":
        """Look up one call; None is what grpcio answers with UNIMPLEMENTED."""
        service, _, method = handler_call_details.method.removeprefix("/").partition("/")
        if service != SERVICE:
            return None
        metadata = dict(handler_call_details.invocation_metadata)
        answer = self._answers.get(method)
        if answer is None:
            self._calls.append(Call(method, metadata, None))
            return None
        return self._recorded(method, metadata, answer)

    def _recorded(
        self, method: str, metadata: dict[str, str | bytes], answer: Answer
    ) -> "_MethodHandler":
        def respond(request: object, context: grpc.ServicerContext) -> object:
            self._calls.append(Call(method, metadata, request))
            return answer(request, context)

        return grpc.unary_unary_rpc_method_handler(
            respond,
            request_deserializer=getattr(milvus_pb2, f"{method}Request").FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )


def _server_credentials(
    certificate: CertificateFiles, client_authority: Path | None
) -> grpc.ServerCredentials:
    pair = (certificate.key.read_bytes(), certificate.cert.read_bytes())
    if client_authority is None:
        return grpc.ssl_server_credentials([pair])
    return grpc.ssl_server_credentials(
        [pair], root_certificates=client_authority.read_bytes(), require_client_auth=True
    )

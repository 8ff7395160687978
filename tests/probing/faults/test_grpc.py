"""The lab's faulty servers of gRPC."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from pymilvus.grpc_gen import milvus_pb2

from tests.probing.faults.checks import A_MOMENT, LONG
from tests.servers.calls import plain_channel, tls_channel
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.speaking_milvus import (
    SERVICE,
    SpeakingMilvus,
    aborting,
    after,
    databases,
    established,
    healthy,
    never,
    status,
    unhealthy,
    version,
)

GREETER = "/helloworld.Greeter/SayHello"
Speak = Callable[..., SpeakingMilvus]


def call(channel: grpc.Channel, method: str, **fields: object) -> Any:  # noqa: ANN401 - a message
    """Call one of Milvus's methods, and return its response message."""
    return begin(channel, method, fields).result()


def begin(
    channel: grpc.Channel,
    method: str,
    fields: Mapping[str, object] | None = None,
    *,
    metadata: tuple[tuple[str, str], ...] = (),
    timeout: float = LONG,
) -> Any:  # noqa: ANN401 - grpcio's future, which its stubs do not describe in full
    stub: grpc.UnaryUnaryMultiCallable[Any, Any] = channel.unary_unary(
        f"/{SERVICE}/{method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=getattr(milvus_pb2, f"{method}Response").FromString,
    )
    request = getattr(milvus_pb2, f"{method}Request")(**(fields or {}))
    return stub.future(request, timeout=timeout, metadata=metadata)


def test_foreign_grpc_does_not_know_milvus(foreign_grpc_port: int) -> None:
    """Another service's server refuses the method by name, and answers its own."""
    with plain_channel(f"127.0.0.1:{foreign_grpc_port}") as channel:
        with pytest.raises(grpc.RpcError) as refused:
            call(channel, "Connect")

        greeter: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(GREETER)
        assert greeter(b"hi", timeout=LONG) == b"hi"
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert refused.value.details() == "Method not found!"


def test_speaking_milvus_is_established_and_remembers_the_call(speaking_milvus: Speak) -> None:
    """Connect is answered unless told otherwise; what was sent can be asserted on."""
    milvus = speaking_milvus(connect=established("v2.6.0"))
    metadata = (("authorization", "cm9vdDpNaWx2dXM="), ("dbname", "books"))
    with plain_channel(milvus.address) as channel:
        answer = begin(
            channel, "Connect", {"client_info": {"user": "root"}}, metadata=metadata
        ).result()

    assert answer.server_info.build_tags == "v2.6.0"
    (seen,) = milvus.calls
    assert seen.method == "Connect"
    assert metadata[1] in seen.metadata.items()
    assert metadata[0] in seen.metadata.items()
    assert seen.request.client_info.user == "root"
    assert milvus.uri == f"http://127.0.0.1:{milvus.port}"


def test_speaking_milvus_lacks_what_it_is_not_given(speaking_milvus: Speak) -> None:
    """A Milvus before 2.2.9: no Connect, though it does know its version; both calls are seen."""
    milvus = speaking_milvus(connect=None, get_version=version("v2.2.8"))
    with plain_channel(milvus.address) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            call(channel, "Connect")
        assert call(channel, "GetVersion").version == "v2.2.8"

    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert [seen.method for seen in milvus.calls] == ["Connect", "GetVersion"]


def test_speaking_milvus_answers_each_method_in_its_own_words(speaking_milvus: Speak) -> None:
    """The ready-made answers, and one Status that serves for any method."""
    missing = status(code=800, error_code=6, reason="database not found[database=x]")
    milvus = speaking_milvus(
        list_databases=databases("default", "books"),
        check_health=unhealthy("query node 3 is lost"),
        describe_database=missing,
    )
    with plain_channel(milvus.address) as channel:
        assert call(channel, "ListDatabases").db_names == ["default", "books"]
        health = call(channel, "CheckHealth")
        described = call(channel, "DescribeDatabase", db_name="x")

    assert (health.isHealthy, health.reasons) == (False, ["query node 3 is lost"])
    assert (described.status.code, described.status.error_code) == (800, 6)
    assert described.status.reason == "database not found[database=x]"


def test_speaking_milvus_aborts(speaking_milvus: Speak) -> None:
    """A failure in gRPC's terms arrives with its code and its words."""
    words = "missing authorization in header"
    milvus = speaking_milvus(connect=aborting(grpc.StatusCode.UNAUTHENTICATED, words))
    with plain_channel(milvus.address) as channel, pytest.raises(grpc.RpcError) as refused:
        call(channel, "Connect")

    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert refused.value.details() == words


def test_speaking_milvus_never_answers(speaking_milvus: Speak) -> None:
    """The call outlasts its time limit, while other calls are answered."""
    milvus = speaking_milvus(connect=never(), check_health=healthy())
    with plain_channel(milvus.address) as channel:
        with pytest.raises(grpc.RpcError) as outlasted:
            begin(channel, "Connect", timeout=A_MOMENT).result()
        assert call(channel, "CheckHealth").isHealthy

    assert outlasted.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_speaking_milvus_stops_while_a_call_waits() -> None:
    """Leaving the context ends calls that would never have been answered."""
    arrived = threading.Event()
    wait = never()

    def say_that_it_arrived(request: object, context: grpc.ServicerContext) -> object:
        arrived.set()
        return wait(request, context)

    with SpeakingMilvus(connect=say_that_it_arrived) as milvus:
        channel = plain_channel(milvus.address)
        waiting = begin(channel, "Connect")
        assert arrived.wait(LONG)

    with channel:
        assert isinstance(waiting.exception(), grpc.RpcError)


def test_speaking_milvus_answers_after_an_event(speaking_milvus: Speak) -> None:
    """Not before the event; then as told."""
    event = threading.Event()
    milvus = speaking_milvus(connect=after(event, established("v2.5.0")))
    with plain_channel(milvus.address) as channel:
        waiting = begin(channel, "Connect")
        with pytest.raises(grpc.FutureTimeoutError):
            waiting.result(timeout=A_MOMENT)
        event.set()

        assert waiting.result().server_info.build_tags == "v2.5.0"


def test_speaking_milvus_with_tls_and_client_certificates(
    speaking_milvus: Speak, authority: Authority, localhost: CertificateFiles
) -> None:
    """A client with a certificate of the authority gets through, one without does not."""
    milvus = speaking_milvus(tls=localhost, client_authority=authority.ca_file)
    shown = authority.issue("client")
    with tls_channel(milvus.address, authority.ca_file, shown) as channel:
        assert call(channel, "Connect").server_info.build_tags == "v2.4.1"
    with (
        tls_channel(milvus.address, authority.ca_file) as channel,
        pytest.raises(grpc.RpcError) as refused,
    ):
        call(channel, "Connect")

    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert milvus.uri == f"https://127.0.0.1:{milvus.port}"


def test_speaking_milvus_on_a_unix_socket(speaking_milvus: Speak, tmp_path: Path) -> None:
    """The same server behind a path."""
    milvus = speaking_milvus(unix=tmp_path / "milvus.sock")
    with plain_channel(milvus.address) as channel:
        assert call(channel, "Connect").server_info.build_tags == "v2.4.1"

    assert milvus.uri == f"unix:{tmp_path}/milvus.sock"

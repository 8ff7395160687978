"""Milvus's own answers: each status code, its words, and servers that are something else's part."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from pymilvus.grpc_gen import common_pb2

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.answers import Sent, of_refusal, of_status
from milvusconn_cli.probing.milvus_codes import ERROR_CODE, MERR, number
from milvusconn_cli.probing.protobuf import Status
from tests.conftest import Milvusconn
from tests.servers import speaking_milvus as answers
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
Row = dict[str, Any]


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Callable[..., Row]:
    """Probe a URI with further settings; the row."""

    def probe(uri: str, *settings: str) -> Row:
        milvusconn("add", "dev", "--replace", "--uri", uri, *settings)
        return milvusconn("has", "dev", "-o", "json", "-t", "5").row

    return probe


# Codes, row by row


@pytest.mark.parametrize(("code", "row"), list(MERR.items()))
def test_each_code_has_its_cause(code: int, row: Any) -> None:  # noqa: ANN401
    """By itself, and with the bits for a component and for a retry."""
    for sent in (code, code | 1 << 20, code | 1 << 16):
        found = of_status(Status(code=sent, reason="words"), "db1", Sent.PASSWORD)
        if code == 0 and sent == 0:
            assert found is None
            continue
        assert found is not None
        assert found.cause is row.cause
        assert number(sent) == code


@pytest.mark.parametrize(("code", "row"), [one for one in ERROR_CODE.items() if one[0]])
def test_each_old_code_has_its_cause(code: int, row: Any) -> None:  # noqa: ANN401
    """Of servers that send no other."""
    found = of_status(Status(error_code=code, reason="words"), "db1", Sent.PASSWORD)

    assert found is not None
    assert found.cause is row.cause


def test_the_old_codes_are_all_of_the_enum() -> None:
    """None is missing, by number and name."""
    known = {value: name for name, value in common_pb2.ErrorCode.items()}

    assert {code: row.name for code, row in ERROR_CODE.items()} == known


@pytest.mark.parametrize("code", [77, 12345, 65534])
def test_an_unknown_code_stays_unexplained(code: int) -> None:
    """With Milvus's words, called Milvus's."""
    found = of_status(Status(code=code, reason="something new"), "db1", Sent.NOTHING)

    assert found is not None
    assert found.cause is Cause.RPC_FAILED
    assert "something new" in found.summary
    assert "Milvus" in found.advice


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (
            Status(code=65535, reason="find no available rootcoord, check its state"),
            "unhealthy",
        ),
        (Status(code=65535, reason="empty grpc client: find no available datacoord"), "unhealthy"),
        (Status(error_code=1, reason="proxy 3 is not healthy"), "unhealthy"),
        (
            Status(error_code=1, reason="proxy not healthy, StateCode=Initializing"),
            "starting",
        ),
        (Status(code=65535, reason="failed to allocate timestamp"), "unhealthy"),
        (Status(code=1, reason="service not ready[proxy=12]: Stopping"), "stopping"),
        (Status(code=2, reason="service unavailable: proxy Stopping"), "stopping"),
        (Status(code=1, reason="service not ready[proxy=7]: StandBy"), "unhealthy"),
        (Status(code=1048577, reason="service not ready[proxy=7]: Initializing"), "starting"),
        (Status(code=7, reason="disk limit exceeded"), "busy"),
        (Status(code=11, reason="time tick long delay"), "busy"),
        (Status(code=12, reason="insufficient resources"), "busy"),
        (Status(error_code=55, reason="time tick long delay"), "busy"),
        (Status(code=65535, reason="x" * 2_000_000), "rpc-failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_words_that_no_code_is_for(status: Status, cause: str) -> None:
    """Shown, and named as far as they go."""
    found = of_status(status, "db1", Sent.NOTHING)

    assert found is not None
    assert found.cause.label == cause
    assert status.reason[:40] in found.summary


@pytest.mark.parametrize(
    ("code", "details", "cause"),
    [
        ("UNKNOWN", "service not ready[proxy=3]: Initializing", "starting"),
        ("UNKNOWN", "service not ready[proxy=3]: Stopping", "stopping"),
        ("UNAVAILABLE", "Milvus Proxy is not ready yet. please wait", "starting"),
        (
            "UNKNOWN",
            "The action is unavailable under current cluster status STOPPED.",
            "unhealthy",
        ),
        ("UNAVAILABLE", "proxy 1 is not healthy", "unhealthy"),
    ],
)
def test_go_errors_without_a_code(code: str, details: str, cause: str) -> None:
    """gRPC's status says nothing of them."""
    found = of_refusal(code, details, Sent.NOTHING)

    assert found is not None
    assert found.cause.label == cause


def test_a_suspended_cluster_is_to_be_resumed() -> None:
    """Zilliz Cloud's words on every call."""
    details = "The action is unavailable under current cluster status STOPPED."
    found = of_refusal("UNKNOWN", details, Sent.TOKEN)

    assert found is not None
    assert "resume" in found.advice


def test_a_time_limit_of_the_server_is_not_ours(speaking_milvus: Speak, probed: Any) -> None:  # noqa: ANN401
    """DEADLINE_EXCEEDED at once."""
    server = speaking_milvus(
        connect=answers.aborting(grpc.StatusCode.DEADLINE_EXCEEDED, "context deadline exceeded")
    )

    row = probed(server.uri)

    assert row["status"] == "slow"
    assert "longer than" not in row["summary"]
    assert "does not help" in row["advice"]


# Databases


@pytest.mark.parametrize("asked", ["RAG_PROD", "'\"rag_prod\"'", "rag-prod"])
def test_a_missing_database_names_those_that_exist(
    speaking_milvus: Speak,
    milvusconn: Milvusconn,
    asked: str,
) -> None:
    """The nearest first."""
    names = ("archive", "default", "rag_prod", "LightRAG")
    server = speaking_milvus(
        connect=answers.status(code=800, reason="database not found[database=x]"),
        list_databases=answers.databases(*names),
    )
    database = asked.strip("'")
    milvusconn("add", "dev", "--uri", server.uri)
    registry_row = milvusconn("inspect", "--uri", server.uri, "--db", database, "-o", "json")
    if registry_row.code == 78:  # a quote is no letter of a database's name
        assert '"' in database
        return

    row = registry_row.row

    assert row["status"] == "db-missing"
    assert all(name in row["summary"] for name in names)
    assert row["summary"].index("rag_prod", 20) < row["summary"].index("archive")
    assert "--db rag_prod" in row["advice"]


def test_default_is_never_missing(speaking_milvus: Speak, probed: Any) -> None:  # noqa: ANN401
    """Every Milvus has it: this user may not see it."""
    reason = "database not found[database=default]"
    row = probed(speaking_milvus(connect=answers.status(code=800, reason=reason)).uri)

    assert row["status"] == "db-missing"
    assert "this user cannot see" in row["summary"]
    assert "create" not in row["advice"]


# Metadata


def with_headers(size: int, *, trailing: bool) -> Any:  # noqa: ANN401
    """A server that is well, behind a mesh that adds headers of 1,000 characters."""
    well = answers.established()

    def answer(request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401
        more = tuple((f"x-mesh-{place}", "v" * 1000) for place in range(size))
        if trailing:
            context.set_trailing_metadata(more)
        else:
            context.send_initial_metadata(more)
        return well(request, context)

    return answer


@pytest.mark.parametrize(("size", "trailing"), [(20, False), (20, True), (40, True)])
def test_metadata_that_no_client_takes(
    speaking_milvus: Speak,
    probed: Any,  # noqa: ANN401
    size: int,
    trailing: bool,  # noqa: FBT001
) -> None:
    """pymilvus fails too, in gRPC's words about its limit."""
    from pymilvus import MilvusClient  # noqa: PLC0415
    from pymilvus.exceptions import MilvusException  # noqa: PLC0415

    server = speaking_milvus(connect=with_headers(size, trailing=trailing))

    row = probed(server.uri)

    assert not row["established"]
    assert "metadata" in row["summary"] or "header" in row["summary"], row
    with pytest.raises(MilvusException):
        MilvusClient(server.uri, timeout=3)


# Other servers of the house


def test_milvus_1_is_too_old(probed: Any) -> None:  # noqa: ANN401
    """Another service, whose `Cmd` tells the version."""
    with generic({"/milvus.grpc.MilvusService/Cmd": b"\x12\x051.1.1"}) as uri:
        row = probed(uri)

    assert row["status"] == "too-old"
    assert "1.1.1" in row["summary"]


def test_a_new_milvus_whose_connect_is_filtered(speaking_milvus: Speak, probed: Any) -> None:  # noqa: ANN401
    """Not too old: GetVersion says otherwise."""
    row = probed(speaking_milvus(connect=None, get_version=answers.version("v2.5.4")).uri)

    assert row["status"] == "not-grpc"
    assert "filters Connect" in row["summary"]


@pytest.mark.parametrize(
    ("port", "component"),
    [
        ("root_coord_port", "RootCoord"),
        ("query_coord_port", "QueryCoord"),
        ("data_coord_port", "DataCoord"),
        ("data_node_port", "DataNode"),
        ("query_node_port", "QueryNode"),
        ("proxy_internal_port", "proxy"),
        ("etcd_port", "etcd"),
    ],
)
def test_an_internal_port_is_named(
    milvus: MilvusServer,
    probed: Any,  # noqa: ANN401
    port: str,
    component: str,
) -> None:
    """By the service that lives there, on a real Milvus; clients use another port."""
    row = probed(f"http://127.0.0.1:{milvus._ports[port]}")

    assert row["status"] == "not-milvus", row
    assert component in row["summary"]
    assert "19530" in row["advice"]


@contextmanager
def generic(replies: dict[str, bytes]) -> Iterator[str]:
    """A gRPC server that answers these calls with these bytes, and no other."""

    class Handler(grpc.GenericRpcHandler):
        def service(self, details: grpc.HandlerCallDetails) -> Any:  # noqa: ANN401
            reply = replies.get(details.method)
            if reply is None:
                return None
            return grpc.unary_unary_rpc_method_handler(lambda _request, _context: reply)

    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    pool = ThreadPoolExecutor(2)
    served = grpc.server(pool, handlers=[Handler()])
    port = served.add_insecure_port("127.0.0.1:0")
    served.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        served.stop(None).wait()
        pool.shutdown()

"""`has --healthy`: established, and CheckHealth says so; else `unhealthy`, exit 4."""

from pymilvus.grpc_gen import milvus_pb2

from tests.commands.verbs import Speak
from tests.conftest import Milvusconn
from tests.servers import speaking_milvus as answers
from tests.servers.milvus import MilvusServer


def unwell(*_: object) -> milvus_pb2.CheckHealthResponse:
    """Milvus that has reasons."""
    return milvus_pb2.CheckHealthResponse(isHealthy=False, reasons=["querycoord is down"])


def test_a_healthy_milvus(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """A real one."""
    ran = milvusconn("has", "--healthy", milvus.uri)

    assert (ran.code, ran.out) == (0, "True\n")


def test_an_unhealthy_milvus(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Connected, so True without the option; with it False, and why."""
    uri = speaking_milvus(check_health=unwell).uri
    assert milvusconn("has", uri).out == "True\n"

    ran = milvusconn("has", "--healthy", uri, "-o", "json")

    assert ran.code == 4
    assert (ran.row["status"], ran.row["established"]) == ("unhealthy", False)
    assert "querycoord is down" in ran.row["summary"]


def test_health_that_cannot_be_known(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Nobody said healthy, so nobody is told so."""
    ran = milvusconn("has", "--healthy", speaking_milvus(check_health=None).uri)

    assert (ran.code, ran.out) == (4, "False\n")
    assert "not supported by this server" in ran.err


def test_a_server_that_is_not_there(milvusconn: Milvusconn) -> None:
    """Its own cause."""
    assert milvusconn("has", "--healthy", "http://127.0.0.1:1").code == 3


def test_healthy_with_a_secret(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Every call carries the credentials."""
    server = speaking_milvus(check_health=answers.healthy())

    assert milvusconn("has", "--healthy", server.uri, "--token", "root:Milvus").code == 0

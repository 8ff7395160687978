"""What Milvus itself refuses."""

import grpc
import pytest

from tests.conftest import Milvusconn
from tests.probing.causes.contract import PASSWORD, SHORT, Speak, add, found
from tests.servers import speaking_milvus as answers
from tests.servers.lite import LiteServer
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import Answer


def test_too_old_shows_its_version(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A Milvus without Connect still says which one it is."""
    server = speaking_milvus(connect=None, get_version=answers.version("v2.2.8"))
    add(milvusconn, "--uri", server.uri)

    row = found(milvusconn, "too-old")

    assert "2.2.8" in row["summary"]


NOT_READY = "Milvus Proxy is not ready yet. please wait"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (answers.aborting(grpc.StatusCode.UNAVAILABLE, NOT_READY), "starting"),
        (answers.aborting(grpc.StatusCode.UNKNOWN, NOT_READY), "starting"),
        (answers.status(code=1, reason="service not ready[proxy=1]: Initializing"), "starting"),
        (answers.status(code=1, reason="service not ready[proxy=1]: StandBy"), "unhealthy"),
        (answers.status(error_code=56, reason="not ready"), "starting"),
        (answers.status(code=1, reason="service not ready[proxy=1]: Abnormal"), "unhealthy"),
        (answers.status(code=2, reason="service unavailable[proxy=1]"), "unhealthy"),
        (answers.aborting(grpc.StatusCode.RESOURCE_EXHAUSTED, "rate limit"), "busy"),
        (answers.status(code=3, reason="memory limit exceeded"), "busy"),
        (answers.status(code=4, reason="request limit exceeded"), "busy"),
        (answers.status(code=8, reason="rate limit exceeded[rate=1]"), "busy"),
        (answers.status(code=9, reason="quota exceeded[reason=disk]"), "busy"),
        (answers.aborting(grpc.StatusCode.PERMISSION_DENIED, "PrivilegeConnect"), "denied"),
        (answers.status(code=1401, reason="privilege not permitted"), "denied"),
        (answers.status(error_code=3, reason="privilege not permitted"), "denied"),
        (answers.status(code=1400, reason="not authenticated"), "auth-missing"),
        (answers.status(code=800, reason="database not found[database=x]"), "db-missing"),
        (answers.status(error_code=1, reason="database not found:x"), "db-missing"),
        (answers.status(code=65535, reason="unexpected[e=1]"), "rpc-failed"),
        (answers.status(error_code=1, reason="out of luck"), "rpc-failed"),
    ],
)
def test_milvus_says_why(
    milvusconn: Milvusconn, speaking_milvus: Speak, answer: Answer, cause: str
) -> None:
    """What Milvus answers, in gRPC's terms or in its own, old or new, is the cause."""
    add(milvusconn, "--uri", speaking_milvus(connect=answer).uri)

    found(milvusconn, cause)


def test_words_of_the_server_are_shown(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """The privilege, the limit, the state: as the server names it, on one printable line."""
    reason = "quota exceeded[reason=disk\x1b[2J full]\nat proxy.go:77"
    server = speaking_milvus(connect=answers.status(code=9, reason=reason))
    add(milvusconn, "--uri", server.uri)

    summary = found(milvusconn, "busy")["summary"]

    assert "quota exceeded[reason=disk" in summary
    assert summary.isprintable()


def test_page_of_a_reason_is_cut(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A stack trace of a hundred kilobytes does not fill the terminal."""
    server = speaking_milvus(connect=answers.status(code=2, reason="stack trace: " * 8000))
    add(milvusconn, "--uri", server.uri)

    row = found(milvusconn, "unhealthy")

    assert len(row["summary"]) < 1000
    assert row["summary"].endswith("…")


def test_connect_that_never_answers(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Every layer below holds and is shown; the limit is kept."""
    add(milvusconn, "--uri", speaking_milvus(connect=answers.never()).uri)

    row = found(milvusconn, "slow", SHORT)

    layers = [step["layer"] for step in row["steps"]]
    assert (layers[:3], layers[-1]) == (["dns", "tcp", "http2"], "milvus")
    assert "--timeout" in row["advice"]


@pytest.mark.parametrize("code", ["INTERNAL", "UNKNOWN", "ABORTED", "UNAVAILABLE", "DATA_LOSS"])
def test_unexplained_failure_is_shown_as_it_came(
    milvusconn: Milvusconn, speaking_milvus: Speak, code: str
) -> None:
    """The code and the words of gRPC, and no guess."""
    server = speaking_milvus(connect=answers.aborting(grpc.StatusCode[code], "a rare mishap"))
    add(milvusconn, "--uri", server.uri)

    row = found(milvusconn, "rpc-failed")

    assert code in row["summary"]
    assert "a rare mishap" in row["summary"]
    assert row["evidence"]["grpc_code"] == code


@pytest.mark.parametrize(
    ("settings", "cause", "sent"),
    [
        ((), "auth-missing", "none"),
        (("--user", "root"), "auth-missing", "none"),
        (("--user", "root", "--password", PASSWORD), "auth-rejected", "user and password"),
        (("--user", "nobody", "--password", PASSWORD), "auth-rejected", "user and password"),
        (("--token", f"root:{PASSWORD}"), "auth-rejected", "user and password"),
        (("--token", PASSWORD), "auth-apikey", "token"),
        (("--token", f"literal:{PASSWORD}"), "auth-apikey", "token"),
    ],
)
def test_credentials_that_real_milvus_refuses(
    milvusconn: Milvusconn,
    milvus_with_authorization: MilvusServer,
    settings: tuple[str, ...],
    cause: str,
    sent: str,
) -> None:
    """None, wrong, or of the wrong kind; what is secret is in no output."""
    registered = milvusconn("add", "dev", "--uri", milvus_with_authorization.uri, *settings)

    row = found(milvusconn, cause)

    assert row["evidence"]["credentials"] == sent
    assert row["steps"][-1]["layer"] == "auth"
    outputs = [
        registered,
        *(milvusconn("has", "dev", "-o", form) for form in ("table", "plain", "json")),
        *(milvusconn("list", "-o", form) for form in ("table", "plain", "json")),
        *(milvusconn("show", "dev", "-o", form) for form in ("table", "plain", "json")),
        milvusconn("connect", "dev"),
        milvusconn("address", "dev"),
    ]
    assert not [ran for ran in outputs if PASSWORD in ran.out + ran.err]


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ((), "auth-missing"),
        (("--token", "key"), "auth-apikey"),
        (("--token", "a:b"), "auth-rejected"),
    ],
)
def test_credentials_that_milvus_2_2_refuses(
    milvusconn: Milvusconn, speaking_milvus: Speak, settings: tuple[str, ...], cause: str
) -> None:
    """It has one text for all of them: what was sent decides."""
    words = "auth check failure, please check username and password are correct"
    server = speaking_milvus(connect=answers.aborting(grpc.StatusCode.UNKNOWN, words))
    add(milvusconn, "--uri", server.uri, *settings)

    found(milvusconn, cause)


def test_real_milvus_has_no_such_database(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """The name is told."""
    add(milvusconn, "--uri", milvus.uri, "--db", "nowhere")

    assert "nowhere" in found(milvusconn, "db-missing")["summary"]


def test_database_in_the_path(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """A path is the database where --db is not given."""
    add(milvusconn, "--uri", f"{milvus.uri}/nowhere")

    assert found(milvusconn, "db-missing")["database"] == "nowhere"


def test_milvus_lite_is_asked_for_its_databases(
    milvusconn: Milvusconn, milvus_lite_server: LiteServer
) -> None:
    """It ignores the header that names the database, so a missing one must not pass."""
    add(milvusconn, "--uri", milvus_lite_server.uri, "--db", "nowhere")

    found(milvusconn, "db-missing")

"""What Milvus's answers mean: its codes and words, by version, as causes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.answers import (
    Sent,
    is_lite,
    is_not_from_grpc,
    names_its_version,
    of_refusal,
    of_resolvers,
    of_status,
    server,
    unexplained,
)
from milvusconn_cli.probing.protobuf import ServerInfo, Status
from milvusconn_cli.report import Server

FULL = ServerInfo("v2.3.5-lite", "Mon", "abc123", "go1.20", "STANDALONE")
LITE = ServerInfo("milvus_lite", deploy_mode="embedded")


@pytest.mark.parametrize(
    "status", [Status(), Status(reason=": "), Status(reason="database not found")]
)
def test_two_zeros_are_a_success(status: Status) -> None:
    """A reason beside them means nothing."""
    assert of_status(status, "default", Sent.PASSWORD) is None


NOT_READY = "service not ready[proxy=5]: "


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (Status(code=1, reason=f"{NOT_READY}Initializing"), "starting"),
        (Status(code=1, reason=f"{NOT_READY}StandBy"), "unhealthy"),
        (Status(code=1, reason="service not ready"), "starting"),
        (Status(code=1), "starting"),
        (Status(code=1, reason=f"{NOT_READY}Abnormal"), "unhealthy"),
        (Status(code=1, reason=f"{NOT_READY}Stopping"), "stopping"),
        (Status(code=2, reason="service unavailable[proxy=5]: Abnormal"), "unhealthy"),
        (Status(code=2), "unhealthy"),
        (Status(error_code=56), "starting"),
        (Status(error_code=57, reason="service not ready"), "starting"),
        (Status(error_code=1, code=1, reason=f"{NOT_READY}Initializing"), "starting"),
        (Status(code=3, reason="memory limit exceeded"), "busy"),
        (Status(code=4), "busy"),
        (Status(code=8, reason="rate limit exceeded"), "busy"),
        (Status(code=9, reason="quota exceeded"), "busy"),
        (Status(error_code=49, reason="rate limit exceeded"), "busy"),
        (Status(error_code=53), "busy"),
        (Status(code=800, reason="database not found[database=X]"), "db-missing"),
        (Status(error_code=1, code=800), "db-missing"),
        (Status(error_code=1, reason="database not found: X"), "db-missing"),
        (Status(code=1400), "auth-rejected"),
        (Status(code=1401, reason="privilege not permitted"), "denied"),
        (Status(error_code=3, reason="permission denied"), "denied"),
        (Status(error_code=3, code=100), "rpc-failed"),
        (Status(code=10), "rpc-failed"),
        (Status(code=100, reason="collection not found"), "rpc-failed"),
        (Status(code=802), "db-missing"),
        (Status(code=1100), "rpc-failed"),
        (Status(code=65535, reason="unexpected"), "rpc-failed"),
        (Status(error_code=1, reason="unexpected"), "rpc-failed"),
        (Status(code=-1), "rpc-failed"),
    ],
)
def test_milvus_own_status(status: Status, cause: str) -> None:
    """The codes of 2.3 and later, and the enum and the words of those before."""
    found = of_status(status, "books", Sent.PASSWORD)

    assert found is not None
    assert found.cause.label == cause
    assert found.evidence["code"] == str(status.code)
    assert found.evidence["error_code"] == str(status.error_code)
    assert found.evidence["reason"] == status.reason


def test_the_missing_database_is_named() -> None:
    """The one that was asked for, in the summary."""
    found = of_status(Status(code=800), "books", Sent.PASSWORD)

    assert found is not None
    assert "'books'" in found.summary


@pytest.mark.parametrize(
    ("code", "word"), [(3, "memory"), (4, "request limit"), (8, "rate limit"), (9, "quota")]
)
def test_the_limit_is_named(code: int, word: str) -> None:
    """Which limit, beside the server's own words."""
    found = of_status(Status(code=code, reason="words of the server"), "default", Sent.PASSWORD)

    assert found is not None
    assert word in found.summary
    assert "words of the server" in found.summary


def test_an_unknown_code_is_shown_and_not_guessed() -> None:
    """The new code where there is one, else the old, and the words."""
    new = of_status(Status(error_code=7, code=4242, reason="odd"), "default", Sent.PASSWORD)
    old = of_status(Status(error_code=7, reason="odd"), "default", Sent.PASSWORD)

    assert new is not None
    assert old is not None
    assert "4242" in new.summary
    assert "7" in old.summary
    assert "odd" in new.summary


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1), st.text())
def test_every_failure_has_a_cause_and_clean_words(error_code: int, code: int, why: str) -> None:
    """No status is a success but two zeros; nothing of a reason can write over a line."""
    found = of_status(Status(error_code, why, code), "default", Sent.PASSWORD)

    assert (found is None) == (error_code == 0 == code)
    if found is not None:
        assert found.summary.isprintable()
        assert all(value.isprintable() for value in found.evidence.values())


MISSING = "missing authorization in header"
WRONG = "auth check failure, please check username and password are correct"
CREDENTIALS = {
    "NOTHING": "none",
    "USER_ALONE": "none",
    "PASSWORD": "user and password",
    "TOKEN": "token",
}
WRONG_KEY = "auth check failure, please check api key is correct"


@pytest.mark.parametrize(
    ("code", "details", "sent", "cause"),
    [
        ("UNAUTHENTICATED", MISSING, Sent.NOTHING, "auth-missing"),
        ("UNAUTHENTICATED", WRONG, Sent.PASSWORD, "auth-rejected"),
        ("UNAUTHENTICATED", WRONG_KEY, Sent.TOKEN, "auth-apikey"),
        ("UNAUTHENTICATED", "invalid token format", Sent.TOKEN, "auth-apikey"),
        ("UNAUTHENTICATED", "other words", Sent.NOTHING, "auth-missing"),
        ("UNAUTHENTICATED", "", Sent.PASSWORD, "auth-rejected"),
        ("UNAUTHENTICATED", MISSING, Sent.USER_ALONE, "auth-missing"),
        ("UNKNOWN", WRONG, Sent.NOTHING, "auth-missing"),
        ("UNKNOWN", WRONG, Sent.PASSWORD, "auth-rejected"),
        ("UNKNOWN", WRONG, Sent.TOKEN, "auth-apikey"),
        ("PERMISSION_DENIED", "PrivilegeListDatabases", Sent.PASSWORD, "denied"),
        ("RESOURCE_EXHAUSTED", "rate limit", Sent.NOTHING, "busy"),
        ("UNAVAILABLE", "Milvus Proxy is not ready yet. please wait", Sent.NOTHING, "starting"),
        ("UNKNOWN", "Milvus Proxy is not ready yet", Sent.NOTHING, "starting"),
    ],
)
def test_refusals_of_grpc(code: str, details: str, sent: Sent, cause: str) -> None:
    """What was sent decides which credential is at fault, not the words."""
    found = of_refusal(code, details, sent)

    assert found is not None
    assert found.cause.label == cause
    assert (found.evidence["grpc_code"], found.evidence["grpc_details"]) == (code, details)
    assert found.evidence["credentials"] == CREDENTIALS[sent.name]


@pytest.mark.parametrize(
    ("code", "details"),
    [
        ("UNAVAILABLE", "failed to connect to all addresses"),
        ("UNAVAILABLE", "Socket closed"),
        ("DEADLINE_EXCEEDED", "Deadline Exceeded"),
        ("UNKNOWN", "something"),
        ("INTERNAL", "Invalid metadata"),
        ("RESOURCE_EXHAUSTED", "Received message larger than max (5 vs. 4)"),
        ("UNIMPLEMENTED", "unknown service milvus.proto.milvus.MilvusService"),
        ("UNIMPLEMENTED", "Method not found!"),
    ],
)
def test_refusals_that_leave_the_cause_open(code: str, details: str) -> None:
    """Someone else looks below gRPC; here nothing is guessed."""
    assert of_refusal(code, details, Sent.PASSWORD) is None


@pytest.mark.parametrize(
    ("details", "made_up"),
    [
        ("Received http2 header with status: 404", True),
        ("Received http2 header with status: 401", True),
        (MISSING, False),
        ("", False),
    ],
)
def test_a_status_that_grpc_made_up_of_http(details: str, *, made_up: bool) -> None:
    """A gateway's 401 or 403 must not read as Milvus's own refusal."""
    assert is_not_from_grpc(details) is made_up


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ("DNS resolution failed for h:1: C-ares status is not ARES_SUCCESS", True),
        ("errors resolving h:1: [UNKNOWN: …]", True),
        ("Socket closed", False),
    ],
)
def test_grpcs_own_resolver_is_named(details: str, *, named: bool) -> None:
    """Where the system's resolver knows the host: the variable that makes gRPC ask it."""
    found = of_resolvers(details)

    assert (found is not None) is named
    if found is not None:
        assert found.cause is Cause.DNS_UNAVAILABLE
        assert "GRPC_DNS_RESOLVER=native" in found.advice


def test_what_nothing_explains_is_grpcs_own_words() -> None:
    """Status and text as they came, cleaned."""
    found = unexplained("ABORTED", "odd\x1b[31m words")

    assert found.cause is Cause.RPC_FAILED
    assert "ABORTED" in found.summary
    assert "odd [31m words" in found.summary
    assert found.evidence == {"grpc_code": "ABORTED", "grpc_details": "odd [31m words"}


@given(st.text(), st.text(), st.sampled_from(Sent))
def test_no_refusal_writes_over_a_line(code: str, details: str, sent: Sent) -> None:
    """Whatever words come with it."""
    found = of_refusal(code, details, sent) or unexplained(code, details)

    assert found.evidence["grpc_details"].isprintable()
    assert len(found.evidence["grpc_details"]) <= 200


@pytest.mark.parametrize(
    ("info", "version", "expected"),
    [
        (
            FULL,
            "",
            Server(
                version="2.3.5-lite",
                deploy_mode="STANDALONE",
                build_tags="v2.3.5-lite",
                git_commit="abc123",
            ),
        ),
        (
            FULL,
            "v2.3.6",
            Server(
                version="2.3.6",
                deploy_mode="STANDALONE",
                build_tags="v2.3.5-lite",
                git_commit="abc123",
            ),
        ),
        (
            LITE,
            "milvus_lite-3.2.2",
            Server(version="3.2.2", deploy_mode="embedded", build_tags="milvus_lite"),
        ),
        (ServerInfo("2.6.0"), "", Server(version="2.6.0", deploy_mode="", build_tags="2.6.0")),
        (ServerInfo(), "", Server(version="")),
        (ServerInfo("vnext"), "", Server(version="vnext", deploy_mode="", build_tags="vnext")),
        (ServerInfo("a\nb\x1b"), "", Server(version="a b", deploy_mode="", build_tags="a b")),
    ],
)
def test_how_a_server_describes_itself(info: ServerInfo, version: str, expected: Server) -> None:
    """GetVersion's word before the build tags', without its prefix, cleaned."""
    assert server(info, version) == expected


@pytest.mark.parametrize(
    ("info", "lite", "named"),
    [
        (FULL, False, True),
        (LITE, True, False),
        (ServerInfo("milvus_lite", deploy_mode="STANDALONE"), True, False),
        (ServerInfo("2.4.lite-abc", deploy_mode=""), True, True),
        (ServerInfo("v2.6.1", deploy_mode="DISTRIBUTED"), False, True),
        (ServerInfo("master-20240101"), False, False),
        (ServerInfo(), False, False),
    ],
)
def test_lite_and_full(info: ServerInfo, *, lite: bool, named: bool) -> None:
    """Full Milvus 2.3.5 of PyPI is tagged `-lite` and is none; tags may be no version."""
    assert is_lite(info) is lite
    assert names_its_version(info) is named

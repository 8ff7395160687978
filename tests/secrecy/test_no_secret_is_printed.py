"""A secret is printed by no verb, in no format, whatever the server answers."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import quote

import grpc
import pytest
from pymilvus.grpc_gen import common_pb2, milvus_pb2

from tests.secrecy.canaries import (
    ALIASES,
    API_KEY,
    NOWHERE,
    PASSWORD,
    QUOTED,
    USER,
    Watch,
    echoing,
    found_in,
    milvus,
    sent_with,
)
from tests.servers import faults
from tests.servers import speaking_milvus as answers

World = AbstractContextManager[str]


def test_the_canary_sings() -> None:
    """It would find what it is to find: a search that finds nothing proves nothing."""
    header = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for words in (
        *(f"bad {PASSWORD}", f"bad {header}", quote(PASSWORD), json.dumps({"a": QUOTED})),
        *("Hb6Mz9 is a part", repr(QUOTED), b64encode(f"x{API_KEY}y".encode()).decode()),
        b64encode(f"token={API_KEY}".encode()).decode(),
    ):
        assert found_in(words.encode()), words
    assert not found_in(b"root established 2.4.1 Milvus is starting")


def echoing_reason(*, code: int = 0, error_code: int = 0) -> Any:  # noqa: ANN401
    """Refuse in Milvus's terms, and say back what was sent."""

    def answer(request: object, context: Any) -> Any:  # noqa: ANN401 -- protobuf's
        said = " ".join(sent_with(context))
        return answers.status(code=code, error_code=error_code, reason=said)(request, context)

    return answer


def echoing_everywhere() -> dict[str, Any]:
    """Accept, and say back what was sent in everything that a server tells of itself."""

    def words(context: Any) -> str:  # noqa: ANN401 -- grpc's
        return " ".join(sent_with(context))

    def connect(_request: object, context: Any) -> Any:  # noqa: ANN401 -- protobuf's
        said = words(context)
        info = common_pb2.ServerInfo(
            build_tags=said, git_commit=said, deploy_mode=said, build_time=said, go_version=said
        )
        return milvus_pb2.ConnectResponse(server_info=info, identifier=1)

    return {
        "connect": connect,
        "get_version": lambda _, context: milvus_pb2.GetVersionResponse(version=words(context)),
        "list_databases": lambda _, context: milvus_pb2.ListDatabasesResponse(
            db_names=[words(context), *sent_with(context)]
        ),
        "check_health": lambda _, context: milvus_pb2.CheckHealthResponse(
            isHealthy=False, reasons=[words(context), *sent_with(context)]
        ),
    }


@contextmanager
def refused() -> Iterator[str]:
    with faults.refusing_port() as place:
        yield f"http://{place.address}"


@contextmanager
def knowing(secret: str, prefix: bytes) -> Iterator[str]:
    """A peer that speaks no gRPC, and knows the secret: it heard it elsewhere."""
    header = b64encode(f"{USER}:{secret}".encode()).decode()
    told = f"{secret} {header} {quote(secret)}".encode()
    with faults.banner(prefix + told + b"\r\n\r\n" + told, after_first_bytes=True) as place:
        yield f"http://{place.address}"


WORLDS: Mapping[str, Callable[[], World]] = {
    "up": milvus,
    "refused": refused,
    "rejected": lambda: milvus(connect=answers.status(code=1400, reason="auth check failure")),
    "unauthenticated": lambda: milvus(connect=echoing(grpc.StatusCode.UNAUTHENTICATED)),
    "denied": lambda: milvus(connect=echoing(grpc.StatusCode.PERMISSION_DENIED, "{1} may not")),
    "unknown": lambda: milvus(connect=echoing(grpc.StatusCode.UNKNOWN, "{0}")),
    "internal": lambda: milvus(connect=echoing(grpc.StatusCode.INTERNAL, "{3} {2}")),
    "unimplemented": lambda: milvus(connect=echoing(grpc.StatusCode.UNIMPLEMENTED, "{1} {0}")),
    "too old": lambda: milvus(connect=None, get_version=echoing_everywhere()["get_version"]),
    "busy": lambda: milvus(connect=echoing(grpc.StatusCode.RESOURCE_EXHAUSTED, "{2}")),
    "reason": lambda: milvus(connect=echoing_reason(code=1400)),
    "other reason": lambda: milvus(connect=echoing_reason(code=65535)),
    "old reason": lambda: milvus(connect=echoing_reason(error_code=1)),
    "accepting": lambda: milvus(**echoing_everywhere()),
}


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("world", WORLDS)
def test_every_probe(watch: Watch, at: Callable[[str], None], world: str) -> None:
    """has and list of all, connect and inspect of some, in every format and at any peer."""
    with WORLDS[world]() as uri:
        at(uri)
        for output in ("table", "plain", "json"):
            watch("has", "--all", "-o", output)
        watch("list", "-o", "json")
        watch("list")
        for alias, output in zip(ALIASES, ("json", "table", "plain", "json"), strict=False):
            watch("inspect", alias, "-o", output)
            watch("connect", alias, "-o", output)
        watch("inspect", "env", "-q")


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize(
    ("alias", "secret"),
    [("literal", PASSWORD), ("token", API_KEY), ("quoted", QUOTED)],
    ids=["literal", "token", "quoted"],
)
@pytest.mark.parametrize(
    "prefix",
    [b"HTTP/1.1 400 Bad\r\nServer: ", b"<html><title>", b""],
    ids=["header", "page", "greeting"],
)
def test_peers_that_are_no_milvus(
    watch: Watch, at: Callable[[str], None], alias: str, secret: str, prefix: bytes
) -> None:
    """A web server's header, a page, a greeting: what the climb hears is gone through too."""
    with knowing(secret, prefix) as uri:
        at(uri)
        watch("has", alias, "-t", "1", "-o", "json")
        watch("inspect", alias, "-t", "1")


@pytest.mark.parametrize("verb", ["has", "inspect"])
def test_a_proxy_that_says_its_password_back(
    watch: Watch, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """It is a secret of the environment, and nobody's whom the proxy's words are for."""
    header = b64encode(f"{USER}:{PASSWORD}".encode())
    refusal = b"HTTP/1.1 407 who is " + header + b" " + PASSWORD.encode() + b"\r\n\r\n"
    at(NOWHERE)
    with faults.banner(refusal, after_first_bytes=True) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{USER}:{quote(PASSWORD, '')}@{proxy.address}")
        ran = watch(verb, "env", "-o", "json", "-t", "2")

    assert ran.row["status"] == "proxy-failed"
    assert "who is ***" in ran.row["summary"]


@pytest.mark.parametrize("length", range(150, 200, 7))
def test_words_that_are_cut(watch: Watch, at: Callable[[str], None], length: int) -> None:
    """Where the words of a server are too long, the beginning of a secret is left: not that."""
    padding = "x" * length
    with milvus(connect=echoing(grpc.StatusCode.UNKNOWN, f"{padding}{{1}} {{0}} {padding}")) as uri:
        at(uri)
        ran = watch("has", "literal", "token", "quoted", "-o", "json")

    for secret in (PASSWORD, API_KEY, QUOTED):
        starts = {secret[:size] for size in range(4, len(secret))}
        assert not [start for start in starts if json.dumps(start)[1:-1] in ran.out]

"""Envoy, and meshes made of it: what they say by themselves, and what Milvus says through them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.conftest import Milvusconn
from tests.servers import envoy as gateway
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.daemons import ProgramMissingError
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
Start = Callable[..., str]
Row = dict[str, Any]


@pytest.fixture
def envoy(tmp_path: Path) -> Iterator[Start]:
    """Each call starts an Envoy; the URI of its listener."""
    try:
        gateway.program()
    except ProgramMissingError as error:
        pytest.skip(str(error))
    with ExitStack() as running:

        def start(*routes: Any, **settings: Any) -> str:  # noqa: ANN401
            directory = tmp_path / f"envoy-{len(list(tmp_path.iterdir()))}"
            directory.mkdir()
            port = running.enter_context(gateway.envoy(directory, routes, **settings))
            return f"http://127.0.0.1:{port}"

        yield start


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Callable[..., Row]:
    """Probe a URI with further settings; the row."""

    def probe(uri: str, *settings: str) -> Row:
        milvusconn("add", "dev", "--replace", "--uri", uri, *settings)
        return milvusconn("has", "dev", "-o", "json", "-t", "5").row

    return probe


def refuse_all(request: Any, context: grpc.ServicerContext) -> None:  # noqa: ANN401, ARG001
    """A Milvus with authorization, to whoever comes."""
    metadata = dict(context.invocation_metadata())
    words = "auth check failure, please check username and password are correct"
    if "authorization" not in metadata:
        words = "missing authorization in header"
    context.abort(grpc.StatusCode.UNAUTHENTICATED, words)


CREDENTIALS = ("--user", "root", "--password", "literal:Milvus")


def test_a_gateway_set_up_well(envoy: Start, speaking_milvus: Speak, probed: Any) -> None:  # noqa: ANN401
    """Established, as without it."""
    milvus = speaking_milvus()
    uri = envoy(gateway.to("milvus"), clusters=[gateway.cluster("milvus", milvus.port)])

    assert probed(uri)["status"] == "established"


# What Envoy answers by itself


@pytest.mark.parametrize(
    ("routes", "settings", "credentials", "cause", "words", "advice"),
    [
        pytest.param(
            [{"match": {"prefix": "/other/"}, "route": {"cluster": "c"}}],
            {"clusters": [gateway.cluster("c", None)]},
            (),
            ("not-grpc", 7),
            "no route",
            "route",
            id="no-route",
        ),
        pytest.param(
            [gateway.to("c")],
            {"clusters": [gateway.cluster("c", None)]},
            (),
            ("gateway-upstream", 4),
            "no healthy upstream",
            "behind",
            id="none-healthy",
        ),
        pytest.param(
            [gateway.answer(503, "down for maintenance until Monday")],
            {},
            (),
            ("gateway-upstream", 4),
            "down for maintenance until Monday",
            "behind",
            id="maintenance",
        ),
        *(
            pytest.param(
                [gateway.answer(200)],
                {"filters": [gateway.rbac_that_allows_nobody()]},
                credentials,
                ("gateway-denied", 5),
                "RBAC",
                "rules",
                id=f"rbac-{'with' if credentials else 'without'}-credentials",
            )
            for credentials in ((), CREDENTIALS)
        ),
        pytest.param(
            [gateway.answer(200)],
            {"filters": [gateway.jwt_required()]},
            (),
            ("gateway-denied", 5),
            "Jwt",
            "credentials of its own",
            id="jwt-missing",
        ),
        pytest.param(
            [gateway.answer(401)], {}, (), ("gateway-denied", 5), "envoy", "own", id="401"
        ),
        pytest.param(
            [gateway.answer(403)], {}, (), ("gateway-denied", 5), "envoy", "rules", id="403"
        ),
        pytest.param([gateway.answer(404)], {}, (), ("not-grpc", 7), "no route", "route", id="404"),
        pytest.param(
            [{"match": {"prefix": "/"}, "redirect": {"https_redirect": True}}],
            {},
            (),
            ("tls-required", 6),
            "redirects to https://127.0.0.1",
            "https://127.0.0.1",
            id="redirect-to-https",
        ),
        pytest.param(
            [gateway.answer(200)],
            {"filters": [gateway.rbac_that_allows_nobody()], "server_name": "istio-envoy"},
            (),
            ("gateway-denied", 5),
            "istio-envoy",
            "rules",
            id="istio-rbac",
        ),
        pytest.param(
            [gateway.answer(200)],
            {
                "filters": [gateway.rbac_that_allows_nobody()],
                "server_header_transformation": "PASS_THROUGH",
            },
            (),
            ("gateway-denied", 5),
            "RBAC",
            "rules",
            id="rbac-without-its-name",
        ),
    ],
)
def test_envoy_answers_by_itself(
    envoy: Start,
    probed: Any,  # noqa: ANN401
    routes: Sequence[Any],
    settings: dict[str, Any],
    credentials: Sequence[str],
    cause: tuple[str, int],
    words: str,
    advice: str,
) -> None:
    """The gateway is named, and Milvus is not said to have said it."""
    row = probed(envoy(*routes, **settings), *credentials)

    assert (row["status"], row["exit_code"]) == cause, row
    assert words in row["summary"]
    assert advice in row["advice"]
    assert "Milvus denied" not in row["summary"]
    assert "privilege" not in row["advice"]


def test_a_rate_limit_of_the_gateway(envoy: Start, speaking_milvus: Speak, probed: Any) -> None:  # noqa: ANN401
    """The first call gets through; the limit is the gateway's."""
    milvus = speaking_milvus()
    uri = envoy(
        gateway.to("milvus"),
        clusters=[gateway.cluster("milvus", milvus.port)],
        filters=[gateway.one_call_alone()],
    )
    assert probed(uri)["status"] == "established"

    row = probed(uri)

    assert row["status"] == "busy"
    assert "envoy limits requests" in row["summary"]


# Milvus behind it does not answer


def test_nothing_behind_it(envoy: Start, refusing_port: int, probed: Any) -> None:  # noqa: ANN401
    """Connection refused, behind the gateway."""
    row = probed(envoy(gateway.to("m"), clusters=[gateway.cluster("m", refusing_port)]))

    assert (row["status"], row["exit_code"]) == ("gateway-upstream", 4)
    assert "behind the gateway" in row["advice"]


def test_http_1_is_spoken_behind_it(envoy: Start, speaking_milvus: Speak, probed: Any) -> None:  # noqa: ANN401
    """The cluster lacks HTTP/2."""
    milvus = speaking_milvus()
    behind = gateway.cluster("m", milvus.port, http2=False)

    assert probed(envoy(gateway.to("m"), clusters=[behind]))["status"] == "gateway-upstream"


def test_tls_is_wanted_behind_it(
    envoy: Start,
    speaking_milvus: Speak,
    authority: Authority,
    probed: Any,  # noqa: ANN401
) -> None:
    """The cluster speaks plaintext."""
    milvus = speaking_milvus(tls=authority.issue("localhost"))
    behind = gateway.cluster("m", milvus.port)

    assert probed(envoy(gateway.to("m"), clusters=[behind]))["status"] == "gateway-upstream"


def test_the_gateway_s_own_time_limit(envoy: Start, speaking_milvus: Speak, probed: Any) -> None:  # noqa: ANN401
    """Called a time-out, of the gateway."""
    milvus = speaking_milvus(connect=answers.after(threading.Event()))
    uri = envoy(gateway.to("m", timeout="0.5s"), clusters=[gateway.cluster("m", milvus.port)])

    row = probed(uri)

    assert row["status"] == "gateway-upstream"
    assert "timed out" in row["summary"]
    assert "timeout" in row["advice"]


# What Milvus says through it


@pytest.mark.parametrize(
    ("connect", "credentials", "cause"),
    [
        (answers.status(code=1, reason="service not ready[proxy=3]: Initializing"), (), "starting"),
        (
            answers.aborting(grpc.StatusCode.UNKNOWN, "Milvus Proxy is not ready yet"),
            (),
            "starting",
        ),
        (refuse_all, CREDENTIALS, "auth-rejected"),
        (refuse_all, (), "auth-missing"),
        (answers.aborting(grpc.StatusCode.PERMISSION_DENIED, "permission deny"), (), "denied"),
        (answers.aborting(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many"), (), "busy"),
        (answers.status(code=800, reason="database not found[database=x]"), (), "db-missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_milvus_answers_through_it(
    envoy: Start,
    speaking_milvus: Speak,
    probed: Any,  # noqa: ANN401
    connect: Any,  # noqa: ANN401
    credentials: Sequence[str],
    cause: str,
) -> None:
    """Not the gateway's."""
    milvus = speaking_milvus(connect=connect)
    uri = envoy(gateway.to("m"), clusters=[gateway.cluster("m", milvus.port)])

    row = probed(uri, *credentials)

    assert row["status"] == cause, row


def test_a_header_that_the_gateway_removes(
    envoy: Start,
    speaking_milvus: Speak,
    probed: Any,  # noqa: ANN401
) -> None:
    """The credentials were sent: who removed them is to be found, not what they are."""
    milvus = speaking_milvus(connect=refuse_all)
    route = {**gateway.to("m"), "request_headers_to_remove": ["authorization"]}
    uri = envoy(route, clusters=[gateway.cluster("m", milvus.port)])

    row = probed(uri, *CREDENTIALS)

    assert row["status"] == "auth-missing"
    assert "did not arrive" in row["summary"]
    assert "removes" in row["advice"]

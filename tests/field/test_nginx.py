"""nginx before Milvus: its own answers by HTTP status, and what it takes away or changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.conftest import Milvusconn
from tests.servers import daemons
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.daemons import ProgramMissingError
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
Start = Callable[..., int]
Row = dict[str, Any]
CREDENTIALS = ("--user", "root", "--password", "literal:Milvus")


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Start]:
    """Each call starts an nginx that does what a block says; its port."""
    with ExitStack() as running:

        def start(block: str, how: str = "http2") -> int:
            directory = tmp_path / "nginx"
            directory.mkdir()
            try:
                doors = running.enter_context(daemons.nginx_with(directory, block, how))
            except ProgramMissingError as error:
                pytest.skip(str(error))
            return doors["port"]

        yield start


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Callable[..., Row]:
    """Probe a URI with further settings; the row."""

    def probe(uri: str, *settings: str) -> Row:
        milvusconn("add", "dev", "--replace", "--uri", uri, *settings)
        return milvusconn("has", "dev", "-o", "json", "-t", "5").row

    return probe


def local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def wants_credentials(request: Any, context: grpc.ServicerContext) -> None:  # noqa: ANN401, ARG001
    """A Milvus with authorization."""
    missing = "authorization" not in dict(context.invocation_metadata())
    words = "auth check failure, please check username and password are correct"
    context.abort(
        grpc.StatusCode.UNAUTHENTICATED, "missing authorization in header" if missing else words
    )


@pytest.mark.parametrize(
    ("block", "cause", "words", "advice"),
    [
        ("return 503;", ("gateway-upstream", 4), "503", "behind"),
        ("return 500;", ("gateway-upstream", 4), "500", "behind"),
        ("return 504;", ("gateway-upstream", 4), "504", "timeout"),
        ("return 401;", ("gateway-denied", 5), "401", "of its own"),
        ("return 403;", ("gateway-denied", 5), "403", "rules"),
        ("return 404;", ("not-grpc", 7), "404", "route"),
        ("return 405;", ("not-grpc", 7), "405", "route"),
        ("return 429;", ("busy", 4), "429", "limit"),
        ("return 301 https://milvus.example:8443/x;", ("tls-required", 6), "redirects", ":8443"),
        ("return 308 https://milvus.example/;", ("tls-required", 6), "redirects", "https://milvus"),
        ("return 302 /login;", ("not-grpc", 7), "redirects to http://127", "route"),
        ("default_type text/html; return 200 '<html>hello</html>';", ("not-grpc", 7), "200", ""),
        (
            "default_type text/html; return 503 '<title>Down until Monday</title>';",
            ("gateway-upstream", 4),
            "Down until Monday",
            "behind",
        ),
        (
            "auth_basic private; auth_basic_user_file /dev/null;",
            ("gateway-denied", 5),
            "401",
            "own",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and ";" in value else None,
)
def test_a_status_of_its_own(
    nginx: Start,
    probed: Any,  # noqa: ANN401
    block: str,
    cause: tuple[str, int],
    words: str,
    advice: str,
) -> None:
    """Each by its meaning, with nginx's name."""
    row = probed(local(nginx(f"location / {{ {block} }}")))

    assert (row["status"], row["exit_code"]) == cause, row
    assert words in row["summary"]
    assert advice in row["advice"]
    assert "nginx" in row["summary"]


def test_a_dead_upstream(nginx: Start, probed: Any, refusing_port: int) -> None:  # noqa: ANN401
    """502, and the advice looks behind it."""
    row = probed(local(nginx(f"location / {{ grpc_pass grpc://127.0.0.1:{refusing_port}; }}")))

    assert row["status"] == "gateway-upstream"
    assert "502" in row["summary"]
    assert "behind the gateway" in row["advice"]


def test_plaintext_to_an_upstream_with_tls(
    nginx: Start,
    probed: Any,  # noqa: ANN401
    speaking_milvus: Speak,
    authority: Authority,
) -> None:
    """nginx speaks plaintext to a Milvus with TLS."""
    milvus = speaking_milvus(tls=authority.issue("localhost"))

    row = probed(local(nginx(f"location / {{ grpc_pass grpc://127.0.0.1:{milvus.port}; }}")))

    assert row["status"] == "gateway-upstream"


def test_an_upstream_slower_than_nginx_waits(
    nginx: Start,
    probed: Any,  # noqa: ANN401
    speaking_milvus: Speak,
) -> None:
    """504: a time-out of nginx's."""
    milvus = speaking_milvus(connect=answers.after(threading.Event()))
    block = f"location / {{ grpc_read_timeout 1s; grpc_pass grpc://127.0.0.1:{milvus.port}; }}"

    row = probed(local(nginx(block)))

    assert row["status"] == "gateway-upstream"
    assert "504" in row["summary"]
    assert "timeout" in row["advice"]


def test_a_header_that_nginx_removes(
    nginx: Start,
    probed: Any,  # noqa: ANN401
    speaking_milvus: Speak,
) -> None:
    """Sent, and removed on the way."""
    milvus = speaking_milvus(connect=wants_credentials)
    block = (
        "location / { grpc_set_header authorization '';"
        f" grpc_pass grpc://127.0.0.1:{milvus.port}; }}"
    )

    row = probed(local(nginx(block)), *CREDENTIALS)

    assert row["status"] == "auth-missing"
    assert "did not arrive" in row["summary"]
    assert "check user and password" not in row["advice"]


def test_the_diagnosis_brings_the_same_token(
    nginx: Start,
    probed: Any,  # noqa: ANN401
    refusing_port: int,
) -> None:
    """Who has a token is let in, to a dead upstream: no 401."""
    block = (
        "location / { if ($http_authorization = '') { return 401; }"
        f" grpc_pass grpc://127.0.0.1:{refusing_port}; }}"
    )

    row = probed(local(nginx(block)), "--token", "literal:abc")

    assert row["status"] == "gateway-upstream"
    assert "502" in row["summary"]


def test_the_diagnosis_asks_the_same_virtual_host(
    nginx: Start,
    probed: Any,  # noqa: ANN401
    refusing_port: int,
    authority: Authority,
) -> None:
    """By `--server-name`: the default server's 404 is not what a client meets."""
    shown = authority.issue("milvus.lab", "127.0.0.1")
    files = f"ssl_certificate {shown.cert}; ssl_certificate_key {shown.key};"
    block = (
        f"{files} if ($host = milvus.lab) {{ return 502; }} location / {{ return 404; }}"
        f" # {refusing_port}\n"
    )
    port = nginx(block, "ssl http2")

    row = probed(
        f"https://127.0.0.1:{port}",
        *("--ca", str(authority.ca_file), "--server-name", "milvus.lab"),
    )

    assert row["status"] == "gateway-upstream", row
    assert "502" in row["summary"]


@pytest.mark.parametrize("_again", range(3))
def test_proxy_pass_in_place_of_grpc_pass(
    nginx: Start,
    probed: Any,  # noqa: ANN401
    speaking_milvus: Speak,
    _again: int,
) -> None:
    """HTTP/1 is spoken to a gRPC server."""
    milvus = speaking_milvus()

    row = probed(local(nginx(f"location / {{ proxy_pass http://127.0.0.1:{milvus.port}; }}")))

    assert row["status"] in ("not-grpc", "gateway-upstream"), row
    assert "grpc_pass" in row["advice"] or "HTTP/1" in row["advice"], row


def test_a_real_inspect_leaves_no_warning(
    milvusconn: Milvusconn,
    speaking_milvus: Speak,
) -> None:
    """The diagnosis's call brings the credentials too: no call comes without them."""
    milvus = speaking_milvus()

    milvusconn("inspect", "--uri", milvus.uri, "--user", "root", "--password", "literal:Milvus")

    connects = [call for call in milvus.calls if call.method == "Connect"]
    assert len(connects) == 2
    assert len({str(call.metadata.get("authorization")) for call in connects}) == 1
    agents = [str(call.metadata.get("user-agent")) for call in connects]
    assert all(agent.startswith("milvusconn/") for agent in agents)

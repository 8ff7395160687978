"""Gateways and TLS balancers beside nginx and Envoy: who answered, and what is behind it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Milvusconn
from tests.servers import gateways
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.daemons import Daemon, ProgramMissingError
from tests.servers.raw_http2 import (
    END_HEADERS,
    END_STREAM,
    HEADERS,
    Reply,
    frame,
    headers,
    raw_grpc,
)
from tests.servers.speaking_milvus import SpeakingMilvus

Row = dict[str, Any]
Run = Callable[..., int]
Probe = Callable[..., Row]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run a gateway of tests/servers/gateways.py in a directory of its own; its port."""
    with ExitStack() as running:

        def start(gateway: Callable[..., Daemon], *settings: Any) -> int:  # noqa: ANN401
            directory = tmp_path / gateway.__name__
            directory.mkdir()
            try:
                return running.enter_context(gateway(directory, *settings))["port"]
            except ProgramMissingError as error:
                pytest.skip(str(error))

        yield start


@pytest.fixture
def shown(authority: Authority) -> CertificateFiles:
    """The gateway's certificate."""
    return authority.issue("localhost", "127.0.0.1")


@pytest.fixture
def both(shown: CertificateFiles, tmp_path: Path) -> Path:
    """The same with its key, in one file, as HAProxy reads it."""
    pem = tmp_path / "both.pem"
    pem.write_bytes(shown.cert.read_bytes() + shown.key.read_bytes())
    return pem


@pytest.fixture
def milvus(speaking_milvus: Callable[..., SpeakingMilvus]) -> int:
    """The port of a Milvus without TLS."""
    return speaking_milvus().port


@pytest.fixture
def milvus_over_tls(speaking_milvus: Callable[..., SpeakingMilvus], shown: CertificateFiles) -> int:
    """The port of a Milvus with TLS."""
    return speaking_milvus(tls=shown).port


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Probe:
    """Probe a port without TLS; the row."""

    def probe(port: int, *settings: str) -> Row:
        milvusconn("add", "dev", "--replace", "--uri", f"http://127.0.0.1:{port}", *settings)
        return milvusconn("has", "dev", "-o", "json", "-t", "5").row

    return probe


@pytest.fixture
def probed_over_tls(milvusconn: Milvusconn, authority: Authority) -> Probe:
    """Probe a port with TLS; the row."""

    def probe(port: int, *settings: str) -> Row:
        trust = ("--ca", str(authority.ca_file))
        uri = f"https://127.0.0.1:{port}"
        milvusconn("add", "dev", "--replace", "--uri", uri, *trust, *settings)
        return milvusconn("has", "dev", "-o", "json", "-t", "5").row

    return probe


# Web servers


def test_caddy_set_up_well(
    run: Run, probed: Probe, probed_over_tls: Probe, shown: CertificateFiles, milvus: int
) -> None:
    """Established, with TLS and without."""
    assert probed_over_tls(run(gateways.caddy, f"h2c://127.0.0.1:{milvus}", shown))["established"]
    assert probed(run(gateways.caddy_without_tls, f"h2c://127.0.0.1:{milvus}"))["established"]


def test_caddy_before_a_dead_upstream(
    run: Run, probed_over_tls: Probe, shown: CertificateFiles, refusing_port: int
) -> None:
    """502 of Caddy, and the advice looks behind it."""
    row = probed_over_tls(run(gateways.caddy, f"h2c://127.0.0.1:{refusing_port}", shown))

    assert row["status"] == "gateway-upstream"
    assert "Caddy answered with HTTP status 502" in row["summary"]
    assert "behind the gateway" in row["advice"]


def test_caddy_that_speaks_http_1_to_milvus(
    run: Run, probed_over_tls: Probe, shown: CertificateFiles, milvus: int
) -> None:
    """502 as well; the advice mentions HTTP/2."""
    row = probed_over_tls(run(gateways.caddy, f"127.0.0.1:{milvus}", shown))

    assert row["status"] == "gateway-upstream"
    assert "HTTP/2" in row["advice"]


def test_varnish(run: Run, probed: Probe, milvus: int) -> None:
    """Varnish speaks HTTP/1 alone to what is behind it."""
    row = probed(run(gateways.varnish, milvus))

    assert row["status"] == "gateway-upstream"
    assert "Varnish answered with HTTP status 503" in row["summary"]
    assert "HTTP/2" in row["advice"]


def test_h2o(run: Run, probed_over_tls: Probe, shown: CertificateFiles, milvus: int) -> None:
    """So does h2o."""
    row = probed_over_tls(run(gateways.h2o, milvus, shown))

    assert row["status"] == "gateway-upstream"
    assert "h2o" in row["summary"]
    assert "502" in row["summary"]


@pytest.mark.parametrize(("protocol", "status"), [("h2", "established"), ("", "gateway-upstream")])
def test_nghttpx(
    run: Run,
    probed_over_tls: Probe,
    shown: CertificateFiles,
    milvus: int,
    protocol: str,
    status: str,
) -> None:
    """Milvus behind it is reached over HTTP/2 only."""
    backend = f"127.0.0.1,{milvus}" + (f";;proto={protocol}" if protocol else "")
    row = probed_over_tls(run(gateways.nghttpx, backend, shown))

    assert row["status"] == status


# HAProxy


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        pytest.param("bind 127.0.0.1:{port} proto h2", "gateway-upstream", id="upstream-in-http1"),
        pytest.param(
            "bind 127.0.0.1:{port} proto h2\nhttp-request deny", "gateway-denied", id="deny"
        ),
        pytest.param(
            "bind 127.0.0.1:{port} proto h2\nhttp-request deny deny_status 429", "busy", id="429"
        ),
        pytest.param(
            "bind 127.0.0.1:{port} proto h2\nhttp-request redirect scheme https",
            "tls-required",
            id="redirect",
        ),
    ],
)
def test_haproxy_in_http_mode(run: Run, probed: Probe, milvus: int, lines: str, cause: str) -> None:
    """Its own answers are not Milvus's."""
    row = probed(run(gateways.haproxy, f"mode http\n{lines}\nserver milvus 127.0.0.1:{milvus}"))

    assert row["status"] == cause


# TLS balancers


def test_stunnel_offers_no_http_2(
    run: Run, probed_over_tls: Probe, shown: CertificateFiles, milvus: int
) -> None:
    """No ALPN: gRPC's client refuses, and the advice says what to enable."""
    row = probed_over_tls(run(gateways.stunnel, milvus, shown))

    assert row["status"] == "tls-no-h2"
    assert "enable HTTP/2 (ALPN h2)" in row["advice"]


@pytest.mark.parametrize("alpn", ["", "alpn http/1.1"])
def test_haproxy_offers_no_http_2(
    run: Run, probed_over_tls: Probe, both: Path, milvus: int, alpn: str
) -> None:
    """The same of HAProxy."""
    bind = f"bind 127.0.0.1:{{port}} ssl crt {both} {alpn}"
    row = probed_over_tls(
        run(gateways.haproxy, f"mode tcp\n{bind}\nserver milvus 127.0.0.1:{milvus}")
    )

    assert row["status"] == "tls-no-h2"
    assert "enable HTTP/2 (ALPN h2)" in row["advice"]


def test_tls_that_ends_before_a_server_with_tls(
    run: Run, probed_over_tls: Probe, both: Path, milvus_over_tls: int
) -> None:
    """TLS twice: proved by a TLS hello inside of TLS."""
    bind = f"bind 127.0.0.1:{{port}} ssl crt {both} alpn h2"
    row = probed_over_tls(
        run(gateways.haproxy, f"mode tcp\n{bind}\nserver milvus 127.0.0.1:{milvus_over_tls}")
    )

    assert row["status"] == "gateway-upstream"
    assert "forwards plaintext to a server that requires TLS" in row["summary"]


def test_http_that_ends_before_a_server_with_tls(
    run: Run, probed_over_tls: Probe, both: Path, milvus_over_tls: int
) -> None:
    """HAProxy refuses the stream, which it could not hand on."""
    bind = f"bind 127.0.0.1:{{port}} ssl crt {both} alpn h2"
    server = f"server milvus 127.0.0.1:{milvus_over_tls} proto h2"
    row = probed_over_tls(run(gateways.haproxy, f"mode http\n{bind}\n{server}"))

    assert row["status"] == "gateway-upstream"


@pytest.mark.parametrize("tls", [False, True])
def test_a_port_that_expects_the_proxy_protocol(
    run: Run, probed: Probe, probed_over_tls: Probe, both: Path, milvus: int, *, tls: bool
) -> None:
    """Proved by sending its header."""
    bind = "bind 127.0.0.1:{port} accept-proxy" + (f" ssl crt {both} alpn h2" if tls else "")
    port = run(gateways.haproxy, f"mode tcp\n{bind}\nserver milvus 127.0.0.1:{milvus}")
    row = (probed_over_tls if tls else probed)(port)

    assert row["status"] == "tcp-closed"
    assert "PROXY protocol" in row["summary"]


def test_a_balancer_that_sends_the_proxy_protocol(run: Run, probed: Probe, milvus: int) -> None:
    """Milvus greets, and then closes: what it read was no HTTP/2."""
    server = f"server milvus 127.0.0.1:{milvus} send-proxy"
    row = probed(run(gateways.haproxy, f"mode tcp\nbind 127.0.0.1:{{port}}\n{server}"))

    assert row["status"] == "tcp-closed"
    assert "PROXY protocol" in row["advice"]


def test_a_router_that_goes_by_name(run: Run, probed_over_tls: Probe, milvus_over_tls: int) -> None:
    """An address sends no name (SNI); `--server-name` does."""
    lines = (
        "mode tcp",
        "bind 127.0.0.1:{port}",
        "tcp-request inspect-delay 2s",
        "tcp-request content reject unless { req.ssl_sni -i localhost }",
        f"server milvus 127.0.0.1:{milvus_over_tls}",
    )
    port = run(gateways.haproxy, "\n".join(lines))
    row = probed_over_tls(port)

    assert row["status"] == "tcp-closed"
    assert "--server-name" in row["advice"]
    assert probed_over_tls(port, "--server-name", "localhost")["established"]


def test_a_balancer_that_knows_no_such_name(
    run: Run, probed_over_tls: Probe, both: Path, milvus: int
) -> None:
    """The TLS alert says so."""
    bind = f"bind 127.0.0.1:{{port}} ssl crt {both} alpn h2 strict-sni"
    row = probed_over_tls(
        run(gateways.haproxy, f"mode tcp\n{bind}\nserver milvus 127.0.0.1:{milvus}")
    )

    assert row["status"] == "tls-name"
    assert "--server-name" in row["advice"]


def test_sslh(run: Run, probed: Probe, probed_over_tls: Probe, milvus_over_tls: int) -> None:
    """It passes TLS on by name; without TLS it is told apart."""
    port = run(gateways.sslh, milvus_over_tls, "localhost")

    assert probed_over_tls(port, "--server-name", "localhost")["established"]
    assert probed(port)["status"] == "tls-required"


def test_a_server_that_closes_without_a_client_certificate(
    speaking_milvus: Callable[..., SpeakingMilvus],
    probed_over_tls: Probe,
    shown: CertificateFiles,
    authority: Authority,
) -> None:
    """gRPC's C++ server sends no alert in TLS 1.3; that it asked for one is seen."""
    milvus = speaking_milvus(tls=shown, client_authority=authority.ca_file)

    assert probed_over_tls(milvus.port)["status"] == "tls-client-cert"


# Answers of clouds and ingresses, in HTTP/2


def answering(status: str, *fields: tuple[str, str]) -> Reply:
    """A whole answer in one block of headers."""
    block = headers(*fields, status=status)
    return lambda stream: frame(HEADERS, END_HEADERS | END_STREAM, stream, block)


@pytest.mark.parametrize(
    ("reply", "settings", "cause", "words", "advice"),
    [
        pytest.param(
            answering("464", ("server", "awselb/2.0")),
            (),
            "not-grpc",
            "464",
            "protocol version",
            id="alb-464",
        ),
        pytest.param(
            answering("502", ("server", "awselb/2.0"), ("content-type", "text/html")),
            (),
            "gateway-upstream",
            "awselb/2.0",
            "behind",
            id="alb-502",
        ),
        pytest.param(
            answering("503", ("server", "awselb/2.0"), ("content-type", "text/html")),
            (),
            "gateway-upstream",
            "awselb/2.0",
            "behind",
            id="alb-503",
        ),
        pytest.param(
            answering("503", ("server", "envoy"), ("content-type", "text/plain")),
            (),
            "gateway-upstream",
            "envoy",
            "behind",
            id="envoy-503-in-http",
        ),
        pytest.param(
            answering("403", ("server", "cloudflare"), ("content-type", "text/html")),
            (),
            "gateway-denied",
            "cloudflare",
            "access rules",
            id="cloudflare-403",
        ),
        pytest.param(
            answering("522", ("server", "cloudflare")),
            (),
            "gateway-upstream",
            "522",
            "timeout",
            id="cloudflare-522",
        ),
        pytest.param(
            answering(
                "401",
                ("content-type", "application/json"),
                ("www-authenticate", "Bearer"),
            ),
            ("--token", "abc"),
            "gateway-denied",
            "401",
            "credentials of its own",
            id="api-gateway-401",
        ),
        pytest.param(
            answering("404", ("content-type", "text/plain; charset=utf-8")),
            (),
            "not-grpc",
            "404",
            "route",
            id="traefik-404",
        ),
    ],
)
def test_an_answer_in_http(
    probed: Probe, reply: Reply, settings: tuple[str, ...], cause: str, words: str, advice: str
) -> None:
    """By its status, with the name of who sent it."""
    with raw_grpc(reply) as place:
        row = probed(place.port, *settings)

    assert row["status"] == cause
    assert words in row["summary"]
    assert advice in row["advice"]

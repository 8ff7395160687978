"""HTTP proxies that the environment names: gRPC obeys the lower-case variables, on loopback too."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab.bench import Bench
from tests.lab.fault import SHORT, Client, Fault, Meeting, fault, put
from tests.servers import daemons, faults


def _through(bench: Bench, proxy: object, variable: str = "http_proxy", **more: str) -> Client:
    """A Milvus that is well, and a proxy named by the environment."""
    return Client(("--uri", bench.milvus().uri), {variable: f"http://{proxy}", **more})


def _answering(status: int) -> Meeting:
    @contextmanager
    def meet(bench: Bench) -> Iterator[Client]:
        with faults.http1(status, "squid") as place:
            yield _through(bench, place.address)

    return meet


for _status, _what, _advice in (
    (407, "the proxy requires credentials", "USER:PASSWORD"),
    (501, "the proxy knows no CONNECT", "no_proxy=127.0.0.1"),
    (502, "the proxy cannot reach the host", "no_proxy=127.0.0.1"),
):
    put(
        Fault(
            f"proxy-{_status}", _what, _answering(_status), "proxy-failed", 3, "proxy",
            says=(str(_status), "$http_proxy"), shows=("http_proxy",),
            advises=(_advice,), alone=True,
        )
    )  # fmt: skip


@fault(
    "proxy-refused", 3, "proxy", says=("$http_proxy", "refused"), shows="http_proxy",
    advises="no_proxy=127.0.0.1", alone=True,
)  # fmt: skip
def proxy_refuses(bench: Bench) -> Iterator[Client]:
    """Nobody listens where the proxy should be."""
    with faults.refusing_port() as place:
        yield _through(bench, place.address)


@fault("proxy-refused", 3, "proxy", says=("$https_proxy", "refused"), alone=True)
def https_proxy_refuses(bench: Bench) -> Iterator[Client]:
    """The same, named by https_proxy, for a plaintext connection."""
    with faults.refusing_port() as place:
        yield _through(bench, place.address, "https_proxy")


@fault("proxy-refused", 3, "proxy", says=("$grpc_proxy", "refused"), alone=True)
def grpc_proxy_refuses(bench: Bench) -> Iterator[Client]:
    """The same, named by grpc_proxy."""
    with faults.refusing_port() as place:
        yield _through(bench, place.address, "grpc_proxy")


@fault("proxy-failed", 3, "proxy", says="did not connect", limit=SHORT, alone=True)
def proxy_silent(bench: Bench) -> Iterator[Client]:
    """The proxy says nothing."""
    with faults.silent() as place:
        yield _through(bench, place.address)


@fault("proxy-failed", 3, "proxy", says="closed the connection without an answer", alone=True)
def proxy_closes(bench: Bench) -> Iterator[Client]:
    """The proxy closes."""
    with faults.closing() as place:
        yield _through(bench, place.address)


@fault("proxy-failed", 3, "proxy", says="SSH-2.0", limit=SHORT, alone=True)
def proxy_is_an_ssh_server(bench: Bench) -> Iterator[Client]:
    """An SSH server where the proxy should be."""
    with faults.banner(b"SSH-2.0-OpenSSH_9.2\r\n") as place:
        yield _through(bench, place.address)


def _tinyproxy(bench: Bench) -> daemons.Doors:
    return bench.daemon(daemons.tinyproxy, bench.milvus().port)


@fault("established", 0, alone=True)
def tinyproxy_works(bench: Bench) -> Iterator[Client]:
    """A real proxy that opens the tunnel."""
    yield _through(bench, f"127.0.0.1:{_tinyproxy(bench)['port']}")


@fault("proxy-failed", 3, "proxy", says="403", advises="no_proxy", alone=True)
def tinyproxy_denies(bench: Bench) -> Iterator[Client]:
    """A real proxy that may not connect to this port."""
    proxy = f"http://127.0.0.1:{_tinyproxy(bench)['port']}"
    server = bench.milvus("milvus_with_authorization")
    yield Client(("--uri", server.uri), {"http_proxy": proxy})


@fault("proxy-failed", 3, "proxy", says="50", advises="no_proxy", alone=True)
def tinyproxy_is_refused(bench: Bench) -> Iterator[Client]:
    """A real proxy, and nobody listens behind it."""
    doors = _tinyproxy(bench)
    yield Client(
        ("--uri", f"http://127.0.0.1:{doors['dead']}"),
        {"http_proxy": f"http://127.0.0.1:{doors['port']}"},
    )


@fault("tls-unexpected", 6, "tls", says="plaintext", alone=True)
def plaintext_behind_a_proxy(bench: Bench) -> Iterator[Client]:
    """A Milvus without TLS, dialled with TLS through a proxy."""
    port = _tinyproxy(bench)["port"]
    yield Client(
        ("--uri", f"https://{bench.milvus().address}"), {"http_proxy": f"http://127.0.0.1:{port}"}
    )


@fault("established", 0, alone=True)
def no_proxy_by_address(bench: Bench) -> Iterator[Client]:
    """A proxy that refuses, and no_proxy with the address."""
    with faults.refusing_port() as place:
        yield _through(bench, place.address, no_proxy="localhost,127.0.0.1")


@fault("established", 0, alone=True)
def no_proxy_by_name(bench: Bench) -> Iterator[Client]:
    """A proxy that refuses, and no_proxy with the name."""
    with faults.refusing_port() as place:
        uri = f"http://localhost:{bench.milvus().port}"
        environment = {"http_proxy": f"http://{place.address}", "no_proxy": "localhost"}
        yield Client(("--uri", uri), environment)


@fault("established", 0, alone=True)
def no_proxy_by_subnet(bench: Bench) -> Iterator[Client]:
    """A proxy that refuses, and no_proxy with the subnet."""
    with faults.refusing_port() as place:
        yield _through(bench, place.address, no_proxy="127.0.0.0/8")


@fault("established", 0, alone=True)
def upper_case_proxy_does_not_hold(bench: Bench) -> Iterator[Client]:
    """A proxy that refuses, named by HTTP_PROXY alone."""
    with faults.refusing_port() as place:
        yield _through(bench, place.address, "HTTP_PROXY")


@fault("proxy-refused", 3, "proxy", says="$grpc_proxy", advises="no_grpc_proxy=", alone=True)
def no_grpc_proxy_goes_before_no_proxy(bench: Bench) -> Iterator[Client]:
    """A proxy that refuses, and a no_proxy that no_grpc_proxy overrides."""
    with faults.refusing_port() as place:
        more = {"no_proxy": "127.0.0.1", "no_grpc_proxy": "milvus.example"}
        yield _through(bench, place.address, "grpc_proxy", **more)

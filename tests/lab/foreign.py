"""Other software where Milvus should be: dialled by mistake, or put before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.lab.bench import Bench
from tests.lab.fault import Client, Fault, Meeting, fault, put
from tests.servers import daemons, faults
from tests.servers.speaking_milvus import foreign_grpc


def _dialled(start: Any, scheme: str = "http", door: str = "port") -> Meeting:  # noqa: ANN401
    """The daemon, dialled as it is."""

    @contextmanager
    def meet(bench: Bench) -> Iterator[Client]:
        port = bench.daemon(start)[door]
        yield Client(("--uri", f"{scheme}://127.0.0.1:{port}"))

    return meet


_DIALLED = (
    # name, what, who, scheme, cause, exit code, layer, words of the summary
    ("redis", "Redis", daemons.redis, "http", "not-http2", 7, "http2", "Redis"),
    # It hangs up on HTTP's verbs, and says nothing to a TLS hello: no word of its own is heard.
    ("memcached", "memcached", daemons.memcached, "http", "tcp-closed", 3, "tcp", "closed"),
    ("sshd", "OpenSSH", daemons.sshd, "http", "not-http2", 7, "http2", "an SSH server"),
    ("sshd-tls", "OpenSSH, dialled with TLS", daemons.sshd, "https", "not-http2", 7, "http2",
     "an SSH server"),
    ("postgresql", "PostgreSQL", daemons.postgresql, "http", "not-http2", 7, "http2",
     "a PostgreSQL server"),
    ("postgresql-tls", "PostgreSQL, dialled with TLS", daemons.postgresql, "https", "not-http2",
     7, "http2", "a PostgreSQL server"),
    ("mariadb", "MariaDB", daemons.mariadb, "http", "not-http2", 7, "http2", "a MySQL server"),
    ("mariadb-tls", "MariaDB, dialled with TLS", daemons.mariadb, "https", "not-http2", 7,
     "http2", "a MySQL server"),
    ("smtp", "a mail server", daemons.smtp, "http", "not-http2", 7, "http2", "a mail"),
    ("smtp-tls", "a mail server, dialled with TLS", daemons.smtp, "https", "not-http2", 7,
     "http2", "a mail"),
    ("python-http-server", "Python's http.server", daemons.python_http_server, "http",
     "not-http2", 7, "http2", "SimpleHTTP"),
    ("python-http-server-tls", "Python's http.server, dialled with TLS",
     daemons.python_http_server, "https", "not-http2", 7, "http2", "SimpleHTTP"),
    ("etcd", "etcd, Milvus's own metadata store", daemons.etcd, "http", "not-milvus", 7, "grpc",
     "etcd"),
    ("etcd-tls", "etcd, dialled with TLS", daemons.etcd, "https", "tls-unexpected", 6, "tls",
     "plaintext"),
)  # fmt: skip

for _name, _what, _who, _scheme, _cause, _code, _layer, _words in _DIALLED:
    put(
        Fault(
            _name, _what, _dialled(_who, _scheme), _cause, _code, _layer, says=(_words,),
        )
    )  # fmt: skip


@fault("not-milvus", 7, "grpc", says="not Milvus")
def another_grpc_service(_bench: Bench) -> Iterator[Client]:
    """A gRPC server of another kind."""
    with foreign_grpc() as place:
        yield Client(("--uri", f"http://{place.address}"))


@fault("not-http2", 7, "http2", says="metrics port", advises="19530")
def metrics_port(bench: Bench) -> Iterator[Client]:
    """Milvus's own metrics port."""
    yield Client(("--uri", f"http://127.0.0.1:{bench.milvus().metrics_port}"))


@fault("not-http2", 7, "http2", says="metrics port", advises="19530")
def metrics_port_tls(bench: Bench) -> Iterator[Client]:
    """Milvus's own metrics port, dialled with TLS."""
    yield Client(("--uri", f"https://127.0.0.1:{bench.milvus().metrics_port}"))


ATTU = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Attu</title>"


@fault("not-http2", 7, "http2", says="Attu", advises="19530")
def attu(_bench: Bench) -> Iterator[Client]:
    """Attu, the web interface of Milvus."""

    def page(connection: Any) -> None:  # noqa: ANN401 -- a socket
        if connection.recv(65536):
            connection.sendall(ATTU)
            faults.hang_up(connection)

    with faults._answering(page, faults.LOOPBACK) as place:
        yield Client(("--uri", f"http://{place.address}"))


# nginx and HAProxy


def _nginx(bench: Bench) -> daemons.Doors:
    return bench.daemon(daemons.nginx, bench.authority, bench.milvus().port)


def _haproxy(bench: Bench) -> daemons.Doors:
    return bench.daemon(daemons.haproxy, bench.authority, bench.milvus().port)


def _before(balancer: Any, door: str, scheme: str, *, ca: bool = True) -> Meeting:  # noqa: ANN401
    """One of a balancer's doors; over TLS its CA is given."""

    @contextmanager
    def meet(bench: Bench) -> Iterator[Client]:
        port = balancer(bench)[door]
        trust = ("--ca", str(bench.authority.ca_file)) if scheme == "https" and ca else ()
        yield Client(("--uri", f"{scheme}://127.0.0.1:{port}", *trust))

    return meet


_NGINX = (
    # door, what, scheme, cause, exit code, layer, words of the summary
    ("port", "nginx with HTTP/1.1 alone", "http", "not-http2", 7, "http2", "nginx"),
    ("h2c_404", "nginx answering 404 over cleartext HTTP/2", "http", "not-grpc", 7, "grpc",
     "404"),
    ("h2c_html", "nginx answering a web page over cleartext HTTP/2", "http", "not-grpc", 7,
     "grpc", "text/html"),
    ("h2c_redirect", "nginx redirecting over cleartext HTTP/2", "http", "tls-required", 6, "tls",
     "redirects"),
    ("h2c_502", "nginx before a dead upstream", "http", "gateway-upstream", 4, "grpc",
     "502"),
    ("h2c_milvus", "nginx before a Milvus", "http", "established", 0, None, None),
    ("tls_http1", "nginx with TLS, without HTTP/2", "https", "tls-no-h2", 6, "tls", None),
    ("tls_404", "nginx answering 404 over TLS", "https", "not-grpc", 7, "grpc", "404"),
    ("tls_401", "nginx answering 401 over TLS", "https", "gateway-denied", 5, "grpc",
     "401"),
    ("tls_403", "nginx answering 403 over TLS", "https", "gateway-denied", 5, "grpc",
     "403"),
    ("tls_502", "nginx with TLS before a dead upstream", "https", "gateway-upstream", 4, "grpc",
     "502"),
    ("tls_404", "nginx with TLS, dialled in plaintext", "http", "tls-required", 6, "tls", "TLS"),
    ("h2c_404", "nginx without TLS, dialled with TLS", "https", "tls-unexpected", 6, "tls",
     "plaintext"),
    ("port", "nginx with HTTP/1.1 alone, dialled with TLS", "https", "not-http2", 7, "http2",
     "nginx"),
    ("tls_client", "nginx that wants a client certificate", "https", "tls-client-cert", 6, "tls",
     "400"),
    ("tls_milvus", "nginx with TLS before a Milvus", "https", "established", 0, None, None),
    ("tls12_milvus", "a Milvus behind TLS 1.2 alone", "https", "established", 0, None, None),
    ("tls13_milvus", "a Milvus behind TLS 1.3 alone", "https", "established", 0, None, None),
    ("tls_old_cipher", "a Milvus behind a cipher that gRPC does not take", "https", "tls-failed",
     6, "tls", None),
    ("tls_odd_curve", "a Milvus behind the curve P-521", "https", "established", 0, None, None),
)  # fmt: skip

_HAPROXY = (
    ("port", "HAProxy before nothing that lives", "http", "tcp-closed", 3, "tcp", None),
    ("tls_tcp", "HAProxy with TLS before nothing that lives", "https", "not-http2", 7, "http2",
     "closes"),
    ("tls_http", "HAProxy with TLS and HTTP/2 before nothing that lives", "https",
     "gateway-upstream", 4, "grpc", "503"),
    ("tls_no_alpn", "HAProxy with TLS before a Milvus, without ALPN", "https", "tls-no-h2", 6,
     "tls", "ALPN"),
    ("tls_tcp", "HAProxy with TLS, dialled in plaintext", "http", "tls-required", 6, "tls", "TLS"),
    ("tls_milvus", "HAProxy with TLS before a Milvus", "https", "established", 0, None, None),
)  # fmt: skip


def _put_doors(program: str, balancer: Any, doors: Any) -> None:  # noqa: ANN401
    for door, what, scheme, cause, code, layer, words in doors:
        name = f"{program}-{door.replace('_', '-')}-{scheme}"
        says = (words,) if words else ()
        meet = _before(balancer, door, scheme)
        put(Fault(name, what, meet, cause, code, layer, says=says))


_put_doors("nginx", _nginx, _NGINX)
_put_doors("haproxy", _haproxy, _HAPROXY)

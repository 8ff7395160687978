"""The peers that misbehave do misbehave, as named: dialled here with nothing but plain clients."""

import contextlib
import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import grpc
import pytest
from pymilvus.grpc_gen import milvus_pb2

from tests.servers import faults
from tests.servers.calls import plain_channel, tls_channel
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.namespace import Resolver
from tests.servers.speaking_milvus import (
    SERVICE,
    SpeakingMilvus,
    aborting,
    after,
    databases,
    established,
    healthy,
    never,
    status,
    unhealthy,
    version,
)

A_MOMENT = 0.2
"""Seconds in which a loopback peer that meant to answer would have answered."""
LONG = 30.0
"""Seconds after which a peer that should have answered makes its test fail, not hang."""

GREETER = "/helloworld.Greeter/SayHello"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

Speak = Callable[..., SpeakingMilvus]
Run = Callable[..., CompletedProcess[str]]
LookedUp = Callable[..., list[str] | int]


@contextlib.contextmanager
def dialled(port: int, host: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_connection((host, port), timeout=LONG) as connection:
        yield connection


def stays_silent(connection: socket.socket) -> bool:
    connection.settimeout(A_MOMENT)
    try:
        connection.recv(1)
    except TimeoutError:
        return True
    return False


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(4096), b""))


# TCP


def test_refusing_port_refuses(refusing_port: int) -> None:
    """The port is held, and yet nobody listens."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", refusing_port), timeout=LONG)


def test_full_backlog_leaves_a_syn_unanswered(full_backlog_port: int) -> None:
    """connect() neither succeeds nor fails; refusing or accepting would end it at once."""
    with pytest.raises(TimeoutError):
        socket.create_connection(("127.0.0.1", full_backlog_port), timeout=A_MOMENT)


def test_silent_port_reads_and_says_nothing(silent_port: int) -> None:
    """More bytes than kernel buffers hold are taken, so somebody reads; none come back."""
    with dialled(silent_port) as connection:
        connection.sendall(bytes(32 * 1024 * 1024))

        assert stays_silent(connection)


@pytest.mark.parametrize("first", [b"", PREFACE])
def test_closing_port_sends_fin(closing_port: int, first: bytes) -> None:
    """End of stream, never a reset, whether or not the client spoke first."""
    with dialled(closing_port) as connection:
        connection.sendall(first)

        assert connection.recv(1) == b""


def test_resetting_resets() -> None:
    """RST before a byte: on loopback it may arrive while connect() is still returning."""
    with (
        faults.resetting() as place,
        pytest.raises(ConnectionResetError),
        dialled(place.port) as connection,
    ):
        connection.recv(1)


def test_banner_greets_and_stays() -> None:
    """A protocol in which the server speaks first: its words come unasked, then it waits."""
    with faults.banner(b"SSH-2.0-OpenSSH_9.2p1\r\n") as place, dialled(place.port) as connection:
        assert connection.makefile("rb").readline() == b"SSH-2.0-OpenSSH_9.2p1\r\n"
        assert stays_silent(connection)


def test_banner_can_wait_for_the_client() -> None:
    """A protocol in which the client speaks first: nothing unasked."""
    redis = faults.banner(b"-ERR unknown command\r\n", after_first_bytes=True)
    with redis as place, dialled(place.port) as connection:
        assert stays_silent(connection)
        connection.settimeout(LONG)
        connection.sendall(PREFACE)
        assert connection.makefile("rb").readline() == b"-ERR unknown command\r\n"


def test_http1_answers_the_preface_with_a_page_and_closes(http1_port: int) -> None:
    """A web server's view of HTTP/2: 400, and goodbye."""
    with dialled(http1_port) as connection:
        connection.sendall(PREFACE)
        page = read_all(connection)

    assert page.startswith(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n")
    assert page.endswith(b"</html>\r\n")


def test_faults_can_be_had_on_ipv6() -> None:
    """The address is written the way that URIs and gRPC take it."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")
    with faults.closing("::1") as place, dialled(place.port, "::1") as connection:
        assert connection.recv(1) == b""
        assert place.address == f"[::1]:{place.port}"


def test_nothing_is_left_behind() -> None:
    """A fault that ends while clients hold on ends their connections and its threads."""
    threads = set(threading.enumerate())
    with faults.silent() as place:
        held = socket.create_connection((place.host, place.port), timeout=LONG)
        held.sendall(b"anybody there?")

    with held:
        assert held.recv(1) == b""
    assert set(threading.enumerate()) <= threads
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.host, place.port), timeout=LONG)


# TLS


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def localhost(authority: Authority) -> CertificateFiles:
    return authority.issue("localhost", "127.0.0.1")


@contextlib.contextmanager
def shaken(port: int, authority: Authority, **versions: ssl.TLSVersion) -> Iterator[ssl.SSLSocket]:
    """Dial with TLS as gRPC does: h2 offered, the authority trusted, the name verified.

    A connection that ends without TLS's goodbye raises.
    """
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    context.set_alpn_protocols(["h2"])
    for name, value in versions.items():
        setattr(context, name, value)
    with (
        dialled(port) as raw,
        context.wrap_socket(
            raw, server_hostname="localhost", suppress_ragged_eofs=False
        ) as connection,
    ):
        yield connection


def test_tls_shakes_hands_then_keeps_silent(
    authority: Authority, localhost: CertificateFiles
) -> None:
    """Everything about TLS holds, HTTP/2 is agreed on, and nothing follows."""
    with faults.tls(localhost) as place, shaken(place.port, authority) as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert stays_silent(connection)


def test_tls_without_alpn(authority: Authority, localhost: CertificateFiles) -> None:
    """The handshake is well, and agrees on no protocol."""
    with faults.tls(localhost, alpn=()) as place, shaken(place.port, authority) as connection:
        assert connection.selected_alpn_protocol() is None


def test_tls_then_http1(authority: Authority, localhost: CertificateFiles) -> None:
    """An HTTPS/1.1 server, that ends with the goodbye TLS asks for ."""
    then = faults.answer_http1(404, "apache")
    with faults.tls(localhost, then=then) as place, shaken(place.port, authority) as connection:
        connection.sendall(PREFACE)

        assert read_all(connection).startswith(b"HTTP/1.1 404 Not Found\r\nServer: apache\r\n")


@pytest.mark.parametrize("then", [faults.hang_up, faults.say(b"hello")])
def test_tls_then_another_behaviour(
    authority: Authority, localhost: CertificateFiles, then: faults.Behaviour
) -> None:
    """What works on a TCP connection works inside TLS."""
    expected = b"" if then is faults.hang_up else b"hello"
    with faults.tls(localhost, then=then) as place, shaken(place.port, authority) as connection:
        assert connection.recv(5) == expected


def test_tls_then_reset(authority: Authority, localhost: CertificateFiles) -> None:
    """RST in the middle of a TLS conversation."""
    cutting = faults.tls(localhost, then=faults.reset)
    with (
        cutting as place,
        shaken(place.port, authority) as connection,
        # Past ssl, which calls a reset an end of file in some versions of Python.
        socket.socket(fileno=connection.detach()) as bare,
    ):
        bare.settimeout(LONG)
        with pytest.raises(ConnectionResetError):
            read_all(bare)


def test_tls_that_wants_a_client_certificate(
    authority: Authority, localhost: CertificateFiles
) -> None:
    """In TLS 1.3 the refusal arrives as an alert after the client's side of the handshake."""
    demanding = faults.tls(localhost, client_ca=authority.ca_file)
    with (
        demanding as place,
        shaken(place.port, authority) as connection,
        pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"),
    ):
        connection.recv(1)


def test_tls_of_another_version(authority: Authority, localhost: CertificateFiles) -> None:
    """A server of TLS 1.2 and a client of 1.3 part with an alert, not with a closed socket."""
    with (
        faults.tls(localhost, maximum=ssl.TLSVersion.TLSv1_2) as place,
        pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"),
        shaken(place.port, authority, minimum_version=ssl.TLSVersion.TLSv1_3),
    ):
        pass


def test_tls_ends_while_a_client_delays_its_hello(localhost: CertificateFiles) -> None:
    """A handshake that never comes does not keep the fault from closing."""
    threads = set(threading.enumerate())
    with faults.tls(localhost) as place:
        held = socket.create_connection((place.host, place.port), timeout=LONG)

    with held:
        assert held.recv(1) == b""
    assert set(threading.enumerate()) <= threads


# Unix sockets


def test_unix_silent(tmp_path: Path) -> None:
    """Accepts at a path and says nothing; the file is gone afterwards."""
    with faults.unix_silent(tmp_path / "s") as path, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(PREFACE)
        assert stays_silent(connection)

    assert not path.exists()


def test_stale_unix_socket_refuses(tmp_path: Path) -> None:
    """A file that is a socket, and nobody behind it."""
    with faults.stale_unix_socket(tmp_path / "s") as path:
        assert path.is_socket()
        with socket.socket(socket.AF_UNIX) as connection, pytest.raises(ConnectionRefusedError):
            connection.connect(str(path))


# gRPC


def call(channel: grpc.Channel, method: str, **fields: object) -> Any:  # noqa: ANN401 - a message
    """Call one of Milvus's methods, and return its response message."""
    return begin(channel, method, fields).result()


def begin(
    channel: grpc.Channel,
    method: str,
    fields: Mapping[str, object] | None = None,
    *,
    metadata: tuple[tuple[str, str], ...] = (),
    timeout: float = LONG,
) -> Any:  # noqa: ANN401 - grpcio's future, which its stubs do not describe in full
    stub: grpc.UnaryUnaryMultiCallable[Any, Any] = channel.unary_unary(
        f"/{SERVICE}/{method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=getattr(milvus_pb2, f"{method}Response").FromString,
    )
    request = getattr(milvus_pb2, f"{method}Request")(**(fields or {}))
    return stub.future(request, timeout=timeout, metadata=metadata)


def test_foreign_grpc_does_not_know_milvus(foreign_grpc_port: int) -> None:
    """Another service's server refuses the method by name, and answers its own."""
    with plain_channel(f"127.0.0.1:{foreign_grpc_port}") as channel:
        with pytest.raises(grpc.RpcError) as refused:
            call(channel, "Connect")

        greeter: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(GREETER)
        assert greeter(b"hi", timeout=LONG) == b"hi"
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert refused.value.details() == "Method not found!"


def test_speaking_milvus_is_established_and_remembers_the_call(speaking_milvus: Speak) -> None:
    """Connect is answered unless told otherwise; what was sent can be asserted on."""
    milvus = speaking_milvus(connect=established("v2.6.0"))
    metadata = (("authorization", "cm9vdDpNaWx2dXM="), ("dbname", "books"))
    with plain_channel(milvus.address) as channel:
        answer = begin(
            channel, "Connect", {"client_info": {"user": "root"}}, metadata=metadata
        ).result()

    assert answer.server_info.build_tags == "v2.6.0"
    (seen,) = milvus.calls
    assert seen.method == "Connect"
    assert metadata[1] in seen.metadata.items()
    assert metadata[0] in seen.metadata.items()
    assert seen.request.client_info.user == "root"
    assert milvus.uri == f"http://127.0.0.1:{milvus.port}"


def test_speaking_milvus_lacks_what_it_is_not_given(speaking_milvus: Speak) -> None:
    """A Milvus before 2.2.9: no Connect, though it does know its version; both calls are seen."""
    milvus = speaking_milvus(connect=None, get_version=version("v2.2.8"))
    with plain_channel(milvus.address) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            call(channel, "Connect")
        assert call(channel, "GetVersion").version == "v2.2.8"

    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert [seen.method for seen in milvus.calls] == ["Connect", "GetVersion"]


def test_speaking_milvus_answers_each_method_in_its_own_words(speaking_milvus: Speak) -> None:
    """The ready-made answers, and one Status that serves for any method."""
    missing = status(code=800, error_code=6, reason="database not found[database=x]")
    milvus = speaking_milvus(
        list_databases=databases("default", "books"),
        check_health=unhealthy("query node 3 is lost"),
        describe_database=missing,
    )
    with plain_channel(milvus.address) as channel:
        assert call(channel, "ListDatabases").db_names == ["default", "books"]
        health = call(channel, "CheckHealth")
        described = call(channel, "DescribeDatabase", db_name="x")

    assert (health.isHealthy, health.reasons) == (False, ["query node 3 is lost"])
    assert (described.status.code, described.status.error_code) == (800, 6)
    assert described.status.reason == "database not found[database=x]"


def test_speaking_milvus_aborts(speaking_milvus: Speak) -> None:
    """A failure in gRPC's terms arrives with its code and its words."""
    words = "missing authorization in header"
    milvus = speaking_milvus(connect=aborting(grpc.StatusCode.UNAUTHENTICATED, words))
    with plain_channel(milvus.address) as channel, pytest.raises(grpc.RpcError) as refused:
        call(channel, "Connect")

    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert refused.value.details() == words


def test_speaking_milvus_never_answers(speaking_milvus: Speak) -> None:
    """The call outlasts its time limit, while other calls are answered."""
    milvus = speaking_milvus(connect=never(), check_health=healthy())
    with plain_channel(milvus.address) as channel:
        with pytest.raises(grpc.RpcError) as outlasted:
            begin(channel, "Connect", timeout=A_MOMENT).result()
        assert call(channel, "CheckHealth").isHealthy

    assert outlasted.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_speaking_milvus_stops_while_a_call_waits() -> None:
    """Leaving the context ends calls that would never have been answered."""
    arrived = threading.Event()
    wait = never()

    def say_that_it_arrived(request: object, context: grpc.ServicerContext) -> object:
        arrived.set()
        return wait(request, context)

    with SpeakingMilvus(connect=say_that_it_arrived) as milvus:
        channel = plain_channel(milvus.address)
        waiting = begin(channel, "Connect")
        assert arrived.wait(LONG)

    with channel:
        assert isinstance(waiting.exception(), grpc.RpcError)


def test_speaking_milvus_answers_after_an_event(speaking_milvus: Speak) -> None:
    """Not before the event; then as told."""
    event = threading.Event()
    milvus = speaking_milvus(connect=after(event, established("v2.5.0")))
    with plain_channel(milvus.address) as channel:
        waiting = begin(channel, "Connect")
        with pytest.raises(grpc.FutureTimeoutError):
            waiting.result(timeout=A_MOMENT)
        event.set()

        assert waiting.result().server_info.build_tags == "v2.5.0"


def test_speaking_milvus_with_tls_and_client_certificates(
    speaking_milvus: Speak, authority: Authority, localhost: CertificateFiles
) -> None:
    """A client with a certificate of the authority gets through, one without does not."""
    milvus = speaking_milvus(tls=localhost, client_authority=authority.ca_file)
    shown = authority.issue("client")
    with tls_channel(milvus.address, authority.ca_file, shown) as channel:
        assert call(channel, "Connect").server_info.build_tags == "v2.4.1"
    with (
        tls_channel(milvus.address, authority.ca_file) as channel,
        pytest.raises(grpc.RpcError) as refused,
    ):
        call(channel, "Connect")

    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert milvus.uri == f"https://127.0.0.1:{milvus.port}"


def test_speaking_milvus_on_a_unix_socket(speaking_milvus: Speak, tmp_path: Path) -> None:
    """The same server behind a path."""
    milvus = speaking_milvus(unix=tmp_path / "milvus.sock")
    with plain_channel(milvus.address) as channel:
        assert call(channel, "Connect").server_info.build_tags == "v2.4.1"

    assert milvus.uri == f"unix:{tmp_path}/milvus.sock"


# Name resolution

NAME = "milvus.test"
LOOK_UP = """
import json, socket, sys
try:
    found = socket.getaddrinfo(sys.argv[1], 19530, type=socket.SOCK_STREAM)
    print(json.dumps(sorted(entry[4][0] for entry in found)))
except socket.gaierror as error:
    print(json.dumps(error.errno))
"""


@pytest.fixture
def looked_up(run_with_resolver: Run) -> LookedUp:
    """Ask in a fresh process: the addresses found, or the number of getaddrinfo's error."""

    def look_up(resolver: Resolver, name: str = NAME, options: str = "") -> list[str] | int:
        command = [sys.executable, "-c", LOOK_UP, name]
        ran = run_with_resolver(command, resolver, options=options)
        assert ran.returncode == 0, ran.stderr
        found: list[str] | int = json.loads(ran.stdout)
        return found

    return look_up


@pytest.mark.parametrize(
    ("resolver", "error"),
    [
        ("unknown", socket.EAI_NONAME),
        ("failing", socket.EAI_AGAIN),
        ("absent", socket.EAI_AGAIN),
    ],
)
def test_resolver_that_refuses(looked_up: LookedUp, resolver: Resolver, error: int) -> None:
    """NXDOMAIN blames the name; SERVFAIL, and a port where nobody answers, the resolver."""
    assert looked_up(resolver) == error


def test_resolver_that_is_silent(looked_up: LookedUp) -> None:
    """Once glibc's patience, shortened here, is over, the resolver is to blame."""
    assert looked_up("silent", options="timeout:1 attempts:1") == socket.EAI_AGAIN


def test_resolver_that_knows_a_name(looked_up: LookedUp) -> None:
    """IPv4 and IPv6 addresses of that name, as often as asked; other names do not exist."""
    resolver = {"Milvus.Test": ["127.0.0.1", "127.0.0.2", "::1"], "bare": ["127.0.0.3"]}

    assert looked_up(resolver) == ["127.0.0.1", "127.0.0.2", "::1"]
    assert looked_up(resolver, "bare") == ["127.0.0.3"]
    assert looked_up(resolver, "other.test") == socket.EAI_NONAME


def test_namespace_has_no_way_out(run_with_resolver: Run) -> None:
    """Beyond loopback nothing is routed: no packet can leave, and the client hears so at once."""
    dial = "import socket; socket.create_connection(('192.0.2.1', 19530))"

    ran = run_with_resolver([sys.executable, "-c", dial], "unknown")

    assert ran.returncode == 1
    assert "Network is unreachable" in ran.stderr


def test_namespace_passes_on_how_a_command_ended(run_with_resolver: Run) -> None:
    """Environment in; output, exit code and fatal signal out."""
    script = "import os, sys; print(os.environ['WORD']); sys.exit(7)"
    ran = run_with_resolver([sys.executable, "-c", script], "unknown", env={"WORD": "hello"})
    aborted = run_with_resolver([sys.executable, "-c", "import os; os.abort()"], "unknown")

    assert (ran.stdout, ran.stderr, ran.returncode) == ("hello\n", "", 7)
    assert aborted.returncode == -6

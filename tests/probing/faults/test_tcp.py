"""The lab's faulty servers of TCP, Unix sockets and name resolution."""

import json
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.probing.faults.checks import A_MOMENT, LONG, PREFACE, dialled, read_all, stays_silent
from tests.servers import faults
from tests.servers.namespace import Resolver

Run = Callable[..., CompletedProcess[str]]
LookedUp = Callable[..., list[str] | int]


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

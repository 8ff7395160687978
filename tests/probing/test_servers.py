"""The servers that the other tests rely on are what they say they are."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest

from tests.servers.calls import came_true, connect, plain_channel, tls_channel
from tests.servers.certificates import Authority
from tests.servers.leash import LeashedProcess, ServerFailedError
from tests.servers.lite import LiteHolder, LiteServer
from tests.servers.milvus import PORT_NAMES, ROOT, MilvusServer


def refusal(channel: grpc.Channel, credentials: str | None = None) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as caught:
        connect(channel, credentials)
    return caught.value.code()


def test_plain_milvus_answers(milvus: MilvusServer) -> None:
    """A real Milvus 2.3.5 introduces itself to anybody."""
    assert connect(plain_channel(milvus.address)).server_info.build_tags == "v2.3.5-lite"


def test_authorization_takes_the_password(milvus_with_authorization: MilvusServer) -> None:
    """Root's first password is good."""
    assert connect(milvus_with_authorization.channel(), ROOT).identifier


@pytest.mark.parametrize("credentials", ["root:wrong", None])
def test_authorization_refuses(
    milvus_with_authorization: MilvusServer, credentials: str | None
) -> None:
    """A wrong password and none at all are refused, by the code for it."""
    code = refusal(milvus_with_authorization.channel(), credentials)

    assert code is grpc.StatusCode.UNAUTHENTICATED


def test_tls_milvus_is_vouched_for(milvus_with_tls: MilvusServer, authority: Authority) -> None:
    """Who trusts the authority trusts the server, dialled by its address."""
    assert connect(tls_channel(milvus_with_tls.address, authority.ca_file)).identifier


def test_tls_refuses_plaintext(milvus_with_tls: MilvusServer) -> None:
    """The port with TLS has no plaintext service beside it."""
    assert refusal(plain_channel(milvus_with_tls.address)) is grpc.StatusCode.UNAVAILABLE


def test_mutual_tls_takes_its_client(
    milvus_with_mutual_tls: MilvusServer, authority: Authority
) -> None:
    """The client certificate and the password together open the door."""
    server = milvus_with_mutual_tls

    assert connect(tls_channel(server.address, authority.ca_file, server.client), ROOT).identifier


def test_mutual_tls_refuses_no_certificate(
    milvus_with_mutual_tls: MilvusServer, authority: Authority
) -> None:
    """The password alone does not open the door."""
    channel = tls_channel(milvus_with_mutual_tls.address, authority.ca_file)

    assert refusal(channel, ROOT) is grpc.StatusCode.UNAVAILABLE


def test_lite_answers(milvus_lite_server: LiteServer) -> None:
    """Milvus Lite introduces itself as embedded."""
    answer = connect(plain_channel(milvus_lite_server.address))

    assert answer.server_info.deploy_mode == "embedded"


@pytest.mark.usefixtures("milvus_lite_package")
def test_held_database_is_locked(tmp_path: Path) -> None:
    """A second process cannot open a `.db` while the first holds it, and can afterwards."""
    database = tmp_path / "held.db"
    with LiteHolder(database), pytest.raises(ServerFailedError, match="DataDirLockedError"):
        LiteHolder(database).hold()

    with LiteHolder(database) as second:
        assert second.uri


@pytest.mark.slow
def test_mortal_milvus_comes_back(mortal_milvus: Callable[[], MilvusServer]) -> None:
    """Suspended it is silent, resumed it answers, killed it refuses, started it is back."""
    server = mortal_milvus()
    port = server.port

    server.suspend()
    with pytest.raises(grpc.RpcError, match="DEADLINE_EXCEEDED"):
        connect(server.channel(), seconds=0.5)
    server.resume()
    assert came_true(server.answers, seconds=60)

    server.kill()
    with pytest.raises(grpc.RpcError, match="Connection refused"):
        connect(server.channel())
    server.start()
    server.wait_until_ready()
    assert server.port == port


@pytest.mark.slow
@pytest.mark.parametrize("name", ["proxy_port", "root_coord_port", "metrics_port"])
def test_taken_port_is_exchanged(milvus_binaries: Path, tmp_path: Path, name: str) -> None:
    """A server that loses a port while starting comes up on other ports."""
    server = MilvusServer(milvus_binaries, tmp_path)
    taken = server._ports[name]
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", taken))
        thief.listen()
        with server:
            assert server._ports[name] != taken
            assert len(set(server._ports.numbers().values())) == len(PORT_NAMES)


ORPHAN = """
import os, sys
from pathlib import Path
from tests.servers.leash import LeashedProcess
here = Path(sys.argv[1])
process = LeashedProcess(["sleep", "600"], directory=here, environment=os.environ, log=here / "log")
print(process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_leash_ends_with_its_owner(tmp_path: Path) -> None:
    """A server is gone even when the test run is killed with SIGKILL."""
    command = [sys.executable, "-c", ORPHAN, str(tmp_path)]
    root = Path(__file__).parents[2]

    owner = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert owner.returncode == -signal.SIGKILL
    assert came_true(lambda: not _runs(int(owner.stdout)), seconds=60)


def _runs(pid: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "state=", "-p", str(pid)], capture_output=True, check=False
    )
    return listed.stdout.strip()[:1] not in {b"", b"Z"}


def test_leash_reports_what_cannot_run(tmp_path: Path) -> None:
    """A program that is not there is told by name, out of the log."""
    with pytest.raises(ServerFailedError, match="no-such-program"):
        LeashedProcess(
            ["./no-such-program"], directory=tmp_path, environment={}, log=tmp_path / "log"
        )


def test_intermediate_can_be_left_out(tmp_path: Path) -> None:
    """The file shown holds the whole chain, or only its end, and dates are as asked."""
    intermediate = Authority(tmp_path).intermediate()
    past = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)

    whole = intermediate.issue("localhost", not_before=past[0], not_after=past[1])
    broken = intermediate.issue("localhost", chain=False)

    assert whole.cert.read_text().count("BEGIN CERTIFICATE") == 2
    assert broken.cert.read_text().count("BEGIN CERTIFICATE") == 1
    assert whole.key.read_text().startswith("-----BEGIN PRIVATE KEY-----")

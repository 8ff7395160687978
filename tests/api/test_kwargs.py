"""`connections.kwargs` and `connections.client`, proved by the clients that take them."""

import base64
import builtins
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli import (
    ConnectionConfigException,
    ConnectionNotExistException,
    Connections,
    MilvusException,
)
from tests.commands.verbs import NOWHERE, SECRET, Speak
from tests.servers.certificates import Authority
from tests.servers.client_program import ClientProgram
from tests.servers.environments import python_with_pymilvus
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus

pytestmark = pytest.mark.timeout(1200)  # the first run makes an environment

VERSIONS = (
    "3.0.2",
    "2.6.17",
    pytest.param("2.5.18", marks=pytest.mark.slow),
    pytest.param("2.4.15", marks=pytest.mark.slow),
)
ODD = "p@ss:w/ör d%40'\"$"


@pytest.fixture(scope="module", params=VERSIONS)
def client(request: pytest.FixtureRequest) -> Iterator[ClientProgram]:
    with ClientProgram(python_with_pymilvus(request.param)) as program:
        yield program


@pytest.fixture
def memory() -> Connections:
    return Connections.in_memory()


def credentials(server: SpeakingMilvus) -> str | None:
    """What the last `Connect` brought."""
    metadata = next(call.metadata for call in server.calls[::-1] if call.method == "Connect")
    header = metadata.get("authorization")
    return None if header is None else base64.b64decode(header).decode()


@pytest.mark.sweep(one_in=5)
@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"user": "root", "password": ODD}, id="odd password"),
        pytest.param({"token": "an-api-key"}, id="API key"),
        pytest.param({"token": "root:Milvus"}, id="token of user and password"),
        pytest.param({"user": "root"}, id="user alone"),
        pytest.param({"db_name": "films.db", "timeout": 9}, id="database and time limit"),
    ],
)
def test_client_sends_what_the_alias_sends(
    memory: Connections, speaking_milvus: Speak, client: ClientProgram, settings: dict[str, Any]
) -> None:
    server = speaking_milvus()
    memory.connect("a", uri=server.uri, **settings)
    ours = credentials(server)

    fate = client.ask(memory.kwargs("a"))

    assert fate.connected, fate
    assert credentials(server) == ours


def test_client_of_a_uri_with_encoded_credentials_and_a_path(
    memory: Connections, speaking_milvus: Speak, client: ClientProgram
) -> None:
    """pymilvus itself would send `p%40x`."""
    server = speaking_milvus()
    memory.add_connection(
        a={"uri": f"tcp://us%2Fer:p%40x@{server.address}/db1"},
        b={"uri": f"grpc://KEY@{server.address}"},
    )

    assert client.ask(memory.kwargs("a")).connected
    assert credentials(server) == "us/er:p@x"
    assert memory.kwargs("a")["db_name"] == "db1"
    assert client.ask(memory.kwargs("b")).connected
    assert credentials(server) == "KEY"


@pytest.mark.parametrize("tls", [True, False])
def test_client_of_an_ipv6_address(
    memory: Connections, authority: Authority, client: ClientProgram, *, tls: bool
) -> None:
    """Its own reading of `http://[::1]` loses the brackets."""
    certificate = authority.issue("::1") if tls else None
    with SpeakingMilvus(tls=certificate, host="::1") as server:
        files: Any = {"server_pem_path": authority.ca_file} if tls else {}
        memory.connect("a", uri=server.uri, **files)

        assert client.ask(memory.kwargs("a")).connected


def test_client_of_a_unix_socket(
    memory: Connections, speaking_milvus: Speak, client: ClientProgram, tmp_path: Path
) -> None:
    server = speaking_milvus(unix=tmp_path / "s")
    memory.connect("a", uri=server.uri)

    assert client.ask(memory.kwargs("a")).connected


def test_ca_alone_goes_to_server_pem_path(
    memory: Connections, speaking_milvus: Speak, authority: Authority, client: ClientProgram
) -> None:
    server = speaking_milvus(tls=authority.issue("milvus.test"))
    memory.connect("a", uri=server.uri, ca_pem_path=authority.ca_file, server_name="milvus.test")

    arguments = memory.kwargs("a")

    assert arguments.keys() == {"uri", "server_pem_path", "server_name"}
    assert client.ask(arguments).connected


def test_all_three_files_go_to_ca_pem_path_and_the_pair(
    memory: Connections, speaking_milvus: Speak, authority: Authority, client: ClientProgram
) -> None:
    server = speaking_milvus(tls=authority.issue("127.0.0.1"), client_authority=authority.ca_file)
    pair = authority.issue("client.test")
    memory.connect(
        "a",
        uri=server.uri,
        server_pem_path=authority.ca_file,
        client_pem_path=pair.cert,
        client_key_path=pair.key,
    )

    arguments = memory.kwargs("a")

    assert arguments.keys() == {"uri", "ca_pem_path", "client_pem_path", "client_key_path"}
    assert client.ask(arguments).connected


def test_pair_without_a_ca_goes_with_grpc_s_own_roots(
    memory: Connections,
    speaking_milvus: Speak,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a CA pymilvus would leave the pair out, and the server would want one."""
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(authority.ca_file))
    server = speaking_milvus(tls=authority.issue("127.0.0.1"), client_authority=authority.ca_file)
    pair = authority.issue("client.test")
    memory.add_connection(
        a={"uri": server.uri, "client_pem_path": pair.cert, "client_key_path": pair.key}
    )

    arguments = memory.kwargs("a")

    assert arguments["ca_pem_path"] == str(authority.ca_file)
    with ClientProgram(python_with_pymilvus("3.0.2")) as program:
        without = {name: text for name, text in arguments.items() if name != "ca_pem_path"}
        assert program.ask(arguments).connected
        assert not program.ask({**without, "timeout": 2}).connected


def test_client_of_real_milvus(
    memory: Connections,
    milvus_with_mutual_tls: MilvusServer,
    client: ClientProgram,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = milvus_with_mutual_tls
    monkeypatch.setenv("PW", "Milvus")
    memory.connect(
        "a",
        "root",
        {"env": "PW"},
        uri=server.uri,
        ca_pem_path=authority.ca_file,
        client_pem_path=server.client.cert,
        client_key_path=server.client.key,
    )

    fate = client.ask(memory.kwargs("a"))

    assert (fate.connected, fate.called) == (True, True), fate


def test_client_is_pymilvus_s(memory: Connections, milvus: MilvusServer) -> None:
    memory.connect("dev", uri=milvus.uri)

    made = memory.client("dev", timeout=20)

    assert type(made).__name__ == "MilvusClient"
    assert made.list_collections() == []
    made.close()


@pytest.mark.usefixtures("milvus_lite_package")
def test_client_of_a_local_database(own_place: Path) -> None:
    program = """
from milvusconn_cli import Connections
connections = Connections.in_memory()
connections.add_connection(a={"uri": "./a.db"})
print(connections.client("a").list_collections())
"""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=own_place,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout == "[]\n", ran.stderr


def test_client_without_pymilvus_says_what_to_install(
    memory: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(name: str, *rest: Any) -> Any:  # noqa: ANN401 -- of `__import__`
        if name == "pymilvus":
            raise ModuleNotFoundError(name=name)
        return real(name, *rest)

    real = builtins.__import__
    memory.add_connection(a={"uri": NOWHERE})
    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(MilvusException, match="pymilvus is not installed") as raised:
        memory.client("a")

    assert raised.value.hint == "pip install pymilvus"


def test_kwargs_of_what_cannot_be_handed_on(memory: Connections) -> None:
    memory.add_connection(
        out={"uri": NOWHERE}, secret={"uri": NOWHERE, "token": {"env": "NOT_SET"}}
    )
    memory.disconnect("out")

    with pytest.raises(ConnectionNotExistException, match="no alias 'nobody'"):
        memory.kwargs("nobody")
    with pytest.raises(ConnectionNotExistException, match="out is disconnected"):
        memory.kwargs("out")
    with pytest.raises(ConnectionConfigException, match="environment variable NOT_SET is not set"):
        memory.kwargs("secret")


def test_kwargs_without_network(memory: Connections) -> None:
    """Settings alone are read; nobody is asked."""
    memory.add_connection(a={"uri": NOWHERE, "user": "root", "password": SECRET})

    assert memory.kwargs("a") == {"uri": NOWHERE, "token": f"root:{SECRET}"}

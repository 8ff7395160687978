"""Connections that are established."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.probing.causes.contract import LITE, Speak, add, established, found, ipv6_or_skip
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.lite import LiteHolder, LiteServer
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus


def test_real_milvus(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """And the server says which one it is."""
    add(milvusconn, "--uri", milvus.uri)

    row = established(milvusconn)

    assert row["server"]["version"] == "2.3.5-lite"
    assert row["server"]["build_tags"] == "v2.3.5-lite"
    assert row["server"]["deploy_mode"] == "STANDALONE"
    assert row["server"]["git_commit"]


@pytest.mark.parametrize("scheme", ["http", "tcp", "grpc", "HTTP"])
def test_real_milvus_by_name(milvusconn: Milvusconn, milvus: MilvusServer, scheme: str) -> None:
    """By a name that may have an address that refuses; every plaintext scheme is the same."""
    add(milvusconn, "--uri", f"{scheme}://localhost:{milvus.port}")

    established(milvusconn)


def test_default_database(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """The database that is always there."""
    add(milvusconn, "--uri", milvus.uri, "--db", "default")

    assert established(milvusconn)["database"] == "default"


@pytest.mark.parametrize(
    "settings",
    [
        ("--user", "root", "--password", "Milvus"),
        ("--user", "root", "--password", "env:ROOT_PASSWORD"),
        ("--user", "root", "--password", "command:printf Milvus"),
        ("--token", "root:Milvus"),
    ],
)
def test_real_milvus_with_credentials(
    milvusconn: Milvusconn,
    milvus_with_authorization: MilvusServer,
    monkeypatch: pytest.MonkeyPatch,
    settings: tuple[str, ...],
) -> None:
    """User and password, by whatever reference, or both as a token."""
    monkeypatch.setenv("ROOT_PASSWORD", "Milvus")
    add(milvusconn, "--uri", milvus_with_authorization.uri, *settings)

    established(milvusconn)


def test_credentials_in_the_uri(
    milvusconn: Milvusconn, milvus_with_authorization: MilvusServer
) -> None:
    """They are taken out of it, and work."""
    add(milvusconn, "--uri", f"http://root:Mil%76us@{milvus_with_authorization.address}")

    row = established(milvusconn)

    assert (row["uri"], row["user"]) == (milvus_with_authorization.uri, "root")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_real_milvus_with_tls(
    milvusconn: Milvusconn, milvus_with_tls: MilvusServer, authority: Authority, host: str
) -> None:
    """Trusted through --ca, by address and by name."""
    uri = f"https://{host}:{milvus_with_tls.port}"
    add(milvusconn, "--uri", uri, "--ca", authority.ca_file)

    assert established(milvusconn)["tls"] is True


def test_real_milvus_with_a_server_name(
    milvusconn: Milvusconn, milvus_with_tls: MilvusServer, authority: Authority
) -> None:
    """Dialled by address, verified by name."""
    add(milvusconn, "--uri", milvus_with_tls.uri, "--ca", authority.ca_file,
        "--server-name", "localhost")  # fmt: skip

    established(milvusconn)


def test_real_milvus_with_mutual_tls(
    milvusconn: Milvusconn, milvus_with_mutual_tls: MilvusServer, authority: Authority
) -> None:
    """Certificate, key, user and password together."""
    ours: CertificateFiles = milvus_with_mutual_tls.client
    add(milvusconn, "--uri", milvus_with_mutual_tls.uri, "--ca", authority.ca_file,
        "--cert", ours.cert, "--key", ours.key, "--token", "root:Milvus")  # fmt: skip

    established(milvusconn)


def test_mutual_tls_without_password(
    milvusconn: Milvusconn, milvus_with_mutual_tls: MilvusServer, authority: Authority
) -> None:
    """The certificate alone opens TLS, and not Milvus."""
    ours = milvus_with_mutual_tls.client
    add(milvusconn, "--uri", milvus_with_mutual_tls.uri, "--ca", authority.ca_file,
        "--cert", ours.cert, "--key", ours.key)  # fmt: skip

    found(milvusconn, "auth-missing")


@pytest.mark.usefixtures("milvus_lite_package")
def test_local_database(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A `.db` that is there, opened as pymilvus opens it, and let go of afterwards."""
    database = tmp_path / "milvus.db"
    with LiteHolder(database):
        pass
    add(milvusconn, "--uri", str(database))

    row = established(milvusconn, LITE)

    assert row["server"]["deploy_mode"] == "embedded"
    assert row["address"] == str(database)
    with LiteHolder(database) as holder:
        assert holder.uri


@pytest.mark.usefixtures("milvus_lite_package")
def test_several_aliases_of_one_local_database(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """They do not lock one another out."""
    for alias in ("one", "two"):
        milvusconn("add", alias, "--uri", str(tmp_path / "milvus.db"))

    ran = milvusconn("has", "one", "two", "-t", str(LITE))

    assert (ran.code, ran.out) == (0, "one\tTrue\ntwo\tTrue\n")


def test_milvus_lite_over_tcp(milvusconn: Milvusconn, milvus_lite_server: LiteServer) -> None:
    """Its version is asked for, since its build tags do not hold it."""
    add(milvusconn, "--uri", milvus_lite_server.uri)

    row = established(milvusconn)

    assert row["server"]["build_tags"] == "milvus_lite"
    assert row["server"]["version"][0].isdigit()


def test_unix_socket(milvusconn: Milvusconn, speaking_milvus: Speak, tmp_path: Path) -> None:
    """A Milvus behind a socket file."""
    server = speaking_milvus(unix=tmp_path / "milvus.sock")
    add(milvusconn, "--uri", server.uri)

    row = established(milvusconn)

    assert row["address"] == f"unix:{tmp_path}/milvus.sock"


@pytest.fixture
def milvus_on_ipv6(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Hold a port of ::1, and of it alone, where a Milvus answers."""
    ipv6_or_skip()
    monkeypatch.setattr(SpeakingMilvus, "address", "[::1]:0")
    with SpeakingMilvus() as server:
        yield server.port


@pytest.mark.parametrize("host", ["[::1]", "[0:0:0:0:0:0:0:1]"])
def test_ipv6(milvusconn: Milvusconn, milvus_on_ipv6: int, host: str) -> None:
    """An address in brackets."""
    add(milvusconn, "--uri", f"http://{host}:{milvus_on_ipv6}")

    established(milvusconn)


def test_only_one_address_of_a_name_lives(milvusconn: Milvusconn, milvus_on_ipv6: int) -> None:
    """Where localhost is ::1 too: the address that refuses does not decide."""
    found_addresses = {place[0] for *_, place in socket.getaddrinfo("localhost", None)}
    if "::1" not in found_addresses:
        pytest.skip("localhost is not ::1 here")
    add(milvusconn, "--uri", f"http://localhost:{milvus_on_ipv6}")

    established(milvusconn)


def test_what_is_sent_is_what_pymilvus_sends(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """Plain base64 in `authorization`, the database in `dbname`."""
    server = speaking_milvus()
    add(milvusconn, "--uri", server.uri, "--token", "root:Milvus", "--db", "books")

    established(milvusconn)

    assert server.calls[0].metadata["authorization"] == "cm9vdDpNaWx2dXM="
    assert server.calls[0].metadata["dbname"] == "books"


def test_environment_is_not_inherited_by_accident() -> None:
    """The tests themselves: no proxy of this machine reaches them."""
    assert not [name for name in os.environ if name.lower().endswith("_proxy")]

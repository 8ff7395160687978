"""The rows about credentials, TLS, time limits and settings that pymilvus does not know."""

import os
import subprocess
import sys

import pytest

from milvusconn_cli import (
    ConnectError,
    ConnectionConfigException,
    Connections,
)
from tests.api.test_rows_of_pymilvus import SETTINGS, credentials
from tests.commands.verbs import NOWHERE, Speak
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus, status


def test_user_without_a_password_sends_nothing(
    connections: Connections, milvus_with_authorization: MilvusServer, speaking_milvus: Speak
) -> None:
    server = speaking_milvus()

    connections.connect("a", "root", uri=server.uri)
    connections.add_connection(b={"uri": milvus_with_authorization.uri, "user": "root"})

    assert credentials(server) is None
    report = connections.report("b")
    assert report.cause == "auth-missing"
    assert "password" in f"{report.summary} {report.advice}"


def test_percent_encoding_is_decoded(connections: Connections, speaking_milvus: Speak) -> None:
    """pymilvus: sent as it is."""
    server = speaking_milvus()

    connections.connect("a", uri=f"http://user:p%40x@{server.address}")

    assert credentials(server) == "user:p@x"
    assert connections.get_connection_addr("a")["user"] == "user"


@pytest.mark.parametrize("name", ["server_pem_path", "ca_pem_path"])
def test_ca_is_always_used(
    connections: Connections, speaking_milvus: Speak, authority: Authority, name: str
) -> None:
    """pymilvus: `ca_pem_path` alone is ignored."""
    server = speaking_milvus(tls=authority.issue("127.0.0.1"))

    connections.connect("a", **SETTINGS({"uri": server.uri, name: str(authority.ca_file)}))

    assert connections.has_connection("a")


def test_two_cas_that_differ_are_refused(connections: Connections, authority: Authority) -> None:
    with pytest.raises(ConnectionConfigException, match="server_pem_path and ca_pem_path differ"):
        connections.connect(
            "a", uri="https://h", server_pem_path=authority.ca_file, ca_pem_path="other.pem"
        )


def test_https_with_secure_false_is_refused(connections: Connections) -> None:
    """pymilvus: still TLS."""
    with pytest.raises(ConnectionConfigException, match="secure=False contradicts") as raised:
        connections.connect("a", uri="https://h", secure=False)

    assert raised.value.hint == "did you mean http://h:443?"


def test_secure_makes_http_tls_as_in_pymilvus(
    connections: Connections, speaking_milvus: Speak, authority: Authority
) -> None:
    server = speaking_milvus(tls=authority.issue("127.0.0.1"))
    plain = server.uri.replace("https", "http")

    connections.connect("a", uri=plain, secure=True, server_pem_path=authority.ca_file)

    assert connections.get_connection_addr("a")["secure"] is True
    with pytest.raises(ConnectionConfigException, match="secure must be bool type"):
        connections.connect("b", **SETTINGS(uri=plain, secure="yes"))


def test_ipv6_is_accepted(connections: Connections) -> None:
    """pymilvus: refused."""
    with pytest.raises(ConnectError, match="tcp-refused"):
        connections.connect("a", uri="http://[::1]:1")


def test_ipv6_connects(connections: Connections) -> None:
    with SpeakingMilvus(host="::1") as server:
        connections.connect("a", host="::1", port=server.port)

        assert connections.get_connection_addr("a")["address"] == f"[::1]:{server.port}"
        assert connections.has_connection("a")


def test_refused_port_is_answered_at_once(connections: Connections) -> None:
    """Whatever the limit is: this test has less time than an hour."""
    connections.add_connection(a={"uri": NOWHERE, "timeout": 3600})

    assert connections.report("a").cause == "tcp-refused"


@pytest.mark.parametrize("text", ["localhost:19530", "http://", "ftp://h", ""])
def test_malformed_milvus_uri_breaks_no_import(text: str) -> None:
    """pymilvus: raises while it is imported."""
    program = (
        "from milvusconn_cli import connections; connections.add_connection(a={'uri': 'http://h'});"
        "print(connections.get_connection_addr('a')['address'])"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "MILVUS_URI": text},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout) == (0, "h:19530\n"), ran.stderr


def test_time_limit_is_the_alias_s_own_or_5_seconds(
    connections: Connections, silent_port: int
) -> None:
    """pymilvus: 10 s. The report says what the limit was, so no clock is needed."""
    connections.add_connection(
        own={"port": silent_port, "host": "127.0.0.1", "timeout": 0.4},
        usual={"port": silent_port, "host": "127.0.0.1"},
    )

    assert "0.4 s" in connections.report("own").summary
    assert "0.3 s" in connections.report("usual", timeout=0.3).summary
    assert "5 s" in connections.report("usual").summary


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "5", True])
def test_time_limit_that_cannot_be_kept_is_refused(
    connections: Connections, timeout: object
) -> None:
    with pytest.raises(ConnectionConfigException, match="timeout"):
        connections.connect("a", **SETTINGS(uri=NOWHERE, timeout=timeout))
    with pytest.raises(ConnectionConfigException, match="timeout"):
        connections.has_connection("a", timeout=timeout)  # type: ignore[arg-type]


def test_unknown_setting_is_refused_with_the_nearest(connections: Connections) -> None:
    """pymilvus ignores it. Its value is not repeated."""
    with pytest.raises(ConnectionConfigException, match="unknown setting 'pasword'") as raised:
        connections.connect("a", **SETTINGS(uri=NOWHERE, pasword="Open-Sesame"))

    assert raised.value.hint == "did you mean `password`?"
    assert "Sesame" not in str(raised.value)


def test_settings_of_other_purposes_are_accepted(
    connections: Connections, speaking_milvus: Speak
) -> None:
    server = speaking_milvus()
    connections.connect(
        "a", **SETTINGS(uri=server.uri, keep_alive=True, _async=False, _unbind_with_db=True)
    )

    assert connections.get_connection_addr("a") == {
        "address": server.address,
        "user": "",
        "db_name": "default",
    }


def test_server_that_refuses_is_a_connect_error(
    connections: Connections, speaking_milvus: Speak
) -> None:
    server = speaking_milvus(connect=status(code=1))

    with pytest.raises(ConnectError) as raised:
        connections.connect("a", uri=server.uri)

    assert raised.value.report.cause == "starting"
    assert raised.value.report.layer == "milvus"
    assert raised.value.hint == raised.value.report.advice

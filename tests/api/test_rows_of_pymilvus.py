"""pymilvus's operations, situation by situation: what is kept, and what is better here."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli import (
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    Connections,
    MilvusException,
)
from tests.commands.verbs import NOWHERE, Speak
from tests.servers.certificates import Authority
from tests.servers.milvus import ROOT, MilvusServer

SETTINGS: Any = dict
"""Settings that no type checker would let pass."""


def sent(server: Any) -> dict[str, Any]:  # noqa: ANN401 -- a SpeakingMilvus
    """The metadata of the last `Connect` that arrived."""
    metadata: dict[str, Any] = next(
        call.metadata for call in reversed(server.calls) if call.method == "Connect"
    )
    return metadata


def credentials(server: Any) -> str | None:  # noqa: ANN401 -- a SpeakingMilvus
    header = sent(server).get("authorization")
    return None if header is None else base64.b64decode(header).decode()


def test_unknown_alias_is_false_and_has_no_address(connections: Connections) -> None:
    assert connections.has_connection("nobody") is False
    assert connections.get_connection_addr("nobody") == {}
    assert connections.report("nobody").cause == "no-such-alias"


def test_added_alias_is_true_without_connect(
    connections: Connections, milvus: MilvusServer
) -> None:
    """pymilvus: False, for the process has to connect first."""
    connections.add_connection(dev={"uri": milvus.uri})

    assert connections.has_connection("dev") is True


def test_killed_server_is_false(
    connections: Connections, mortal_milvus: Callable[[], MilvusServer]
) -> None:
    """pymilvus: still True."""
    server = mortal_milvus()
    connections.connect("dev", uri=server.uri)
    before = connections.has_connection("dev")

    server.kill()

    assert (before, connections.has_connection("dev")) == (True, False)
    assert connections.report("dev").cause == "tcp-refused"


def test_connect_to_unknown_alias_without_settings_is_refused(connections: Connections) -> None:
    words = "You need to pass in the configuration of the connection named 'nope'"
    with pytest.raises(ConnectionConfigException, match=words) as raised:
        connections.connect("nope")

    assert raised.value.hint == "connections.connect('nope', uri=…)"


@pytest.mark.parametrize("half", [{"host": "127.0.0.1"}, {"port": 19531}, {"port": "19531"}])
def test_missing_half_of_the_address_is_filled_in(
    connections: Connections, half: dict[str, Any]
) -> None:
    connections.add_connection(dev=SETTINGS(half))

    expected = "127.0.0.1:19530" if "host" in half else "localhost:19531"
    assert connections.get_connection_addr("dev")["address"] == expected


@pytest.mark.parametrize(
    "place",
    [
        {"host": "h", "port": 1},
        {"address": "h:1"},
        {"uri": "http://h:1"},
        {"address": "h:1", "uri": "http://h:1", "host": "h", "port": "1"},
    ],
)
def test_place_is_address_uri_or_host_and_port(
    connections: Connections, place: dict[str, Any]
) -> None:
    connections.add_connection(dev=SETTINGS(place))

    assert connections.get_connection_addr("dev") == {
        "address": "h:1",
        "user": "",
        "db_name": "default",
    }


@pytest.mark.parametrize(
    "place",
    [
        {"address": "a:1", "uri": "http://b:1"},
        {"address": "a:1", "host": "b", "port": 1},
        {"uri": "http://a:1", "host": "a", "port": 2},
    ],
)
def test_places_that_disagree_are_refused(connections: Connections, place: dict[str, Any]) -> None:
    with pytest.raises(ConnectionConfigException, match="conflicting addresses"):
        connections.add_connection(dev=SETTINGS(place))

    assert connections.list_connections(probe=False) == []


@pytest.mark.parametrize("host", [1, 1.5, None, b"h", "h:1", "http://h"])
def test_host_that_is_no_text_or_has_a_colon_is_refused(
    connections: Connections, host: object
) -> None:
    with pytest.raises(ConnectionConfigException, match=r"Type of 'host' must be str\."):
        connections.add_connection(dev=SETTINGS(host=host, port=1))


@pytest.mark.parametrize("port", [None, 1.5, "abc", True, [1]])
def test_port_that_is_no_number_is_refused(connections: Connections, port: object) -> None:
    with pytest.raises(ConnectionConfigException, match=r"Type of 'port' must be str or int\."):
        connections.add_connection(dev=SETTINGS(host="h", port=port))


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_ipv6_host_is_accepted(connections: Connections, host: str) -> None:
    connections.add_connection(dev={"host": host})

    assert connections.get_connection_addr("dev")["address"] == "[::1]:19530"


@pytest.mark.parametrize("address", ["h", "h:", ":1", "a:b:1", "h:abc", None, 5])
def test_address_that_is_not_host_and_port_is_refused(
    connections: Connections, address: object
) -> None:
    with pytest.raises(ConnectionConfigException, match="Illegal address"):
        connections.add_connection(dev=SETTINGS(address=address))


@pytest.mark.parametrize(
    ("uri", "corrected"),
    [
        ("http://", None),
        ("localhost:19530", "http://localhost:19530"),
        ("https//h", "https://h"),
        (None, None),
    ],
)
def test_uri_without_host_or_scheme_is_refused_with_the_corrected_form(
    connections: Connections, uri: object, corrected: str | None
) -> None:
    with pytest.raises(ConnectionConfigException, match="Illegal uri") as raised:
        connections.connect("dev", **SETTINGS(uri=uri))

    assert corrected is None or corrected in str(raised.value.hint)


@pytest.mark.parametrize(
    ("uri", "address", "secure"),
    [("http://h", "h:19530", False), ("https://h", "h:443", True)],
)
def test_port_of_the_scheme_is_filled_in(
    connections: Connections, uri: str, address: str, *, secure: bool
) -> None:
    connections.add_connection(dev={"uri": uri})

    found = connections.get_connection_addr("dev")
    assert (found["address"], found.get("secure", False)) == (address, secure)


def test_missing_host_is_filled_in_by_connect(
    connections: Connections, speaking_milvus: Speak
) -> None:
    connections.connect("dev", port=speaking_milvus().port)

    address = connections.get_connection_addr("dev")["address"]
    assert address.startswith("localhost:")
    assert connections.has_connection("dev")


@pytest.mark.parametrize(
    ("port", "is_valid"),
    [(-1, False), (0, False), (1, True), (65534, True), (65535, True), (65536, False)],
)
def test_ports_are_1_to_65535(connections: Connections, port: int, *, is_valid: bool) -> None:
    """pymilvus: 0 to 65534."""
    if is_valid:
        connections.add_connection(dev={"port": port})
        assert connections.get_connection_addr("dev")["address"] == f"localhost:{port}"
    else:
        with pytest.raises(ConnectionConfigException, match="invalid port"):
            connections.add_connection(dev={"port": port})


def test_ftp_is_refused_by_add(connections: Connections) -> None:
    """pymilvus: accepted, and illegal on connect."""
    with pytest.raises(ConnectionConfigException, match=r"Illegal uri: .*scheme 'ftp' is unknown"):
        connections.add_connection(dev={"uri": "ftp://h"})


def test_unix_socket_is_kept_verbatim(connections: Connections, speaking_milvus: Speak) -> None:
    socket = Path("/tmp") / f"milvusconn-{id(connections)}.sock"  # noqa: S108 -- paths are short
    server = speaking_milvus(unix=socket)

    connections.connect("dev", uri=server.uri)

    assert connections.get_connection_addr("dev")["address"] == f"unix:{socket}"
    assert connections.has_connection("dev")


@pytest.mark.usefixtures("milvus_lite_package")
def test_local_database_is_accepted_by_add_and_connect(
    connections: Connections, own_place: Path
) -> None:
    """pymilvus: refused by add."""
    connections.add_connection(added={"uri": "./a.db"})
    connections.connect("connected", uri="./a.db", timeout=30)

    assert connections.get_connection_addr("added")["address"] == str(own_place / "a.db")
    assert connections.has_connection("added", timeout=30)
    with pytest.raises(ConnectError) as raised:
        connections.connect("nowhere", uri="./no/a.db")
    assert raised.value.report.cause == "lite-missing"


def test_another_address_needs_replace(connections: Connections, speaking_milvus: Speak) -> None:
    one, other = speaking_milvus(), speaking_milvus()
    connections.connect("a", uri=one.uri)
    words = "Alias of 'a' already creating connections, but the configure is not the same"

    with pytest.raises(ConnectionConfigException, match=words):
        connections.connect("a", uri=other.uri)
    with pytest.raises(ConnectionConfigException, match=words):
        connections.add_connection(a={"uri": other.uri})
    assert connections.get_connection_addr("a")["address"] == one.address

    connections.connect("a", uri=other.uri, replace=True)
    assert connections.get_connection_addr("a")["address"] == other.address
    connections.add_connection(a={"uri": one.uri, "replace": True})
    assert connections.get_connection_addr("a")["address"] == one.address


@pytest.mark.parametrize("has_uri", [True, False])
def test_other_credentials_need_replace(
    connections: Connections, speaking_milvus: Speak, *, has_uri: bool
) -> None:
    """pymilvus: silently replaced."""
    server = speaking_milvus()
    place = SETTINGS(uri=server.uri) if has_uri else SETTINGS()
    connections.connect("a", "root", "Milvus", uri=server.uri)

    with pytest.raises(ConnectionConfigException, match="already creating connections"):
        connections.connect("a", "root", "other", **place)
    connections.has_connection("a")
    assert credentials(server) == ROOT

    connections.connect("a", "root", "other", replace=True, **place)
    connections.has_connection("a")
    assert credentials(server) == "root:other"


def test_missing_credentials_can_be_completed(
    connections: Connections, milvus_with_authorization: MilvusServer
) -> None:
    """As programs do that keep the password out of `add_connection`."""
    connections.add_connection(prod={"uri": milvus_with_authorization.uri})
    before = connections.report("prod").cause

    connections.connect("prod", "root", "Milvus")

    assert (before, connections.has_connection("prod")) == ("auth-missing", True)


@pytest.mark.parametrize(
    ("path", "db_name", "expected"),
    [
        ("", "", "default"),
        ("/db1/collection1", "", "db1"),
        ("/db1", "explicit", "explicit"),
        ("/", "", "default"),
        ("//", "", "default"),
        ("", "explicit", "explicit"),
    ],
)
def test_database(
    connections: Connections, speaking_milvus: Speak, path: str, db_name: str, expected: str
) -> None:
    server = speaking_milvus()

    connections.connect("a", uri=f"{server.uri}{path}", db_name=db_name)

    assert connections.get_connection_addr("a")["db_name"] == expected
    assert sent(server).get("dbname", "default") == expected


def test_add_keeps_every_setting(
    connections: Connections, speaking_milvus: Speak, authority: Authority
) -> None:
    """pymilvus: password, token, database, TLS and timeout are dropped."""
    server = speaking_milvus(tls=authority.issue("milvus.test"), client_authority=authority.ca_file)
    client = authority.issue("client.test")

    connections.add_connection(
        a={
            "address": server.address,
            "secure": True,
            "user": "root",
            "password": "Milvus",
            "db_name": "films",
            "ca_pem_path": authority.ca_file,
            "client_pem_path": client.cert,
            "client_key_path": client.key,
            "server_name": "milvus.test",
            "timeout": 7,
        }
    )

    assert connections.has_connection("a"), connections.report("a")
    assert (credentials(server), sent(server)["dbname"]) == (ROOT, "films")
    assert connections.get_connection_addr("a") == {
        "address": server.address,
        "user": "root",
        "db_name": "films",
        "secure": True,
        "timeout": 7.0,
        "ca_pem_path": str(authority.ca_file),
        "client_pem_path": str(client.cert),
        "client_key_path": str(client.key),
        "server_name": "milvus.test",
    }


def test_failed_connect_changes_nothing(
    connections: Connections, speaking_milvus: Speak, registry_path: Path
) -> None:
    """pymilvus: deletes the alias and its settings."""
    server = speaking_milvus()
    connections.connect("a", uri=server.uri)
    before = registry_path.read_bytes() if registry_path.exists() else None

    with pytest.raises(ConnectError, match="a: tcp-refused: ") as raised:
        connections.connect("a", uri=NOWHERE, replace=True)
    with pytest.raises(ConnectError):
        connections.connect("new", uri=NOWHERE)

    assert (raised.value.code, isinstance(raised.value, MilvusException)) == (2, True)
    assert connections.get_connection_addr("a")["address"] == server.address
    assert [alias for alias, _ in connections.list_connections(probe=False)] == ["a"]
    assert (registry_path.read_bytes() if registry_path.exists() else None) == before


@pytest.mark.parametrize("operation", ["disconnect", "remove_connection"])
def test_unknown_alias_cannot_be_disconnected_or_removed(
    connections: Connections, operation: str
) -> None:
    """pymilvus: nothing happens."""
    connections.add_connection(prod={"uri": NOWHERE})
    change = getattr(connections, operation)

    with pytest.raises(ConnectionNotExistException, match="no alias 'prd'") as raised:
        change("prd")

    assert raised.value.hint == "did you mean prod?"
    assert change("prd", force=True) is None
    assert connections.list_connections(probe=False) == [("prod", None)]


def test_disconnect_keeps_the_settings(connections: Connections, speaking_milvus: Speak) -> None:
    server = speaking_milvus()
    connections.connect("a", uri=server.uri)
    calls = len(server.calls)

    connections.disconnect("a")
    connections.disconnect("a")

    assert connections.has_connection("a") is False
    assert connections.report("a").cause == "disconnected"
    assert connections.get_connection_addr("a")["address"] == server.address
    assert len(server.calls) == calls

    connections.connect("a")
    assert connections.has_connection("a") is True


def test_remove_forgets_default_too(connections: Connections) -> None:
    connections.add_connection(default={"uri": NOWHERE}, a={"uri": NOWHERE})

    connections.remove_connection("default")

    assert connections.list_connections(probe=False) == [("a", None)]
    assert connections.get_connection_addr("default") == {}


@pytest.mark.parametrize("alias", [1, None, b"a", ["a"]])
@pytest.mark.parametrize(
    "operation",
    ["has_connection", "get_connection_addr", "disconnect", "remove_connection", "connect"],
)
def test_alias_that_is_no_text_is_refused(
    connections: Connections, operation: str, alias: object
) -> None:
    words = re.escape(f"Alias should be string, but {type(alias)!r} is given.")
    with pytest.raises(ConnectionConfigException, match=words):
        getattr(connections, operation)(alias)


def test_milvus_uri_is_default_and_no_other_alias(
    connections: Connections, speaking_milvus: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pymilvus: overrides every alias without an address; a bad one breaks the import."""
    server, other = speaking_milvus(), speaking_milvus()
    connections.add_connection(a={"uri": other.uri}, default={"uri": NOWHERE})
    monkeypatch.setenv("MILVUS_URI", server.uri)

    connections.connect("a")

    assert connections.has_connection("default")
    assert connections.get_connection_addr("default")["address"] == server.address
    assert connections.get_connection_addr("a")["address"] == other.address
    with pytest.raises(ConnectionNotExistException, match="no alias"):
        connections.disconnect("b")

    monkeypatch.setenv("MILVUS_URI", "localhost:19530")
    assert connections.report("default").cause == "config-uri"
    assert connections.has_connection("a")


def test_alias_of_the_environment_cannot_be_removed(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_URI", NOWHERE)

    with pytest.raises(ConnectionNotExistException, match="it comes from MILVUS_URI"):
        connections.remove_connection("default")

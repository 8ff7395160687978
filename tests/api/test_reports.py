"""What `report` and `list_connections` return, and what secrets become."""

import dataclasses
import pickle
from pathlib import Path

import pytest

from milvusconn_cli import (
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    ConnectionReport,
    Connections,
    Settings,
)
from tests.commands.verbs import NOWHERE, SECRET, Speak
from tests.conftest import Milvusconn
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer


def test_established_report(connections: Connections, milvus: MilvusServer) -> None:
    connections.connect("dev", uri=milvus.uri)

    report = connections.report("dev")

    assert report
    assert (report.status, report.cause, report.layer, report.advice) == (
        "established",
        None,
        None,
        "",
    )
    assert (report.address, report.database, report.exit_code) == (milvus.address, "default", 0)
    assert report.server_version == "2.3.5-lite"
    assert report.seconds is not None
    assert report.seconds > 0


def test_failed_report_has_cause_layer_evidence_and_advice(
    connections: Connections, speaking_milvus: Speak, authority: Authority
) -> None:
    server = speaking_milvus(tls=authority.issue("elsewhere.test"))
    connections.add_connection(dev={"uri": server.uri, "server_pem_path": authority.ca_file})

    report = connections.report("dev")

    assert not report
    assert (report.status, report.cause, report.layer, report.exit_code) == (
        "tls-name",
        "tls-name",
        "tls",
        6,
    )
    assert "elsewhere.test" in f"{report.summary} {report.evidence}"
    assert report.advice


def test_advice_about_the_registry_is_python(connections: Connections) -> None:
    connections.add_connection(prod={"uri": NOWHERE})
    connections.disconnect("prod")

    assert connections.report("prod").advice == "reconnect it with connections.connect('prod')"
    assert connections.report("prd").advice == "did you mean prod?"
    assert connections.report("zzz").advice == "connections.connect('zzz', uri=…) adds it"


def test_list_is_in_order_and_none_is_not_connected(
    connections: Connections, speaking_milvus: Speak
) -> None:
    server = speaking_milvus()
    connections.add_connection(
        down={"uri": NOWHERE}, up={"uri": server.uri}, out={"uri": server.uri}
    )
    connections.disconnect("out")

    (down, up, out) = connections.list_connections()

    assert (down, out) == (("down", None), ("out", None))
    assert (up[0], isinstance(up[1], ConnectionReport)) == ("up", True)
    assert connections.list_connections(probe=False) == [
        ("down", None),
        ("up", None),
        ("out", None),
    ]


def test_registry_file_is_the_command_line_s(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """What one adds, the other has."""
    from milvusconn_cli import connections  # noqa: PLC0415 -- that of the module

    server = speaking_milvus()
    milvusconn("add", "cli", "--uri", server.uri)
    connections.connect("python", uri=server.uri)

    assert connections.has_connection("cli")
    assert milvusconn("has", "python").out == "True\n"
    assert registry_path.stat().st_mode & 0o777 == 0o600
    assert Connections(registry_path).has_connection("cli")


def test_malformed_registry_is_an_error_with_its_place(registry_path: Path) -> None:
    registry_path.parent.mkdir()
    registry_path.write_text("[connections.a\n")

    with pytest.raises(ConnectionConfigException, match="line 1, column"):
        Connections().has_connection("a")


def test_invalid_settings_are_a_cause(registry_path: Path) -> None:
    registry_path.parent.mkdir()
    registry_path.write_text('[connections.a]\nuri = "localhost:19530"\n')

    report = Connections().report("a")

    assert (report.cause, report.layer, report.exit_code) == ("config-uri", "config", 78)
    with pytest.raises(ConnectionConfigException, match="a: the URI"):
        Connections().get_connection_addr("a")


def test_secret_is_by_reference_or_the_text_itself(
    speaking_milvus: Speak, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text that looks like a reference is a password like any other."""
    monkeypatch.setenv("PW", SECRET)
    server = speaking_milvus()
    connections = Connections()

    connections.connect("by-reference", "root", {"env": "PW"}, uri=server.uri)
    saved = registry_path.read_text()
    connections.connect("by-text", "root", "env:PW", uri=server.uri)
    connections.connect("by-command", token={"command": ("printf", "a:b")}, uri=server.uri)

    assert SECRET not in saved
    assert [
        call.metadata["authorization"] for call in server.calls if call.method == "Connect"
    ] == [
        "cm9vdDpPcGVuLVNlc2FtZS03Nw==",
        "cm9vdDplbnY6UFc=",
        "YTpi",
    ]


def test_no_report_or_error_shows_a_secret(connections: Connections, refusing_port: int) -> None:
    uri = f"http://root:{SECRET}@127.0.0.1:{refusing_port}"
    connections.add_connection(a={"uri": uri})

    with pytest.raises(ConnectError) as refused:
        connections.connect("b", uri=uri)
    with pytest.raises(ConnectionConfigException) as illegal:
        connections.connect("b", uri=f"htp://root:{SECRET}@h")

    shown = [connections.report("a"), connections.get_connection_addr("a"), refused.value]
    texts = [*map(repr, shown), *map(str, shown), str(illegal.value), str(illegal.value.hint)]
    assert SECRET not in " ".join([*texts, repr(dataclasses.asdict(connections.report("a")))])


def test_values_survive_pickling(connections: Connections) -> None:
    """As between the processes of a pool."""
    connections.add_connection(a={"uri": NOWHERE})
    report = connections.report("a")
    errors = [ConnectError(report), ConnectionNotExistException("gone", "look elsewhere")]

    copies = pickle.loads(pickle.dumps([report, *errors]))  # noqa: S301 -- our own

    assert copies[0] == report
    assert [(type(one), one.args, one.hint) for one in copies[1:]] == [
        (type(one), one.args, one.hint) for one in errors
    ]


def test_registries_in_memory_are_apart() -> None:
    one, other = Connections.in_memory(), Connections.in_memory()
    one.add_connection(a={"uri": NOWHERE})

    assert one.list_connections(probe=False) == [("a", None)]
    assert other.list_connections(probe=False) == []


def test_memory_writes_no_file(registry_path: Path) -> None:
    connections = Connections.in_memory()
    connections.add_connection(a={"uri": NOWHERE})
    connections.disconnect("a")
    connections.remove_connection("a")

    assert not registry_path.parent.exists()


def test_adding_is_all_or_nothing(connections: Connections) -> None:
    connections.add_connection(a={"uri": NOWHERE})

    with pytest.raises(ConnectionConfigException, match="Alias of 'a'"):
        connections.add_connection(b={"uri": NOWHERE}, a={"uri": "http://h"})
    with pytest.raises(ConnectionConfigException, match="invalid alias name"):
        connections.add_connection(b={"uri": NOWHERE}, **{"not valid": Settings(uri=NOWHERE)})

    assert connections.list_connections(probe=False) == [("a", None)]


def test_adding_the_same_again_changes_nothing(connections: Connections) -> None:
    connections.add_connection(a={"uri": NOWHERE, "user": "root", "password": SECRET})
    connections.disconnect("a")

    connections.add_connection(a={"uri": NOWHERE, "user": "root", "password": SECRET})

    assert connections.report("a").cause == "disconnected"

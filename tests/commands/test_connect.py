"""`connect`: saved only if the connection is established."""

from pathlib import Path

import pytest

from tests.commands.verbs import NOWHERE, Saved, Speak, assert_did, assert_refused, register
from tests.conftest import Milvusconn, Ran
from tests.servers import speaking_milvus as answers


def test_connect_saves_what_held(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """The server and its version are told, and the settings are there from now on."""
    server = speaking_milvus(connect=answers.established("v2.6.0"))

    ran = milvusconn("connect", "dev", "--uri", server.uri, "--tag", "new")

    assert_did(ran, "dev: established", server.address, "2.6.0")
    assert saved() == {"dev": {"uri": server.uri, "tags": ["new"]}}


@pytest.mark.parametrize("registered", [False, True])
def test_connect_that_fails_saves_nothing(
    milvusconn: Milvusconn,
    registry_path: Path,
    registered: bool,  # noqa: FBT001 -- pytest's parameter
) -> None:
    """The registry is byte for byte what it was; where there was none, there is none."""
    if registered:
        register(milvusconn, "other")
    before = registry_path.read_bytes() if registered else None

    ran = milvusconn("connect", "dev", "--uri", NOWHERE)

    assert_refused(ran, 3, "dev: tcp-refused")
    assert (registry_path.read_bytes() if registry_path.exists() else None) == before


def test_connect_that_fails_keeps_what_was_there(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """--replace takes effect only once the new settings held; out of service stays so."""
    register(milvusconn, "dev", uri=speaking_milvus().uri)
    milvusconn("disconnect", "dev")
    before = registry_path.read_bytes()

    ran = milvusconn("connect", "dev", "--replace", "--uri", NOWHERE)

    assert ran.code == 3
    assert registry_path.read_bytes() == before


def test_connect_ends_a_disconnect(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """Back in service, and the file is what it was before."""
    register(milvusconn, "dev", uri=speaking_milvus().uri)
    before = registry_path.read_bytes()
    milvusconn("disconnect", "dev")

    ran = milvusconn("connect", "dev")

    assert_did(ran, "dev: established")
    assert milvusconn("has", "dev").out == "True\n"
    assert registry_path.read_bytes() == before


def test_connect_to_a_dead_server_does_not_end_a_disconnect(milvusconn: Milvusconn) -> None:
    """Only what holds is put back into service."""
    register(milvusconn, "dev")
    milvusconn("disconnect", "dev")

    ran = milvusconn("connect", "dev")

    assert_refused(ran, 3, "tcp-refused")
    assert "disconnected" in milvusconn("has", "dev").err


def test_connect_again_changes_nothing(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """In service already, with and without the settings that it has: the file is not touched."""
    uri = speaking_milvus().uri
    register(milvusconn, "dev", uri=uri)
    before = registry_path.stat()

    assert milvusconn("connect", "dev").code == 0
    assert milvusconn("connect", "dev", "--uri", uri).code == 0

    assert registry_path.stat().st_mtime_ns == before.st_mtime_ns
    assert registry_path.stat().st_ino == before.st_ino


def test_connect_refuses_other_settings(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """A name that has settings of its own keeps them; the server is not even dialled."""
    server = speaking_milvus()
    register(milvusconn, "dev")
    before = registry_path.read_bytes()

    ran = milvusconn("connect", "dev", "--uri", server.uri)

    assert_refused(ran, 78, "dev", "--replace")
    assert server.calls == []
    assert registry_path.read_bytes() == before


def test_connect_replaces_where_told(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """Other settings, once they held."""
    uri = speaking_milvus().uri
    register(milvusconn, "dev")

    ran = milvusconn("connect", "dev", "--replace", "--uri", uri)

    assert_did(ran, "dev: established")
    assert saved() == {"dev": {"uri": uri}}


def test_connect_without_settings(milvusconn: Milvusconn, registry_path: Path) -> None:
    """An alias that does not exist needs them: exit 1, and what to type."""
    assert_refused(milvusconn("connect", "dev"), 1, "connect dev URI")
    assert not registry_path.exists()


def test_connect_a_bad_name(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """Refused before anything is dialled: what held could not be saved."""
    server = speaking_milvus()

    ran = milvusconn("connect", "a/b", "--uri", server.uri)

    assert_refused(ran, 78, "letter")
    assert server.calls == []
    assert not registry_path.exists()


def test_connect_default(milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved) -> None:
    """The alias may be left out, as in pymilvus."""
    milvusconn("connect", "--uri", speaking_milvus().uri)

    assert list(saved()) == ["default"]


def test_connect_in_json(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A row, as `has` gives it."""
    good = milvusconn("connect", "dev", "--uri", speaking_milvus().uri, "-o", "json")
    bad = milvusconn("connect", "bad", "--uri", NOWHERE, "-o", "json")

    assert (good.json["command"], good.row["status"]) == ("connect", "established")
    assert (bad.code, bad.json["ok"], bad.row["status"]) == (3, False, "tcp-refused")


def test_connect_quiet(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Nothing at all; the exit code is the answer."""
    assert milvusconn("connect", "dev", "--uri", speaking_milvus().uri, "-q") == Ran(0, "", "")
    assert milvusconn("connect", "bad", "--uri", NOWHERE, "-q") == Ran(3, "", "")

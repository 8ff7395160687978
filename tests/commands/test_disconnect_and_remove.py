"""`disconnect` and `remove`."""

from pathlib import Path

import pytest

from tests.commands.verbs import Saved, Speak, assert_did, assert_refused, register
from tests.conftest import Milvusconn


def test_disconnect_keeps_the_settings(
    milvusconn: Milvusconn, speaking_milvus: Speak, saved: Saved
) -> None:
    """`has` says False without touching the network."""
    server = speaking_milvus()
    register(milvusconn, "dev", uri=server.uri)

    ran = milvusconn("disconnect", "dev")

    assert_did(ran, "dev", "disconnected")
    assert milvusconn("has", "dev").out == "False\n"
    assert saved() == {"dev": {"uri": server.uri, "disconnected": True}}
    assert server.calls == []


def test_disconnect_twice(milvusconn: Milvusconn) -> None:
    """It is so already: no failure."""
    register(milvusconn, "dev")
    milvusconn("disconnect", "dev")

    assert_did(milvusconn("disconnect", "dev"), "already disconnected")


def test_remove_forgets(milvusconn: Milvusconn, saved: Saved) -> None:
    """The alias is gone, and the others are not."""
    register(milvusconn, "a", "b", "c")

    ran = milvusconn("remove", "a", "c")

    assert_did(ran, "a: removed", "c: removed")
    assert list(saved()) == ["b"]


def test_remove_the_last_one(milvusconn: Milvusconn, saved: Saved) -> None:
    """A registry may be empty again, and filled again."""
    register(milvusconn, "dev")

    ran = milvusconn("remove", "dev")

    assert_did(ran, "dev: removed")
    assert saved() == {}
    register(milvusconn, "dev")
    assert list(saved()) == ["dev"]


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_unknown_alias_is_no(milvusconn: Milvusconn, registry_path: Path, verb: str) -> None:
    """Exit 1 with the nearest name; of several aliases none is changed."""
    register(milvusconn, "production", "stage")
    before = registry_path.read_bytes()

    ran = milvusconn(verb, "stage", "prodution")

    assert_refused(ran, 1, "'prodution'", "production")
    assert registry_path.read_bytes() == before


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_unknown_alias_by_force(milvusconn: Milvusconn, saved: Saved, verb: str) -> None:
    """It is no error, and the others are done."""
    register(milvusconn, "stage")

    ran = milvusconn(verb, "nobody", "stage", "--force")

    assert_did(ran, "stage")
    assert saved().get("stage", {"disconnected": True})["disconnected"]


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_force_where_there_is_no_file(
    milvusconn: Milvusconn, registry_path: Path, verb: str
) -> None:
    """Nothing to do, and none is made for it."""
    assert milvusconn(verb, "nobody", "--force").code == 0
    assert not registry_path.exists()


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_alias_is_required(milvusconn: Milvusconn, verb: str) -> None:
    """These verbs have no default: a slip of the hand must not take one out of service."""
    register(milvusconn, "default")

    assert_refused(milvusconn(verb), 2)


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_same_alias_twice(milvusconn: Milvusconn, verb: str) -> None:
    """It is done once."""
    register(milvusconn, "dev")

    ran = milvusconn(verb, "dev", "dev")

    assert_did(ran)
    assert ran.err.count("dev: ") == 1


def test_alias_of_an_odd_name_can_be_removed(
    milvusconn: Milvusconn, registry_path: Path, saved: Saved
) -> None:
    """What is found in the file under a name that would not be taken today is still served."""
    register(milvusconn, "dev")
    odd = '\n[connections."the old one"]\nuri = "http://127.0.0.1:1"\n'
    registry_path.write_text(registry_path.read_text() + odd)

    assert milvusconn("list", "--names").out == "dev\nthe old one\n"
    assert milvusconn("has", "the old one").code == 3
    assert milvusconn("remove", "the old one").code == 0
    assert list(saved()) == ["dev"]

"""`rename` and `copy`."""

from pathlib import Path

import pytest

from tests.commands.verbs import BAD_NAMES, NOWHERE, Saved, assert_did, assert_refused, register
from tests.conftest import Milvusconn


def test_rename_keeps_place_and_comments(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Only the name changes in the file."""
    register(milvusconn, "first", "dev", "last")
    text = registry_path.read_text().replace("[connections.dev]", "# ours\n[connections.dev]")
    registry_path.write_text(text)

    ran = milvusconn("rename", "dev", "stage")

    assert_did(ran, "stage", "dev")
    assert registry_path.read_text() == text.replace("[connections.dev]", "[connections.stage]")


def test_copy_keeps_references(milvusconn: Milvusconn, saved: Saved) -> None:
    """The settings under a second name; a reference stays one."""
    milvusconn("add", "dev", "--uri", NOWHERE, "--token", "env:TOKEN", "--tag", "x")

    ran = milvusconn("copy", "dev", "stage")

    assert_did(ran, "stage", "dev")
    assert saved()["stage"] == saved()["dev"]
    assert list(saved()) == ["dev", "stage"]


@pytest.mark.parametrize("verb", ["rename", "copy"])
def test_new_name_that_is_taken(milvusconn: Milvusconn, registry_path: Path, verb: str) -> None:
    """Refused; nothing is overwritten; no option is advised that this verb does not have."""
    register(milvusconn, "a", "b")
    before = registry_path.read_bytes()

    ran = milvusconn(verb, "a", "b")

    assert_refused(ran, 78, "'b'")
    assert registry_path.read_bytes() == before
    assert "--replace" not in ran.err or milvusconn(verb, "a", "b", "--replace").code != 2


@pytest.mark.parametrize("verb", ["rename", "copy"])
def test_unknown_old_name(milvusconn: Milvusconn, registry_path: Path, verb: str) -> None:
    """Exit 1 with the nearest name; the file is not touched."""
    register(milvusconn, "production")
    before = registry_path.read_bytes()

    assert_refused(milvusconn(verb, "prodution", "new"), 1, "production")
    assert registry_path.read_bytes() == before


@pytest.mark.parametrize("verb", ["rename", "copy"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_new_name(milvusconn: Milvusconn, registry_path: Path, verb: str, name: str) -> None:
    """The same rules as for `add`."""
    register(milvusconn, "dev")
    before = registry_path.read_bytes()

    assert_refused(milvusconn(verb, "dev", name), 78, "letter")
    assert registry_path.read_bytes() == before

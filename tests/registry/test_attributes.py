"""What a registry has beside its text and its mode: an edit keeps it, and gives nobody more."""

import errno
import os
import stat
import struct
from pathlib import Path

import pytest

from tests.conftest import Milvusconn

ACL = "system.posix_acl_access"
USER_OBJECT, USER, GROUP_OBJECT, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NOBODY, UNDEFINED = 65534, 0xFFFFFFFF


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """A POSIX ACL as Linux stores it: version 2, then tag, permissions and id of each entry."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


READABLE_BY_NOBODY = access_list(
    (USER_OBJECT, 6, UNDEFINED),
    (USER, 4, NOBODY),
    (GROUP_OBJECT, 0, UNDEFINED),
    (MASK, 4, UNDEFINED),
    (OTHER, 0, UNDEFINED),
)
"""One more user may read, the owning group may not; the mask looks like group bits of the mode."""


@pytest.fixture
def shared(milvusconn: Milvusconn, registry_path: Path) -> Path:
    """A registry with that ACL and an attribute of its user's own."""
    milvusconn("add", "dev", "--uri", "http://127.0.0.1:1")
    try:
        os.setxattr(registry_path, "user.note", b"kept")
        os.setxattr(registry_path, ACL, READABLE_BY_NOBODY)
    except OSError:
        pytest.skip("this file system has no access control lists")
    return registry_path


def test_an_edit_keeps_the_access_control_list(milvusconn: Milvusconn, shared: Path) -> None:
    """The group that the list shuts out stays shut out."""
    assert milvusconn("add", "new", "--uri", "http://127.0.0.1:2").code == 0

    assert os.getxattr(shared, ACL) == READABLE_BY_NOBODY
    assert os.getxattr(shared, "user.note") == b"kept"


def test_group_bits_go_where_the_list_cannot_be_kept(
    milvusconn: Milvusconn, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the bits of its mask would be permissions of the group."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "setxattr", refuse)

    assert milvusconn("add", "new", "--uri", "http://127.0.0.1:2").code == 0

    assert ACL not in os.listxattr(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o600

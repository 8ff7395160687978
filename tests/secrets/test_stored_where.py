"""The line that says where a literal secret is stored."""

from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest

from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.system import atomic_file
from tests.conftest import Milvusconn
from tests.secrets.rings import NOWHERE, SECRET, Locked, Ring, add, saved, the_entry

pytestmark = pytest.mark.usefixtures("ring")


def test_where_a_literal_lies(milvusconn: Milvusconn, registry_path: Path) -> None:
    """One line for all of a command, with the file's path."""
    lines = [f'[connections.a{n}]\nuri = "{NOWHERE}"\ntoken = "{SECRET}-{n}"' for n in range(3)]
    Path("r.toml").write_text("\n".join([*lines, '[connections.r]\nuri = "http://h"\n']))

    ran = milvusconn("import", "r.toml")

    told = [line for line in ran.err.splitlines() if "is stored in plain text in" in line]
    assert len(told) == 1
    assert f"the secret of a0, a1 and a2 is stored in plain text in {registry_path}" in told[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--token", SECRET), 1),
        (("--user", "u", "--password", SECRET), 1),
        (("--token", "env:T"), 0),
        (("--token", "keyring:a/b"), 0),
        ((), 0),
        (("--token", SECRET, "-q"), 0),
    ],
)
def test_of_an_add(milvusconn: Milvusconn, arguments: tuple[str, ...], told: int) -> None:
    """Of a literal alone, and not with -q."""
    ran = milvusconn("add", "dev", "--uri", NOWHERE, *arguments)

    assert ran.err.count("is stored in plain text in") == told


def test_quiet_is_quiet_of_the_keyring_too(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """-q leaves only what was not done as it was asked: that the secret lies in the file."""
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    keyring.set_keyring(Locked())  # type: ignore[no-untyped-call]
    ran = milvusconn("import", "r.toml", "--store", "keyring", "-q")
    assert (ran.code, ran.out, ran.err.count("\n")) == (0, "", 1)
    assert "KeyringLocked: the secret of dev is stored in plain text in" in ran.err
    keyring.set_keyring(ring())

    assert milvusconn("import", "r.toml", "--store", "keyring", "-q", "--replace").err == ""
    assert milvusconn("remove", "dev", "-q").err == ""


def test_an_interrupt_after_the_change_leaves_what_the_registry_refers_to(
    milvusconn: Milvusconn,
    ring: type[Ring],
    registry_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes when the file is there already; before that, the entry goes again."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic_file, "_sync_directory", interrupt)
    assert add(milvusconn, "--token", SECRET).code == 130
    assert the_entry(saved(registry_path)["dev"], "token") in ring.entries

    monkeypatch.setattr(registry_file, "replace_file", interrupt)
    assert add(milvusconn, "--token", SECRET, alias="other").code == 130
    assert len(ring.entries) == 1


def test_import_again_is_no_change(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """The secret is the one that the keyring has, or the one in the file: both stay there."""
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    again = ("import", "r.toml", "--store", "keyring", "-o", "json")
    assert milvusconn(*again).row["action"] == "add"

    assert milvusconn(*again, "--dry-run").row["action"] == "keep"
    assert milvusconn(*again).row["action"] == "keep"
    assert len(ring.entries) == 1

    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "another"\n')
    assert milvusconn(*again, "--dry-run").code == 78
    assert milvusconn(*again).code == 78
    assert len(ring.entries) == 1

    Path("r.toml").write_text(f'[connections.lit]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    assert milvusconn("import", "r.toml").code == 0
    assert milvusconn(*again, "--dry-run").row["action"] == "keep"
    assert milvusconn(*again).row["action"] == "keep"
    assert len(ring.entries) == 1

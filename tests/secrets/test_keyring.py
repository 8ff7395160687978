"""The keyring as a source of secrets, and as a place to store them."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest

from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.registry import keyring as keyring_store
from milvusconn_cli.secrets.reference import Literal, Secret
from tests.conftest import Milvusconn
from tests.secrets.rings import NOWHERE, SECRET, Locked, Ring, add, saved, the_entry

pytestmark = pytest.mark.usefixtures("ring")


class Forgetful(Ring):
    """Takes everything, and keeps something else."""

    def get_password(self, service: str, username: str) -> str | None:
        return "something else" if (service, username) in self.entries else None


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("--token", SECRET), "token"),
        (("--user", "root", "--password", SECRET), "password"),
        (("--token", f"literal:{SECRET}"), "token"),
    ],
)
def test_add(
    milvusconn: Milvusconn,
    registry_path: Path,
    ring: type[Ring],
    arguments: tuple[str, ...],
    key: str,
) -> None:
    """The secret is in the keyring and nowhere else; the file refers to it."""
    ran = add(milvusconn, *arguments)

    assert ran.code == 0
    service, user = the_entry(saved(registry_path)["dev"], key)
    assert ring.entries == {(service, user): SECRET}
    assert service == "milvusconn/dev"
    assert re.fullmatch(rf"{key}-[0-9a-f]{{8}}", user)
    assert SECRET not in registry_path.read_text()
    assert "is stored in plain text in" not in ran.err


def test_a_password_of_the_uri(
    milvusconn: Milvusconn, registry_path: Path, ring: type[Ring]
) -> None:
    """It is a literal as any other."""
    ran = milvusconn("add", "dev", "--uri", f"http://root:{SECRET}@h", "--store", "keyring")

    assert ran.code == 0
    assert list(ring.entries.values()) == [SECRET]
    assert SECRET not in registry_path.read_text()


@pytest.mark.parametrize("arguments", [(), ("--token", "env:T"), ("--user", "root")])
def test_nothing_to_keep(
    milvusconn: Milvusconn, ring: type[Ring], arguments: tuple[str, ...]
) -> None:
    """Where there is no literal the keyring is not even asked."""
    ran = add(milvusconn, *arguments)

    assert ran.code == 0
    assert (ring.asked, "keyring" in ran.err) == ([], False)


def test_two_adds_never_overwrite_each_other(
    milvusconn: Milvusconn, ring: type[Ring], registry_path: Path
) -> None:
    """Not those of two registries, nor the one that --replace puts aside."""
    add(milvusconn, "--token", "the first one")
    add(milvusconn, "--token", "of elsewhere", "--config", "elsewhere.toml")
    ran = add(milvusconn, "--token", "the second one", "--replace")

    assert sorted(ring.entries.values()) == ["of elsewhere", "the first one", "the second one"]
    assert ring.entries[the_entry(saved(registry_path)["dev"], "token")] == "the second one"
    (left,) = re.findall(r"delete it with `keyring del (\S+) (\S+)`", ran.err)
    assert ring.entries[left] == "the first one"


def test_a_name_that_is_taken(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """What was put there is taken out again."""
    add(milvusconn, "--token", "the first one")

    ran = add(milvusconn, "--token", "the second one")

    assert ran.code == 78
    assert list(ring.entries.values()) == ["the first one"]


@pytest.mark.parametrize("verb", ["add", "import"])
def test_a_registry_that_cannot_be_written(
    milvusconn: Milvusconn, ring: type[Ring], verb: str
) -> None:
    """A directory in its place, as a full disk would: nothing stays in the keyring."""
    Path("taken").mkdir()
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    arguments = ("r.toml",) if verb == "import" else ("x", "--uri", NOWHERE, "--token", SECRET)

    ran = milvusconn(verb, *arguments, "--store", "keyring", "--config", "taken/../taken")

    assert ran.code == 78
    assert ring.entries == {}


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (keyring.backends.fail.Keyring, "the keyring failed: NoKeyringError"),
        (keyring.backends.null.Keyring, "the keyring did not store the secret"),
        (Forgetful, "the keyring did not store the secret"),
        (Locked, "the keyring failed: KeyringLocked"),
    ],
)
@pytest.mark.parametrize("verb", ["add", "import"])
def test_no_keyring_that_works(
    milvusconn: Milvusconn,
    registry_path: Path,
    backend: Callable[[], keyring.backend.KeyringBackend],
    words: str,
    verb: str,
) -> None:
    """It goes into the file after all, and a line says so; exit 0."""
    keyring.set_keyring(backend())
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')

    ran = (
        milvusconn("import", "r.toml", "--store", "keyring")
        if verb == "import"
        else add(milvusconn, "--token", SECRET)
    )

    assert ran.code == 0
    assert (
        f"milvusconn: {words}: the secret of dev is stored in plain text in {registry_path}"
        in ran.err
    )
    assert "--store keyring" not in ran.err
    assert saved(registry_path)["dev"]["token"] == SECRET
    assert SECRET not in ran.err
    assert Ring.entries == {}
    assert registry_path.stat().st_mode & 0o777 == 0o600


def test_no_keyring_installed(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the extra is not there."""
    monkeypatch.setitem(sys.modules, "keyring", None)

    ran = add(milvusconn, "--token", SECRET)

    assert ran.code == 0
    assert (
        "the keyring package is not installed: the secret of dev is stored in plain text in "
        in ran.err
    )
    assert "pip install 'keyring>=" in ran.err
    assert saved(registry_path)["dev"]["token"] == SECRET


def test_a_keyring_that_fails_in_between(
    milvusconn: Milvusconn, registry_path: Path, ring: type[Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in the keyring or all in the file: the first is not left behind there."""
    monkeypatch.setattr(Ring, "fails_at", 3)
    lines = [f'[connections.a{n}]\nuri = "{NOWHERE}"\ntoken = "{SECRET}-{n}"' for n in range(4)]
    Path("r.toml").write_text("\n".join(lines))

    ran = milvusconn("import", "r.toml", "--store", "keyring")

    assert ran.code == 0
    assert ring.entries == {}
    assert [one["token"] for one in saved(registry_path).values()] == [
        f"{SECRET}-{n}" for n in range(4)
    ]


def test_an_interrupt_in_between(ring: type[Ring]) -> None:
    """It is no exception like others; what was stored is taken out all the same."""
    connection = build(
        NOWHERE, Path("/"), credentials=Credentials(None, None, Literal(Secret(SECRET)))
    )

    def interrupted() -> None:
        with keyring_store.stored("dev", connection, lambda _: False):
            assert list(ring.entries.values()) == [SECRET]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ring.entries == {}

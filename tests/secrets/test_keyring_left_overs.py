"""What stays in the keyring, and a keyring that hangs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.secrets.rings import NOWHERE, SECRET, Ring, add, saved, the_entry
from tests.servers.speaking_milvus import SpeakingMilvus

pytestmark = pytest.mark.usefixtures("ring")


def test_remove_tells_what_stays(
    milvusconn: Milvusconn, ring: type[Ring], registry_path: Path
) -> None:
    """The entry is not deleted, and the command that does is told, once."""
    add(milvusconn, "--user", "root", "--password", SECRET)
    entry = the_entry(saved(registry_path)["dev"], "password")

    ran = milvusconn("remove", "dev")

    assert ring.entries == {entry: SECRET}
    assert ran.err.count(f"delete it with `keyring del {entry[0]} {entry[1]}`") == 1


def test_what_another_alias_needs_is_not_to_be_forgotten(milvusconn: Milvusconn) -> None:
    """A copy refers to the same entry: only with the last of them it is left behind."""
    add(milvusconn, "--token", SECRET)
    milvusconn("copy", "dev", "twin")

    assert "keyring del" not in milvusconn("remove", "dev").err
    assert "keyring del" in milvusconn("remove", "twin").err


def test_replacing_it_by_itself_leaves_nothing_behind(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """The entry that the new settings refer to is in use."""
    add(milvusconn, "--token", SECRET)
    service, user = the_entry(saved(registry_path)["dev"], "token")

    ran = add(milvusconn, "--token", f"keyring:{service}/{user}", "--replace")

    assert ran.code == 0
    assert "keyring del" not in ran.err


def test_an_entry_of_somebody_else_is_not_ours_to_tell_of(milvusconn: Milvusconn) -> None:
    """Only what `--store keyring` has put there."""
    add(milvusconn, "--token", "keyring:mine/root")

    assert "keyring del" not in milvusconn("remove", "dev").err


def test_import_replaces(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """The old entry is told of as with `add --replace`."""
    add(milvusconn, "--token", "the first one")
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')

    ran = milvusconn("import", "r.toml", "--store", "keyring", "--replace")

    assert ran.code == 0
    assert "keyring del" in ran.err
    assert sorted(ring.entries.values()) == [SECRET, "the first one"]


def test_a_dry_run_stores_nothing(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """It only says."""
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')

    assert milvusconn("import", "r.toml", "--store", "keyring", "--dry-run").code == 0
    assert ring.asked == []
    assert os.listdir() == ["r.toml"]  # noqa: PTH208 -- and nothing else


HANGING = """
import os, threading
import keyring.backend
class Ring(keyring.backend.KeyringBackend):
    priority = 1
    def hang(self, *words):
        os.write(int(os.environ["HANGS"]), b"!")
        threading.Event().wait()
    get_password = set_password = delete_password = hang
class Slow(Ring):
    entries = {}
    def set_password(self, *words):
        self.entries[words[:2]] = words[2]
    def get_password(self, *words):
        return self.entries.get(words)
"""


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[tuple[dict[str, str], int, int]]:
    """The environment of a program whose keyring hangs; a pipe's ends, which tell when it does."""
    (tmp_path / "hanging.py").write_text(HANGING)
    reader, writer = os.pipe()
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "hanging.Ring",
        "HANGS": str(writer),
    }
    yield environment, reader, writer
    os.close(reader)
    os.close(writer)


def start(hanging: tuple[dict[str, str], int, int], *arguments: str) -> "subprocess.Popen[str]":
    environment, _, writer = hanging
    return subprocess.Popen(
        [sys.executable, "-m", "milvusconn_cli", *arguments, "--store", "keyring"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        pass_fds=[writer],
        text=True,
    )


@pytest.mark.parametrize("verb", ["add", "connect", "import"])
def test_a_keyring_that_hangs_runs_out_of_time(
    hanging: tuple[dict[str, str], int, int], registry_path: Path, verb: str
) -> None:
    """Each call has the time limit; the message names it, and the file has the secret."""
    with SpeakingMilvus() as server:
        text = f'[connections.dev]\nuri = "{server.uri}"\ntoken = "{SECRET}"\ntimeout = 0.2\n'
        Path("r.toml").write_text(text)
        given = ("dev", "--uri", server.uri, "--token", SECRET, "-t", "1")
        ran = start(hanging, verb, *(("r.toml",) if verb == "import" else given))
        _, said = ran.communicate(timeout=60)

    limit = "0.2" if verb == "import" else "1"
    assert ran.returncode == 0, said
    assert (
        f"the keyring did not answer within {limit} s: the secret of dev is stored in plain text in"
        in said
    )
    assert SECRET not in said
    assert saved(registry_path)["dev"]["token"] == SECRET


def test_it_is_not_waited_for_again(hanging: tuple[dict[str, str], int, int]) -> None:
    """Neither for the next alias nor to take out what was never put there."""
    lines = [
        f'[connections.a{n}]\nuri = "{NOWHERE}"\ntoken = "{SECRET}-{n}"\ntimeout = 2'
        for n in range(50)
    ]
    Path("r.toml").write_text("\n".join(lines))

    ran = start(hanging, "import", "r.toml")
    ran.communicate(timeout=60)

    _, reader, _ = hanging
    os.set_blocking(reader, False)
    assert ran.returncode == 0
    assert os.read(reader, 100) == b"!"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_wait_for_a_keyring(
    hanging: tuple[dict[str, str], int, int],
    registry_path: Path,
    number: signal.Signals,
    code: int,
) -> None:
    """At once, and nothing was changed."""
    ran = start(hanging, "add", "dev", "--uri", NOWHERE, "--token", SECRET, "-t", "3600")
    assert os.read(hanging[1], 1) == b"!"

    ran.send_signal(number)
    _, said = ran.communicate(timeout=60)

    assert ran.returncode == code
    assert "Traceback" not in said
    assert not registry_path.exists()


def test_what_hangs_when_it_is_to_forget(
    hanging: tuple[dict[str, str], int, int], registry_path: Path
) -> None:
    """A registry that cannot be written: the entry is to go, and its keyring does not answer."""
    registry_path.mkdir(parents=True)
    environment, reader, writer = hanging
    slow = (environment | {"PYTHON_KEYRING_BACKEND": "hanging.Slow"}, reader, writer)

    ran = start(slow, "add", "dev", "--uri", NOWHERE, "--token", SECRET, "-t", "1")
    ran.communicate(timeout=60)

    assert ran.returncode == 78
    assert os.read(reader, 100) == b"!"


def test_a_keyring_entry_that_is_compared_has_the_limit_too(
    milvusconn: Milvusconn, hanging: tuple[dict[str, str], int, int]
) -> None:
    """Whether the alias is so already cannot be told then: it is another one."""
    add(milvusconn, "--token", SECRET)
    Path("r.toml").write_text(
        f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\ntimeout = 0.2\n'
    )

    ran = start(hanging, "import", "r.toml", "--dry-run")
    ran.communicate(timeout=60)

    assert ran.returncode == 78

"""`connect --store` and `import --store`, and `has` afterwards."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Milvusconn
from tests.secrets.rings import SECRET, Ring, add, saved, the_entry
from tests.servers import speaking_milvus as answers
from tests.servers.speaking_milvus import SpeakingMilvus

pytestmark = pytest.mark.usefixtures("ring")
Speak = Callable[..., SpeakingMilvus]


def wants(token: str) -> answers.Answer:
    """Answer Connect only where the header is that of the token."""

    def answer(request: object, context: Any) -> Any:  # noqa: ANN401 -- grpc's
        sent = dict(context.invocation_metadata()).get("authorization", "")
        good = sent == b64encode(token.encode()).decode()
        then = answers.established() if good else answers.status(code=1400, reason="no")
        return then(request, context)

    return answer


def test_connect_keeps_what_held(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path, ring: type[Ring]
) -> None:
    """The secret is in the keyring once the connection held, and `has` takes it from there."""
    server = speaking_milvus(connect=wants(f"root:{SECRET}"))

    ran = milvusconn(
        *("connect", "dev", "--uri", server.uri, "--store", "keyring"),
        *("--user", "root", "--password", SECRET),
    )

    assert ran.code == 0, ran.err
    assert list(ring.entries.values()) == [SECRET]
    assert SECRET not in registry_path.read_text()
    assert milvusconn("has", "dev").out == "True\n"
    ring.entries[the_entry(saved(registry_path)["dev"], "password")] = "another"
    assert milvusconn("has", "dev").code == 5


@pytest.mark.parametrize("token", ["wrong-token", "wrong:token"])
def test_connect_that_failed_keeps_nothing(
    milvusconn: Milvusconn,
    speaking_milvus: Speak,
    registry_path: Path,
    ring: type[Ring],
    token: str,
) -> None:
    """Neither in the file nor in the keyring, which is not asked."""
    server = speaking_milvus(connect=wants(SECRET))

    ran = milvusconn("connect", "dev", "--uri", server.uri, "--store", "keyring", "--token", token)

    assert ran.code == 5
    assert (ring.asked, registry_path.exists()) == ([], False)


def test_connect_replaces(milvusconn: Milvusconn, speaking_milvus: Speak, ring: type[Ring]) -> None:
    """What it puts aside stays in the keyring, and the command that forgets it is told."""
    server = speaking_milvus()
    add(milvusconn, "--token", "the first one")

    ran = milvusconn(
        *("connect", "dev", "--uri", server.uri, "--replace"),
        *("--store", "keyring", "--token", "the second one"),
    )

    assert ran.code == 0
    (left,) = re.findall(r"delete it with `keyring del (\S+) (\S+)`", ran.err)
    assert ring.entries[left] == "the first one"


def test_in_a_process_of_its_own(tmp_path: Path, registry_path: Path) -> None:
    """A backend chosen by PYTHON_KEYRING_BACKEND; the secret comes back out of it."""
    from tests.conftest import run_program  # noqa: PLC0415 -- for this alone

    (tmp_path / "ring_of_the_test.py").write_text(
        "import json, keyring.backend, pathlib\n"
        f"FILE = pathlib.Path({str(tmp_path / 'ring.json')!r})\n"
        "class Ring(keyring.backend.KeyringBackend):\n"
        "    priority = 1\n"
        "    def all(self):\n"
        "        return json.loads(FILE.read_text()) if FILE.exists() else {}\n"
        "    def get_password(self, service, username):\n"
        "        return self.all().get(f'{service} {username}')\n"
        "    def set_password(self, service, username, password):\n"
        "        FILE.write_text(json.dumps(self.all() | {f'{service} {username}': password}))\n"
    )
    environment = {
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "ring_of_the_test.Ring",
    }
    with SpeakingMilvus(connect=wants(SECRET)) as server:
        arguments = ["add", "dev", "--uri", server.uri, "--store", "keyring", "--token", "-"]
        added = run_program(arguments, environment=environment, input=f"{SECRET}\n")
        has = run_program(["has", "dev"], environment=environment)
        broken = run_program(
            ["add", "b", "--uri", server.uri, "--store", "keyring", "--token", "-"],
            environment={"PYTHON_KEYRING_BACKEND": "there.is.no.such.Ring"},
            input=f"{SECRET}\n",
        )

    assert (added.code, has.out) == (0, "True\n"), added.err + has.err
    assert list(json.loads((tmp_path / "ring.json").read_text()).values()) == [SECRET]
    assert "token" in saved(registry_path)["dev"]
    assert broken.code == 0
    assert "the secret of b is stored in plain text in" in broken.err

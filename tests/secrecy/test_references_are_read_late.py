"""References are read when a probe needs them, and at no other time."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backend
import pytest

from tests.secrecy.canaries import FROM_KEYRING, NOWHERE, Ring, Watch
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Ring]]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    monkeypatch.setattr(Ring, "asked", [])
    monkeypatch.setattr(Ring, "answer", FROM_KEYRING)
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield Ring
    keyring.set_keyring(before)


WITHOUT_A_PROBE: tuple[tuple[str, ...], ...] = (
    ("list", "--no-probe"),
    ("list", "--names"),
    ("list", "--no-probe", "-o", "json"),
    ("show", "by-command"),
    ("show", "by-file", "-o", "json"),
    ("show", "by-keyring"),
    ("show", "by-variable"),
    ("address", "by-command"),
    ("has", "other"),
    ("has", "nobody"),
    ("inspect", "other"),
    ("connect", "other"),
    ("export",),
    ("export", "-o", "json", "--include-secrets"),
    ("import", "references.toml", "--allow-commands"),
    ("import", "references.toml", "--allow-commands", "--store", "keyring"),
    ("import", "references.toml", "--allow-commands", "--dry-run"),
    ("rename", "by-command", "new"),
    ("copy", "by-file", "new"),
    ("disconnect", "by-command", "by-file", "by-keyring", "by-variable"),
    ("add", "by-command", "--uri", NOWHERE, "--replace"),
    ("remove", "by-command", "by-file", "by-keyring", "by-variable"),
)


@pytest.mark.parametrize("arguments", WITHOUT_A_PROBE, ids=" ".join)
def test_a_reference_is_not_followed(
    watch: Watch,
    registry_path: Path,
    own_place: Path,
    speaking_milvus: Speak,
    ring: type[Ring],
    arguments: tuple[str, ...],
) -> None:
    """No command is started, no file opened (a pipe would hold us up), no keyring asked."""
    os.mkfifo(own_place / "pipe")
    witness = own_place / "witness"
    touch = f"import pathlib; pathlib.Path({str(witness)!r}).touch()"
    referring = "".join(
        f"[connections.by-{name}]\nuri = '{NOWHERE}'\ntoken = {{ {reference} }}\n"
        for name, reference in {
            "command": f"command = {json.dumps([sys.executable, '-c', touch])}",
            "file": f"file = '{own_place / 'pipe'}'",
            "keyring": "keyring = 'milvusconn/x'",
            "variable": "env = 'CANARY_NOT_SET'",
        }.items()
    )
    (own_place / "references.toml").write_text(referring.replace("by-", "new-by-"))
    registry_path.parent.mkdir(mode=0o700)
    other = f"[connections.other]\nuri = '{speaking_milvus().uri}'\n"
    registry_path.write_text(referring + other)
    registry_path.chmod(0o600)

    ran = watch(*arguments)

    assert ran.code == (1 if "nobody" in arguments else 0), ran.err
    assert not witness.exists()
    assert ring.asked == []


def test_a_probe_follows_it(
    watch: Watch, registry_path: Path, own_place: Path, ring: type[Ring]
) -> None:
    """The witness and the count work: a probe starts the command and asks the keyring."""
    witness = own_place / "witness"
    registry_path.parent.mkdir(mode=0o700)
    program = json.dumps(["sh", "-c", f"touch {shlex.quote(str(witness))}; echo x"])
    registry_path.write_text(
        f"[connections.a]\nuri = '{NOWHERE}'\ntoken = {{ command = {program} }}\n"
        f"[connections.b]\nuri = '{NOWHERE}'\ntoken = {{ keyring = 'a/b' }}\n"
    )
    registry_path.chmod(0o600)

    watch("has", "a", "b")

    assert witness.exists()
    assert ring.asked == ["a/b"]

"""Secrets that cannot be read or sent: refused before anything is dialled, and not printed."""

import json
import os
import select
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.secrecy.canaries import API_KEY, Ring, Watch


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port that listens, and accepts nobody: who came is waiting there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def came(server: socket.socket) -> bool:
    return bool(select.select([server], [], [], 0)[0])


SPILLING = f"import sys; sys.stderr.write('{API_KEY}'); print('{API_KEY}'); sys.exit(3)"
BAD_SECRETS = {
    "a command that fails and spills": f"command = {json.dumps([sys.executable, 'spill.py'])}",
    "a command that is not there": "command = ['./none']",
    "a file that is not UTF-8": "file = 'bytes'",
    "a file that is missing": "file = 'none'",
    "a variable that is not UTF-8": "env = 'CANARY_BYTES'",
    "a variable that is not set": "env = 'CANARY_NOT_SET'",
    "a keyring that gives half a surrogate": "keyring = 'a/b'",
}


@pytest.mark.parametrize("bad", BAD_SECRETS)
def test_a_secret_that_cannot_be_sent(
    watch: Watch,
    registry_path: Path,
    own_place: Path,
    listening: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    bad: str,
) -> None:
    """config-secret, which names the reference; no connection is made."""
    registry_path.parent.mkdir(mode=0o700)
    (registry_path.parent / "bytes").write_bytes(API_KEY.encode() + b"\xff")
    (own_place / "spill.py").write_text(SPILLING)
    watch.given |= {own_place / "spill.py", registry_path.parent / "bytes"}
    monkeypatch.setattr(Ring, "answer", f"{API_KEY}\ud800")
    uri = f"http://127.0.0.1:{listening.getsockname()[1]}"
    registry_path.write_text(
        f"[connections.dev]\nuri = '{uri}'\ntoken = {{ {BAD_SECRETS[bad]} }}\n"
    )
    registry_path.chmod(0o600)
    os.environb[b"CANARY_BYTES"] = API_KEY.encode() + b"\xff"
    try:
        for arguments in (("has", "dev", "-o", "json"), ("inspect", "dev"), ("connect", "dev")):
            ran = watch(*arguments)
            assert ran.code == 78
            assert "config-secret" in ran.out + ran.err
    finally:
        del os.environb[b"CANARY_BYTES"]

    assert not came(listening)


@pytest.mark.parametrize(
    "settings",
    [
        "db = 'Datenbänke'",
        'db = "a\\u0000b"',
        'db = "a\\nb"',
        "token = ''",
        f"user = 'u'\ntoken = '{API_KEY}'",
    ],
)
def test_settings_that_cannot_be_sent(
    watch: Watch, registry_path: Path, listening: socket.socket, settings: str
) -> None:
    """What gRPC's metadata cannot carry is known before anybody is dialled."""
    registry_path.parent.mkdir(mode=0o700)
    uri = f"http://127.0.0.1:{listening.getsockname()[1]}"
    registry_path.write_text(f"[connections.dev]\nuri = '{uri}'\n{settings}\n")
    registry_path.chmod(0o600)

    assert watch("has", "dev", "-o", "json").code == 78
    assert watch("inspect", "dev").code == 78
    assert not came(listening)

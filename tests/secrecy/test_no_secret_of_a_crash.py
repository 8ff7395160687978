"""An internal error or another process shows no secret."""

import gc
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.conftest import Milvusconn, run_program
from tests.secrecy.canaries import (
    NOWHERE,
    Watch,
    echoing,
    found_in,
    milvus,
)


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("verb", ["has", "list", "connect", "inspect"])
@pytest.mark.parametrize("debug", ["", "1"])
def test_an_unforeseen_exception(
    milvusconn: Milvusconn,
    at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    debug: str,
) -> None:
    """Deep down, with the secret in its text, in its cause and in local variables."""

    def broken(dial: Any) -> None:  # noqa: ANN401 -- a Dial
        text = dial.password.reveal()
        encoded = b64encode(f"{dial.user}:{text}".encode()).decode()
        raise RuntimeError(f"{dial} {text} {encoded}") from KeyError(text)

    monkeypatch.setattr("milvusconn_cli.probing.attempt._metadata", broken)
    monkeypatch.setenv("MILVUSCONN_DEBUG", debug)
    at(NOWHERE)

    ran = milvusconn(verb, "--exit-code" if verb == "list" else "literal", "-o", "json")
    gc.collect()

    assert ran.code == 70
    assert ("Traceback" in ran.err) is bool(debug)
    assert not found_in((ran.out + ran.err).encode())


def test_the_log_of_grpc(watch: Watch, at: Callable[[str], None]) -> None:
    """MILVUSCONN_DEBUG lets gRPC speak; a process of its own, since it reads that at its import."""
    with milvus(connect=echoing(grpc.StatusCode.UNAUTHENTICATED)) as uri:
        at(uri)
        for arguments in (["has", "--all"], ["inspect", "literal"]):
            ran = run_program(arguments, environment={"MILVUSCONN_DEBUG": "1"})
            watch.look_at(ran, arguments)


def command_lines() -> set[bytes]:
    """Those of all processes but this one, as `ps` shows them."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.add((process / "cmdline").read_bytes())
        except OSError:
            continue  # it has ended
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="only Linux has /proc")
@pytest.mark.usefixtures("milvus_lite_package")
def test_ps_while_a_probe_runs(
    at: Callable[[str], None], registry_path: Path, own_place: Path
) -> None:
    """Neither the command of a secret nor Milvus Lite's process is started with one."""
    at(str(own_place / "m.db"))
    text = registry_path.read_text("utf-8")
    program = json.dumps([sys.executable, str(own_place.parent / "given" / "secret.py")])
    with_env = f"[connections.own]\nuri = '{own_place / 'm.db'}'\nuser = 'root'\npassword = "
    registry_path.write_text(f"{text}{with_env}{{ command = {program} }}\n", encoding="utf-8")
    seen: set[bytes] = set()
    with subprocess.Popen(
        [sys.executable, "-m", "milvusconn_cli", "has", "literal", "env", "own", "-t", "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as probing:
        while probing.poll() is None:
            seen |= command_lines()
        out, err = probing.communicate()

    assert probing.returncode == 0, err
    assert any(b"lite_engine.py" in line for line in seen)
    assert not found_in(b"\n".join(seen))
    assert not found_in(out + err)

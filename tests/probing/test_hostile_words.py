"""A server's words are data: whatever a peer says, the program prints text, and little of it.

Each peer lies, shouts or talks on without end; each verb is a process of its own, whose memory is
measured.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.probing.hostile_peers import (
    DOCUMENTED,
    LONGEST_LINE,
    LONGEST_VALUE,
    MEASURED,
    MOST_TEXT,
    NEVER_ENDS,
    PEERS,
    Client,
    Peer,
    Said,
)


@pytest.mark.slow
@pytest.mark.parametrize("name", PEERS)
def test_hostile_peer(name: str, tmp_path: Path) -> None:
    """Text and nothing else, cut to size; the verdict right; little memory."""
    peer = PEERS[name]
    with peer.meet(tmp_path) as client:
        told = ask_everybody(client, tmp_path)

    has, listed, inspected, listed_json, inspected_json = told
    for said in told:
        assert_fit_to_print(said)
        assert said.memory < peer.memory, f"{said.memory >> 20} MB"
    assert_verdicts(peer, has, listed, inspected, listed_json, inspected_json)


def ask_everybody(client: Client, place: Path) -> list[Said]:
    """Each verb once, two at a time."""
    environment: dict[str, str] = {}
    if client[0] == "http_proxy":
        environment, client = {"http_proxy": client[1]}, client[2:]
    added = run(["add", "dev", *client], place / "memory-add", environment)
    assert added.code == 0, added.err
    limit = ["-t", "2"]
    questions = [
        ["has", "dev", *limit],
        ["list", *limit],
        ["inspect", "dev", *limit],
        ["list", *limit, "-o", "json"],
        ["inspect", "dev", *limit, "-o", "json"],
    ]
    with ThreadPoolExecutor(2) as pool:
        return list(
            pool.map(
                lambda numbered: run(numbered[1], place / f"memory-{numbered[0]}", environment),
                enumerate(questions),
            )
        )


def run(arguments: Sequence[str], note: Path, environment: Mapping[str, str]) -> Said:
    """The program as a process, measured."""
    program = [sys.executable, "-m", "milvusconn_cli", *arguments]
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURED, str(note), str(NEVER_ENDS), *program],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    unit = 1 if sys.platform == "darwin" else 1024
    return Said(ran.returncode, ran.stdout, ran.stderr, int(note.read_text()) * unit)


def assert_fit_to_print(said: Said) -> None:
    """UTF-8, every character printable or a line's end, and not more than a person would read."""
    assert said.code in DOCUMENTED, said.err
    for stream in (said.out, said.err):
        text = stream.decode()
        strange = {letter for letter in text if not letter.isprintable() and letter != "\n"}
        assert not strange, (strange, text)
        assert len(text) <= MOST_TEXT, f"{len(text)} characters"
    for line in said.err.decode().splitlines():
        assert line.startswith(("milvusconn: ", "  hint: ")), line
        assert len(line) <= LONGEST_LINE


def assert_verdicts(
    peer: Peer, has: Said, listed: Said, inspected: Said, listed_json: Said, inspected_json: Said
) -> None:
    """Everybody names the cause, and the peer's printable words are shown unchanged."""
    established = "established" in peer.causes
    assert has.out == (b"True\n" if established else b"False\n"), has
    assert (listed.code, listed_json.code) == (0, 0)
    for said in (has, inspected, inspected_json):
        assert (said.code == 0) == established
    for said in (listed_json, inspected_json):
        (row,) = json.loads(said.out)["connections"]
        assert row["status"] in peer.causes, row
        assert longest(row) <= LONGEST_VALUE
    for text in (has.err.decode(), listed.out.decode(), inspected.out.decode()):
        assert established or any(cause in text for cause in peer.causes), text
    assert peer.keeps in inspected.out.decode()


def longest(value: object) -> int:
    """The length of the longest text in a JSON value."""
    if isinstance(value, dict):
        return max(map(longest, value.values()), default=0)
    if isinstance(value, list):
        return max(map(longest, value), default=0)
    return len(value) if isinstance(value, str) else 0

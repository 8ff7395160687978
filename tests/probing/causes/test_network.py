"""Causes of name resolution, TCP and Unix sockets."""

import contextlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Milvusconn, Ran
from tests.probing.causes.contract import (
    SHORT,
    add,
    assert_row,
    assert_told,
    found,
    ipv6_or_skip,
)
from tests.servers import faults

RunWithResolver = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("resolver", "cause"),
    [
        ("unknown", "dns-unknown"),
        ("failing", "dns-unavailable"),
        ("silent", "dns-unavailable"),
        ("absent", "dns-unavailable"),
        ({"milvus.example": ["192.0.2.1"]}, "tcp-unreachable"),
        ({"milvus.example": ["2001:db8::1", "192.0.2.1"]}, "tcp-unreachable"),
        ({"milvus.example": ["127.0.0.1"]}, "tcp-refused"),
    ],
    ids=str,
)
def test_names(
    milvusconn: Milvusconn, run_with_resolver: RunWithResolver, resolver: object, cause: str
) -> None:
    """Told apart: the name is unknown, the resolver is at fault, there is no route, a refusal."""
    add(milvusconn, "--uri", "http://milvus.example:19530")
    command = [sys.executable, "-m", "milvusconn_cli", "has", "dev", "-t", str(SHORT)]

    for_people = run_with_resolver(command, resolver)
    for_programs = run_with_resolver([*command, "-o", "json"], resolver)

    assert_told(as_ran(for_people), cause)
    row = assert_row(as_ran(for_programs), cause, SHORT)
    assert "milvus.example" in row["summary"] or row["layer"] == "tcp"


def as_ran(completed: subprocess.CompletedProcess[str]) -> Ran:
    return Ran(completed.returncode, completed.stdout, completed.stderr)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_refused(milvusconn: Milvusconn, refusing_port: int, scheme: str, host: str) -> None:
    """Nobody listens: the address that refused is named."""
    add(milvusconn, "--uri", f"{scheme}://{host}:{refusing_port}")

    row = found(milvusconn, "tcp-refused")

    assert f"127.0.0.1:{refusing_port}" in row["summary"]


def test_refused_on_ipv6(milvusconn: Milvusconn) -> None:
    """The same, in brackets."""
    ipv6_or_skip()
    with faults.refusing_port("::1") as place:
        add(milvusconn, "--uri", f"http://[::1]:{place.port}")

        row = found(milvusconn, "tcp-refused")

    assert f"[::1]:{place.port}" in row["summary"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_answer_to_a_syn(milvusconn: Milvusconn, full_backlog_port: int, scheme: str) -> None:
    """A firewall that drops packets, as far as a client can see."""
    add(milvusconn, "--uri", f"{scheme}://127.0.0.1:{full_backlog_port}")

    found(milvusconn, "tcp-timeout", SHORT)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("fault", [faults.closing, faults.resetting], ids=["fin", "rst"])
def test_accepted_and_closed(
    milvusconn: Milvusconn,
    fault: Callable[[], contextlib.AbstractContextManager[faults.Place]],
    scheme: str,
) -> None:
    """Not a byte, neither in plaintext nor on a TLS hello."""
    # A RST may be there before connect() is asked how it went: that is no other cause.
    with fault() as place:
        add(milvusconn, "--uri", f"{scheme}://{place.address}")

        found(milvusconn, "tcp-closed")


def test_no_socket_file(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """The path is named."""
    add(milvusconn, "--uri", f"unix:{tmp_path}/absent.sock")

    assert f"{tmp_path}/absent.sock" in found(milvusconn, "unix-missing")["summary"]


def test_stale_socket_file(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """The file of a server that was killed."""
    with faults.stale_unix_socket(tmp_path / "stale.sock") as path:
        add(milvusconn, "--uri", f"unix:{path}")

        found(milvusconn, "unix-refused")


def test_socket_file_that_is_none(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A regular file: it is said that it is no socket."""
    path = tmp_path / "notes.txt"
    path.touch()
    add(milvusconn, "--uri", f"unix:{path}")

    assert "not a socket" in found(milvusconn, "unix-refused")["summary"]


def test_silent_unix_socket(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A hung server behind a socket file."""
    with faults.unix_silent(tmp_path / "hung.sock") as path:
        add(milvusconn, "--uri", f"unix:{path}")

        found(milvusconn, "silent", SHORT)

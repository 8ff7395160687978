"""What the tests of the causes share: the contract of each, and how a row is checked."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Milvusconn, Ran
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
Row = dict[str, Any]
CONTRACT = {
    "no-such-alias": (1, "registry"),
    "disconnected": (1, "registry"),
    "config-uri": (78, "config"),
    "config-pem": (78, "config"),
    "config-secret": (78, "config"),
    "config-file": (78, "config"),
    "dns-unknown": (3, "dns"),
    "dns-unavailable": (3, "dns"),
    "proxy-refused": (3, "proxy"),
    "proxy-failed": (3, "proxy"),
    "tcp-refused": (3, "tcp"),
    "tcp-timeout": (3, "tcp"),
    "tcp-unreachable": (3, "tcp"),
    "tcp-closed": (3, "tcp"),
    "unix-missing": (3, "unix"),
    "unix-refused": (3, "unix"),
    "tls-required": (6, "tls"),
    "tls-unexpected": (6, "tls"),
    "tls-untrusted": (6, "tls"),
    "tls-expired": (6, "tls"),
    "tls-not-yet-valid": (6, "tls"),
    "tls-name": (6, "tls"),
    "tls-client-cert": (6, "tls"),
    "tls-no-h2": (6, "tls"),
    "tls-failed": (6, "tls"),
    "not-http2": (7, "http2"),
    "silent": (4, "http2"),
    "not-grpc": (7, "grpc"),
    "not-milvus": (7, "grpc"),
    "too-old": (7, "milvus"),
    "starting": (4, "milvus"),
    "unhealthy": (4, "milvus"),
    "busy": (4, "milvus"),
    "slow": (4, "milvus"),
    "auth-missing": (5, "auth"),
    "auth-rejected": (5, "auth"),
    "auth-apikey": (5, "auth"),
    "denied": (5, "auth"),
    "db-missing": (8, "database"),
    "lite-missing": (3, "local"),
    "lite-invalid": (3, "local"),
    "lite-denied": (3, "local"),
    "lite-locked": (3, "local"),
    "lite-engine": (3, "local"),
    "rpc-failed": (4, "grpc"),
}
"""Exit code and layer of each cause that can be met here."""
FROM_THE_GROUND_UP = (
    "registry", "config", "local", "dns", "proxy", "tcp", "unix",
    "tls", "http2", "grpc", "milvus", "auth", "database",
)  # fmt: skip


OVERRUN = 0.5
"""Seconds by which no probe outlasts its limit."""
SHORT = 1.0
"""The limit, in seconds, of a probe that will use it up."""
ENOUGH = 2.0
"""The limit, in seconds, of a probe whose answer comes at once."""
LITE = 30.0
"""The same where Milvus Lite has to start."""
PASSWORD = "Open-Sesame-77"


def add(milvusconn: Milvusconn, *settings: str | Path) -> None:
    """Register `dev`."""
    added = milvusconn("add", "dev", *settings)
    assert added.code == 0, added.err


def assert_told(ran: Ran, cause: str) -> None:
    """`False` on stdout, the cause on stderr with a hint below it, the exit code of its kind."""
    assert ran.out == "False\n"
    assert ran.err.splitlines()[-2].startswith(f"milvusconn: dev: {cause}: ")
    assert ran.err.splitlines()[-1].startswith("  hint: ")
    assert ran.code == CONTRACT[cause][0]


def assert_row(ran: Ran, cause: str, limit: float) -> Row:
    """The row of `dev` says the same, with its steps in order, and within the limit."""
    row = ran.row
    exit_code, layer = CONTRACT[cause]
    assert (row["status"], row["layer"], row["exit_code"]) == (cause, layer, exit_code)
    assert (ran.code, ran.json["exit_code"], ran.json["ok"]) == (exit_code, exit_code, False)
    assert row["established"] is False
    assert row["summary"]
    assert row["advice"]
    assert row["seconds"] is None or row["seconds"] <= limit + OVERRUN
    assert_climbed(row)
    return row


def assert_climbed(row: Row) -> None:
    """Each step stands on the one before; all held but the last of a failure.

    That one need not be of the cause's layer: what TLS 1.3 refuses shows itself one above.
    """
    layers = [FROM_THE_GROUND_UP.index(step["layer"]) for step in row["steps"]]
    assert layers == sorted(layers)
    *before, last = [step["verdict"] for step in row["steps"]] or ["failed"]
    assert set(before) <= {"held"}
    assert last == ("held" if row["established"] else "failed")


def found(milvusconn: Milvusconn, cause: str, limit: float = ENOUGH) -> Row:
    """Ask about `dev` twice, for people and for programs: it is this cause; the latter's row."""
    assert_told(milvusconn("has", "dev", "-t", str(limit)), cause)
    return assert_row(milvusconn("has", "dev", "-t", str(limit), "-o", "json"), cause, limit)


def established(milvusconn: Milvusconn, limit: float = 10.0) -> Row:
    """Ask about `dev` twice: it is established; the row, which names the server."""
    said = milvusconn("has", "dev", "-t", str(limit))
    assert (said.code, said.out) == (0, "True\n"), said.err

    row = milvusconn("has", "dev", "-t", str(limit), "-o", "json").row
    assert (row["status"], row["established"], row["exit_code"]) == ("established", True, 0)
    assert (row["layer"], row["summary"], row["advice"]) == (None, None, None)
    assert_climbed(row)
    return row


def ipv6_or_skip() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")

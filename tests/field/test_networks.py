"""Routes, firewalls and packets that get lost, in a network namespace of the tests' own."""

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.servers.namespace import entering, namespaces_available

Row = dict[str, Any]

pytestmark = pytest.mark.xdist_group("networks")  # one namespace for all
_TOOLS = ("ip", "iptables")
_PORT_7777 = "iptables -A OUTPUT -p tcp --dport 7777 -j"
_LARGE = "iptables -A INPUT -p tcp -m length -j DROP --length"
_ROUTES = ("unreachable", "prohibit", "blackhole", "throw")
_REJECTIONS = {
    "icmp-host-prohibited": "tcp-unreachable",
    "icmp-admin-prohibited": "tcp-unreachable",
    "icmp-net-unreachable": "tcp-unreachable",
    "icmp-port-unreachable": "tcp-refused",
    "tcp-reset": "tcp-refused",
}
_CASES = {
    "plaintext": ("http://127.0.0.1:{plain}", ""),
    "tls": ("https://127.0.0.1:{tls}", ""),
    **{
        kind: ("http://198.51.100.1:19530", f"ip route add {kind} 198.51.100.1") for kind in _ROUTES
    },
    **{
        kind: ("http://127.0.0.1:7777", f"{_PORT_7777} REJECT --reject-with {kind}")
        for kind in _REJECTIONS
    },
    "dropped": ("http://127.0.0.1:7777", f"{_PORT_7777} DROP"),
    "ours-are-lost": ("https://127.0.0.1:{tls}", f"{_LARGE} 300:"),
    "theirs-are-lost": ("https://127.0.0.1:{tls}", f"{_LARGE} 700:"),
}
"""A URI, and the command that sets up the namespace for it."""


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    """The row of each case."""
    missing = namespaces_available() or next(
        (f"{tool} is not installed" for tool in _TOOLS if not shutil.which(tool)), None
    )
    if missing:
        pytest.skip(missing)
    ran = subprocess.run(
        [
            *(*entering(), sys.executable),
            *("-m", "tests.servers.inside_namespace", json.dumps(_CASES)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said: dict[str, Row] = json.loads(ran.stdout)
    return said


@pytest.mark.parametrize("case", ["plaintext", "tls"])
def test_a_namespace_without_a_fault(rows: dict[str, Row], case: str) -> None:
    """Established: what follows is the network's doing."""
    assert rows[case]["established"]


@pytest.mark.parametrize("kind", _ROUTES)
def test_a_route_that_leads_nowhere(rows: dict[str, Row], kind: str) -> None:
    """Each has an errno of its own; all say that there is no way."""
    assert rows[kind]["status"] == "tcp-unreachable"
    assert "route" in rows[kind]["advice"]


@pytest.mark.parametrize("reject", _REJECTIONS)
def test_a_firewall_that_rejects(rows: dict[str, Row], reject: str) -> None:
    """What it says decides; firewalld says that the host is prohibited."""
    row = rows[reject]

    assert row["status"] == _REJECTIONS[reject]
    if row["status"] == "tcp-unreachable":
        assert "firewalls that reject" in row["advice"]


def test_a_firewall_that_drops(rows: dict[str, Row]) -> None:
    """No answer at all."""
    assert rows["dropped"]["status"] == "tcp-timeout"
    assert "firewalls" in rows["dropped"]["advice"]


def test_large_packets_of_ours_that_are_lost(rows: dict[str, Row]) -> None:
    """The kernel knows that nobody acknowledges them."""
    row = rows["ours-are-lost"]

    assert row["status"] == "tcp-timeout"
    assert "lost on the way" in row["summary"]
    assert "MTU" in row["advice"]


def test_large_packets_of_the_server_that_are_lost(rows: dict[str, Row]) -> None:
    """Its certificate never arrives; from here it is silent."""
    row = rows["theirs-are-lost"]

    assert row["status"] == "silent"
    assert "MTU" in row["advice"]

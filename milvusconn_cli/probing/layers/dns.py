"""Name look-up, by the system's resolver (gRPC brings its own, which may see it otherwise)."""

import socket
from collections.abc import Sequence

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.system.threads import in_daemon_thread
from milvusconn_cli.text import listed

Place = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
SocketAddress = tuple[socket.AddressFamily, Place]
"""A family and a place as `socket` has them; the last form is IPv6's where it is compiled out."""

_Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, Place]

_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


async def look_up(host: str, port: int) -> tuple[list[SocketAddress], str]:
    """All addresses of `host`, in the resolver's order, and a line that names them."""
    try:
        found = _literal(host, port) or await in_daemon_thread(
            lambda: socket.getaddrinfo(_encoded(host), port, type=socket.SOCK_STREAM)
        )
    except socket.gaierror as error:
        raise Obstacle(_finding(host, error)) from None
    addresses: list[SocketAddress] = list(
        dict.fromkeys((family, place) for family, _, _, _, place in found)
    )
    return addresses, listed([str(place[0]) for _, place in addresses], most=3)


def _literal(host: str, port: int) -> Sequence[_Found]:
    """An address is no question for a resolver: it needs no thread, and cannot run out of time."""
    try:
        return socket.getaddrinfo(
            _encoded(host), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except socket.gaierror:
        return []


def _encoded(host: str) -> str | bytes:
    """The name as bytes, where it is ASCII.

    Text goes through the codec for other names, which takes longer to load than a port to refuse.
    """
    return host.encode() if host.isascii() else host


def no_answer(host: str, seconds: float) -> Finding:
    """The finding when the look-up outlasts the time limit."""
    summary = f"DNS did not answer for {host} within {seconds:g} s"
    return finding(Cause.DNS_UNAVAILABLE, summary, host=host)


def _finding(host: str, error: socket.gaierror) -> Finding:
    if error.errno in _UNKNOWN:
        return finding(Cause.DNS_UNKNOWN, f"host {host} not found", host=host)
    summary = f"DNS failed for {host}: {error.strerror}"
    return finding(Cause.DNS_UNAVAILABLE, summary, host=host)

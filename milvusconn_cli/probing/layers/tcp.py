"""TCP: to all addresses of a host at once; the first that accepts is kept."""

import asyncio
import errno
import os
import socket
from collections.abc import Sequence
from contextlib import suppress

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.probing.layers.dns import SocketAddress
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.system import limits
from milvusconn_cli.text import host_and_port, listed

Failure = tuple[SocketAddress, OSError]


async def connect(addresses: Sequence[SocketAddress]) -> tuple[socket.socket, str]:
    """A connected, non-blocking socket and the address that accepted."""
    return await Dialing(addresses).connect()


class Dialing:
    """Connecting to all addresses of a host at once.

    A host with one dead address and one that lives is reachable: gRPC finds the one that lives.
    """

    def __init__(self, addresses: Sequence[SocketAddress]) -> None:
        self._addresses = addresses
        self._sockets: list[socket.socket] = []
        self.was_accepted = False
        """Whether the system had a connection when the wait was given up: a busy event loop learns
        of it later."""

    async def connect(self) -> tuple[socket.socket, str]:
        """A connected, non-blocking socket and the address that accepted."""
        dials = {asyncio.create_task(self._dial(address)): address for address in self._addresses}
        failures: list[Failure] = []
        try:
            pending = set(dials)
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for dial in done:
                    error = dial.exception()
                    if error is None:
                        address = dials.pop(dial)
                        return dial.result(), shown(address)
                    if not isinstance(error, OSError):
                        raise error
                    limits.raise_if_short(error)
                    failures.append((dials[dial], error))
        except asyncio.CancelledError:
            self.was_accepted = any(_is_connected(one) for one in self._sockets)
            raise
        finally:
            _abandon(dials)
        raise Obstacle(_finding(failures))

    async def _dial(self, address: SocketAddress) -> socket.socket:
        family, place = address
        dialing = socket.socket(family, socket.SOCK_STREAM)
        self._sockets.append(dialing)
        dialing.settimeout(0)
        with suppress(
            OSError
        ):  # as gRPC does: else a call waits until the greeting is acknowledged
            dialing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.get_running_loop().sock_connect(dialing, place)
        except BaseException:
            dialing.close()
            raise
        return dialing


def no_answer(addresses: Sequence[SocketAddress], seconds: float) -> Finding:
    """The finding when no address answers within the time limit."""
    places = listed([shown(address) for address in addresses], most=3)
    summary = f"no answer from {places} within {seconds:g} s"
    return finding(Cause.TCP_TIMEOUT, summary, addresses=places)


def lost(place: str) -> Finding:
    """The finding when a connection is open, and the other host acknowledges nothing any more."""
    summary = f"connected to {place}, but data sent to it is lost on the way"
    advice = (
        "check firewalls and the MTU of VPNs and tunnels: small packets pass, large ones do not"
    )
    return finding(Cause.TCP_TIMEOUT, summary, advice)


def shown(address: SocketAddress) -> str:
    """`host:port`, an IPv6 address in brackets."""
    _, place = address
    return host_and_port(str(place[0]), int(place[1]))


def _is_connected(dialing: socket.socket) -> bool:
    try:
        dialing.getpeername()
    except OSError:
        return False
    return True


def _abandon(dials: dict[asyncio.Task[socket.socket], SocketAddress]) -> None:
    """Stop the others, and close those that got through a moment later."""
    for dial in dials:
        if not dial.done():
            dial.cancel()
        elif not dial.cancelled() and dial.exception() is None:
            dial.result().close()


def _finding(failures: Sequence[Failure]) -> Finding:
    """One cause for all addresses; where they differ, that of the first that is not a refusal."""
    place, error = next(
        (failure for failure in failures if failure[1].errno != errno.ECONNREFUSED), failures[0]
    )
    places = listed([shown(address) for address, _ in failures], most=3)
    match error.errno:
        case errno.ECONNREFUSED:
            return finding(Cause.TCP_REFUSED, f"{places} refused the connection", addresses=places)
        case errno.ECONNRESET:
            summary = f"{places} accepted the connection, then reset it"
            return finding(Cause.TCP_CLOSED, summary, addresses=places)
        case errno.ETIMEDOUT:
            return finding(Cause.TCP_TIMEOUT, f"no answer from {places}", addresses=places)
        case number:
            words = os.strerror(number) if number else str(error)
            summary = f"{shown(place)} cannot be reached: {words}"
            return finding(Cause.TCP_UNREACHABLE, summary, addresses=places)

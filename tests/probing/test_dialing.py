"""TCP connections of which the system knows before a busy event loop does."""

import asyncio
import socket

import pytest

from milvusconn_cli.probing.layers.tcp import Dialing


async def _given_up_at_once(place: tuple[str, int]) -> Dialing:
    """A dial whose wait ends before the event loop has looked for its connection."""
    dialing = Dialing([(socket.AF_INET, place)])
    connecting = asyncio.create_task(dialing.connect())
    await asyncio.sleep(0)  # starts the wait, which starts a task for each address
    await asyncio.sleep(0)  # starts that task, which asks the kernel for a connection
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    return dialing


def test_a_connection_that_the_event_loop_had_no_time_to_see_was_accepted() -> None:
    """Its server did answer, so the network is not what to look at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        dialing = asyncio.run(_given_up_at_once(listening.getsockname()))

    assert dialing.was_accepted


def test_a_connection_that_nobody_took_was_not_accepted() -> None:
    """The kernel drops what does not fit into the backlog."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        place = listening.getsockname()
        with socket.create_connection(place):
            dialing = asyncio.run(_given_up_at_once(place))

    assert not dialing.was_accepted

"""What the tests of the lab's faults share."""

import contextlib
import socket
from collections.abc import Iterator

A_MOMENT = 0.2
"""Seconds in which a loopback peer that meant to answer would have answered."""
LONG = 30.0
"""Seconds after which a peer that should have answered makes its test fail, not hang."""
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@contextlib.contextmanager
def dialled(port: int, host: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_connection((host, port), timeout=LONG) as connection:
        yield connection


def stays_silent(connection: socket.socket) -> bool:
    connection.settimeout(A_MOMENT)
    try:
        connection.recv(1)
    except TimeoutError:
        return True
    return False


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(4096), b""))

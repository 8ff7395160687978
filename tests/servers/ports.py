"""Free TCP ports on the loopback, found by binding port 0 and, on Linux, kept.

Never listens and never dials. A port that is merely found can be taken by any outgoing
connection before the server binds it. Linux lets two sockets bind one port where both set
SO_REUSEADDR and none of them listens yet, and gives such a port to nobody who asks for any
port: so the sockets stay bound for the server's whole life, also while it is down between a
kill and a restart, and dialling meanwhile is refused as it should be.
"""

import contextlib
import socket
import sys
from collections.abc import Iterable


class Ports:
    """Distinct ports, one for each name: `ports["proxy_port"]`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._held = contextlib.ExitStack()
        # All sockets are open at once, otherwise one port could be found twice.
        self._numbers = {name: self._bind() for name in names}
        if sys.platform != "linux":
            self.release()

    def __getitem__(self, name: str) -> int:
        return self._numbers[name]

    def numbers(self) -> dict[str, int]:
        return dict(self._numbers)

    def release(self) -> None:
        self._held.close()

    def _bind(self) -> int:
        holder = self._held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])

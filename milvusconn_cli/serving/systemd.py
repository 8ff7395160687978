"""What systemd is told, where it started this process with `Type=notify`."""

import os
import socket
from contextlib import suppress
from time import monotonic_ns

_SOCKET = "NOTIFY_SOCKET"
_WATCHDOG = "WATCHDOG_USEC"


def notify(*lines: str) -> None:
    """Send `READY=1` and the like; nothing happens where nobody listens."""
    place = os.environ.get(_SOCKET)
    if not place or not hasattr(socket, "AF_UNIX"):
        return
    address = f"\0{place[1:]}" if place.startswith("@") else place
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        sending.settimeout(0)
        sending.sendto("\n".join(lines).encode(), address)


def notify_reloading() -> None:
    """Say that a reload begins; `READY=1` says that it is over."""
    notify("RELOADING=1", f"MONOTONIC_USEC={monotonic_ns() // 1000}")


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear of us; None if it does not."""
    text = os.environ.get(_WATCHDOG, "")
    return int(text) / 2_000_000 if text.isascii() and text.isdecimal() and int(text) else None

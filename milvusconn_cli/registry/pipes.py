"""A registry that is a pipe, such as `--config <(sops decrypt …)`: read once, never changed."""

import os
import re
import time
from pathlib import Path

from milvusconn_cli.errors import RegistryError
from milvusconn_cli.system import limits
from milvusconn_cli.system.environment_info import shown_path

_SECONDS = 5.0
"""How long nothing may come."""
_LONGEST = 2**25
"""Bytes; a hundred thousand aliases have fewer."""
_CHUNK = 65536
_OPEN_ALREADY = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")


def read(path: Path) -> str:
    """Everything that is written to the pipe; `RegistryError` if nothing comes for five seconds."""
    try:
        descriptor = _opened(path)
    except OSError as error:
        limits.raise_if_short(error)
        raise RegistryError(f"{shown_path(path)} cannot be read: {error.strerror}") from None
    try:
        return _until_end(descriptor, path).decode()
    except UnicodeDecodeError:
        raise RegistryError(f"{shown_path(path)} is not UTF-8") from None
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    """A descriptor of the pipe, without waiting for somebody to write to it."""
    ours = _OPEN_ALREADY.fullmatch(str(path))
    if ours:
        # Opened anew, a pipe whose writer is gone already would look like one that has none yet.
        return os.dup(int(ours[1]))
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def _until_end(descriptor: int, path: Path) -> bytes:
    import select  # noqa: PLC0415 -- pipes are rare

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    data = bytearray()
    deadline = time.monotonic() + _SECONDS
    while len(data) <= _LONGEST:
        ready = poll.poll(max(0, deadline - time.monotonic()) * 1000)
        if not ready:
            raise RegistryError(
                f"{shown_path(path)} is a pipe that nothing was written to for {_SECONDS:g} s"
            )
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            return bytes(data)
        data += chunk
        deadline = time.monotonic() + _SECONDS
    raise RegistryError(f"{shown_path(path)} is longer than {_LONGEST >> 20} MB")

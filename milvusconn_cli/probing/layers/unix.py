"""Unix domain sockets."""

import asyncio
import re
import shlex
import socket
import stat
from pathlib import Path

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.system import limits


async def connect(path: str) -> tuple[socket.socket, str]:
    """A connected, non-blocking socket and its path."""
    family = getattr(socket, "AF_UNIX", None)
    if family is None:
        summary = "this system's Python has no unix domain sockets"
        raise Obstacle(finding(Cause.UNIX_REFUSED, summary, "use a host and a port", path=path))
    dialling = socket.socket(family, socket.SOCK_STREAM)
    dialling.settimeout(0)
    try:
        await asyncio.get_running_loop().sock_connect(dialling, path)
        dialling.getpeername()  # asyncio takes the EAGAIN of a full backlog for a connection
    except OSError as error:
        dialling.close()
        limits.raise_if_short(error)
        raise Obstacle(_finding(path, error)) from None
    except BaseException:
        dialling.close()
        raise
    return dialling, path


def no_answer(path: str, seconds: float) -> Finding:
    """The finding when nobody accepts within the time limit."""
    return finding(
        Cause.UNIX_REFUSED, f"{path} did not accept the connection within {seconds:g} s", path=path
    )


def _finding(path: str, error: OSError) -> Finding:
    database = _database_of_lite(path)
    if database and isinstance(error, (FileNotFoundError, ConnectionRefusedError)):
        cause = Cause.UNIX_MISSING if isinstance(error, FileNotFoundError) else Cause.UNIX_REFUSED
        summary = f"{path} belonged to a Milvus Lite 2 process that has ended"
        advice = f"use the path of the database itself: …/{database}"
        return finding(cause, summary, advice, path=path)
    if isinstance(error, FileNotFoundError):
        return finding(Cause.UNIX_MISSING, f"no socket file {path}", path=path)
    if isinstance(error, PermissionError):
        summary = f"permission denied: {path}"
        return finding(Cause.UNIX_REFUSED, summary, f"ls -l {shlex.quote(path)}", path=path)
    if not _is_socket(path):
        summary = f"{path} is not a socket"
        return finding(Cause.UNIX_REFUSED, summary, "correct the path", path=path)
    return finding(Cause.UNIX_REFUSED, f"nothing is listening on the socket file {path}", path=path)


def _database_of_lite(path: str) -> str | None:
    """The `.db` whose socket this is or was, by the name that Milvus Lite 2 gives it; else None."""
    named = re.fullmatch(r"tmp[a-z0-9_]{8}_(.+\.db)\.sock", Path(path).name)
    return named[1] if named else None


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(Path(path).stat().st_mode)
    except OSError:
        return False

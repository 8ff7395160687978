"""A program run for its output, which ends with all that it started, however we end."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from milvusconn_cli.system import limits
from milvusconn_cli.system.threads import in_daemon_thread

_REAPING_SECONDS = 0.2
_SHELL = "/bin/sh"
_WATCH = 'read -r _; kill -s KILL -- "-$1"'
"""Waits for the end of its standard input, and then ends a process group."""


async def output_of(argv: Sequence[str], limit: int) -> tuple[bytes, int]:
    """What the program writes to stdout, and its exit code.

    Of output longer than `limit` bytes, one byte more than that, and exit code 0. `OSError` or
    `ValueError` if it cannot be started. When this is over or cancelled, so is the program.
    """
    with limits.starting_a_process():
        process = subprocess.Popen(  # noqa: S603, ASYNC220 -- the user's own; only started here
            argv,
            executable=_located(argv[0]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    watcher = _watcher(process.pid)
    try:
        return await in_daemon_thread(lambda: _output(process, limit))
    finally:
        # The whole session: what the program left behind must not hold on to our pipe.
        with suppress(ProcessLookupError, PermissionError):  # sudo's is not ours to kill
            _kill(process)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REAPING_SECONDS):
                await in_daemon_thread(lambda: _reap(process, watcher))


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the program and, where the system has process groups, all that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _located(program: str) -> str:
    """The program's path: a bare name is one of PATH's, and never of the working directory's."""
    import shutil  # noqa: PLC0415 -- only who runs a command

    if "\0" in program:
        raise ValueError("embedded null byte")
    if Path(program).is_absolute():
        return program
    for directory in map(Path, os.get_exec_path()):
        found = shutil.which(directory / program) if directory.is_absolute() else None
        if found:
            return str(found)
    raise FileNotFoundError(None, "No such file or directory in PATH")


def _watcher(group: int) -> subprocess.Popen[bytes] | None:
    """A shell that ends the process group where this program was killed outright.

    It notices by its standard input, which the kernel closes then. PR_SET_PDEATHSIG is Linux's
    alone, is of one process and not of what that starts, and fires when a *thread* ends. None
    where there is no shell.
    """
    try:
        return subprocess.Popen(  # noqa: S603 -- these words and a number
            [_SHELL, "-c", _WATCH, _SHELL, str(group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={},
        )
    except OSError:
        return None


def _reap(process: subprocess.Popen[bytes], watcher: subprocess.Popen[bytes] | None) -> None:
    """End the watcher first: once the command is reaped, its number may become another's."""
    if watcher:
        watcher.kill()
        watcher.wait()
        if watcher.stdin:
            watcher.stdin.close()
    process.wait()


def _output(process: subprocess.Popen[bytes], limit: int) -> tuple[bytes, int]:
    """All that it writes and its exit code; of one that writes too much, the beginning, and 0."""
    if process.stdout is None:
        raise AssertionError("the command was started with a pipe")
    with process.stdout as pipe:
        output = pipe.read(limit + 1)
        return output, 0 if len(output) > limit else process.wait()

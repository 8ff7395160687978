"""Milvus Lite: its engine, started for the time of a probe as pymilvus starts it.

One engine serves all aliases that name the same database, since the database takes only one at a
time, and is ended when the probes are.
"""

import asyncio
import errno
import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from milvusconn_cli.causes import Cause
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.system import limits, locks
from milvusconn_cli.system.tasks import all_of
from milvusconn_cli.text import clean

_LOCK_FILE = "LOCK"
_LEAVING_SECONDS = 0.4
"""How long an engine may take to let go of its database before it is killed."""

Process = asyncio.subprocess.Process


class _Engine:
    """One engine: its start, its process once there is one, and who needs it."""

    def __init__(self) -> None:
        self.users = 0
        self.process: Process | None = None
        self.start: asyncio.Task[str] | None = None


class Engines:
    """The engines that run now, by database; all that are left end with the `async with`."""

    def __init__(self) -> None:
        self._running: dict[Path, _Engine] = {}

    async def uri(self, path: Path, deadline: Deadline) -> str:
        """Where the engine of `path` listens; raises `Obstacle` where it would not start.

        Each call is to be followed by a `release`, whatever came of it.
        """
        database = _located(path)
        engine = self._running.setdefault(database, _Engine())
        engine.users += 1
        if engine.start is None:
            engine.start = asyncio.create_task(self._start(engine, database))
        try:
            async with asyncio.timeout(deadline.remaining()):
                # Shielded: others may be waiting for the same engine with more time left.
                return await asyncio.shield(engine.start)
        except TimeoutError:
            summary = f"Milvus Lite did not start within {deadline.seconds:g} s"
            advice = "allow more time with --timeout SECONDS"
            raise Obstacle(finding(Cause.LITE_ENGINE, summary, advice)) from None

    async def release(self, path: Path) -> None:
        """One user less; with the last the engine ends, and lets go of its database."""
        with suppress(Obstacle):
            database = _located(path)
            engine = self._running.get(database)
            if engine is None:
                return
            engine.users -= 1
            if engine.users <= 0:
                del self._running[database]
                await _end(engine)

    async def _start(self, engine: _Engine, database: Path) -> str:
        # Imported here: every probe comes by this module, few start an engine.
        import json  # noqa: PLC0415

        from milvusconn_cli.probing import lite_engine  # noqa: PLC0415

        with limits.starting_a_process():
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", lite_engine.__file__, str(database)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                # Empty, not absent: pymilvus would read it from a .env then, which may be bad.
                env={**os.environ, "MILVUS_URI": "", "MILVUS_DEFAULT_CONNECTION": ""},
            )
        engine.process = process
        if process.stdout is None:
            raise AssertionError("the engine was started with a pipe")
        try:
            said = json.loads(await process.stdout.readline())
        except ValueError:  # nothing, no JSON, or a line without end
            raise Obstacle(_would_not_start("it exited without an error message")) from None
        if "uri" in said:
            return str(said["uri"])
        raise Obstacle(_finding(database, said["kind"], clean(said["error"])))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await all_of(*map(_end, self._running.values()))


def is_new(path: Path) -> bool:
    """Whether there is no such database yet; one that cannot be looked for is not called new."""
    try:
        return not path.exists()
    except OSError:
        return False


def _located(path: Path) -> Path:
    """The database by its one true name; `Obstacle` where there is no directory for it."""
    try:
        if path.parent.is_dir():
            path.exists()  # a name that is too long, or a directory that may not be searched
            return _target(path.resolve(), path)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symbolic links
        raise Obstacle(
            finding(Cause.LITE_MISSING, f"{path}: {error}", "correct the path")
        ) from None
    summary = f"the directory {path.parent} of {path.name} does not exist"
    raise Obstacle(
        finding(Cause.LITE_MISSING, summary, f"mkdir -p {shlex.quote(str(path.parent))}")
    )


def _target(database: Path, path: Path) -> Path:
    """`database`; `Obstacle` if `path` is a link to where nothing can be.

    Milvus Lite would create the directories that the link leads through.
    """
    if database.is_symlink():  # Python 3.13 resolves a loop to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if database.parent.is_dir():
        return database
    summary = f"{path} is a link to {database}, whose directory does not exist"
    advice = f"mkdir -p {shlex.quote(str(database.parent))}, or remove the link"
    raise Obstacle(finding(Cause.LITE_MISSING, summary, advice))


async def _end(engine: _Engine) -> None:
    """Let the engine release its database; kill it where it does not."""
    if engine.start is not None:
        engine.start.cancel()
        with suppress(asyncio.CancelledError, Obstacle):
            await engine.start
    process = engine.process
    if process is None:
        return
    if process.stdin is not None:
        process.stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LEAVING_SECONDS):
            await process.wait()
            return
    with suppress(ProcessLookupError):  # it ended in between
        process.kill()
    await process.wait()


def _finding(database: Path, kind: str, words: str) -> Finding:
    match kind:
        case "locked":
            return _locked(database)
        case "absent":
            summary = f"Milvus Lite is not installed: {words}"
            return finding(Cause.LITE_ENGINE, summary)
        case _:
            return _would_not_start(words)


def _locked(database: Path) -> Finding:
    lock = database / _LOCK_FILE
    pid = locks.holder_pid(lock)
    who = f"another process, {locks.named(pid)}" if pid else "another process"
    summary = f"{database} is locked by {who}"
    return finding(Cause.LITE_LOCKED, summary, **({"pid": str(pid)} if pid else {}))


def _would_not_start(words: str) -> Finding:
    advice = "read its message; `pip install 'milvusconn[lite]'` installs what it needs"
    return finding(Cause.LITE_ENGINE, f"Milvus Lite did not start: {words}", advice)

"""Milvus Lite: its engine, started for the time of a probe as pymilvus starts it.

One engine serves all aliases that name the same database, since the database takes only one at a
time, and is ended when the probes are.
"""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from milvusconn_cli import lite_engine, locks
from milvusconn_cli.causes import Cause
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.layers import Obstacle
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean

_LOCK_FILE = "LOCK"
_LEAVING_SECONDS = 0.4
"""How long an engine may take to let go of its database before it is killed."""

Process = asyncio.subprocess.Process


class Engines:
    """The engines that run now, by database; all end with the `async with`."""

    def __init__(self) -> None:
        self._starts: dict[Path, asyncio.Task[str]] = {}
        self._processes: list[Process] = []

    async def uri(self, path: Path, deadline: Deadline) -> str:
        """Where the engine of `path` listens; raises `Obstacle` where it would not start."""
        database = _located(path)
        if database not in self._starts:
            self._starts[database] = asyncio.create_task(self._start(database))
        try:
            async with asyncio.timeout(deadline.remaining()):
                # Shielded: others may be waiting for the same engine with more time left.
                return await asyncio.shield(self._starts[database])
        except TimeoutError:
            summary = f"Milvus Lite did not start within {deadline.seconds:g} s"
            advice = "give it more time with --timeout SECONDS"
            raise Obstacle(finding(Cause.LITE_ENGINE, summary, advice)) from None

    async def _start(self, database: Path) -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", lite_engine.__file__, str(database)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        self._processes.append(process)
        if process.stdout is None:
            raise AssertionError("the engine was started with a pipe")
        answer = await process.stdout.readline()
        try:
            said = json.loads(answer)
        except ValueError:
            raise Obstacle(_would_not_start("it ended without a word")) from None
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
        for start in self._starts.values():
            start.cancel()
        await asyncio.gather(*self._starts.values(), return_exceptions=True)
        await asyncio.gather(*(_end(process) for process in self._processes))


def _located(path: Path) -> Path:
    """The database by its one true name; `Obstacle` where there is no directory for it."""
    if not path.parent.is_dir():
        summary = f"there is no directory {path.parent} for {path.name}"
        raise Obstacle(finding(Cause.LITE_MISSING, summary, f"mkdir -p {path.parent}"))
    return path.resolve()


async def _end(process: Process) -> None:
    """Let the engine release its database; kill it where it does not."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LEAVING_SECONDS):
            await process.wait()
            return
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
    holder = locks.holder(lock)
    pid = locks.holder_pid(lock)
    who = f"another process, {holder}," if holder else "another process"
    summary = f"{who} holds {database}"
    return finding(Cause.LITE_LOCKED, summary, **({"pid": str(pid)} if pid else {}))


def _would_not_start(words: str) -> Finding:
    advice = "look at what it says; `pip install 'milvusconn[lite]'` installs what it needs"
    return finding(Cause.LITE_ENGINE, f"Milvus Lite would not start: {words}", advice)

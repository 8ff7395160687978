"""Milvus Lite: its engine, started for the time of a probe as pymilvus starts it.

One engine serves all aliases that name the same database, since the database takes only one at a
time, and is ended when the probes are.
"""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

from milvusconn_cli.causes import Cause
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.report import finding
from milvusconn_cli.system import limits
from milvusconn_cli.system.tasks import all_of
from milvusconn_cli.system.threads import in_daemon_thread

_LEAVING_SECONDS = 0.4
"""How long an engine may take to let go of its database before it is killed."""
_LAST_BYTES = 8192
"""Of an engine's stderr: it may log for as long as it runs."""

_ENVIRONMENT = {
    # Empty, not absent: pymilvus would read it from a .env then, and break on a bad one.
    "MILVUS_URI": "",
    "MILVUS_DEFAULT_CONNECTION": "",
    # Version 2 leaves its log files in the directory for temporary files otherwise.
    "GLOG_logtostderr": "1",
}

Process = asyncio.subprocess.Process


class Started(NamedTuple):
    """An engine that listens: to be released by whom it was started for."""

    database: Path
    uri: str
    version: str
    """Of the engine; empty if unknown."""
    created: str | None
    """Why a database was created, such as "did not exist"; None if it was there."""

    @property
    def label(self) -> str:
        """`Milvus Lite 3.2.2`, as messages call it."""
        return f"Milvus Lite {self.version}".rstrip()


class _Engine:
    """One engine: its start, its process once there is one, and who needs it."""

    def __init__(self) -> None:
        self.users = 0
        self.process: Process | None = None
        self.start: asyncio.Task[Started] | None = None


class Engines:
    """The engines that run now, by database; all that are left end with the `async with`."""

    def __init__(self) -> None:
        self._running: dict[Path, _Engine] = {}

    async def start(self, path: Path, deadline: Deadline, *, create: bool) -> Started:
        """The engine of `path`, to be released; raises `Obstacle` where it would not start.

        `create` says whether a database that does not exist is created.
        """
        database = await _located(path, deadline)
        engine = self._running.setdefault(database, _Engine())
        engine.users += 1
        if engine.start is None:
            engine.start = asyncio.create_task(_start(engine, database, create=create))
        try:
            async with asyncio.timeout(deadline.remaining()):
                # Shielded: others may be waiting for the same engine with more time left.
                return await asyncio.shield(engine.start)
        except TimeoutError:
            await self._release(database)
            summary = f"Milvus Lite did not start within {deadline.seconds:g} s"
            advice = "allow more time with --timeout SECONDS"
            raise Obstacle(finding(Cause.LITE_ENGINE, summary, advice)) from None
        except BaseException:
            await self._release(database)
            raise

    async def release(self, started: Started) -> None:
        """One user less; with the last the engine ends, and lets go of its database."""
        await self._release(started.database)

    async def _release(self, database: Path) -> None:
        engine = self._running[database]
        engine.users -= 1
        if engine.users <= 0:
            del self._running[database]
            await _end(engine)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await all_of(*map(_end, self._running.values()))


async def _located(path: Path, deadline: Deadline) -> Path:
    """The database by its one true name."""
    # Imported here, as below: every probe comes by this module, few start an engine.
    from milvusconn_cli.probing.layers import lite_file  # noqa: PLC0415

    try:
        async with asyncio.timeout(deadline.remaining()):
            return await in_daemon_thread(lambda: lite_file.located(path))
    except TimeoutError:
        summary = f"the file system of {path} did not respond within {deadline.seconds:g} s"
        advice = "check the mount: a network file system may be offline"
        raise Obstacle(finding(Cause.LITE_DENIED, summary, advice, path=str(path))) from None


async def _start(engine: _Engine, database: Path, *, create: bool) -> Started:
    import tempfile  # noqa: PLC0415

    from milvusconn_cli.probing.layers import lite_file, lite_package  # noqa: PLC0415

    package = lite_package.installed()
    created = await in_daemon_thread(lambda: lite_file.check(database, package, create=create))
    try:
        # A file, not a pipe: what the engine leaves behind may hold on to it.
        log: IO[bytes] | None = tempfile.TemporaryFile()  # noqa: SIM115 -- closed below
    except OSError:
        log = None
    try:
        return Started(database, await _uri(engine, database, log), package.version, created)
    finally:
        if log:
            log.close()


async def _uri(engine: _Engine, database: Path, log: IO[bytes] | None) -> str:
    """Where the new engine listens; what it says on stderr goes to `log`."""
    import json  # noqa: PLC0415

    from milvusconn_cli.probing import lite_engine  # noqa: PLC0415
    from milvusconn_cli.probing.layers import lite_package  # noqa: PLC0415

    with limits.starting_a_process():
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-W", "ignore", lite_engine.__file__, str(database)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log or asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **_ENVIRONMENT},
        )
    engine.process = process
    # While the engine imports what it needs, gRPC is imported here, on another core.
    import milvusconn_cli.probing.attempt  # noqa: F401, PLC0415

    if process.stdout is None:
        raise AssertionError("the engine was started with a pipe")
    try:
        said = json.loads(await process.stdout.readline())
    except ValueError:  # nothing, no JSON, or a line without end
        said = None
    if said is not None and "uri" in said:
        return str(said["uri"])
    from milvusconn_cli.probing.layers import lite_verdict  # noqa: PLC0415 -- only failures

    package = lite_package.installed()
    if said is not None:
        raise Obstacle(lite_verdict.of_answer(database, package, said, _tail(log)))
    code = await process.wait()
    raise Obstacle(lite_verdict.of_exit(database, package, code, _tail(log)))


def _tail(log: IO[bytes] | None) -> str:
    """The end of what an engine has written."""
    if log is None:
        return ""
    log.seek(max(0, log.seek(0, os.SEEK_END) - _LAST_BYTES))
    return log.read().decode("utf-8", "replace")


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

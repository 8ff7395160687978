"""Runs the asynchronous core for a command.

What belongs to the process is changed here and nowhere else: its environment, its limit on open
files, its signal handlers, its event loop. `probing` can be awaited inside any program.
"""

import os
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from milvusconn_cli.cli import event_loop, signals
from milvusconn_cli.cli.stdout import ReaderLeft
from milvusconn_cli.connection.target import Target
from milvusconn_cli.errors import DEBUG_VARIABLE, Terminated
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.report import Progress, Report
from milvusconn_cli.system import limits
from milvusconn_cli.system.open_files import raise_open_file_limit

if TYPE_CHECKING:
    from milvusconn_cli.monitoring.asking import Asker
    from milvusconn_cli.probing.fleet import Ask

_FILES_OF_CALLERS = 1024
"""Open files for those who ask `serve`."""


def probe_all(
    targets: Sequence[Target],
    timeout: float | None,
    watch: Callable[[Progress], None] | None = None,
) -> Sequence[Report | None]:
    """A report for each target, in their order; `timeout` in seconds limits each probe.

    Ctrl-C ends the probes: targets without a report by then are None. `KeyboardInterrupt` is
    raised if there is no report at all. `watch` is told the progress.
    """
    prepare(len(targets))
    from milvusconn_cli.probing.probe import probe  # noqa: PLC0415 -- brings grpc

    return _run(targets, timeout, probe, watch)


def inspect_all(
    targets: Sequence[Target],
    timeout: float | None,
    watch: Callable[[Progress], None] | None = None,
) -> Sequence[Report | None]:
    """The same, with everything that can be learned about each target."""
    prepare(len(targets))
    from milvusconn_cli.probing.inspect import inspect  # noqa: PLC0415 -- brings every layer

    return _run(targets, timeout, inspect, watch)


def probe_health_of_all(
    targets: Sequence[Target],
    timeout: float | None,
    watch: Callable[[Progress], None] | None = None,
) -> Sequence[Report | None]:
    """As `probe_all`, and a server has to say that it is healthy, too."""
    prepare(len(targets))
    from milvusconn_cli.probing.healthy import probe_healthy  # noqa: PLC0415 -- brings grpc

    return _run(targets, timeout, probe_healthy, watch)


def serve(
    listen: tuple[str, int],
    registry: Registry,
    path: Path,
    tell: Callable[[str, str | None], None],
    *,
    limit: float | None,
    min_interval: float,
    most: int | None,
) -> int:
    """Serve over HTTP until a signal comes, and say which; `path` is the registry's.

    `limit` in seconds is that of each probe, and `most` how many run at once.
    """
    _prepare_for_grpc()
    import asyncio  # noqa: PLC0415 -- slow

    from milvusconn_cli.probing.fleet import MOST_AT_ONCE, files_for  # noqa: PLC0415 -- brings grpc
    from milvusconn_cli.serving import server  # noqa: PLC0415 -- brings aiohttp

    raise_open_file_limit(files_for(most or MOST_AT_ONCE) + _FILES_OF_CALLERS)
    options = server.Options(
        listen=server.Listen(*listen),
        path=path,
        limit=limit,
        min_interval=min_interval,
        most=most,
    )
    return asyncio.run(server.serve(options, registry, tell, list(signals.heeded())))


def _run(
    targets: Sequence[Target],
    timeout: float | None,
    ask: "Ask",
    watch: Callable[[Progress], None] | None,
) -> Sequence[Report | None]:
    from milvusconn_cli.probing.fleet import Fleet  # noqa: PLC0415 -- brings grpc

    fleet = Fleet(targets, timeout, ask)
    try:
        event_loop.run(lambda: fleet.probe(watch))
    except KeyboardInterrupt:
        if not any(fleet.known):
            raise
    return fleet.known


def prepare(probes: int) -> None:
    """Make this process ready for so many probes at once; before grpc is imported."""
    _prepare_for_grpc()
    from milvusconn_cli.probing.fleet import files_for  # noqa: PLC0415 -- brings grpc

    raise_open_file_limit(files_for(probes))


def run_until_signal(
    asker: "Asker", work: Callable[[], Coroutine[Any, Any, object]]
) -> ExitCode | None:
    """Run `work`, whose probes are `asker`'s; the exit code of a signal that ended it, if any."""

    async def asking() -> None:
        async with asker:
            await work()

    try:
        event_loop.run(asking)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Terminated:
        return ExitCode.TERMINATED
    except ReaderLeft:
        return None
    return None


def _prepare_for_grpc() -> None:
    """Check that there is room for gRPC, and set what it reads once, when it is imported.

    Its log goes to stderr, which is ours; and its tracers print every header that is sent, the
    authorization header among them.
    """
    limits.check_room_for_grpc()
    os.environ.pop("GRPC_TRACE", None)
    if not os.environ.get(DEBUG_VARIABLE):
        os.environ["GRPC_VERBOSITY"] = "NONE"

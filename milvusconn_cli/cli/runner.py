"""Runs the asynchronous core for a command.

What belongs to the process is changed here and nowhere else: its environment, its limit on open
files, its signal handlers, its event loop. `probing` can be awaited inside any program.
"""

import os
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from milvusconn_cli.cli import event_loop
from milvusconn_cli.cli.stdout import ReaderLeft
from milvusconn_cli.connection.target import Target
from milvusconn_cli.errors import DEBUG_VARIABLE, Terminated
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.report import Progress, Report
from milvusconn_cli.system.open_files import raise_open_file_limit

if TYPE_CHECKING:
    from milvusconn_cli.monitoring.asking import Asker


def probe_all(
    targets: Sequence[Target],
    timeout: float | None,
    watch: Callable[[Progress], None] | None = None,
) -> Sequence[Report | None]:
    """A report for each target, in their order; `timeout` in seconds limits each probe.

    Ctrl-C ends the probes: targets without a report by then are None. `KeyboardInterrupt` is
    raised if there is no report at all. `watch` is told the progress.
    """
    _quiet_grpc()
    from milvusconn_cli.probing.fleet import Fleet, files_for  # noqa: PLC0415 -- brings grpc

    raise_open_file_limit(files_for(len(targets)))
    fleet = Fleet(targets, timeout)
    try:
        event_loop.run(lambda: fleet.probe(watch))
    except KeyboardInterrupt:
        if not any(fleet.known):
            raise
    return fleet.known


def inspect_one(target: Target, timeout: float | None) -> Report:
    """Everything that can be learned about one target; `timeout` in seconds."""
    _quiet_grpc()
    from milvusconn_cli.probing import fleet  # noqa: PLC0415 -- brings grpc

    return event_loop.run(lambda: fleet.inspect_one(target, timeout))


def prepare(probes: int) -> None:
    """Make this process ready for so many probes at once; before grpc is imported."""
    _quiet_grpc()
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


def _quiet_grpc() -> None:
    """Set what gRPC reads once, when it is imported.

    Its log goes to stderr, which is ours; and its tracers print every header that is sent, the
    authorization header among them.
    """
    os.environ.pop("GRPC_TRACE", None)
    if not os.environ.get(DEBUG_VARIABLE):
        os.environ["GRPC_VERBOSITY"] = "NONE"

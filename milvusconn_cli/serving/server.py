"""The server from its start to its end: listens, heeds signals, drains."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.registry.keeper import Keeper, Tell
from milvusconn_cli.report import Report
from milvusconn_cli.serving import systemd
from milvusconn_cli.serving.application import application
from milvusconn_cli.serving.board import board_of
from milvusconn_cli.serving.exposition import Exposition
from milvusconn_cli.serving.throttle import Throttle
from milvusconn_cli.text import host_and_port
from milvusconn_cli.values import positional_value_class, value_class

_DRAIN_SECONDS = 1.0
"""What answers may take beyond the limit of a probe."""
_LOGGER = "milvusconn.serve"


@positional_value_class
class Listen:
    """Where to listen: a name or address, and a port, 0 for any."""

    host: str
    port: int

    @property
    def text(self) -> str:
        """`HOST:PORT`, an IPv6 address in brackets."""
        return host_and_port(self.host, self.port)


@value_class
class Options:
    """How to serve."""

    listen: Listen
    path: Path
    """The registry file."""
    limit: float | None
    """Seconds of each probe, before the aliases' own."""
    min_interval: float
    most: int | None
    """Probes at once."""


async def serve(
    options: Options, registry: Registry, tell: Tell, ending: Iterable[signal.Signals]
) -> signal.Signals:
    """Answer until one of the signals `ending` comes, and say which.

    SIGHUP, if it is among them, reads the registry again instead.
    """
    async with Throttle(options.most) as throttle:
        board = board_of(registry, throttle, limit=options.limit, min_interval=options.min_interval)
        board.on_result = _teller(tell)
        keeper = Keeper(options.path, board.replace_registry, tell)
        app = application(board, Exposition(board, throttle, keeper), tell)
        logger = logging.getLogger(_LOGGER)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False  # its tracebacks could show a secret
        runner = web.AppRunner(
            app,
            access_log=None,
            logger=logger,
            shutdown_timeout=(options.limit or DEFAULT_TIMEOUT) + _DRAIN_SECONDS,
        )
        await runner.setup()
        beside: set[asyncio.Task[None]] = set()
        try:
            place = await _listen(runner, options.listen)
            end = _Signals(ending, lambda: _start(beside, _reload(keeper)))
            _start(beside, keeper.watch())
            _start(beside, _watchdog())
            count = len(registry.entries)
            tell(f"serving {count} alias{'es' if count != 1 else ''} on http://{place.text}", None)
            systemd.notify("READY=1", f"STATUS=serving on {place.text}")
            number = await end.came
            systemd.notify("STOPPING=1")
            return number
        finally:
            for task in list(beside):
                task.cancel()
            await runner.cleanup()
            await board.close()


class _Signals:
    """Handlers of signals on this event loop."""

    def __init__(self, ending: Iterable[signal.Signals], reload: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self.came: asyncio.Future[signal.Signals] = loop.create_future()
        for number in ending:
            handle = reload if number.name == "SIGHUP" else partial(self._end, number)
            try:
                loop.add_signal_handler(number, handle)
            except NotImplementedError:  # Windows
                signal.signal(number, partial(_hand_over, loop, handle))

    def _end(self, number: signal.Signals) -> None:
        if not self.came.done():
            self.came.set_result(number)
            return
        # The second one does not wait for answers.
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)


def _hand_over(
    loop: asyncio.AbstractEventLoop, handle: Callable[[], None], _number: int, _frame: object
) -> None:
    loop.call_soon_threadsafe(handle)


def _start(running: "set[asyncio.Task[None]]", work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    running.add(task)
    task.add_done_callback(running.discard)


async def _reload(keeper: Keeper) -> None:
    systemd.notify_reloading()
    await keeper.reload()
    systemd.notify("READY=1")


async def _watchdog() -> None:
    seconds = systemd.watchdog_seconds()
    while seconds:
        systemd.notify("WATCHDOG=1")
        await asyncio.sleep(seconds)


async def _listen(runner: web.AppRunner, listen: Listen) -> Listen:
    """Where it listens then; the port is known even if any was asked for."""
    site = web.TCPSite(runner, listen.host, listen.port)
    try:
        await site.start()
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {listen.text}: {error.strerror or error}", "use --listen HOST:PORT"
        ) from None
    host, port, *_ = runner.addresses[0]
    return Listen(host=host, port=port)


def _teller(tell: Tell) -> Callable[[Report | None, Report], None]:
    """Tells of each change of a status, and of what fails from the start."""

    def told(before: Report | None, after: Report) -> None:
        was = before.status if before else "established"
        if after.status == was:
            return
        alias = after.subject.alias
        if after.finding is None:
            tell(f"{alias}: established", None)
        else:
            tell(f"{alias}: {after.status}: {after.finding.summary}", after.finding.advice)

    return told

"""Blocking calls that have no time limit of their own: awaited from the event loop, or without one.

getaddrinfo, open() and a keyring can hang for minutes and cannot be interrupted. asyncio's own
executor waits for its threads when the loop closes; these are daemons, which nobody waits for.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from milvusconn_cli.errors import LimitError
from milvusconn_cli.system import limits

if TYPE_CHECKING:
    import asyncio

Result = TypeVar("Result")

_MOST_AT_ONCE = 256
"""Calls that hang keep their thread, and a machine has room for so many."""
_room: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = WeakKeyDictionary()
"""How many more each event loop may start."""


async def in_daemon_thread(call: Callable[[], Result]) -> Result:
    """`call()` in a thread of its own; who stops waiting leaves the thread to its fate.

    Waits its turn while very many are under way; `LimitError` where no thread can be had.
    """
    import asyncio  # noqa: PLC0415 -- who calls this has it; who calls `within` need not

    loop = asyncio.get_running_loop()
    room = _room.setdefault(loop, asyncio.Semaphore(_MOST_AT_ONCE))
    await room.acquire()
    outcome: asyncio.Future[Result] = loop.create_future()

    def settle(set_outcome: Callable[[], None]) -> None:
        if not outcome.done():
            set_outcome()

    def run() -> None:
        # A loop that is closed has nobody left who waits.
        with suppress(RuntimeError):
            try:
                result = call()
            except Exception as error:  # noqa: BLE001 -- handed on to the one who awaits
                loop.call_soon_threadsafe(settle, partial(outcome.set_exception, error))
            else:
                loop.call_soon_threadsafe(settle, partial(outcome.set_result, result))
            loop.call_soon_threadsafe(room.release)

    try:
        _start(run)
    except LimitError:
        room.release()
        raise
    return await outcome


async def in_turn(lock: threading.Lock, seconds: float, call: Callable[[], Result]) -> Result:
    """`call()` in such a thread, one at a time under `lock`; `TimeoutError` after `seconds`.

    Of many who wait for a call that hangs, only the call keeps its thread.
    """
    import asyncio  # noqa: PLC0415 -- as above

    def locked() -> Result:
        if not lock.acquire(timeout=seconds):
            raise TimeoutError
        try:
            return call()
        finally:
            lock.release()

    async with asyncio.timeout(seconds):
        return await in_daemon_thread(locked)


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """`call()` where there is no event loop; `TimeoutError` where it takes longer.

    A signal's exception ends the wait too. Either way the thread is abandoned.
    """
    outcome: list[Callable[[], Result]] = []
    done = threading.Event()

    def failing(error: BaseException) -> Result:
        raise error

    def run() -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 -- handed on to the caller
            outcome.append(partial(failing, error))
        else:
            outcome.append(lambda: result)
        done.set()

    _start(run)
    if not done.wait(seconds):
        raise TimeoutError
    return outcome[0]()


def _start(run: Callable[[], None]) -> None:
    try:
        threading.Thread(target=run, daemon=True).start()
    except RuntimeError as error:
        limits.raise_if_short(error)
        raise

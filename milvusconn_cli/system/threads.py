"""Blocking calls that have no time limit of their own: awaited from the event loop, or without one.

getaddrinfo, open() and a keyring can hang for minutes and cannot be interrupted. asyncio's own
executor waits for its threads when the loop closes; these are daemons, which nobody waits for.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

Result = TypeVar("Result")


async def in_daemon_thread(call: Callable[[], Result]) -> Result:
    """`call()` in a thread of its own; who stops waiting leaves the thread to its fate."""
    import asyncio  # noqa: PLC0415 -- who calls this has it; who calls `within` need not

    loop = asyncio.get_running_loop()
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

    threading.Thread(target=run, daemon=True).start()
    return await outcome


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

    threading.Thread(target=run, daemon=True).start()
    if not done.wait(seconds):
        raise TimeoutError
    return outcome[0]()

"""Blocking calls in threads: a machine has room for so many of them."""

import asyncio
import threading

import pytest

from milvusconn_cli.system import threads

MOST = 3


def test_calls_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that find no room wait for their turn, and all have theirs."""
    monkeypatch.setattr(threads, "_MOST_AT_ONCE", MOST)
    full = threading.Barrier(MOST)
    lock = threading.Lock()
    running = highest = 0

    def call() -> None:
        nonlocal running, highest
        with lock:
            running += 1
            highest = max(highest, running)
        full.wait()  # nobody goes on before as many are there as may be
        with lock:
            running -= 1

    async def many() -> int:
        return len(await asyncio.gather(*(threads.in_daemon_thread(call) for _ in range(MOST * 4))))

    assert asyncio.run(many()) == MOST * 4
    assert highest == MOST


def test_only_a_call_that_hangs_keeps_its_thread() -> None:
    """Not those who waited for it until their time was up."""
    lock, goes_on = threading.Lock(), threading.Event()
    before = threading.active_count()

    async def several() -> list[object]:
        calls = (threads.in_turn(lock, 0.2, goes_on.wait) for _ in range(5))
        return list(await asyncio.gather(*calls, return_exceptions=True))

    outcomes = asyncio.run(several())
    for thread in threading.enumerate():
        if thread.daemon and thread is not threading.current_thread():
            thread.join(0.5)

    assert [type(one) for one in outcomes] == [TimeoutError] * 5
    assert threading.active_count() == before + 1
    goes_on.set()

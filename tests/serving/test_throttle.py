"""Probes are bounded, and one that only waits does not hold up the others."""

import asyncio
from pathlib import Path

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.target import Target
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.registry.aliases import read_document
from milvusconn_cli.registry.lookup import resolve
from milvusconn_cli.report import Report, finding
from milvusconn_cli.serving.throttle import Throttle


def target() -> Target:
    document = {"connections": {"a": {"uri": "http://h:19530"}}}
    found = resolve(read_document(document, Path("/")), "a")
    assert isinstance(found, Target)
    return found


async def well(one: Target, _limit: float | None, _engines: Engines) -> Report:
    return Report(subject=one.subject)


def test_waiting_probes_delay_nobody() -> None:
    """Three hundred wait for silent servers; the next one is answered."""

    async def run() -> bool:
        async with Throttle() as throttle:
            forever = asyncio.Event()

            async def silent(one: Target, _limit: float | None, _engines: Engines) -> Report:
                await forever.wait()
                return Report(subject=one.subject)

            waiting = [asyncio.create_task(throttle.run(target(), 5, silent)) for _ in range(300)]
            await asyncio.sleep(0)
            report = await throttle.run(target(), 5, well)
            is_alone = not any(task.done() for task in waiting)
            forever.set()
            await asyncio.gather(*waiting)
            return report.established and is_alone

    assert asyncio.run(run())


def test_no_more_than_allowed_are_under_way() -> None:
    """The others wait for their turn, and have it."""

    async def run() -> tuple[int, int]:
        seen = []
        async with Throttle(most=3) as throttle:

            async def counting(one: Target, limit: float | None, engines: Engines) -> Report:
                seen.append(throttle.running)
                await asyncio.sleep(0)
                return await well(one, limit, engines)

            await asyncio.gather(*(throttle.run(target(), 5, counting) for _ in range(20)))
            return max(seen), len(seen)

    assert asyncio.run(run()) == (3, 20)


def test_bug_costs_one_probe() -> None:
    """It is a report of an internal error, and nothing is left behind."""

    async def run() -> tuple[Report, int]:
        async with Throttle() as throttle:

            async def broken(_one: Target, _limit: float | None, _engines: Engines) -> Report:
                raise ZeroDivisionError("secret")

            report = await throttle.run(target(), 5, broken)
            return report, throttle.running

    report, running = asyncio.run(run())
    assert report.finding
    assert report.finding.cause is Cause.INTERNAL_ERROR
    assert "secret" not in report.finding.summary
    assert running == 0


def test_probe_that_ran_out_of_our_own_time_is_repeated() -> None:
    """An event loop that was late for all of it proves nothing of the server."""

    async def run(lost: float) -> int:
        asked = 0
        async with Throttle() as throttle:

            async def late(one: Target, _limit: float | None, _engines: Engines) -> Report:
                nonlocal asked
                asked += 1
                throttle._pulse.lost += lost
                return Report(subject=one.subject, finding=finding(Cause.SILENT))

            await throttle.run(target(), 5, late)
        return asked

    assert asyncio.run(run(lost=0.0)) == 1
    assert asyncio.run(run(lost=4.5)) == 2

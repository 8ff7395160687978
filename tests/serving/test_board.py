"""Results are shared, kept for the minimum interval, and forgotten with the settings."""

import asyncio
from pathlib import Path

from milvusconn_cli.connection.target import Target
from milvusconn_cli.registry.aliases import Registry, read_document
from milvusconn_cli.report import Inspection, Report
from milvusconn_cli.serving.board import CERTIFICATE_SECONDS, Board
from milvusconn_cli.serving.throttle import Ask

Table = dict[str, object]


def registry(**tables: Table) -> Registry:
    return read_document({"version": 1, "connections": tables}, Path("/"))


def table(uri: str = "http://h:19530", **more: object) -> Table:
    return {"uri": uri, **more}


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Prober:
    """Answers when a test lets it, and counts."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float | None, str]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, target: Target, limit: float | None, ask: Ask) -> Report:
        name = getattr(ask, "__name__", "")
        self.asked.append((target.subject.alias, limit, name))
        await self.may_answer.wait()
        seen = Inspection(certificate={"not_after": "2030-01-01T00:00:00Z"})
        return Report(
            subject=target.subject, seconds=0.1, inspection=seen if name == "inspect" else None
        )


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_callers_share_a_probe() -> None:
    """Ten ask at once: one probe, ten answers."""

    async def ask_ten() -> tuple[int, int]:
        prober = Prober()
        board = Board(registry(a=table()), prober, clock=Clock())
        reports = await asyncio.gather(*(board.ask("a") for _ in range(10)))
        return len(prober.asked), len([one for one in reports if one and one.established])

    assert asyncio.run(ask_ten()) == (1, 10)


def test_result_is_kept_for_the_minimum_interval() -> None:
    """A second probe comes after it, and not before."""

    async def ask_at_times() -> list[int]:
        prober, clock = Prober(), Clock()
        board = Board(registry(a=table()), prober, min_interval=2, clock=clock)
        counts = []
        for now in (0.0, 1.9, 2.0, 3.9, 100.0):
            clock.now = now
            await board.ask("a")
            counts.append(len(prober.asked))
        return counts

    assert asyncio.run(ask_at_times()) == [1, 1, 2, 2, 3]


def test_caller_that_leaves_does_not_end_the_probe() -> None:
    """A load balancer hangs up, another waits for the same result."""

    async def leave() -> tuple[int, bool]:
        prober = Prober()
        prober.may_answer.clear()
        board = Board(registry(a=table()), prober, clock=Clock())
        leaving, staying = (asyncio.create_task(board.ask("a")) for _ in range(2))
        await settle()
        leaving.cancel()
        await settle()
        prober.may_answer.set()
        report = await staying
        return len(prober.asked), report is not None and report.established

    assert asyncio.run(leave()) == (1, True)


def test_one_that_takes_long_is_none_and_goes_on() -> None:
    """Whoever asked has no more time; the result is there for the next."""

    async def ask() -> tuple[bool, bool]:
        prober = Prober()
        prober.may_answer.clear()
        board = Board(registry(a=table()), prober, clock=Clock())
        early = await board.ask("a", within=0.01)
        prober.may_answer.set()
        await settle()
        return early is None, isinstance(board.row("a"), Report)

    assert asyncio.run(ask()) == (True, True)


def test_limit_of_a_probe_is_the_shortest() -> None:
    """The alias's own, that of the command, and the time that the caller has."""

    async def limits(own: float | None, general: float | None, within: float | None) -> object:
        prober = Prober()
        tables = table() if own is None else table(timeout=own)
        board = Board(registry(a=tables), prober, limit=general, clock=Clock())
        await board.ask("a", within)
        return prober.asked[0][1]

    assert asyncio.run(limits(None, None, None)) == 5
    assert asyncio.run(limits(3.0, None, None)) == 3
    assert asyncio.run(limits(3.0, 4.0, None)) == 4
    assert asyncio.run(limits(3.0, None, 2.0)) == 2
    assert asyncio.run(limits(3.0, None, 9.0)) == 3


def test_changed_settings_forget_the_result() -> None:
    """And a probe of the old ones that ends later is not taken for one of the new ones."""

    async def change() -> tuple[list[bool], list[str]]:
        prober = Prober()
        board = Board(registry(a=table(), b=table(), c=table()), prober, clock=Clock())
        await board.ask("a")
        await board.ask("b")
        prober.may_answer.clear()
        waiting = asyncio.create_task(board.ask("c"))
        await settle()
        changed = registry(a=table(), b=table("http://other:19530"), c=table("http://new:1"))
        board.replace_registry(changed)
        prober.may_answer.set()
        await waiting
        await settle()
        known = [isinstance(board.row(alias), Report) for alias in "abc"]
        report = await board.ask("c")
        assert report
        return known, [str(report.subject.address)]

    assert asyncio.run(change()) == ([True, False, False], ["new:1"])


def test_what_needs_no_probe_has_none() -> None:
    """Disconnected, or invalid: an answer without a probe."""

    async def ask() -> tuple[list[str], int]:
        prober = Prober()
        tables = {"off": table(disconnected=True), "bad": table("ftp://h")}
        board = Board(registry(**tables), prober, clock=Clock())
        reports = [await board.ask(alias) for alias in tables]
        return [one.status for one in reports if one], len(prober.asked)

    assert asyncio.run(ask()) == (["disconnected", "config-uri"], 0)


def test_certificate_is_looked_at_now_and_then() -> None:
    """With TLS, every ten minutes; its end stays in the metrics in between."""

    async def ask() -> tuple[list[str], bool]:
        prober, clock = Prober(), Clock()
        board = Board(registry(a=table("https://h"), b=table()), prober, clock=clock)
        for now in (
            0.0,
            10.0,
            CERTIFICATE_SECONDS - 1,
            CERTIFICATE_SECONDS,
            CERTIFICATE_SECONDS + 9,
        ):
            clock.now = now
            await board.ask("a")
            await board.ask("b")
        row = board.row("a")
        assert isinstance(row, Report)
        asked = [how for alias, _, how in prober.asked if alias == "a"]
        assert {how for alias, _, how in prober.asked if alias == "b"} == {"probe"}
        return asked, row.inspection is not None

    assert asyncio.run(ask()) == (["inspect", "probe", "probe", "inspect", "probe"], True)


def test_changes_of_status_are_told() -> None:
    """The report before and the one after, for each result."""

    async def ask() -> list[tuple[bool, bool]]:
        prober, clock = Prober(), Clock()
        board = Board(registry(a=table()), prober, clock=clock)
        told: list[tuple[bool, bool]] = []
        board.on_result = lambda before, after: told.append((before is None, after.established))
        await board.ask("a")
        clock.now = 10
        await board.ask("a")
        await settle()
        return told

    assert asyncio.run(ask()) == [(True, True), (False, True)]

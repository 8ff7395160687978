"""Nothing that was started together is left running."""

import asyncio

import pytest

from milvusconn_cli.system.tasks import all_of, both


def test_both_answer() -> None:
    """In the order in which they were given."""

    async def say(word: str, *, wait: bool) -> str:
        await asyncio.sleep(0.01 if wait else 0)
        return word

    assert asyncio.run(both(say("a", wait=True), say("b", wait=False))) == ("a", "b")


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_the_other_one_is_ended(is_cancelled: bool) -> None:  # noqa: FBT001 -- pytest's
    """When one fails, or nobody waits any more; its own clean-up is over by then."""
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("forever")

    async def fail() -> None:
        await asyncio.sleep(0)
        if is_cancelled:
            await asyncio.Event().wait()
        raise LookupError

    async def run() -> None:
        task = asyncio.create_task(both(forever(), fail()))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError if is_cancelled else LookupError):
            await task
        assert ended == ["forever"]

    asyncio.run(run())


def test_all_come_to_their_end() -> None:
    """One that fails keeps the others from nothing."""
    done: list[int] = []

    async def end(number: int) -> None:
        await asyncio.sleep(0)
        if number == 0:
            raise LookupError
        await asyncio.sleep(0)
        done.append(number)

    with pytest.raises(LookupError):
        asyncio.run(all_of(*map(end, range(3))))

    assert done == [1, 2]

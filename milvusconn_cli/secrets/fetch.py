"""A secret fetched from where its reference leads, before a deadline.

Only a probe that needs the secret asks for it. Errors name the reference, never a value; a
command's stderr is not shown, since it may repeat what the command was given.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.reference import Literal, Reference, Secret

_Fetches = dict[Reference, "asyncio.Task[str]"]
_shared: ContextVar[_Fetches | None] = ContextVar("shared", default=None)


@asynccontextmanager
async def sharing() -> AsyncIterator[None]:
    """Within this, each reference is resolved once, however many aliases have it.

    A command may ask somebody to confirm, or count against a quota. What is still under way at the
    end is ended.
    """
    fetches: _Fetches = {}
    before = _shared.set(fetches)
    try:
        yield
    finally:
        _shared.reset(before)
        for task in fetches.values():
            task.cancel()
        await asyncio.gather(*fetches.values(), return_exceptions=True)


async def fetch(reference: Reference, deadline: Deadline) -> Secret:
    """The secret itself; `SecretError` if it cannot be fetched before the deadline."""
    if isinstance(reference, Literal):
        return reference.secret
    try:
        async with asyncio.timeout(deadline.remaining()):
            text = await _text_of(reference)
    except TimeoutError:
        raise SecretError(f"the secret {reference} could not be fetched in time") from None
    if not text:
        raise SecretError(f"the secret {reference} is empty")
    return Secret(text)


async def _text_of(reference: Reference) -> str:
    fetches = _shared.get()
    if fetches is None:
        return await reference.fetch()
    task = fetches.get(reference)
    if task is None:
        task = fetches[reference] = asyncio.create_task(reference.fetch())
    # Shielded: others may be waiting for the same secret with more time left.
    return await asyncio.shield(task)

"""A secret fetched from where its reference leads, before a deadline.

Only a probe that needs the secret asks for it. Errors name the reference, never a value; a
command's stderr is not shown, since it may repeat what the command was given.
"""

import asyncio

from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.reference import Literal, Reference, Secret


async def fetch(reference: Reference, deadline: Deadline) -> Secret:
    """The secret itself; `SecretError` if it cannot be fetched before the deadline."""
    if isinstance(reference, Literal):
        return reference.secret
    try:
        async with asyncio.timeout(deadline.remaining()):
            text = await reference.fetch()
    except TimeoutError:
        raise SecretError(f"the secret {reference} could not be fetched in time") from None
    if not text:
        raise SecretError(f"the secret {reference} is empty")
    return Secret(text)

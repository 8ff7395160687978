"""Probes inside a program that does other things too. Brings gRPC."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from milvusconn_cli.connection.target import Target
from milvusconn_cli.connection.uri import LiteEndpoint, parse
from milvusconn_cli.errors import UriError
from milvusconn_cli.probing import attempt, fleet
from milvusconn_cli.report import Report

_SERVERS = "milvus_lite.server_manager"
_locks: dict[Path, asyncio.Lock] = {}
"""One for each local database: two engines of one process would lock each other out."""


async def probe_all(targets: Sequence[Target], limit: float | None) -> list[Report]:
    """A report for each target, in their order."""
    attempt.owns_process.set(False)  # its memory may grow for reasons of the program
    at_hand = [_opened_here(target) for target in targets]
    async with _alone_with(at_hand):
        return await fleet.probe_all(at_hand, limit)


@asynccontextmanager
async def _alone_with(targets: Sequence[Target]) -> AsyncIterator[None]:
    """Until this ends, no other probe of this process starts an engine for the same databases."""
    endpoints = (target.connection.endpoint for target in targets)
    paths = {one.path.resolve() for one in endpoints if isinstance(one, LiteEndpoint)}
    async with AsyncExitStack() as held:
        for path in sorted(paths):
            await held.enter_async_context(_locks.setdefault(path, asyncio.Lock()))
        yield


def _opened_here(target: Target) -> Target:
    """The target; where this very process has its local database open, the engine that has it.

    A client in this process would use that engine, and nobody else can open the database.
    """
    endpoint = target.connection.endpoint
    if not isinstance(endpoint, LiteEndpoint) or _SERVERS not in sys.modules:
        return target
    manager = sys.modules[_SERVERS].server_manager_instance
    for path in list(getattr(manager, "_servers", ())):
        if Path(path).resolve() == endpoint.path.resolve():
            try:
                engine = parse(str(manager.start_and_get_uri(str(path))), Path("/")).endpoint
            except UriError:  # it has ended since
                return target
            return replace(target, connection=replace(target.connection, endpoint=engine))
    return target

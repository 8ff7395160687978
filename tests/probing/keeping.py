"""A kept connection, as the tests use it."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.connection.tables import build
from milvusconn_cli.connection.target import Target
from milvusconn_cli.probing.attempt import Keepalive
from milvusconn_cli.probing.kept import KeptConnection
from milvusconn_cli.probing.severed import Cut
from milvusconn_cli.report import Report, Subject

LONG = 240.0
"""Seconds after which something that should have happened makes a test fail."""
NO_PINGS = Keepalive(3600.0, 5.0)


class Kept:
    """A kept connection to a URI, and its ends as they come."""

    def __init__(
        self,
        uri: str,
        keepalive: Keepalive = NO_PINGS,
        limit: float = 10.0,
        ca: Path | None = None,
    ) -> None:
        connection = build(uri, Path("/"), tls_files=TlsFiles(ca=ca))
        self._cuts: asyncio.Queue[Cut] = asyncio.Queue()
        self._limit = limit
        self.connection = KeptConnection(
            Target(subject=Subject(alias="dev"), connection=connection),
            limit,
            self._cuts.put_nowait,
            keepalive,
        )

    async def ask(self) -> Report:
        return await self.connection.ask(self._limit)

    async def next_cut(self) -> Cut:
        """The next end of a connection."""
        return await asyncio.wait_for(self._cuts.get(), LONG)

    @property
    def cuts(self) -> int:
        """How many have come that nobody has asked for."""
        return self._cuts.qsize()

    async def __aenter__(self) -> Self:
        await self.connection.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.connection.__aexit__(kind, error, trace)

"""What faults are made from: a place for files, and servers that are started when first asked for.

Under pytest the servers are the session's fixtures; elsewhere they are the bench's own.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.servers.certificates import Authority
from tests.servers.daemons import Doors
from tests.servers.milvus import MilvusServer, packed, unpack

LOOPBACK = ("localhost", "127.0.0.1", "::1")

Started = TypeVar("Started")


class MissingError(Exception):
    """Software that a fault is made with is not installed; says which."""


class Bench:
    """Holds whatever faults share until it is closed."""

    def __init__(self, directory: Path, obtain: Callable[[str], Any]) -> None:
        """`obtain` answers a server by the name of its fixture."""
        self._directory = directory
        self._obtain = obtain
        self._numbers = itertools.count(1)
        self._running = ExitStack()
        self._daemons: dict[str, Doors] = {}

    def directory(self, name: str = "place") -> Path:
        """A new, empty directory."""
        made = self._directory / f"{name}-{next(self._numbers)}"
        made.mkdir(parents=True)
        return made

    @property
    def authority(self) -> Authority:
        """Signs for everybody here."""
        authority: Authority = self._obtain("authority")
        return authority

    def milvus(self, kind: str = "milvus") -> MilvusServer:
        """A real one: `milvus`, or `milvus_with_authorization`, `…_tls`, `…_mutual_tls`."""
        server: MilvusServer = self._obtain(kind)
        return server

    def lite(self) -> None:
        """See to it that Milvus Lite is installed."""
        self._obtain("milvus_lite_package")

    def daemon(self, start: Callable[..., AbstractContextManager[Doors]], *more: object) -> Doors:
        """The ports of a foreign server, started once for all faults that ask."""
        name = start.__name__
        if name not in self._daemons:
            self._daemons[name] = self._running.enter_context(start(self.directory(name), *more))
        return self._daemons[name]

    def close(self) -> None:
        """End what was started here."""
        self._running.close()


@contextmanager
def standing_alone(directory: Path) -> Iterator[Bench]:
    """A bench without pytest: it starts the servers itself."""
    with ExitStack() as running:
        servers = _Servers(directory, running)
        bench = Bench(directory, servers.obtain)
        running.callback(bench.close)
        yield bench


class _Servers:
    """The session's fixtures, told again for a program without pytest."""

    def __init__(self, directory: Path, running: ExitStack) -> None:
        self._directory = directory
        self._running = running
        self._started: dict[str, Any] = {}

    def obtain(self, name: str) -> Any:  # noqa: ANN401 -- as pytest's getfixturevalue
        if name not in self._started:
            self._started[name] = self._start(name)
        return self._started[name]

    def _start(self, name: str) -> Any:  # noqa: ANN401 -- the same
        match name:
            case "authority":
                return Authority(self._directory / "authority")
            case "milvus_lite_package":
                return None
            case "milvus_binaries":
                return self._unpacked()
        program = self.obtain("milvus_binaries")
        options = self._options(name)
        return self._running.enter_context(MilvusServer(program, self._directory / name, **options))

    def _unpacked(self) -> Path:
        if packed() is None:
            raise MissingError("the milvus package is not installed")
        return unpack(self._directory / "milvus-binaries")

    def _options(self, name: str) -> dict[str, Any]:
        authority: Authority = self.obtain("authority")
        match name:
            case "milvus_with_authorization":
                return {"authorization": True}
            case "milvus_with_tls":
                return {"tls": authority.issue(*LOOPBACK)}
            case "milvus_with_mutual_tls":
                return {
                    "authorization": True,
                    "tls": authority.issue(*LOOPBACK),
                    "client_authority": authority.ca_file,
                    "client": authority.issue("client.test"),
                }
            case _:
                return {}

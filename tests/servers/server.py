"""What real Milvus and Milvus Lite have in common as processes: started, ready, gone."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.calls import came_true
from tests.servers.leash import LeashedProcess
from tests.servers.ports import Ports

READY_SECONDS = 180.0
"""Usual are 2 or 3, and 8 after a kill: only a broken server takes it all."""


class Server(ABC):
    """A server on the loopback. In a `with` block it is ready, and gone afterwards.

    Outside of one: `start`, `wait_until_ready`, and in the end `close`.
    """

    def __init__(self, directory: Path, ports: Ports) -> None:
        self.directory = directory
        self._ports = ports
        self._process: LeashedProcess | None = None

    @property
    @abstractmethod
    def port(self) -> int:
        """Where it serves gRPC."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        return f"http://{self.address}"

    @property
    def pid(self) -> int:
        """Of the server itself, not of the leash that holds it."""
        return self._running.pid

    @property
    def _running(self) -> LeashedProcess:
        if self._process is None:
            raise RuntimeError("this server has not been started")
        return self._process

    @abstractmethod
    def start(self) -> None:
        """Spawn it, without waiting."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it serves a client now, asked over a channel made for the question."""

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Ask until it answers; `ServerFailedError` with its log where it never does."""
        if not came_true(self._is_ready, seconds):
            raise self._running.failure(f"not ready after {seconds} s")

    def _is_ready(self) -> bool:
        if self._running.ended:
            raise self._running.failure("ended while starting")
        return self.answers()

    def kill(self) -> None:
        """SIGKILL; its ports refuse when this returns."""
        self._running.kill()

    def close(self) -> None:
        """Kill it, since its data is of no use to anybody, and give its ports back."""
        if self._process:
            self.kill()
        self._ports.release()

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait_until_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

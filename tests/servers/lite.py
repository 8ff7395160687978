"""Milvus Lite: as a server of its own, and as what a program has that opened a `.db`.

Both are processes apart from the test run, because a `.db` is locked by a process, and the
one that is tested has to find it locked by another.
"""

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.calls import connect_succeeds, plain_channel
from tests.servers.leash import LeashedProcess, ServerFailedError
from tests.servers.ports import Ports
from tests.servers.server import Server

HOLD = """
import sys
from milvus_lite.server_manager import server_manager_instance
print(server_manager_instance.start_and_get_uri(sys.argv[1]) or "", flush=True)
sys.stdin.read()
"""


class LiteServer(Server):
    """`milvus-lite server` over TCP: no TLS, and any user and password are welcome."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, Ports(["port"]))

    @property
    def port(self) -> int:
        return self._ports["port"]

    def start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", "data"]
        self._process = LeashedProcess(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            directory=self.directory,
            environment=os.environ,
            log=self.directory / "milvus-lite.log",
        )

    def answers(self) -> bool:
        return connect_succeeds(plain_channel(self.address))


class LiteHolder:
    """Another process that has a `.db` open, as pymilvus opens it, until it is told to end.

    It ends by itself when the test run does, since it waits for the end of its input.
    """

    def __init__(self, database: Path, python: str = sys.executable) -> None:
        """`python` is that of the environment whose Milvus Lite is to have it."""
        self.database = database
        self._python = python
        self.uri = ""
        """Where Lite serves the `.db`: "http://127.0.0.1:PORT" (3.x) or "unix:…" (2.x)."""
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("this process has not been started")
        return self._process

    def __enter__(self) -> Self:
        self.hold()
        return self

    def hold(self) -> None:
        """The `.db` is open when this returns; `ServerFailedError` where it cannot be opened."""
        self._process = subprocess.Popen(
            [self._python, "-c", HOLD, str(self.database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.uri = self._read_uri()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def release(self) -> str:
        """Let go of the `.db` in good order and end; answers what the process complained of."""
        return self._running.communicate()[1]

    def _read_uri(self) -> str:
        assert self._running.stdout is not None
        line = self._running.stdout.readline().strip()
        if not line:
            raise ServerFailedError(f"cannot hold {self.database}\n{self.release()}")
        return line

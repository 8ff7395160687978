"""`milvusconn serve` as a process of its own, and a client for it."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

PATIENCE = 60.0
_SERVING = re.compile(r"serving .* on http://(.+):([0-9]+)$")


@dataclass(frozen=True)
class Answer:
    """What `serve` answered to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Serving:
    """Runs while its context is entered; `said` is what it wrote to stderr."""

    def __init__(
        self, *options: str, environment: Mapping[str, str] | None = None, listen: str | None = None
    ) -> None:
        self._options = options
        self._environment = environment or {}
        self._listen = listen or "127.0.0.1:0"
        self.said: list[str] = []
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "milvusconn_cli", "serve"),
                *("--listen", self._listen, *self._options),
            ],
            env={**os.environ, **self._environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        line = self.wait_for(_SERVING)
        found = _SERVING.search(line)
        assert found
        self.host, self.port = found[1], int(found[2])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reading.join()
        assert self.process.stderr
        self.process.stderr.close()

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def get(
        self, path: str, method: str = "GET", *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, on a connection of its own."""
        calling = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            calling.request(method, path, headers=dict(headers or {}))
            response = calling.getresponse()
            return Answer(response.status, dict(response.headers), response.read())
        finally:
            calling.close()

    def wait_for(self, pattern: str | re.Pattern[str]) -> str:
        """The first line on stderr that matches, once there is one."""

        def found() -> str | None:
            return next((line for line in self.said if re.search(pattern, line)), None)

        with self._changed:
            ended = self._changed.wait_for(
                lambda: found() or not self._reading.is_alive(), PATIENCE
            )
        line = found()
        assert ended
        assert line, f"{pattern} not in {self.said}"
        return line

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and say what the process exits with."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._changed:
                self.said.append(line.rstrip("\n"))
                self._changed.notify_all()


def in_background(
    calls: Sequence[Callable[[], Answer]],
) -> list[tuple[threading.Thread, list[Answer]]]:
    """Each call in a thread of its own, with the list that its answer goes to."""
    running = []
    for call in calls:
        answers: list[Answer] = []
        thread = threading.Thread(target=lambda to=answers, do=call: to.append(do()), daemon=True)
        thread.start()
        running.append((thread, answers))
    return running

"""Thousands of requests leave no trace in memory or among the open files."""

import http.client
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.serving.running import PATIENCE, Serving

Speak = Callable[..., SpeakingMilvus]
ALIASES, CALLERS, ROUNDS = 20, 8, 60
PATHS = ("/probe?target=", "/has/")


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def load(serving: Serving, statuses: set[int]) -> None:
    """Ask for every alias, again and again, on connections that stay open."""

    def call() -> None:
        calling = http.client.HTTPConnection(serving.host, serving.port, timeout=PATIENCE)
        for number in range(ROUNDS):
            for alias in range(ALIASES):
                calling.request("GET", f"{PATHS[number % 2]}a{alias}")
                response = calling.getresponse()
                response.read()
                statuses.add(response.status)
        calling.close()

    callers = [threading.Thread(target=call) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_flat(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """After a first round of load, a second one adds nothing; scrapes of all go on beside it."""
    server = speaking_milvus()
    for number in range(ALIASES):
        milvusconn("add", f"a{number}", server.uri)
    statuses: set[int] = set()
    with Serving("--min-interval", "0") as serving:
        measured = []
        for _ in range(2):
            load(serving, statuses)
            assert serving.get("/metrics").status == 200
            pid = serving.process.pid
            measured.append((resident_megabytes(pid), open_files(pid)))

    (memory, files), (memory_later, files_later) = measured
    assert statuses == {200}
    assert memory_later < memory + 8
    assert files_later <= files + 2

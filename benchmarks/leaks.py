"""A hundred thousand probes in one process: memory, open files and threads stay flat.

    python benchmarks/leaks.py [PROBES [confirm]]

One in four is healthy, one is refused, one is a socket file that does not exist, and one is a web
server. With `confirm` they are confirmed where that is possible. Prints a row for every tenth; the
last row, less the second, is what was leaked.
"""

import asyncio
import gc
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path

os.environ["GRPC_VERBOSITY"] = "NONE"
sys.path.insert(0, str(Path(__file__).parent.parent))

from milvusconn_cli.connection.tables import build
from milvusconn_cli.connection.target import Target
from milvusconn_cli.monitoring.asking import Asker
from milvusconn_cli.probing.confirm import Confirming
from milvusconn_cli.probing.probe import probe
from milvusconn_cli.report import Subject
from milvusconn_cli.system.environment_info import resident_bytes

AT_ONCE = 32
ROWS = 10


async def main(probes: int, *, confirm: bool) -> None:
    """Probe, and print."""
    crowd, ports = await _crowd()
    web = await asyncio.start_server(_web, "127.0.0.1", 0)
    places = [
        f"http://127.0.0.1:{ports[0]}",
        f"http://127.0.0.1:{ports[2]}",
        f"unix:/no-such-socket-{os.getpid()}",
        f"http://127.0.0.1:{web.sockets[0].getsockname()[1]}",
    ]
    targets = [
        Target(subject=Subject(alias=uri), connection=build(uri, Path("/"))) for uri in places
    ]
    _print("| probes | memory, MB | open files | threads | tasks | CPU a probe, ms |")
    _print("|---|---|---|---|---|---|")
    counts: Counter[str] = Counter()
    async with Asker(30.0, Confirming() if confirm else probe) as asker:
        done = 0
        for row in range(ROWS + 1):
            started = time.process_time()
            before = done
            while done < max(probes * row // ROWS, AT_ONCE):
                asked = [targets[number % len(targets)] for number in range(AT_ONCE)]
                for report in await asyncio.gather(*map(asker.ask, asked)):
                    counts[report.status] += 1
                done += AT_ONCE
            gc.collect()
            cpu = 1000 * (time.process_time() - started) / max(done - before, 1)
            files = _open_files()
            _print(
                f"| {done:,} | {resident_bytes() / 1e6:.1f} | {files} |"
                f" {threading.active_count()} | {len(asyncio.all_tasks())} | {cpu:.2f} |"
            )
    _print(f"\n{dict(counts)}")
    web.close()
    crowd.terminate()
    await crowd.wait()


async def _crowd() -> tuple[asyncio.subprocess.Process, list[str]]:
    """The servers of crowd.py, and their ports."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        Path(__file__).with_name("crowd.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None:
        raise AssertionError("it was started with a pipe")
    return process, (await process.stdout.readline()).decode().split()


async def _web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a web server, whatever is asked."""
    await reader.read(1024)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nServer: web\r\nContent-Length: 0\r\n\r\n")
    writer.close()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    asyncio.run(main(number, confirm="confirm" in sys.argv[2:]))

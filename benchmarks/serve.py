"""`serve` beside Debian's prometheus-blackbox-exporter: probes a second, and CPU a probe.

    python benchmarks/serve.py [SECONDS]

Both probe the same servers, crowd.py's, by the same requests: a thousand aliases on as many
loopback addresses, each asked every ten seconds by 32 connections that stay open, as Prometheus's
do; then as fast as they go; then with one of ten that is silent. SECONDS, 120 if not given, is how
long the first of these lasts, in which memory and open files are looked at. The blackbox exporter's
gRPC prober calls gRPC's health check, so its servers answer that.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("milvusconn")
BLACKBOX = "prometheus-blackbox-exporter"
MODULES = (
    "modules: {grpc: {prober: grpc, timeout: 5s, grpc: {tls: false, preferred_ip_protocol: ip4}}}\n"
)
ALIASES, PERIOD, CONNECTIONS = 1000, 10.0, 32
FAST_SECONDS = 10.0
SILENT_LIMIT = "1"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MEGABYTES = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
LOOK_SECONDS = 10.0


class Exporter(NamedTuple):
    """A process that is asked, and what it is asked for."""

    name: str
    pid: int
    port: int
    paths: Sequence[str]


class Look(NamedTuple):
    """A process at one moment."""

    cpu: float
    megabytes: float
    files: int


class Load(NamedTuple):
    """What came of asking for a while."""

    seconds: float
    answers: int
    up: int
    cpu: float
    latencies: Sequence[float]
    looks: Sequence[Look]


def look(pid: int) -> Look:
    """CPU seconds so far, memory and open files now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    files = len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 -- only counted
    return Look((int(fields[11]) + int(fields[12])) / TICKS, pages * PAGE_MEGABYTES, files)


async def ask(
    exporter: Exporter, seconds: float, rate: float | None, count: int = CONNECTIONS
) -> Load:
    """Ask for one path after the other; `rate` a second in all, or as fast as there are answers."""
    loop = asyncio.get_running_loop()
    start, before = loop.time(), look(exporter.pid)
    latencies: list[float] = []
    looks = [before]
    ups = 0
    paths = cycle(exporter.paths)
    numbers = iter(range(sys.maxsize))

    async def one_connection() -> None:
        nonlocal ups
        reader, writer = await asyncio.open_connection("127.0.0.1", exporter.port)
        while True:
            due = start + next(numbers) / rate if rate else loop.time()
            if max(due, loop.time()) >= start + seconds:
                break
            await asyncio.sleep(max(0.0, due - loop.time()))
            asked = loop.time()
            writer.write(f"GET {next(paths)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            body = await reader.readexactly(length)
            latencies.append(loop.time() - asked)
            ups += b"} 1.0\n# HELP milvusconn_probe" in body or b"probe_success 1" in body
        writer.close()

    async def watch() -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            looks.append(look(exporter.pid))

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(one_connection() for _ in range(count)))
    watching.cancel()
    looks.append(look(exporter.pid))
    cpu = looks[-1].cpu - before.cpu
    return Load(loop.time() - start, len(latencies), ups, cpu, latencies, looks)


@contextmanager
def crowd(*arguments: str) -> Iterator[tuple[int, int]]:
    """Ports of servers that answer and of servers that are silent."""
    with subprocess.Popen(  # noqa: S603 -- a program of ours
        [sys.executable, HERE / "crowd.py", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        if running.stdout is None:
            raise AssertionError("it was started with a pipe")
        milvus, silent, _ = map(int, running.stdout.readline().split())
        yield milvus, silent
        running.communicate()


@contextmanager
def milvusconn(place: Path, ports: tuple[int, int], *, mixed: bool) -> Iterator[Exporter]:
    """`serve` with a registry of all addresses."""
    registry = place / "connections.toml"
    tables = [
        f'[connections.m{number}]\nuri = "http://{address(number, ports, mixed=mixed)}"\n'
        for number in range(ALIASES)
    ]
    registry.write_text("version = 1\n" + "".join(tables), encoding="utf-8")
    registry.chmod(0o600)
    limit = ["-t", SILENT_LIMIT] if mixed else []
    with subprocess.Popen(  # noqa: S603 -- a program of ours
        [PROGRAM, "serve", "--listen", "127.0.0.1:0", *limit],
        env={**os.environ, "MILVUSCONN_CONFIG": str(registry)},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        if running.stderr is None:
            raise AssertionError("it was started with a pipe")
        port = 0
        while not port:
            found = running.stderr.readline().rpartition("http://127.0.0.1:")[2]
            port = int(found) if found.strip().isdecimal() else 0
        draining = subprocess.Popen(["/bin/cat"], stdin=running.stderr, stdout=subprocess.DEVNULL)
        paths = [f"/probe?target=m{number}" for number in range(ALIASES)]
        yield Exporter("milvusconn serve", running.pid, port, paths)
        running.terminate()
        running.wait()
        draining.wait()


@contextmanager
def blackbox(place: Path, ports: tuple[int, int], *, mixed: bool) -> Iterator[Exporter]:
    """The blackbox exporter, which is told each address by the request."""
    configuration = place / "blackbox.yml"
    text = MODULES.replace("5s", f"{SILENT_LIMIT}s") if mixed else MODULES
    configuration.write_text(text, encoding="utf-8")
    with tempfile.TemporaryFile("w+b") as log:
        port = free_port()
        with subprocess.Popen(  # noqa: S603 -- a program of Debian's
            [
                shutil.which(BLACKBOX) or BLACKBOX,
                f"--config.file={configuration}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=error",
            ],
            stderr=log,
            stdout=log,
        ) as running:
            while not is_open(port):
                time.sleep(0.05)
            paths = [
                f"/probe?module=grpc&target={address(number, ports, mixed=mixed)}"
                for number in range(ALIASES)
            ]
            yield Exporter(BLACKBOX, running.pid, port, paths)
            running.terminate()


def address(number: int, ports: tuple[int, int], *, mixed: bool) -> str:
    """The address of one alias; of ten, one is silent."""
    port = ports[1] if mixed and number % 10 == 0 else ports[0]
    return f"127.{1 + (number >> 8)}.{number & 255}.1:{port}"


def free_port() -> int:
    """A port that nobody listens at."""
    import socket  # noqa: PLC0415 -- here alone

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    """Whether somebody listens there now."""
    import socket  # noqa: PLC0415 -- here alone

    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def row(name: str, what: str, load: Load) -> str:
    """A line of the table."""
    p99 = quantiles(load.latencies, n=100)[98]
    return (
        f"| {name} | {what} | {load.answers / load.seconds:.0f} | {load.up}/{load.answers}"
        f" | {1000 * load.cpu / load.answers:.2f} ms | {100 * load.cpu / load.seconds:.0f} %"
        f" | {1000 * median(load.latencies):.1f} ms | {1000 * p99:.0f} ms"
        f" | {load.looks[-1].megabytes:.0f} MB |\n"
    )


def course(name: str, load: Load) -> str:
    """How memory and open files went."""
    memory = ", ".join(f"{one.megabytes:.0f}" for one in load.looks[1:])
    files = ", ".join(str(one.files) for one in load.looks[1:])
    return f"\n{name}, every {LOOK_SECONDS:.0f} s: {memory} MB; open files: {files}\n"


def main(arguments: Sequence[str]) -> int:
    """Measure, and print a table in Markdown."""
    seconds = float(arguments[0]) if arguments else 120.0
    say = sys.stdout.write
    say(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {ALIASES} aliases.\n\n")
    say("| exporter | load | probes/s | up | CPU a probe | of a core | p50 | p99 | memory |\n")
    say("|---|---|---|---|---|---|---|---|---|\n")
    courses = []
    for start, kind in ((milvusconn, ()), (blackbox, ("health",))):
        with tempfile.TemporaryDirectory(prefix="serve-") as place, crowd(*kind) as ports:
            with start(Path(place), ports, mixed=False) as one:
                steady = asyncio.run(ask(one, seconds, ALIASES / PERIOD))
                say(row(one.name, f"each every {PERIOD:.0f} s", steady))
                courses.append(course(one.name, steady))
                fast = asyncio.run(ask(one, FAST_SECONDS, None))
                say(row(one.name, "as fast as it goes", fast))
            with start(Path(place), ports, mixed=True) as one:
                mixed = asyncio.run(ask(one, 3 * PERIOD, ALIASES / PERIOD, 4 * CONNECTIONS))
                say(row(one.name, "10 % silent, limit 1 s", mixed))
        sys.stdout.flush()
    say("".join(courses))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

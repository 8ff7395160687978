"""What waiting and watching cost: CPU a probe in one event loop, and of a thousand aliases.

    python benchmarks/waiting.py [SECONDS]

The servers are crowd.py's, in a process of their own. `wait` is run as a program against a port
that refuses and, with `--down`, against a healthy one, with a short interval, for so many seconds.
Of its CPU time the start-up is taken off: that of a wait of one probe. `list --watch` has 1,000
aliases and a period of 10 s. Each is measured as it is, and with a full probe in every round.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
ALIASES = 1000
PERIOD = 10
MOST_MS, MOST_CORE = 5.0, 0.1


def main(seconds: float) -> int:
    """Measure, and print; 1 if something costs more than it may."""
    with (
        subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, HERE / "crowd.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as crowd,
        tempfile.TemporaryDirectory() as place,
    ):
        if crowd.stdout is None or crowd.stdin is None:
            raise AssertionError("it was started with pipes")
        milvus, _, refusing = crowd.stdout.readline().split()
        nobody, somebody = (f"http://127.0.0.1:{int(port)}" for port in (refusing, milvus))
        refused, full_refused = (_wait(full, nobody, seconds) for full in (False, True))
        healthy, full_healthy = (_wait(full, somebody, seconds, "--down") for full in (False, True))
        bare = float(
            _run([sys.executable, "-c", BARE, f"127.0.0.1:{int(milvus)}", str(seconds)])[1]
        )
        core, probes = _watch(int(milvus), Path(place), seconds, full=False)
        full_core, _ = _watch(int(milvus), Path(place), seconds, full=True)
        crowd.stdin.close()
    _print("| what | measured | full probes only | at most |")
    _print("|---|---|---|---|")
    _print(_row("`wait`, refused: CPU a probe", refused, full_refused))
    _print(_row("`wait --down`, healthy: CPU a probe", healthy, full_healthy))
    _print(f"| grpc.aio alone, healthy: CPU a call on a new channel | | {bare:.2f} ms | |")
    _print(
        f"| `list --watch {PERIOD}`, {ALIASES:,} healthy aliases, {probes:,.0f} probes a period"
        f" | {core:.3f} of a core | {full_core:.3f} | {MOST_CORE:g} |"
    )
    return int(max(refused, healthy) > MOST_MS or core > MOST_CORE)


def _row(what: str, milliseconds: float, full: float) -> str:
    return f"| {what} | {milliseconds:.2f} ms | {full:.2f} ms | {MOST_MS:g} ms |"


def _wait(full: bool, uri: str, seconds: float, *options: str) -> float:  # noqa: FBT001 -- a column
    """Milliseconds of CPU for each probe of a wait."""
    short, few = _probes(full, uri, 0.5, *options)
    long, many = _probes(full, uri, seconds, *options)
    return 1000 * (long - short) / (many - few)


def _probes(full: bool, uri: str, seconds: float, *options: str) -> tuple[float, int]:  # noqa: FBT001
    """The CPU seconds of a wait that times out, and how many probes it made."""
    arguments = [uri, "-t", str(seconds), "--interval", "0.05", "-q", *options]
    program = (FULLY if full else "") + COUNTING
    cpu, said = _run([sys.executable, "-c", program, "wait", *arguments])
    return cpu, int(said.split()[-1])


COUNTED = """
import sys
from milvusconn_cli import app
from milvusconn_cli.monitoring import asking
counted = 0
ask = asking.Asker.ask
async def counting(self, *arguments):
    global counted
    counted += 1
    return await ask(self, *arguments)
asking.Asker.ask = counting
"""
"""Counts the probes of this process."""

FULLY = """
from milvusconn_cli.probing import confirm, probe
confirm.Confirming = lambda: probe.probe
"""
"""Makes every probe of this process a full one."""

COUNTING = f"""{COUNTED}app.main(sys.argv[1:])
print(counted, flush=True)
"""

BARE = """
import asyncio, sys, time
from grpc import aio
CONNECT = "/milvus.proto.milvus.MilvusService/Connect"
OPTIONS = [("grpc.use_local_subchannel_pool", 1)]
async def main(target, seconds):
    aio.init_grpc_aio()
    began, end, calls = time.process_time(), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        async with aio.insecure_channel(target, OPTIONS) as channel:
            try:
                await channel.unary_unary(CONNECT)(b"", timeout=5)
            except aio.AioRpcError:
                pass
        calls += 1
        await asyncio.sleep(0.05)
    print(1000 * (time.process_time() - began) / calls, flush=True)
asyncio.run(main(sys.argv[1], float(sys.argv[2])))
"""

WATCHING = f"""{COUNTED}
import os, threading, time
def look():
    time.sleep(float(sys.argv[1]))
    before, first = time.process_time(), counted
    time.sleep(float(sys.argv[2]))
    core = (time.process_time() - before) / float(sys.argv[2])
    print("core", core, counted - first, flush=True)
    os._exit(0)
threading.Thread(target=look, daemon=True).start()
app.main(sys.argv[3:])
"""


def _watch(port: int, place: Path, seconds: float, *, full: bool) -> tuple[float, float]:
    """The share of a core after the first round, and the probes in a period."""
    registry = place / "connections.toml"
    registry.write_text(
        "".join(
            f"[connections.a{number}]\n"
            f'uri = "http://127.1.{number // 250}.{number % 250 + 1}:{port}"\n'
            for number in range(ALIASES)
        )
    )
    registry.chmod(0o600)
    rounds = max(1, round(seconds / PERIOD)) * PERIOD
    watched = ["list", "--watch", str(PERIOD), "--config", str(registry)]
    program = (FULLY if full else "") + WATCHING
    _, said = _run([sys.executable, "-c", program, "12", str(rounds), *watched])
    core, probes = said.rpartition("core ")[2].split()
    return float(core), int(probes) * PERIOD / rounds


def _run(command: Sequence[str]) -> tuple[float, str]:
    """CPU seconds and standard output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "GRPC_VERBOSITY": "NONE"}
    ran = subprocess.run(  # noqa: S603 -- our own programs
        command, stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ran.stdout


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20))

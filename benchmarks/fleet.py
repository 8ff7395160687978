"""Ten, a thousand and ten thousand aliases at once, beside the least that grpc.aio can do.

    python benchmarks/fleet.py [ROUNDS]

The servers are crowd.py's, in a process of their own, one on each of as many loopback addresses:
all healthy, or of ten one that refuses and one that is silent. The bare loops are bare.py's. Every
command of a round runs after the other, and a ratio is the median of the rounds' own. Every
verdict is held against what the address is known to be.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("milvusconn")
SILENT, REFUSED = 3, 7
"""Which one of ten addresses is which."""
STEP = 0.02
"""Seconds between two looks at the open files of a process."""

PYMILVUS = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import logging
logging.disable()
from pymilvus import connections
limit, targets = float(sys.argv[1]), sys.stdin.read().split()
rows = []
for number, target in enumerate(targets):
    try:
        connections.connect(str(number), uri="http://" + target, timeout=limit)
        rows.append({"address": target, "established": connections.has_connection(str(number))})
    except Exception:
        rows.append({"address": target, "established": False})
print(json.dumps({"connections": rows}), flush=True)
import os
os._exit(0)
"""

TABLE = """
import time
from milvusconn_cli import formats
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.report import Report, Server, Subject
rows = [
    Report(Subject(f"m{n}", "file", "http://h", f"127.1.2.3:{n}", "default", None, False),
           server=Server("2.6.0"), seconds=0.1)
    for n in range({number})
]
start = time.perf_counter()
formats.renderer(formats.Output.TABLE).rows("list", rows, ExitCode.OK)
print(time.perf_counter() - start)
"""


class Fleet(NamedTuple):
    """So many addresses, and how long each may take."""

    number: int
    mixed: bool
    limit: float

    @property
    def title(self) -> str:
        """As a line of the table names it."""
        kinds = "10 % refused, 10 % silent" if self.mixed else "healthy"
        return f"{self.number:,}, {kinds}, limit {self.limit:g} s"


class Ports(NamedTuple):
    """Where crowd.py is what."""

    milvus: int
    silent: int
    refusing: int


class Run(NamedTuple):
    """One process, from its start to its end."""

    seconds: float
    cpu: float
    megabytes: float
    files: int
    """The most that it had open, at the moments when somebody looked."""
    wrong: int
    """Verdicts that are not as the address is."""


FLEETS = (
    Fleet(10, mixed=False, limit=5),
    Fleet(10, mixed=True, limit=1),
    Fleet(1000, mixed=False, limit=5),
    Fleet(1000, mixed=True, limit=1),
    Fleet(10_000, mixed=False, limit=5),
    Fleet(10_000, mixed=True, limit=5),
)
_, FEW_MIXED, THOUSAND, THOUSAND_MIXED, _, MANY_MIXED = FLEETS
HAS, LIST, FEW_FILES = "`has --all -o json`", "`list -o json`", "the same, `ulimit -n 256`"
LOOP, PACED, ONE_BY_ONE = "bare loop", "paced bare loop", "pymilvus one by one"

Runs = dict[tuple[Fleet, str], list[Run]]


def main(arguments: Sequence[str]) -> int:
    """Measure, and print two tables in Markdown."""
    rounds = int(arguments[0]) if arguments else 3
    runs: Runs = {}
    with tempfile.TemporaryDirectory(prefix="fleet-") as place, _crowd() as ports:
        for _ in range(rounds):
            for fleet in FLEETS:
                _measure(fleet, ports, Path(place), runs)
    sys.stdout.write(f"{rounds} rounds, Python {sys.version.split()[0]}, {os.cpu_count()} cores.\n")
    sys.stdout.write(f"\n{_figures(runs)}\n{_asked(runs)}")
    return 0


@contextmanager
def _crowd() -> Iterator[Ports]:
    with subprocess.Popen(  # noqa: S603 -- a program of ours
        [sys.executable, HERE / "crowd.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as crowd:
        if crowd.stdout is None:
            raise AssertionError("it was started with a pipe")
        yield Ports(*map(int, crowd.stdout.readline().split()))
        crowd.communicate()


def _measure(fleet: Fleet, ports: Ports, place: Path, runs: Runs) -> None:
    addresses = [_address(number, fleet, ports) for number in range(fleet.number)]
    registry = place / "connections.toml"
    tables = [
        f'[connections.m{number:05}]\nuri = "http://{address}"\n'
        for number, address in enumerate(addresses)
    ]
    registry.write_text("version = 1\n\n" + "\n".join(tables), encoding="utf-8")
    registry.chmod(0o600)
    environment = {
        name: text
        for name, text in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("MILVUS")
    } | {"MILVUSCONN_CONFIG": str(registry), "HOME": str(place), "GRPC_VERBOSITY": "NONE"}
    for name, command in _commands(fleet).items():
        run = _run(command, addresses, environment, ports.milvus)
        runs.setdefault((fleet, name), []).append(run)


def _address(number: int, fleet: Fleet, ports: Ports) -> str:
    kinds = {SILENT: ports.silent, REFUSED: ports.refusing} if fleet.mixed else {}
    return f"127.{number >> 8}.{number & 255}.1:{kinds.get(number % 10, ports.milvus)}"


def _commands(fleet: Fleet) -> Mapping[str, Sequence[str]]:
    limit = str(fleet.limit)
    has = [str(PROGRAM), "has", "--all", "-t", limit, "-o", "json"]
    bare = [sys.executable, str(HERE / "bare.py")]
    commands = {
        HAS: has,
        LIST: [str(PROGRAM), "list", "-t", limit, "-o", "json"],
        PACED: [*bare, "paced", limit],
    }
    if not fleet.mixed:
        commands[LOOP] = [*bare, "loop", limit]
    if fleet is THOUSAND_MIXED:
        commands[FEW_FILES] = ["/bin/sh", "-c", 'ulimit -n 256; exec "$0" "$@"', *has]
    if fleet is THOUSAND or fleet.number < THOUSAND.number:
        commands[ONE_BY_ONE] = [sys.executable, "-c", PYMILVUS, limit]
    return commands


def _run(
    command: Sequence[str], addresses: Sequence[str], environment: Mapping[str, str], healthy: int
) -> Run:
    """One process, and what came of it."""
    with tempfile.TemporaryFile("w+") as targets, tempfile.TemporaryFile("w+") as answer:
        targets.write("\n".join(addresses))
        targets.seek(0)
        start = time.perf_counter()
        pid = os.posix_spawn(
            command[0],
            command,
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, targets.fileno(), 0),
                (os.POSIX_SPAWN_DUP2, answer.fileno(), 1),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
        )
        most = {"files": 0, "kilobytes": 0}
        ended = threading.Event()
        looking = threading.Thread(target=_look, args=(pid, most, ended))
        looking.start()
        _, _, used = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
        ended.set()
        looking.join()
        answer.seek(0)
        rows = json.load(answer)["connections"]
    wrong = sum(
        row["established"] != address.endswith(f":{healthy}")
        for row, address in zip(rows, addresses, strict=True)
    )
    cpu = used.ru_utime + used.ru_stime
    return Run(seconds, cpu, most["kilobytes"] / 1024, most["files"], wrong)


def _look(pid: int, most: dict[str, int], ended: threading.Event) -> None:
    """What a process has open, and the most that it has held: what wait4 tells is its parent's."""
    process = Path("/proc") / str(pid)
    while not ended.wait(STEP):
        try:
            most["files"] = max(most["files"], sum(1 for _ in (process / "fd").iterdir()))
            held = re.search(r"VmHWM:\s*(\d+)", (process / "status").read_text(encoding="utf-8"))
        except OSError:
            return
        if held:
            most["kilobytes"] = max(most["kilobytes"], int(held[1]))


def _figures(runs: Runs) -> str:
    header = "| fleet | | wall, s | CPU a probe, ms | peak, MB | files | wrong |"
    lines = [f"{header}\n|---|---|---|---|---|---|---|\n"]
    for (fleet, name), ran in runs.items():
        cpu = median(run.cpu for run in ran) * 1000 / fleet.number
        lines.append(
            f"| {fleet.title} | {name} | {median(run.seconds for run in ran):.2f} | {cpu:.2f} |"
            f" {median(run.megabytes for run in ran):.0f} | {max(run.files for run in ran)} |"
            f" {sum(run.wrong for run in ran)} |\n"
        )
    return "".join(lines)


def _asked(runs: Runs) -> str:
    """What is asked for, and what it is."""
    loop = _ratio(runs, THOUSAND, LOOP)
    paced = _ratio(runs, MANY_MIXED, PACED)
    late = median(run.seconds for run in runs[THOUSAND_MIXED, HAS]) - THOUSAND_MIXED.limit
    peak = max(run.megabytes for run in runs[MANY_MIXED, HAS])
    ours = [run for (_, name), ran in runs.items() if name in (HAS, LIST, FEW_FILES) for run in ran]
    few = sum(run.wrong for run in runs[THOUSAND_MIXED, FEW_FILES])
    lines = (
        (THOUSAND.title, f"{loop:.2f} × {LOOP}", "1.5"),
        (THOUSAND_MIXED.title, f"the limit + {late:.2f} s", "0.8"),
        (MANY_MIXED.title, f"{paced:.2f} × {PACED}, {peak:.0f} MB", "1.4, 150 MB"),
        (f"wrong verdicts, of {len(ours)} runs", str(sum(run.wrong for run in ours)), "0"),
        ("wrong verdicts with `ulimit -n 256`", str(few), "0"),
        ("a table of 1,000 rows", f"{_table(1000):.2f} s after the last verdict", "0.5 s"),
        ("a table of 10,000 rows", f"{_table(10_000):.2f} s after the last verdict", ""),
    )
    rows = [f"| {what} | {measured} | {most} |\n" for what, measured, most in lines]
    return "| what | measured | at most |\n|---|---|---|\n" + "".join(rows)


def _ratio(runs: Runs, fleet: Fleet, base: str) -> float:
    pairs = zip(runs[fleet, HAS], runs[fleet, base], strict=True)
    return median(run.seconds / other.seconds for run, other in pairs)


def _table(number: int) -> float:
    """Seconds that a table takes in a process that has made none before."""
    program = TABLE.replace("{number}", str(number))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)  # noqa: S603
    return float(ran.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

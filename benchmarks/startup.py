"""What one call costs: each command in turn with a floor, in ratios, with CPU time and memory.

    python benchmarks/startup.py [ROUNDS]

Run it with the Python of an environment that has milvusconn and its tests' packages. All commands
of a round run one after the other, and a ratio is the median of the rounds' own: single times drift
on a busy machine, ratios hold. The first round writes the .pyc files, and does not count.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("milvusconn")

PYMILVUS = """
import sys, warnings
warnings.simplefilter("ignore")
from pymilvus import connections
connections.connect(uri=sys.argv[1], timeout=5)
print(connections.has_connection("default"))
"""


class Run(NamedTuple):
    """One process, from its start to its end."""

    seconds: float
    cpu: float
    """Seconds of both kinds, user and system."""
    megabytes: float
    """The most that it held."""


class Asked(NamedTuple):
    """One line of the table: a figure, what it is measured by, and what it may be."""

    command: str
    base: str
    limit: float


ASKED = (
    Asked("live", "floor", 1.20),
    Asked("live", "pymilvus", 0.22),
    Asked("refused", "floor", 1.25),
    Asked("unknown", "pass", 7),
    Asked("address", "pass", 7),
    Asked("names", "pass", 7),
    Asked("help", "pass", 16),
)
NAMES = {
    "pass": "`python -c pass`",
    "floor": "the floor script",
    "live": "`has` of a live Milvus",
    "refused": "`has` of a refused port",
    "unknown": "`has` of an unknown alias",
    "address": "`address`",
    "names": "`list --names`",
    "help": "`--help`",
    "pymilvus": "pymilvus, `connect` and `has_connection`",
}
MOST_MEGABYTES = 42


def main(arguments: Sequence[str]) -> int:
    """Measure, and print a table in Markdown."""
    rounds = int(arguments[0]) if arguments else 21
    with (
        tempfile.TemporaryDirectory(prefix="startup-") as place,
        subprocess.Popen(  # noqa: S603 -- a program of ours
            [sys.executable, HERE / "live.py"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as live,
        socket.socket() as refusing,
    ):  # fmt: skip
        refusing.bind(("127.0.0.1", 0))  # bound, and never listening
        uri, kind = live.stdout.readline().split()  # type: ignore[union-attr]
        registry = Path(place, "connections.toml")
        registry.write_text(_registry(uri, refusing.getsockname()[1]), encoding="utf-8")
        registry.chmod(0o600)
        environment = {
            name: text
            for name, text in os.environ.items()
            if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("MILVUS")
        } | {"MILVUSCONN_CONFIG": str(registry), "HOME": place}
        runs = _measured(_commands(uri), environment, rounds)
        live.communicate()
    sys.stdout.write(f"Against {kind}, {rounds} rounds, Python {sys.version.split()[0]}.\n\n")
    sys.stdout.write(_times(runs) + "\n" + _ratios(runs))
    return 0


def _registry(uri: str, refusing_port: int) -> str:
    """Ten aliases, as a person may have them."""
    uris = {"live": uri, "refused": f"http://127.0.0.1:{refusing_port}"}
    uris |= {f"other-{number}": f"http://127.0.0.1:{number}" for number in range(1, 9)}
    tables = [f'[connections.{alias}]\nuri = "{one}"\n' for alias, one in uris.items()]
    return "version = 1\n\n" + "\n".join(tables)


def _commands(uri: str) -> Mapping[str, Sequence[str | Path]]:
    return {
        "pass": (sys.executable, "-c", "pass"),
        "floor": (sys.executable, HERE / "floor.py", "live"),
        "live": (PROGRAM, "has", "live"),
        "refused": (PROGRAM, "has", "refused"),
        "unknown": (PROGRAM, "has", "nobody"),
        "address": (PROGRAM, "address", "live"),
        "names": (PROGRAM, "list", "--names"),
        "help": (PROGRAM, "--help"),
        "pymilvus": (sys.executable, "-c", PYMILVUS, uri),
    }


def _measured(
    commands: Mapping[str, Sequence[str | Path]], environment: Mapping[str, str], rounds: int
) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            run = _run(list(map(str, command)), environment)
            if number:
                runs[name].append(run)
    return runs


def _run(command: list[str], environment: Mapping[str, str]) -> Run:
    """One process, whose end tells what it took; this one is small, or its memory would show."""
    into_nothing = [(os.POSIX_SPAWN_OPEN, out, os.devnull, os.O_WRONLY, 0) for out in (1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, environment, file_actions=into_nothing)
    _, _, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _times(runs: Mapping[str, Sequence[Run]]) -> str:
    lines = ["| | wall, ms | CPU, ms | peak, MB |\n|---|---|---|---|\n"]
    for name, ran in runs.items():
        wall = median(run.seconds for run in ran) * 1000
        cpu = median(run.cpu for run in ran) * 1000
        peak = median(run.megabytes for run in ran)
        lines.append(f"| {NAMES[name]} | {wall:.0f} | {cpu:.0f} | {peak:.1f} |\n")
    return "".join(lines)


def _ratios(runs: Mapping[str, Sequence[Run]]) -> str:
    lines = ["| what | measured | at most | of |\n|---|---|---|---|\n"]
    for asked in ASKED:
        ratio = _ratio(runs[asked.command], runs[asked.base], lambda run: run.seconds)
        cpu = _ratio(runs[asked.command], runs[asked.base], lambda run: run.cpu)
        lines.append(
            f"| {NAMES[asked.command]} | {ratio:.2f} (CPU {cpu:.2f}) | {asked.limit:.2f} |"
            f" {NAMES[asked.base]} |\n"
        )
    peak = median(run.megabytes for run in runs["live"])
    lines.append(f"| peak memory of `has` | {peak:.1f} | {MOST_MEGABYTES} | MB |\n")
    return "".join(lines)


def _ratio(runs: Sequence[Run], base: Sequence[Run], pick: Callable[[Run], float]) -> float:
    return median(pick(run) / pick(other) for run, other in zip(runs, base, strict=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Everything at once for a while: memory, open files, threads and children stay flat.

    python benchmarks/soak.py [MINUTES]

A registry of 200 aliases, one or two for each fault of the lab that needs no network of its own, is
watched by `list --watch`, served by `serve`, which is asked without a pause, and changed by two
loops of other processes; `ping --reuse` keeps one connection. Each minute the three are looked at.
The first look is after a minute, when all that is loaded once is there.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import IO, Any, NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["GRPC_VERBOSITY"] = "NONE"  # the servers of the lab are in this process

from benchmarks.asking import REGISTRY, clean_environment, register  # noqa: E402 -- after the path
from benchmarks.serve import look  # noqa: E402
from milvusconn_cli.registry.edits import rendered  # noqa: E402
from tests.lab import LAB  # noqa: E402
from tests.lab.bench import Bench, MissingError, standing_alone  # noqa: E402
from tests.servers.daemons import ProgramMissingError  # noqa: E402
from tests.serving.running import Serving  # noqa: E402

PROGRAM = [sys.executable, "-m", "milvusconn_cli"]
ALIASES = 200
HEALTHY = "milvus-as-it-should-be"
PERIOD = 20
MINUTE = 60.0
PAUSE = 0.2
"""Seconds between two questions to `serve`."""
EDITS = """
while true; do
    "$@" add "edited-$0" --uri http://127.0.0.1:1
    "$@" set "edited-$0" --timeout 3
    "$@" rename "edited-$0" "renamed-$0"
    "$@" remove "renamed-$0"
    sleep 1
done
"""


class Seen(NamedTuple):
    """A process at one moment."""

    megabytes: float
    files: int
    threads: int
    children: int


def seen(pid: int) -> Seen:
    """What a process has now."""
    now, tasks = look(pid), list(Path(f"/proc/{pid}/task").iterdir())
    children = sum(len((task / "children").read_text().split()) for task in tasks)
    return Seen(now.megabytes, now.files, len(tasks), children)


def write_registry(bench: Bench, running: ExitStack, path: Path) -> None:
    """Meet the faults, and register them all."""
    tables: dict[str, Any] = {}
    for fault in LAB:
        if fault.alone:
            continue
        try:
            client = running.enter_context(fault.meet(bench))
        except (ProgramMissingError, MissingError) as missing:
            sys.stderr.write(f"{fault.name}: left out: {missing}\n")
            continue
        place = bench.directory("registered")
        register(PROGRAM, client, place)
        document = tomllib.loads((place / REGISTRY).read_text(encoding="utf-8"))
        tables[fault.name] = document["connections"]["dev"]
    names = islice(cycle(tables), ALIASES)
    wanted = {f"{name}-{number}": tables[name] for number, name in enumerate(names)}
    path.touch(mode=0o600)
    path.write_text(rendered(wanted), encoding="utf-8")


@contextmanager
def program(environment: Mapping[str, str], output: IO[str], *command: str) -> Iterator[int]:
    """A process that goes on until it is ended."""
    with subprocess.Popen(  # noqa: S603 -- ours, or a shell's loop around it
        command, env=environment, stdout=output, stderr=subprocess.DEVNULL, process_group=0
    ) as running:
        yield running.pid
        if running.poll() is not None:
            raise RuntimeError(f"{command} has ended by itself: {running.returncode}")
        os.killpg(running.pid, 15)


def ask(serving: Serving, aliases: list[str], over: threading.Event, told: Counter[int]) -> None:
    """Ask for one alias after the other, and now and then for all."""
    for number, alias in enumerate(cycle(aliases)):
        if over.wait(PAUSE):
            return
        path = "/metrics" if number % 100 == 0 else f"/has/{alias}"
        told[serving.get(path).status] += 1


def print_rows(looks: Mapping[str, list[Seen]]) -> None:
    """First, last and maximum of each figure."""
    print_line("| process | | memory, MB | open files | threads | children |")
    print_line("|---|---|---|---|---|---|")
    for name, all_looks in looks.items():
        highest = Seen(*map(max, zip(*all_looks, strict=True)))
        for words, one in (("first", all_looks[0]), ("last", all_looks[-1]), ("maximum", highest)):
            figures = f"{one.megabytes:.1f} | {one.files} | {one.threads} | {one.children}"
            print_line(f"| `{name}` | {words} | {figures} |")


def print_line(line: str) -> None:
    """Show it at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(minutes: int) -> None:
    """Run all of it, and print."""
    with tempfile.TemporaryDirectory(prefix="soak-") as made, ExitStack() as running:
        place = Path(made)
        bench = running.enter_context(standing_alone(place / "lab"))
        registry = place / REGISTRY
        write_registry(bench, running, registry)
        aliases = list(tomllib.loads(registry.read_text(encoding="utf-8"))["connections"])
        healthy = next(alias for alias in aliases if alias.startswith(HEALTHY))
        environment = {**clean_environment(), "MILVUSCONN_CONFIG": str(registry), "HOME": made}
        rows = running.enter_context((place / "rows").open("w+", encoding="utf-8"))

        def start(*command: str) -> int:
            return running.enter_context(program(environment, rows, *command))

        serving = running.enter_context(Serving(environment=environment))
        pids = {
            "list --watch": start(*PROGRAM, "list", "--watch", str(PERIOD), "-o", "jsonl"),
            "serve": serving.process.pid,
            "ping --reuse": start(*PROGRAM, "ping", healthy, "--reuse"),
        }
        for number in "12":
            start("sh", "-c", EDITS, number, *PROGRAM)
        over, told = threading.Event(), Counter[int]()
        asking = threading.Thread(target=ask, args=(serving, aliases, over, told))
        asking.start()
        running.callback(asking.join)
        running.callback(over.set)
        begun = time.monotonic()
        looks: dict[str, list[Seen]] = {name: [] for name in pids}
        for minute in range(1, minutes + 1):
            time.sleep(max(0.0, begun + minute * MINUTE - time.monotonic()))
            for name, pid in pids.items():
                looks[name].append(seen(pid))
            print_line(f"{minute}: " + ", ".join(f"{name} {looks[name][-1]}" for name in looks))
        rows.seek(0)
        print_line(f"\n{minutes} minutes, {len(aliases)} aliases, {sum(1 for _ in rows)} lines\n")
        print_rows(looks)
        print_line(f"\nanswers of `serve`, by status: {dict(told)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)

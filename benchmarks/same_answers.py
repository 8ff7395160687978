"""Ask two builds of milvusconn the same command lines, and print the answers that differ.

    python benchmarks/same_answers.py BEFORE AFTER

BEFORE and AFTER are `milvusconn` executables, each of an environment of its own. Both are asked
about every fault of the lab, one after the other while the fault is there, and given every line of
`LINES`. Exit codes and JSON are compared; texts for people and figures that differ between any two
runs are not. Exits 1 if anything differs.
"""

import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["GRPC_VERBOSITY"] = "NONE"  # the servers of the lab are in this process

from benchmarks.asking import REGISTRY, Answer, ask, clean_environment, register, run  # noqa: E402
from tests.lab import LAB, Client, Fault  # noqa: E402 -- after the path and the variable
from tests.lab.bench import Bench, MissingError, standing_alone  # noqa: E402
from tests.servers.daemons import ProgramMissingError  # noqa: E402
from tests.servers.namespace import namespaces_available  # noqa: E402

FOR_PEOPLE = {
    "summary", "advice", "detail", "message", "hint", "warnings", "evidence", "databases_note",
    "health_note", "meaning", "shows", "description", "client",
}  # fmt: skip
"""Keys of the JSON whose text may change."""
FIGURES = {"seconds", "latency_ms", "duration_ms", "time_ms", "started", "pid"}

LINES = """
has nobody
has nobody -o json
has --all
has --all -o json
has nobody -q
has -t 0
has -t x
has a b c
has --unknown
add dev --uri http://127.0.0.1:1
add dev --uri http://127.0.0.1:1
add dev --uri http://127.0.0.1:1 --replace -o json
add dev
add .bad --uri http://127.0.0.1:1
add two --uri localhost:19530
add two --uri localhost:19530 -o json
add two --host 127.0.0.1 --port 2 --db d --tag eu --tag us
add three --address 127.0.0.1:3 --tls --server-name h
add four --uri ./four.db --description text
add five --uri unix:/tmp/five.sock
add six --uri http://127.0.0.1:6 --user root --password env:NOT_SET
add seven --uri http://127.0.0.1:7 --token file:/nowhere
add eight --uri http://127.0.0.1:8 --tls
add nine --uri https://127.0.0.1:9 --cert c.pem
add ten --uri http://127.0.0.1:10 --password p
add ten --uri http://127.0.0.1:10/a/b
list
list -o json --no-probe
list -o plain --no-probe
list --names
list --names -o json
list --tag eu --names
list --tag nobody --names
list --exit-code
list --failing -o json
list --sort address --no-probe -o plain
list --sort nothing
address dev
address nobody
address three -o json
show dev
show dev -o json
show six -o json
show nobody
has dev
has dev -o json
has dev two -o json
has six -o json
has seven -o json
connect new --uri http://127.0.0.1:1 -o json
connect dev -o json
connect
disconnect dev
disconnect dev -o json
has dev -o json
disconnect nobody
disconnect nobody --force
inspect dev -o json
inspect --uri http://127.0.0.1:1 -o json
inspect nobody -o json
rename two deux
rename two deux -o json
rename deux dev
copy deux trois -o json
copy nobody x
remove trois
remove trois
remove trois --force -o json
export -o json
export --to out.toml
export --to out.toml
export --to out.toml --replace -o json
export dev --include-secrets
import out.toml --dry-run
import out.toml --dry-run -o json
import nowhere.toml
import --from nothing
explain
explain tls-expired
explain tls-expired -o json
explain -o json
explain nothing
completion show bash
completion show zsh
completion show fish
completion status -o json
completion show nothing
--version
-h
nothing
hsa
list extra
has dev -o yaml
--uri http://127.0.0.1:1
"""
"""Typed one after the other, in a directory and with a registry of the build's own."""

Difference = tuple[str, str, str]
"""The command line, and what each build answered."""


def main(programs: Sequence[str]) -> int:
    """Ask both, and print what differs."""
    before, after = programs
    asked, differences = 0, []
    with tempfile.TemporaryDirectory(prefix="same-") as place, ExitStack() as running:
        bench = running.enter_context(standing_alone(Path(place)))
        for fault in LAB:
            for line, one, other in _of_fault(fault, bench, (before, after)):
                asked += 1
                differences += _difference(f"{fault.name}: {line}", one, other)
        for line, one, other in _of_lines(Path(place), (before, after)):
            asked += 1
            differences += _difference(line, one, other)
    for line, one, other in differences:
        sys.stdout.write(f"{line}\n  before: {one}\n  after:  {other}\n")
    sys.stdout.write(f"{asked} command lines, {len(differences)} answers differ\n")
    return 1 if differences else 0


def _of_fault(
    fault: Fault, bench: Bench, programs: Sequence[str]
) -> Iterator[tuple[str, Answer, Answer]]:
    """`has` and `inspect`, asked of each build in turn while the fault is there."""
    try:
        with fault.meet(bench) as client:
            missing = namespaces_available() if client.inside else None
            if missing:
                raise MissingError(missing)  # noqa: TRY301 -- the same as a missing program
            answers = [
                _asked(program, fault, client, bench.directory("asked")) for program in programs
            ]
    except (ProgramMissingError, MissingError) as missing:
        sys.stderr.write(f"{fault.name}: left out: {missing}\n")
        return
    yield from zip(("has", "inspect"), *answers, strict=True)


def _asked(program: str, fault: Fault, client: Client, directory: Path) -> list[Answer]:
    environment = {**clean_environment(), **client.environment}
    environment |= {"MILVUSCONN_CONFIG": str(directory / REGISTRY), "HOME": str(directory)}
    register([program], client, directory)
    limit = str(max(fault.limit, 3.0))
    calls = [[program, verb, "dev", "-o", "json", "-t", limit] for verb in ("has", "inspect")]
    return ask(client, calls, environment, directory)


def _of_lines(place: Path, programs: Sequence[str]) -> Iterator[tuple[str, Answer, Answer]]:
    """Each line, typed at both; what the lines before it did is still there."""
    places = []
    for name in ("one", "two"):
        made = place / "lines" / name / "home"
        made.mkdir(parents=True)
        places.append(made)
    for line in LINES.strip().splitlines():
        answers = []
        for program, home in zip(programs, places, strict=True):
            environment = {
                **clean_environment(), "HOME": str(home), "SHELL": "/bin/bash",
                "MILVUSCONN_CONFIG": str(home / "connections.toml"),
            }  # fmt: skip
            answers.append(run([program, *shlex.split(line)], environment, home))
        yield line, answers[0], answers[1]


def _difference(line: str, one: Answer, other: Answer) -> list[Difference]:
    shown = [_compared(answer) for answer in (one, other)]
    return [] if shown[0] == shown[1] else [(line, *(json.dumps(each) for each in shown))]


def _compared(answer: Answer) -> object:
    """What must be the same: the exit code, and the JSON but for texts and figures."""
    try:
        document: object = _without_texts(json.loads(answer["out"]))
    except json.JSONDecodeError:
        document = None
    return [answer["code"], document]


def _without_texts(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(value, dict):
        return {
            key: _without_texts(each)
            for key, each in value.items()
            if key not in FOR_PEOPLE | FIGURES
        }
    if isinstance(value, list):
        return [_without_texts(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"(lines/(one|two)|asked-\d+)", "PLACE", value)
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Many processes at one registry: nothing is lost, nobody waits for the dead, one of many wins."""

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import lock as registry_lock
from milvusconn_cli.registry.edits import adding
from milvusconn_cli.registry.file import load
from milvusconn_cli.registry.lock import LOCK_SECONDS
from tests.conftest import Milvusconn, run_program
from tests.servers.speaking_milvus import SpeakingMilvus

NOWHERE = "http://127.0.0.1:1"
WORKER = """
import json, sys
import filelock, tomlkit
from milvusconn_cli.app import main
print("ready", flush=True)
for line in sys.stdin:
    print(int(main(json.loads(line))), flush=True)
"""


class Worker:
    """A process that runs one command after another, and is at it as soon as it is told."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._answer() == "ready"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.__exit__(kind, error, trace)  # which ends its input, and waits

    def start(self, *arguments: str) -> None:
        """Begin; `ended` waits for the end."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()

    def ended(self) -> int:
        """The exit code."""
        return int(self._answer())

    def run(self, *arguments: str) -> int:
        self.start(*arguments)
        return self.ended()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture
def workers() -> Iterator[Callable[[int], list[Worker]]]:
    """So many processes, all of them ready."""
    with ExitStack() as running:
        yield lambda count: [running.enter_context(Worker()) for _ in range(count)]


Workers = Callable[[int], list[Worker]]


def tables(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["connections"]
    return found


def beside(path: Path) -> set[str]:
    return {one.name for one in path.parent.iterdir()} - {path.name}


def at_once(workers: Sequence[Worker], *commands: Sequence[str]) -> list[int]:
    """One command for each worker, all begun before the first is waited for."""
    for worker, command in zip(workers, commands, strict=True):
        worker.start(*command)
    return [worker.ended() for worker in workers]


# --- nothing is lost ----------------------------------------------------------------------------


@pytest.mark.slow
def test_two_hundred_adds_give_two_hundred_aliases(registry_path: Path) -> None:
    """Sixteen at a time; who reads meanwhile sees each file whole, and none that is older."""

    def add(name: str) -> int:
        return run_program(("add", name, "--uri", f"http://{name}")).code

    names = [f"dev{number}" for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        added = [pool.submit(add, name) for name in names]
        seen: set[str] = set()
        while not all(one.done() for one in added):
            now = set(load(registry_path, {}).entries)
            assert seen <= now
            seen = now
            time.sleep(0.001)  # the adders need the processor too

    assert {one.result() for one in added} == {0}
    assert tables(registry_path) == {name: {"uri": f"http://{name}"} for name in names}
    assert registry_path.read_text(encoding="utf-8").count("\n[connections.") == 200
    assert beside(registry_path) == {".connections.toml.lock"}


def commands_of(group: str, uri: str) -> list[tuple[str, ...]]:
    """A day's work on aliases that nobody else touches."""
    return [
        ("add", f"{group}-new", "--uri", NOWHERE, "--tag", group),
        ("disconnect", f"{group}-a", f"{group}-b"),
        ("rename", f"{group}-a", f"{group}-z"),
        ("copy", f"{group}-b", f"{group}-copy"),
        ("connect", f"{group}-b"),
        ("remove", f"{group}-c", f"{group}-d"),
        ("connect", f"{group}-fresh", "--uri", uri, "--db", group),
        ("add", f"{group}-e", "--replace", "--uri", uri, "--description", group),
        ("rename", f"{group}-copy", f"{group}-c"),
        ("disconnect", f"{group}-e", f"{group}-fresh"),
    ]


@pytest.mark.slow
def test_a_mixture_ends_where_a_sequence_would_have(
    registry_path: Path,
    tmp_path: Path,
    workers: Workers,
    milvusconn: Milvusconn,
    speaking_milvus: Callable[..., SpeakingMilvus],
) -> None:
    """Every kind of change by eight processes at once, each at aliases of its own."""
    uri = speaking_milvus().uri
    groups = [f"g{number}" for number in range(8)]
    text = "# head\nversion = 1\n" + "".join(
        f"\n# above {name}-{group}\n[connections.{group}-{name}] # beside\nuri = '{uri}' # own\n"
        for name in "abcde"
        for group in groups
    )
    alone = tmp_path / "alone.toml"
    registry_path.parent.mkdir()
    for path in (registry_path, alone):
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)

    def work(worker: Worker, group: str) -> list[int]:
        return [worker.run(*command) for command in commands_of(group, uri)]

    with ThreadPoolExecutor(len(groups)) as pool:
        codes = list(pool.map(work, workers(len(groups)), groups))
    for group in groups:
        for command in commands_of(group, uri):
            assert milvusconn(*command, "--config", alone).code == 0

    assert codes == [[0] * len(commands_of("", ""))] * len(groups)
    together, apart = tables(registry_path), tables(alone)
    assert together == apart
    for group in groups:  # those of one group are in the order in which they were made
        own = [alias for alias in together if alias.startswith(f"{group}-")]
        assert own == [alias for alias in apart if alias.startswith(f"{group}-")]
    sorted_lines = [sorted(path.read_text().splitlines()) for path in (registry_path, alone)]
    assert sorted_lines[0] == sorted_lines[1]


# --- one of many --------------------------------------------------------------------------------
ROUNDS = 6


def test_one_of_many_wins_a_name(registry_path: Path, workers: Workers) -> None:
    """The others are told that it is taken; the settings are the winner's."""
    four = workers(4)
    for number in range(ROUNDS):
        name = f"dev{number}"

        codes = at_once(four, *(("add", name, "--uri", f"http://of{one}") for one in range(4)))

        assert sorted(codes) == [0, 78, 78, 78]
        assert tables(registry_path)[name] == {"uri": f"http://of{codes.index(0)}"}


def test_one_of_many_removes(registry_path: Path, workers: Workers) -> None:
    """To the others there is no such alias any more."""
    four = workers(4)
    for number in range(ROUNDS):
        for name in (f"dev{number}", f"stays{number}"):
            assert four[0].run("add", name, "--uri", NOWHERE) == 0

        codes = at_once(four, *[("remove", f"dev{number}")] * 4)

        assert sorted(codes) == [0, 1, 1, 1]
    assert list(tables(registry_path)) == [f"stays{number}" for number in range(ROUNDS)]


def test_one_of_many_gives_a_new_name(registry_path: Path, workers: Workers) -> None:
    """Renamed or copied to one name by several: one; one alias renamed by several: to one name."""
    four = workers(4)
    for number in range(ROUNDS):
        for name in "abcd":
            assert four[0].run("add", f"{name}{number}", "--uri", f"http://{name}") == 0
        a, b, c, d, new = (f"{name}{number}" for name in ("a", "b", "c", "d", "new"))

        taken = at_once(
            four, ("rename", a, new), ("rename", b, new), ("copy", c, new), ("copy", d, new)
        )
        left = [name for name in (a, b) if name in tables(registry_path)]
        gone = at_once(four[:3], *(("rename", left[0], f"{new}-{one}") for one in range(3)))

        assert sorted(taken) == [0, 78, 78, 78]
        assert sorted(gone) == [0, 1, 1]
        found = tables(registry_path)
        assert found[new] == {"uri": f"http://{'abcd'[taken.index(0)]}"}
        assert found[f"{new}-{gone.index(0)}"] == {"uri": f"http://{left[0][0]}"}


def test_what_can_be_done_twice_is_done_by_all(registry_path: Path, workers: Workers) -> None:
    """Out of service is out of service, and the last to replace has the word, whole."""
    four = workers(4)
    for number in range(ROUNDS):
        name = f"dev{number}"
        settings = [("--uri", f"http://of{one}", "--db", f"of{one}") for one in range(4)]
        assert four[0].run("add", name, "--uri", NOWHERE) == 0

        assert at_once(four, *[("disconnect", name)] * 4) == [0] * 4
        assert tables(registry_path)[name] == {"uri": NOWHERE, "disconnected": True}
        assert at_once(four, *(("add", name, "--replace", *one) for one in settings)) == [0] * 4
        own = tables(registry_path)[name]
        assert own["uri"] == f"http://{own['db']}"
    assert len(tables(registry_path)) == ROUNDS


# --- the lock -----------------------------------------------------------------------------------
HOLD = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the registry's lock until it is killed."""
    path.parent.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path.with_name(f".{path.name}.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def test_the_dead_hold_nobody_up(registry_path: Path, workers: Workers) -> None:
    """Those who wait for a process that is killed go on, as do those who come later."""
    three = workers(3)
    with held(registry_path) as holder:
        for number, worker in enumerate(three):
            worker.start("add", f"waits{number}", "--uri", NOWHERE)
        holder.kill()
        holder.wait()
        assert [worker.ended() for worker in three] == [0] * 3

    assert run_program(("add", "later", "--uri", NOWHERE)).code == 0
    assert set(tables(registry_path)) == {"waits0", "waits1", "waits2", "later"}


def test_who_waits_while_others_get_on_with_it_goes_on_waiting(
    registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than it would for one that is stuck: in a crowd, a turn may be long in coming."""
    monkeypatch.setattr(registry_lock, "LOCK_SECONDS", 1.0)
    with held(registry_path) as holder, ThreadPoolExecutor(1) as pool:
        adding_one = [adding({"new": {"uri": NOWHERE}})]
        waiting = pool.submit(registry_file.change, registry_path, lambda _: adding_one)
        began = time.monotonic()
        while time.monotonic() - began < 2.5:
            others = registry_path.with_name("others.toml")
            others.write_text("[connections.other]\n", encoding="utf-8")
            others.replace(registry_path)
            assert not waiting.done()
            time.sleep(0.02)
        holder.kill()
        assert "new" in waiting.result()


def test_a_lock_that_is_not_let_go_of(registry_path: Path) -> None:
    """Five seconds are waited for it, its holder is named, and readers do not care."""
    assert run_program(("add", "dev", "--uri", NOWHERE)).code == 0
    before = registry_path.read_bytes()

    with held(registry_path) as holder:
        began = time.monotonic()
        refused = run_program(("add", "new", "--uri", NOWHERE))
        waited = time.monotonic() - began
        listed = run_program(("list", "--names"))
        known = Path(f"/proc/{holder.pid}/comm")
        program = known.read_text(encoding="utf-8").strip() if known.exists() else None

    assert waited >= LOCK_SECONDS == 5.0
    assert (refused.code, refused.out) == (78, "")
    assert "is being changed by another process" in refused.err
    if program and Path("/proc/locks").exists():
        assert f"pid {holder.pid} ({program})" in refused.err
    assert refused.err.count("\n") == 2
    assert (listed.code, listed.out) == (0, "dev\n")
    assert registry_path.read_bytes() == before
    assert run_program(("add", "new", "--uri", NOWHERE)).code == 0

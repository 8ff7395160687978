"""Every fault of the lab, met for real: `has` and `inspect` name its cause, in time and in words.

The expectations stand with the faults, in `tests/lab/`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Milvusconn, Ran
from tests.lab import LAB, Client, Fault
from tests.lab import inside as inside_script
from tests.lab.bench import Bench, MissingError
from tests.servers.daemons import ProgramMissingError

Row = dict[str, Any]
Say = Callable[..., Ran]

ROOT = Path(__file__).parents[2]
OVERRUN = 0.5
"""Seconds by which no probe outlasts its limit."""
AT_ONCE = 20.0
"""The limit, in seconds, where a hundred probes share the machine, of one that is answered."""
SILENT_AT_ONCE = 4.0
"""The same of one that is not."""

FROM_THE_GROUND_UP = (
    "registry", "config", "local", "dns", "proxy", "tcp", "unix",
    "tls", "http2", "grpc", "milvus", "auth", "database",
)  # fmt: skip


@pytest.fixture(scope="session")
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """What faults are made from, shared by all of them."""
    made = Bench(tmp_path_factory.mktemp("lab"), request.getfixturevalue)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def outside_of_containers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is advised does not hang on where the tests run; the lab's own pod is an environment."""
    from milvusconn_cli.system import environment_info  # noqa: PLC0415 -- after the environment is set

    for mark in ("_DOCKER_MARK", "_PODMAN_MARK"):
        monkeypatch.setattr(environment_info, mark, tmp_path / "nowhere")
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)


@contextmanager
def meeting(fault: Fault, bench: Bench) -> Iterator[Client]:
    """The fault, set up; skips where its software is missing, and fails in a continuous build."""
    with ExitStack() as met:
        try:
            client = met.enter_context(fault.meet(bench))
        except (ProgramMissingError, MissingError) as missing:
            if os.environ.get("CI") and isinstance(missing, ProgramMissingError):
                pytest.fail(str(missing))
            pytest.skip(str(missing))
        yield client


def write_registry(path: Path, alias: str, lines: str) -> None:
    """Write an alias as a person would, past every check, under those that there are."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    before = path.read_text() if path.exists() else "version = 1\n"
    path.touch(mode=0o600)
    path.write_text(f'{before}\n[connections."{alias}"]\n{lines}\n')


def register(milvusconn: Milvusconn, path: Path, alias: str, client: Client) -> None:
    """Put what the client is given into the registry."""
    if client.toml is not None:
        write_registry(path, alias, client.toml)
        return
    added = milvusconn("add", alias, *client.arguments)
    assert added.code == 0, added.err
    assert_clean(added)


def assert_clean(ran: Ran) -> None:
    """Standard error holds this program's messages and hints, and not a line of anybody else."""
    for line in ran.err.splitlines():
        assert line.startswith(("milvusconn: ", "  hint: ")), ran.err


def assert_told(ran: Ran, fault: Fault) -> None:
    """The answer on stdout; the cause, in this case's words, and a hint on stderr."""
    assert_clean(ran)
    assert (ran.code, ran.out) == (fault.exit_code, "False\n" if fault.exit_code else "True\n"), (
        ran.err
    )
    if fault.exit_code:
        said, hint = ran.err.splitlines()[-2:]
        assert said.startswith(f"milvusconn: dev: {fault.cause}: "), ran.err
        assert hint.startswith("  hint: "), ran.err


def assert_row(row: Row, fault: Fault, limit: float) -> None:
    """The row says the same, with evidence and advice, its steps in order, within the limit."""
    told = (row["status"], row["layer"], row["exit_code"], row["established"])
    expected = (fault.cause, fault.layer, fault.exit_code, fault.exit_code == 0)
    assert told == expected, json.dumps(row, indent=1)
    assert row["seconds"] is None or row["seconds"] <= limit + OVERRUN, row
    assert_words(row, fault)
    assert_climbed(row)


def assert_words(row: Row, fault: Fault) -> None:
    summary = row["summary"] if fault.exit_code else " ".join(row["warnings"])
    evidence = " ".join(f"{name} {text}" for name, text in row["evidence"].items())
    for words, text in (
        (fault.says, summary), (fault.shows, evidence), (fault.advises, row["advice"]),
    ):  # fmt: skip
        for word in words:
            assert word in text, json.dumps(row, indent=1)
    if fault.exit_code:
        assert row["summary"]
        assert row["advice"]


def assert_climbed(row: Row) -> None:
    """Each step stands on the one before; all held but the last of a failure."""
    layers = [FROM_THE_GROUND_UP.index(step["layer"]) for step in row["steps"]]
    assert layers == sorted(layers), json.dumps(row["steps"], indent=1)
    *before, last = [step["verdict"] for step in row["steps"]] or [None]
    assert set(before) <= {"held"}, json.dumps(row["steps"], indent=1)
    assert last in (None, "held" if row["established"] else "failed"), row["steps"]


def calls(fault: Fault, client: Client) -> list[list[str]]:
    """The questions: for people, for programs, and in full."""
    limit = ["-t", str(fault.limit)]
    inspected = ["inspect", *(client.arguments or ["dev"]), *limit, "-o", "json"]
    return [["has", "dev", *limit], ["has", "dev", *limit, "-o", "json"], inspected]


@pytest.mark.sweep(one_in=3)
@pytest.mark.parametrize("fault", LAB, ids=lambda fault: fault.name)
def test_fault(
    milvusconn: Milvusconn,
    registry_path: Path,
    bench: Bench,
    fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
    run_with_resolver: Any,  # noqa: ANN401 -- the fixture's
) -> None:
    """The fault is told by its cause, wherever it is asked about."""
    with meeting(fault, bench) as client:
        for name, value in client.environment.items():
            monkeypatch.setenv(name, value)
        if client.inside:
            said = ask_inside(fault, client, run_with_resolver)
        else:
            register(milvusconn, registry_path, "dev", client)
            said = [milvusconn(*call) for call in calls(fault, client)]

    assert_all(said, fault)


def assert_all(said: Sequence[Ran], fault: Fault) -> None:
    for_people, for_programs, in_full = said
    assert_told(for_people, fault)
    for ran in (for_programs, in_full):
        assert_clean(ran)
        document = ran.json
        assert (ran.code, document["exit_code"]) == (fault.exit_code, fault.exit_code)
        assert (document["ok"], document["error"]) == (fault.exit_code == 0, None)
        assert_row(ran.row, fault, fault.limit)


def ask_inside(
    fault: Fault, client: Client, run_with_resolver: Callable[..., subprocess.CompletedProcess[str]]
) -> list[Ran]:
    """The same questions from inside a namespace, all of them in one."""
    assert client.inside is not None
    program = [sys.executable, "-m", "milvusconn_cli"]
    questions = [["add", "dev", *client.arguments], *calls(fault, client)]
    told = {
        "listeners": list(client.inside.listeners),
        "calls": [[*program, *question] for question in questions],
    }
    ran = run_with_resolver(
        [sys.executable, "-I", inside_script.__file__, json.dumps(told)],
        client.inside.resolver,
        env={**os.environ, **client.environment},
        options=client.inside.options,
    )
    assert ran.returncode == 0, ran.stderr
    return [Ran(one["code"], one["out"], one["err"]) for one in json.loads(ran.stdout)[1:]]


@pytest.mark.slow
def test_all_at_once(
    milvusconn: Milvusconn,
    registry_path: Path,
    bench: Bench,
) -> None:
    """All faults that can be there at the same time, in one registry: each row is right."""
    together = [fault for fault in LAB if not fault.alone]
    with ExitStack() as met:
        for fault in together:
            client = met.enter_context(meeting(fault, bench))
            register(milvusconn, registry_path, fault.name, client)
            limit_of(registry_path, fault)

        ran = milvusconn("list", "-o", "json")

    assert_clean(ran)
    assert ran.code == 0
    rows = {row["alias"]: row for row in ran.json["connections"]}
    wrong = [problem for fault in together if (problem := disagreement(rows[fault.name], fault))]
    assert not wrong, "\n".join(wrong)


def limit_of(path: Path, fault: Fault) -> None:
    """Give the alias at the end of the file a limit for company."""
    if fault.cause == "config-file":
        return
    seconds = SILENT_AT_ONCE if fault.limit <= 1 else max(AT_ONCE, fault.limit)
    text = path.read_text()
    header = f'[connections."{fault.name}"]'
    header = header if header in text else f"[connections.{fault.name}]"
    path.write_text(text.replace(header, f"{header}\ntimeout = {seconds}"))


def disagreement(row: Row, fault: Fault) -> str | None:
    """What is wrong with a row; None where nothing is."""
    limit = SILENT_AT_ONCE if fault.limit <= 1 else max(AT_ONCE, fault.limit)
    try:
        assert_row(row, fault, limit)
    except AssertionError:
        return f"{fault.name}: not {fault.cause} but {row['status']}: {row['summary']}"
    return None


def test_names_of_faults_are_causes_that_there_are() -> None:
    """Every cause that the program knows is in the lab, or has a reason not to be."""
    from milvusconn_cli.causes import Cause  # noqa: PLC0415 -- after the environment is set

    known = {cause.label for cause in Cause}
    met = {fault.cause for fault in LAB} - {"established"}

    assert met <= known
    assert known - met == {
        "no-such-alias",  # nothing to set up
        "disconnected",  # the same
        "machine-limit",  # of this machine; tests/system/test_limits.py
        "internal-error",  # no server can bring it about
    }

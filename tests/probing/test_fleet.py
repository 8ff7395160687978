"""Many aliases at once: every verdict right, in order, and somebody who waits is told how far."""

import asyncio
import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from milvusconn_cli.cli import runner
from milvusconn_cli.connection.tables import build
from milvusconn_cli.connection.target import Target
from milvusconn_cli.formats.progress import line
from milvusconn_cli.probing import fleet
from milvusconn_cli.report import Progress, Subject
from tests.conftest import Milvusconn, Ran, run_program
from tests.schema import valid
from tests.servers import speaking_milvus as answers
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
PROGRAM = [sys.executable, "-m", "milvusconn_cli"]
LONG = 30.0
"""Seconds after which a program that should have ended makes its test fail."""


@pytest.fixture
def uris(speaking_milvus: Speak, refusing_port: int, silent_port: int) -> dict[str, str]:
    """Where a Milvus is, where nobody is, and where somebody says nothing; by the verdict."""
    return {
        "established": speaking_milvus().uri,
        "tcp-refused": f"http://127.0.0.1:{refusing_port}",
        "silent": f"http://127.0.0.1:{silent_port}",
    }


def register(path: Path, uris: Sequence[str]) -> None:
    """Write a registry of aliases `m0`, `m1` and so on."""
    path.parent.mkdir(exist_ok=True)
    tables = [f'[connections.m{number}]\nuri = "{uri}"\n' for number, uri in enumerate(uris)]
    path.write_text("version = 1\n\n" + "\n".join(tables), encoding="utf-8")
    path.chmod(0o600)


def statuses(ran: Ran) -> list[tuple[str, str]]:
    return [(row["alias"], row["status"]) for row in ran.json["connections"]]


# Verdicts


def test_every_verdict_is_right_and_in_order(
    milvusconn: Milvusconn, registry_path: Path, uris: dict[str, str]
) -> None:
    """However many wait, those that come after them are asked, and the order is the file's."""
    expected = [*["silent"] * 70, *["established", "tcp-refused"] * 15]
    register(registry_path, [uris[status] for status in expected])

    ran = milvusconn("list", "-o", "json", "-t", "3")

    assert statuses(ran) == [(f"m{number}", status) for number, status in enumerate(expected)]


def test_few_open_files_take_time_and_cost_no_verdict(
    registry_path: Path, uris: dict[str, str]
) -> None:
    """256, and no more to be had: fewer at a time, and a socket for each that is asked."""
    expected = ["silent", "established", "tcp-refused"] * 40
    register(registry_path, [uris[status] for status in expected])

    ran = run_program(
        ["has", "--all", "-o", "json", "-t", "2"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)),
    )

    assert statuses(ran) == [(f"m{number}", status) for number, status in enumerate(expected)]


@pytest.mark.parametrize("limit", [30, 70, 256])
def test_ceiling_is_never_above_the_limit_on_open_files(limit: int) -> None:
    """Each probe may have several sockets; where there is room for none, one at a time is tried."""
    program = "from milvusconn_cli.probing.fleet import most_at_once; print(most_at_once())"

    ran = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
        capture_output=True,
        text=True,
        check=True,
    )

    most = int(ran.stdout)
    assert most == 1 or most * 4 <= limit


def test_no_slot_is_given_back_to_a_loop_that_is_late() -> None:
    """Who is not done because of us is no reason to start more."""

    async def scenario() -> None:
        slots = asyncio.Semaphore(1)
        await slots.acquire()
        probing = asyncio.create_task(asyncio.Event().wait())
        fleet.Slot(slots, probing)
        time.sleep(3 * fleet._SLOT_SECONDS)  # noqa: ASYNC251 -- the loop has too much to do
        await asyncio.sleep(0)
        assert slots.locked()
        await slots.acquire()  # it has caught up
        probing.cancel()
        with suppress(asyncio.CancelledError):
            await probing
        assert slots.locked()  # given back once, not twice

    asyncio.run(scenario())


def test_time_that_was_lost_here_is_given_again(speaking_milvus: Speak) -> None:
    """A server answers in time, and nobody listens: that is no verdict on the server.

    Only of many aliases: a few have the time that was given and no more, whatever the machine does.
    """
    ready = threading.Event()
    server = speaking_milvus(connect=answers.after(ready))
    connection = build(server.uri, Path("/"))

    def keep_busy(_: Progress) -> None:
        if not ready.is_set():
            time.sleep(1)
            ready.set()

    reports = runner.probe_all(
        [Target(subject=Subject(alias="dev"), connection=connection)] * 9, 1.0, keep_busy
    )

    assert [report and report.status for report in reports] == ["established"] * 9
    ready.clear()

    (report,) = runner.probe_all(
        [Target(subject=Subject(alias="dev"), connection=connection)], 1.0, keep_busy
    )

    assert report is not None
    assert not report.established


def test_short_limit_starts_fewer_at_once() -> None:
    """Ten thousand that start together share the time of the first."""
    target = Target(subject=Subject(alias="dev"), connection=build("http://127.0.0.1:1", Path("/")))

    slots = [fleet.Fleet([target], limit)._start_slots() for limit in (0.01, 0.5, 1.0, 5.0)]

    assert slots == [8, 16, 32, 64]


def test_a_fault_of_ours_costs_its_own_row() -> None:
    """One of many: no verdict of that connection, and the other keeps its answer."""
    connection = build("http://127.0.0.1:1", Path("/"))
    broken = replace(connection, tls_files=None)  # type: ignore[arg-type]
    targets = [
        Target(subject=Subject(alias="a"), connection=connection),
        Target(subject=Subject(alias="b"), connection=broken),
    ]

    refused, internal = runner.probe_all(targets, None)

    assert refused is not None
    assert internal is not None
    assert (refused.status, refused.is_known) == ("tcp-refused", True)
    assert (internal.status, internal.is_known) == ("internal-error", False)


# Progress


@contextmanager
def on_a_terminal(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], Callable[[], str]]]:
    """The program with a terminal for stderr, and a function that reads more of what it says."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)

    def read() -> str:
        """`""` at the end, of which Linux tells as an error."""
        with suppress(OSError):
            return os.read(ours, 4096).decode()
        return ""

    try:
        with program:
            yield program, read
            program.kill()
    finally:
        os.close(ours)


def without_color(text: str) -> str:
    """What is read where a terminal shows color."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def said_until(end: str | None, read: Callable[[], str]) -> str:
    """What is read until it holds `end`, or all of it."""
    said = ""
    while end is None or end not in said:
        more = read()
        if not more:
            break
        said += more
    return said


def shown(said: str) -> list[str]:
    """The lines that a terminal is left with: what comes after a CR covers what was there."""
    lines = []
    for text in said.replace("\r\n", "\n").split("\n"):
        line = ""
        for part in text.split("\r"):
            line = part + line[len(part) :]
        lines.append(line.rstrip())
    return lines


def test_who_waits_is_told_how_far_it_is(registry_path: Path, uris: dict[str, str]) -> None:
    """Count, rate, established and not, time left; and nothing of it is left in the end."""
    register(registry_path, [uris["established"], uris["tcp-refused"], uris["silent"]])

    with on_a_terminal("list", "-t", "2", "-o", "plain") as (program, read):
        said = said_until(None, read)
        out, _ = program.communicate(timeout=LONG)

    assert re.search(r"\[#{6}-{4}\] 2/3, \d+/s, 1 established, 1 failed, \d+ s left", said)
    assert shown(said) == [""]
    assert out.count("\n") == 3


def test_what_is_said_after_it_stands_alone(registry_path: Path, uris: dict[str, str]) -> None:
    """The reasons take the place of the bar, with nothing of it behind them."""
    register(registry_path, [uris["silent"]])

    with on_a_terminal("has", "m0", "-t", "2") as (_, read):
        said = said_until(None, read)

    assert "waiting for an answer" in said
    first, second, _ = shown(said)
    assert without_color(first).startswith("milvusconn: m0: silent: ")
    assert without_color(second).startswith("  hint: ")


def test_quiet_shows_no_bar(registry_path: Path, uris: dict[str, str]) -> None:
    """-q is -q on a terminal too."""
    register(registry_path, [uris["silent"]])

    with on_a_terminal("list", "-q", "-t", "2") as (_, read):
        assert said_until(None, read) == ""


def test_dumb_terminal_shows_no_bar(
    monkeypatch: pytest.MonkeyPatch, registry_path: Path, uris: dict[str, str]
) -> None:
    """One that cannot go back to the start of its line would show them all."""
    monkeypatch.setenv("TERM", "dumb")
    register(registry_path, [uris["silent"]])

    with on_a_terminal("list", "-t", "2") as (_, read):
        assert "[" not in said_until(None, read)


def test_pipe_shows_no_bar(registry_path: Path, uris: dict[str, str]) -> None:
    """A log holds messages, not a bar for each tenth of a second."""
    register(registry_path, [uris["silent"]])

    assert run_program(["list", "-t", "2"]).err.startswith("milvusconn: 1 alias: 1 silent\n")


def test_time_left_is_told_from_the_rate() -> None:
    """Half of them took two seconds."""
    progress = Progress(
        total=1000,
        established=490,
        failed=10,
        seconds=2.0,
        limit=5.0,
        started=600,
        since_last_start=0.0,
    )

    assert line(progress) == "[#####-----] 500/1000, 250/s, 490 established, 10 failed, 2 s left"


@pytest.mark.parametrize(
    ("known", "started", "left"),
    [(1, 300, 4), (0, 300, 4), (1, 150, 7), (0, 0, 605), (299, 300, 0)],
    ids=["all started", "none known", "half started", "none started", "nearly done"],
)
def test_no_more_time_is_left_than_the_started_may_take(
    known: int, started: int, left: int
) -> None:
    """Of 300 silent ones that all wait, one that has answered says nothing of the others' rate."""
    progress = Progress(
        total=300,
        established=0,
        failed=known,
        seconds=2.0,
        limit=5.0,
        started=started,
        since_last_start=1.0,
    )

    assert line(progress).endswith(f" {left} s left")


# Interruption


@pytest.mark.parametrize("arguments", [("has", "--all"), ("list", "-o", "plain")], ids=" ".join)
def test_what_needs_no_dialling_is_known(
    registry_path: Path, uris: dict[str, str], arguments: tuple[str, ...]
) -> None:
    """Ctrl-C before anybody has answered: who is out of service is told all the same."""
    register(registry_path, [uris["silent"], uris["silent"]])
    assert run_program(["disconnect", "m1"]).code == 0

    with on_a_terminal(*arguments, "-t", "3600") as (program, read):
        said_until("waiting for an answer", read)
        program.send_signal(signal.SIGINT)
        said_until(None, read)
        out, _ = program.communicate(timeout=LONG)

    assert program.returncode == 130
    first, second = out.splitlines()
    assert first.split("\t")[0] == "m0"
    assert "disconnected" in second or second == "m1\tFalse"


@pytest.fixture
def two_known(registry_path: Path, uris: dict[str, str]) -> None:
    """Two that answer, and between them one that does not."""
    register(registry_path, [uris["established"], uris["silent"], uris["tcp-refused"]])


def interrupted(*arguments: str) -> Ran:
    """The program, sent Ctrl-C once it has told that it knows of two."""
    with on_a_terminal(*arguments, "-t", "3600") as (program, read):
        said = said_until(" 2/3", read)
        program.send_signal(signal.SIGINT)
        said += said_until(None, read)
        out, _ = program.communicate(timeout=LONG)
        return Ran(program.returncode, out, "\n".join(shown(said)))


@pytest.mark.usefixtures("two_known")
@pytest.mark.parametrize("arguments", [("has", "--all"), ("list",)], ids=" ".join)
def test_interruption_gives_what_is_known_as_json(arguments: tuple[str, ...]) -> None:
    """A row for each: where nothing is known, `established` is neither true nor false."""
    ran = interrupted(*arguments, "-o", "json")

    assert ran.code == 130
    assert [(row["alias"], row["established"]) for row in valid(ran)["connections"]] == [
        ("m0", True),
        ("m1", None),
        ("m2", False),
    ]
    assert "milvusconn: interrupted: 1 of 3 aliases not checked" in ran.err


@pytest.mark.usefixtures("two_known")
def test_interruption_gives_what_is_known_in_words() -> None:
    """`has` says neither True nor False of what it does not know."""
    ran = interrupted("has", "--all")

    assert (ran.code, ran.out) == (130, "m0\tTrue\nm1\t-\nm2\tFalse\n")
    assert "m2: tcp-refused" in without_color(ran.err)


@pytest.mark.usefixtures("two_known")
def test_interruption_gives_what_is_known_as_a_table() -> None:
    """The settings are there, the status is not; under --failing it comes last."""
    ran = interrupted("list", "--failing")

    _, refused, unknown = (re.split(" {2,}", row) for row in ran.out.splitlines())
    assert (refused[0], refused[2]) == ("m2", "tcp-refused")
    assert (unknown[0], unknown[2:4]) == ("m1", ["-", "-"])
    assert "3 aliases: 1 established, 1 tcp-refused, 1 not known" in ran.err
    assert ran.code == 130


# The list


@pytest.fixture
def four(milvusconn: Milvusconn, registry_path: Path, uris: dict[str, str]) -> Milvusconn:
    """The program, with a registry of two that are well, one that is not, and one switched off."""
    well, down = uris["established"], uris["tcp-refused"]
    register(registry_path, [well, down, well, down])
    milvusconn("disconnect", "m1")
    return milvusconn


def names(ran: Ran) -> list[str]:
    return [text.split("\t")[0] for text in ran.out.splitlines()]


def test_failing_lists_only_what_is_not_established(four: Milvusconn) -> None:
    """The gravest first; that it could list is still exit 0."""
    ran = four("list", "--failing", "-o", "plain")

    assert (ran.code, names(ran)) == (0, ["m3", "m1"])
    assert four("list", "--failing", "--exit-code").code == 3


def test_failing_of_none_is_an_empty_list(four: Milvusconn) -> None:
    """All is well, and the table has no rows."""
    four("remove", "m1", "m3")

    ran = four("list", "--failing")

    assert (ran.code, ran.out) == (0, "")
    assert "milvusconn: 2 aliases: 2 established\n" in ran.err


def test_sort_goes_before_gravity(four: Milvusconn) -> None:
    """Who asks for an order gets it."""
    assert names(four("list", "--failing", "--sort", "alias", "-o", "plain")) == ["m1", "m3"]
    assert names(four("list", "--sort", "status", "-o", "plain")) == ["m3", "m1", "m0", "m2"]


def test_sort_without_probes(milvusconn: Milvusconn, registry_path: Path) -> None:
    """By what the settings say; what only a probe can tell is refused."""
    register(registry_path, [f"http://127.0.0.1:{port}" for port in (1000, 999, 10)])

    assert names(milvusconn("list", "--names", "--sort", "address")) == ["m2", "m1", "m0"]
    assert names(milvusconn("list", "--no-probe", "--sort", "alias", "-o", "plain")) == [
        "m0", "m1", "m2",
    ]  # fmt: skip
    assert milvusconn("list", "--names", "--sort", "time").code == 2
    assert milvusconn("list", "--no-probe", "--failing").code == 2


def test_unknown_sort_key_is_wrong_use(milvusconn: Milvusconn) -> None:
    """The keys that there are, are told."""
    ran = milvusconn("list", "--sort", "colour")

    assert ran.code == 2
    assert "alias" in ran.err


@pytest.mark.parametrize("lines", ["4", "40"])
def test_table_with_failures_is_summed_up(
    monkeypatch: pytest.MonkeyPatch, four: Milvusconn, lines: str
) -> None:
    """On stderr, since stdout is data."""
    monkeypatch.setenv("LINES", lines)

    ran = four("list")

    summary = "milvusconn: 4 aliases: 2 established, 1 tcp-refused, 1 disconnected\n"
    assert ran.err.startswith(summary)
    assert len(ran.out.splitlines()) == 5


@pytest.mark.parametrize("option", ["-q", "-ojson", "-oplain"])
def test_summary_is_for_tables(
    monkeypatch: pytest.MonkeyPatch, four: Milvusconn, option: str
) -> None:
    """A program can count for itself."""
    monkeypatch.setenv("LINES", "2")

    assert four("list", option).err == ""


def test_json_is_one_row_a_line(four: Milvusconn) -> None:
    """For grep, and for who scrolls through ten thousand."""
    ran = four("list", "-o", "json")

    rows = [text for text in ran.out.splitlines() if '"alias"' in text]
    assert [json.loads(text.strip().rstrip(","))["alias"] for text in rows] == names(
        four("list", "--names")
    )

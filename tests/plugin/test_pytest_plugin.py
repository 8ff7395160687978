"""`milvus_connection` waits for an alias, and skips or fails with the cause."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import grpc
import pytest

from milvusconn_cli import ConnectError, Connections, pytest_plugin
from tests import transcripts
from tests.commands.verbs import NOWHERE, Speak
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import established, status

PAGE = Path(__file__).parent.parent.parent / "docs" / "pytest.md"
USES = """
def test_one(milvus_connection):
    assert milvus_connection.report.established
    assert milvus_connection.client().list_collections() == []

def test_two(milvus_connection):
    assert milvus_connection.alias == "default"
    assert set(milvus_connection.kwargs) == {"uri"}
"""


class Outcome(NamedTuple):
    """What a run of pytest printed, and its exit code."""

    text: str
    code: int


def run(directory: Path, *options: str, program: str = USES) -> Outcome:
    """A pytest of its own: whatever this one is configured with does not reach it."""
    (directory / "test_it.py").write_text(program)
    if not (directory / "pytest.ini").exists():
        (directory / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-rs", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, *options], cwd=directory, capture_output=True, text=True, check=False
    )
    return Outcome(ran.stdout + ran.stderr, ran.returncode)


def test_connection_is_given(own_place: Path, milvus: MilvusServer) -> None:
    Connections().add_connection(default={"uri": milvus.uri})

    ran = run(own_place)

    assert ran.code == 0, ran.text
    assert "2 passed" in ran.text


def test_tests_are_skipped_with_the_cause(own_place: Path) -> None:
    Connections().add_connection(default={"uri": NOWHERE})

    ran = run(own_place, "--milvus-timeout", "0.2")

    assert (ran.code, "2 skipped" in ran.text) == (0, True), ran.text
    assert "default: tcp-refused: " in ran.text
    assert "(after 0.2 s)" in ran.text


def test_tests_fail_with_the_cause(own_place: Path) -> None:
    """What time cannot fix is not waited for: the limit would be an hour."""
    ran = run(own_place, "--milvus-missing", "fail", "--milvus-timeout", "3600")

    assert (ran.code, "2 errors" in ran.text) == (1, True), ran.text
    assert "default: no-such-alias: no alias 'default'" in ran.text
    assert "after" not in ran.text


def test_alias_and_action_can_be_configured(own_place: Path) -> None:
    (own_place / "pytest.ini").write_text(
        "[pytest]\nmilvus_alias = stage\nmilvus_missing = fail\nmilvus_timeout = 0.1\n"
    )
    Connections().add_connection(stage={"uri": NOWHERE}, other={"uri": NOWHERE})

    configured = run(own_place)
    overridden = run(own_place, "--milvus-alias", "other", "--milvus-missing", "skip")

    assert (configured.code, "stage: tcp-refused" in configured.text) == (1, True)
    assert (overridden.code, "other: tcp-refused" in overridden.text) == (0, True)


def test_malformed_registry_is_the_reason(own_place: Path, registry_path: Path) -> None:
    registry_path.parent.mkdir()
    registry_path.write_text("[connections.a\n")

    ran = run(own_place, "--milvus-missing", "fail")

    assert "line 1, column" in ran.text


class Clock:
    """A clock that goes on when somebody sleeps; what happens meanwhile can be said."""

    def __init__(self, *events: object) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self._events = list(events)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        if self._events:
            event = self._events.pop(0)
            if callable(event):
                event()


def test_waits_for_what_time_can_fix(
    speaking_milvus: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pauses grow from a tenth of a second to two."""
    answers = [status(code=1)] * 7 + [established()]

    def answer(request: object, context: grpc.ServicerContext) -> object:
        return answers.pop(0)(request, context)

    server = speaking_milvus(connect=answer)
    monkeypatch.setenv("MILVUS_URI", server.uri)
    clock = Clock()

    found = pytest_plugin._wait("default", 60, clock)

    assert isinstance(found, pytest_plugin.MilvusConnection)
    assert clock.pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


def test_gives_up_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILVUS_URI", NOWHERE)
    clock = Clock()

    found = pytest_plugin._wait("default", 1, clock)

    assert str(found).startswith("default: tcp-refused: ")
    assert sum(clock.pauses) == pytest.approx(1)


def test_every_cause_is_waited_for_or_not() -> None:
    """Each name in the plugin's list is a cause."""
    from milvusconn_cli.causes import Cause  # noqa: PLC0415 -- not of the interface

    assert {cause.label for cause in Cause} >= pytest_plugin._TRANSIENT
    assert issubclass(ConnectError, Exception)


def test_plugin_loads_nothing_before_it_is_used(own_place: Path) -> None:
    program = """
import sys
def test_modules():
    print("LOADED", sorted(one for one in sys.modules if one.startswith("milvusconn_cli")))
    assert "grpc" not in sys.modules
"""

    ran = run(own_place, "-s", program=program)

    (line,) = [one for one in ran.text.splitlines() if "LOADED" in one]
    loaded = ast.literal_eval(line.partition("LOADED ")[2].rstrip("."))
    assert set(loaded) == {
        "milvusconn_cli",
        "milvusconn_cli._version",
        "milvusconn_cli.pytest_plugin",
    }


def test_examples_of_the_page_run(own_place: Path, milvus: MilvusServer) -> None:
    """docs/pytest.md shows a test, and a configuration for it."""
    blocks = transcripts.blocks(PAGE.read_text(encoding="utf-8"))
    (program,) = [block.text for block in blocks if block.language == "python"]
    (configuration,) = [block.text for block in blocks if block.language == "toml"]
    (own_place / "pyproject.toml").write_text(configuration)
    (own_place / "pytest.ini").unlink(missing_ok=True)
    Connections().add_connection(test={"uri": milvus.uri})
    (own_place / "test_page.py").write_text(program)
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-p", "no:cacheprovider"]

    ran = subprocess.run(command, cwd=own_place, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout
    assert "1 passed" in ran.stdout

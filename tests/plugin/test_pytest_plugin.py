"""`milvus_connection` waits for an alias, and skips or fails with the cause.

Proved with pytester: each run is a pytest of its own, in a process of its own, with a directory
and a configuration of its own.
"""

import ast
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from milvusconn_cli import ConnectError, Connections, pytest_plugin
from tests import transcripts
from tests.commands.verbs import NOWHERE, Speak
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import Answer, established, status

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parent.parent.parent / "docs" / "pytest.md"
USES = """
def test_one(milvus_connection):
    assert milvus_connection.report.established

def test_two(milvus_connection):
    assert milvus_connection.alias == {alias!r}
    assert milvus_connection.kwargs["uri"].startswith("http://127.0.0.1:")
"""
CALLS = """
import pytest

@pytest.fixture(scope="module")
def client(milvus_connection):
    return milvus_connection.client()

def test_client(client):
    assert client.list_collections() == []
"""
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """A pytest with these options, over tests that use the fixture with `alias`."""

    def start(*options: str, alias: str = "default") -> pytest.RunResult:
        pytester.makepyfile(test_it=USES.format(alias=alias))
        return pytester.runpytest_subprocess("-rs", "-p", "no:cacheprovider", *options)

    return start


def starting_for(checks: int) -> Answer:
    """Milvus's answer while it starts, and then that it is well."""
    answers = [status(code=1)] * checks + [established()]

    def answer(request: object, context: grpc.ServicerContext) -> object:
        return answers.pop(0)(request, context)

    return answer


def test_healthy_alias_is_given(pytester: pytest.Pytester, run: Run, milvus: MilvusServer) -> None:
    Connections().add_connection(default={"uri": milvus.uri})
    pytester.makepyfile(test_calls=CALLS)

    ran = run()

    ran.assert_outcomes(passed=3)
    assert ran.ret == pytest.ExitCode.OK


def test_unreachable_alias_skips_with_the_cause(run: Run) -> None:
    Connections().add_connection(default={"uri": NOWHERE})

    ran = run("--milvus-timeout", "0.2")

    ran.assert_outcomes(skipped=2)
    assert ran.ret == pytest.ExitCode.OK
    ran.stdout.fnmatch_lines(
        ["SKIPPED * default: tcp-refused: * refused the connection (after 0.2 s); *"]
    )


def test_unreachable_alias_fails_with_the_cause(run: Run) -> None:
    Connections().add_connection(default={"uri": NOWHERE})

    ran = run("--milvus-missing", "fail", "--milvus-timeout", "0.2")

    ran.assert_outcomes(errors=2)
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines(["default: tcp-refused: * refused the connection (after 0.2 s); *"])
    ran.stdout.no_fnmatch_line("*pytest_plugin.py*")


@pytest.mark.parametrize("missing", ["skip", "fail"])
def test_unknown_alias_is_not_waited_for(run: Run, missing: str) -> None:
    """As nothing that time cannot fix: the limit would be an hour."""
    ran = run("--milvus-missing", missing, "--milvus-timeout", "3600")

    ran.assert_outcomes(**{"skipped" if missing == "skip" else "errors": 2})
    ran.stdout.fnmatch_lines(["*default: no-such-alias: no alias 'default'*"])
    ran.stdout.no_fnmatch_line("*(after*")


def test_server_that_starts_is_waited_for_once(run: Run, speaking_milvus: Speak) -> None:
    """Two tests, and one wait: three checks that fail and the one that succeeds."""
    server = speaking_milvus(connect=starting_for(3))
    Connections().add_connection(default={"uri": server.uri})

    run().assert_outcomes(passed=2)

    assert [call.method for call in server.calls].count("Connect") == 4


def test_server_that_is_not_ready_in_time_skips(run: Run, speaking_milvus: Speak) -> None:
    server = speaking_milvus(connect=status(code=1))
    Connections().add_connection(default={"uri": server.uri})

    ran = run("--milvus-timeout", "0.5")

    ran.assert_outcomes(skipped=2)
    ran.stdout.fnmatch_lines(["*default: starting: * (after 0.5 s)*"])
    assert [call.method for call in server.calls].count("Connect") > 1


def test_alias_time_and_action_come_from_the_configuration(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makeini("""
        [pytest]
        milvus_alias = stage
        milvus_missing = fail
        milvus_timeout = 0.1
    """)
    Connections().add_connection(stage={"uri": NOWHERE})

    ran = run()

    ran.assert_outcomes(errors=2)
    ran.stdout.fnmatch_lines(["stage: tcp-refused: * (after 0.1 s)*"])


def test_options_go_before_the_configuration(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyprojecttoml("""
        [tool.pytest.ini_options]
        milvus_alias = "stage"
        milvus_missing = "fail"
        milvus_timeout = "3600"
    """)
    Connections().add_connection(stage={"uri": NOWHERE}, other={"uri": NOWHERE})
    options = ("--milvus-alias", "other", "--milvus-missing", "skip", "--milvus-timeout", "0.1")

    ran = run(*options)

    ran.assert_outcomes(skipped=2)
    ran.stdout.fnmatch_lines(["*other: tcp-refused: * (after 0.1 s)*"])


def test_alias_comes_from_the_environment(
    pytester: pytest.Pytester,
    run: Run,
    speaking_milvus: Speak,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where neither option nor configuration name one."""
    monkeypatch.setenv("MILVUSCONN_ALIAS", "ours")
    Connections().add_connection(ours={"uri": speaking_milvus().uri})

    run(alias="ours").assert_outcomes(passed=2)
    pytester.makeini("[pytest]\nmilvus_alias = theirs\n")
    ran = run(alias="theirs")

    ran.assert_outcomes(skipped=2)
    ran.stdout.fnmatch_lines(["*theirs: no-such-alias: *"])


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("milvus_missing = ignore", "milvus_missing: 'ignore' is neither skip nor fail"),
        ("milvus_timeout = soon", "milvus_timeout: 'soon' is no number of seconds"),
        ("milvus_timeout = nan", "milvus_timeout: 'nan' is no number of seconds"),
        ("milvus_timeout = -1", "milvus_timeout: '-1' is no number of seconds"),
    ],
)
def test_setting_that_means_nothing_is_a_usage_error(
    pytester: pytest.Pytester, run: Run, setting: str, words: str
) -> None:
    pytester.makeini(f"[pytest]\n{setting}\n")

    ran = run()

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: {words}"])


@pytest.mark.parametrize(
    ("option", "given"), [("--milvus-missing", "ignore"), ("--milvus-timeout", "nan")]
)
def test_option_that_means_nothing_is_a_usage_error(run: Run, option: str, given: str) -> None:
    ran = run(option, given)

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"*error: argument {option}: *'{given}'*"])


def test_malformed_registry_is_the_reason(run: Run, registry_path: Path) -> None:
    registry_path.parent.mkdir()
    registry_path.write_text("[connections.a\n")

    ran = run("--milvus-missing", "fail")

    ran.assert_outcomes(errors=2)
    ran.stdout.fnmatch_lines(["*line 1, column*"])


def test_settings_are_documented_by_help(pytester: pytest.Pytester) -> None:
    ran = pytester.runpytest_subprocess("--help")

    for name in ("alias", "timeout", "missing"):
        ran.stdout.fnmatch_lines([f"*--milvus-{name}*"])
        ran.stdout.fnmatch_lines([f"*milvus_{name} (string):*"])


def test_fixture_is_listed_with_what_it_does(pytester: pytest.Pytester) -> None:
    ran = pytester.runpytest_subprocess("--fixtures")

    ran.stdout.fnmatch_lines(["milvus_connection [[]session scope[]] *"])
    ran.stdout.fnmatch_lines(["*The connection of an alias, established;*"])


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
    server = speaking_milvus(connect=starting_for(7))
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


def test_plugin_loads_nothing_before_it_is_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_modules():
            print("LOADED", sorted(one for one in sys.modules if one.startswith("milvusconn_cli")))
            assert "grpc" not in sys.modules
    """)

    ran = pytester.runpytest_subprocess("-s")

    ran.assert_outcomes(passed=1)
    (line,) = [one for one in ran.outlines if "LOADED" in one]
    loaded = ast.literal_eval(line.partition("LOADED ")[2].rstrip("."))
    assert set(loaded) == {
        "milvusconn_cli",
        "milvusconn_cli._version",
        "milvusconn_cli.pytest_plugin",
    }


def test_examples_of_the_page_run(pytester: pytest.Pytester, milvus: MilvusServer) -> None:
    """docs/pytest.md shows a test, and a configuration for it."""
    blocks = transcripts.blocks(PAGE.read_text(encoding="utf-8"))
    (program,) = [block.text for block in blocks if block.language == "python"]
    (configuration,) = [block.text for block in blocks if block.language == "toml"]
    pytester.makepyprojecttoml(configuration)
    pytester.makepyfile(test_page=program)
    Connections().add_connection(test={"uri": milvus.uri})

    ran = pytester.runpytest_subprocess()

    ran.assert_outcomes(passed=1)

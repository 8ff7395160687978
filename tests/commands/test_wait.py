"""`wait`: until a connection is established, or is not; and then the command."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.programs import PROGRAM, assert_no_traceback
from tests.commands.verbs import NOWHERE, Speak, assert_refused, register
from tests.conftest import Milvusconn, run_program
from tests.schema import valid
from tests.servers import speaking_milvus as answers


def test_established_at_once(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    server = speaking_milvus()
    register(milvusconn, "dev", uri=server.uri)

    ran = milvusconn("wait", "dev")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("milvusconn: dev: established after ")
    assert ran.err.endswith(f": {server.address}, Milvus 2.4.1\n")
    assert len(server.calls) == 1


def test_default_alias_and_uris(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    uri = speaking_milvus().uri
    register(milvusconn, "default", uri=uri)

    assert milvusconn("wait").code == 0
    assert milvusconn("wait", uri, "-q").err == ""
    assert milvusconn("wait", "--uri", uri).code == 0
    assert milvusconn("wait", uri, "--token", "env:NO_SUCH_VARIABLE").code == 78


def test_time_runs_out_with_the_last_cause(milvusconn: Milvusconn) -> None:
    register(milvusconn, "dev")

    ran = milvusconn("wait", "dev", "-t", "0.5")

    assert (ran.code, ran.out) == (124, "")
    change, end, hint = ran.err.splitlines()
    assert change.startswith("milvusconn: dev: tcp-refused: ")
    assert end.startswith("milvusconn: dev: timed out after ")
    assert ": tcp-refused: " in end
    assert hint.startswith("  hint: ")


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(
    ("alias", "code", "status"),
    [
        ("config", 78, "config-secret"),
        ("auth", 5, "auth-missing"),
        ("db", 8, "db-missing"),
        ("old", 7, "too-old"),
        ("tls", 6, "tls-required"),
        ("nobody", 1, "no-such-alias"),
    ],
)
def test_what_time_cannot_fix_ends_it_at_once(
    milvusconn: Milvusconn, alias: str, code: int, status: str
) -> None:
    """An hour is not waited."""
    if alias == "tls":
        uri = milvusconn("show", "tls", "-o", "json").row["uri"]
        milvusconn("add", "tls", "--replace", "--uri", uri.replace("https", "http"))

    ran = milvusconn("wait", alias, "-t", "3600")

    assert ran.code == code
    assert f"milvusconn: {alias}: {status}: " in ran.err


def test_one_of_several_that_time_cannot_fix_ends_it(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """With its code, not with that of the one that may still come up."""
    register(milvusconn, "down")
    register(milvusconn, "denied", uri=speaking_milvus(connect=answers.status(code=1400)).uri)

    ran = milvusconn("wait", "down", "denied", "-t", "3600", "-o", "json")

    document = valid(ran)
    assert (ran.code, document["command"]) == (5, "wait")
    assert {row["alias"] for row in document["connections"]} == {"down", "denied"}


def test_disconnected_alias_is_not_waited_for(milvusconn: Milvusconn) -> None:
    register(milvusconn, "dev")
    milvusconn("disconnect", "dev")

    assert milvusconn("wait", "dev", "-t", "3600").code == 1
    assert milvusconn("wait", "dev", "--down").code == 0


def test_patient_waits_for_an_alias_to_be_added(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path
) -> None:
    """The registry is read again as long as it does not say what to probe."""
    server = speaking_milvus()
    waiting = subprocess.Popen(
        [*PROGRAM, "wait", "new", "--patient"], stderr=subprocess.PIPE, text=True
    )
    assert waiting.stderr
    said = waiting.stderr.readline()
    register(milvusconn, "new", uri=server.uri)

    _, err = waiting.communicate(timeout=60)

    assert said.startswith("milvusconn: new: no-such-alias: ")
    assert (waiting.returncode, "established" in err) == (0, True)
    assert registry_path.exists()


def test_json(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    register(milvusconn, "dev", uri=speaking_milvus().uri)
    register(milvusconn, "down")

    up = milvusconn("wait", "dev", "-o", "json")
    late = milvusconn("wait", "dev", "down", "-t", "0.3", "-o", "json")

    assert [row["status"] for row in valid(up)["connections"]] == ["established"]
    assert [row["status"] for row in valid(late)["connections"]] == ["established", "tcp-refused"]
    assert late.code == 124


@pytest.mark.parametrize(
    "options",
    [("-t", "0"), ("-t", "x"), ("--interval", "-1"), ("--stable", "-0.1"), ("-t", "nan"), ("--",)],
    ids=" ".join,
)
def test_refused_options(milvusconn: Milvusconn, options: tuple[str, ...]) -> None:
    assert_refused(milvusconn("wait", NOWHERE, *options), 2)


def test_healthy(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Established is not enough: it waits until CheckHealth says so."""
    asked = 0

    def check(request: object, context: object) -> object:
        nonlocal asked
        asked += 1
        chosen = answers.unhealthy("no datanode") if asked < 4 else answers.healthy()
        return chosen(request, context)  # type: ignore[arg-type]

    uri = speaking_milvus(check_health=check, list_databases=answers.databases("default")).uri

    ran = milvusconn("wait", uri, "--healthy")

    assert (ran.code, asked) == (0, 4)
    assert "unhealthy: Milvus is not healthy: no datanode" in ran.err
    assert ran.err.count("unhealthy") == 1


# The command


def test_command_replaces_the_process(speaking_milvus: Speak) -> None:
    """The same process number, and its own exit code."""
    script = "import os, sys; print(os.getpid(), *sys.argv[1:]); sys.exit(7)"
    program = subprocess.Popen(
        [*PROGRAM, "wait", speaking_milvus().uri, "--", sys.executable, "-c", script, "-t", "--"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    out, err = program.communicate(timeout=60)

    assert (program.returncode, out) == (7, f"{program.pid} -t --\n")
    assert "established" in err


# What a program finds in its process, as JSON.
FOUND = """
import json, os, resource, signal, threading
found = {
    "environment": dict(sorted(os.environ.items())),
    "files": sorted(n for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")),
    "limit": resource.getrlimit(resource.RLIMIT_NOFILE),
    "ignored": [line for line in open("/proc/self/status") if line[:4] in ("SigI", "SigB", "SigC")],
    "threads": len(os.listdir("/proc/self/task")),
    "cwd": os.getcwd(), "session": os.getsid(0), "group": os.getpgid(0) == os.getpid(),
}
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc shows what a process has")
@pytest.mark.parametrize("debug", [False, True], ids=["", "debug"])
def test_command_finds_nothing_of_ours(speaking_milvus: Speak, *, debug: bool) -> None:
    """Environment, limits, open files and ignored signals are those of a command of its own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    environment = {**os.environ, "GRPC_TRACE": "all", "GRPC_VERBOSITY": "ERROR"}
    environment |= {"MILVUSCONN_DEBUG": "1"} if debug else {}
    found = []
    for before in ([], [*PROGRAM, "wait", speaking_milvus().uri, "--"]):
        ran = subprocess.run(
            ["sh", "-c", 'ulimit -S -n 50; exec "$@"', "sh", *before, sys.executable, "-c", FOUND],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(ran.stdout))

    assert found[1] == found[0]
    assert found[0]["limit"] == [50, hard]
    assert soft > 50


def test_command_gets_its_own_signals(speaking_milvus: Speak) -> None:
    """SIGPIPE and SIGINT end it, as they do outside of Python."""
    for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
        ran = run_program(
            ["wait", speaking_milvus().uri, "--", "sh", "-c", f"kill -{int(number)} $$; exit 0"]
        )
        assert ran.code == -number


def test_command_is_looked_for_before_waiting(milvusconn: Milvusconn, own_place: Path) -> None:
    (own_place / "file").write_text("")

    for command in ("no-such-program", "./file", "./missing"):
        ran = milvusconn("wait", NOWHERE, "-t", "3600", "--", command, "S3CR3T")
        assert_refused(ran, 2, "command after --")
        assert "S3CR3T" not in ran.err


def test_command_is_not_run_unless_it_is_established(own_place: Path) -> None:
    ran = run_program(["wait", NOWHERE, "-t", "0.3", "--", "touch", "ran"])

    assert ran.code == 124
    assert not (own_place / "ran").exists()
    assert run_program(["wait", NOWHERE, "--down", "--", "touch", "ran"]).code == 0
    assert (own_place / "ran").exists()


# Signals


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("phase", ["between probes", "in a probe", "stable"])
def test_signals(speaking_milvus: Speak, number: signal.Signals, code: int, phase: str) -> None:
    """Its exit code, the last cause, and no traceback; the command is not run."""
    uri = {
        "between probes": NOWHERE,
        "in a probe": speaking_milvus(connect=answers.never()).uri,
        "stable": speaking_milvus().uri,
    }[phase]
    second = NOWHERE if phase == "in a probe" else uri
    program = subprocess.Popen(
        [*PROGRAM, "wait", second, uri, "--stable", "600", "-t", "600", "--", "echo", "ran"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stderr
    first = program.stderr.readline()

    program.send_signal(number)
    out, err = program.communicate(timeout=60)

    assert (program.returncode, out) == (code, "")
    assert first.startswith("milvusconn: 127.0.0.1:")
    assert ": interrupted after " in err
    assert_no_traceback(err)


def test_a_database_that_is_not_created(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """`--no-create` waits for a `.db` that another program creates."""
    database = tmp_path / "not-there.db"

    ran = milvusconn("wait", str(database), "--no-create", "-t", "0.3")

    assert "lite-missing" in ran.err
    assert not database.exists()

"""`env` and `exec`: an alias for programs that read variables, its secret included."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.verbs import NOWHERE, SECRET, assert_refused, register
from tests.conftest import Milvusconn, run_program
from tests.handover.odd import ODD
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer

AS_DEFAULT = ("sh", "-c", 'eval "$1"; shift; exec "$@"', "sh")


@pytest.fixture
def prod(milvusconn: Milvusconn) -> str:
    arguments = ("--uri", f"{NOWHERE}/films", "--user", "root", "--password", SECRET)
    assert milvusconn("add", "prod", *arguments).code == 0
    return "prod"


def test_env_prints_the_variables(milvusconn: Milvusconn, prod: str) -> None:
    ran = milvusconn("env", prod)

    assert (ran.code, ran.err) == (0, "")
    cleared, *exported = ran.out.splitlines()
    assert cleared.startswith("unset MILVUS_ADDRESS MILVUS_HOST MILVUS_PORT ")
    assert exported == [
        f"export MILVUS_URI={NOWHERE}",
        f"export MILVUS_TOKEN=root:{SECRET}",
        "export MILVUS_USER=root",
        f"export MILVUS_PASSWORD={SECRET}",
        "export MILVUS_DB_NAME=films",
    ]


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_default_is_the_alias_where_its_variables_are_set(
    milvusconn: Milvusconn, registry_path: Path, text: str
) -> None:
    """What a shell evaluates is this very connection, its secret as it is."""
    server = f"{NOWHERE}/films"
    milvusconn("add", "prod", "--uri", server, "--user", "root", "--password", f"literal:{text}")
    script = milvusconn("env", "prod").out

    python = (*AS_DEFAULT, script, sys.executable)
    stale = {"LC_ALL": "C.UTF-8", "MILVUS_HOST": "stale", "MILVUS_SECURE": "1"}

    ran, shown = (
        subprocess.run(
            [*python, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **stale},
        )
        for arguments in (
            ("-c", "import os; print(ascii(os.environ['MILVUS_PASSWORD']))"),
            ("-m", "milvusconn_cli", "show", "default", "-o", "plain"),
        )
    )

    assert ran.stdout == f"{text!a}\n"
    assert shown.stderr == ""
    assert "films" in shown.stdout
    assert registry_path.exists()


def test_real_client_connects_by_the_variables(
    milvusconn: Milvusconn, milvus_with_mutual_tls: MilvusServer, authority: Authority
) -> None:
    server = milvus_with_mutual_tls
    files = ("--ca", authority.ca_file, "--cert", server.client.cert, "--key", server.client.key)
    milvusconn("add", "prod", "--uri", server.uri, "--token", "root:Milvus", *files)

    ran = run_program(["exec", "prod", "--", sys.executable, "-m", "milvusconn_cli", "has"])

    assert (ran.code, ran.out, ran.err) == (0, "True\n", "")


@pytest.mark.parametrize("verb", [("env",), ("exec",)])
def test_references_are_resolved(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PW", SECRET)
    milvusconn("add", "prod", "--uri", NOWHERE, "--token", "env:PW")
    milvusconn("add", "gone", "--uri", NOWHERE, "--token", "env:NOT_SET")
    then = ("--", "env") if verb == ("exec",) else ()

    good = run_program([*verb, "prod", *then])
    bad = run_program([*verb, "gone", *then])

    assert (good.code, f"MILVUS_TOKEN={SECRET}" in good.out) == (0, True)
    assert_refused(bad, 78, "environment variable NOT_SET is not set")


@pytest.mark.parametrize(
    ("uri", "kind"), [("./a.db", "a .db"), ("unix:/run/s", "a unix"), ("http://[::1]", "an IPv6")]
)
def test_uri_that_breaks_the_import_of_pymilvus_is_named(
    milvusconn: Milvusconn, uri: str, kind: str
) -> None:
    """The warning is true: the import fails."""
    register(milvusconn, "a", uri=uri)

    ran = milvusconn("env", "a")
    imported = run_program(
        ["exec", "a", "--quiet", "--", sys.executable, "-W", "ignore", "-c", "import pymilvus"]
    )

    assert f"`import pymilvus` fails while MILVUS_URI is {kind} URI" in ran.err
    assert "hint: milvusconn show a --as pymilvus" in ran.err
    assert milvusconn("env", "a", "-q").err == ""
    assert (imported.code, "ConnectionConfigException" in imported.err) == (1, True)


def test_grpc_scheme_becomes_http(milvusconn: Milvusconn) -> None:
    """With `grpc://` the import of pymilvus would succeed, and its clients would not."""
    register(milvusconn, "a", uri="grpc://h:1")

    ran = milvusconn("env", "a")

    assert ("export MILVUS_URI=http://h:1\n" in ran.out, ran.err) == (True, "")


def test_user_without_a_password_is_named(milvusconn: Milvusconn) -> None:
    milvusconn("add", "a", "--uri", NOWHERE, "--user", "root")

    ran = milvusconn("env", "a")

    assert "MILVUS_USER=" not in ran.out
    assert "MILVUS_USER is not set" in ran.err


def test_what_cannot_be_handed_on_is_refused(milvusconn: Milvusconn, prod: str) -> None:
    milvusconn("disconnect", prod)

    assert_refused(milvusconn("env", "prd"), 1, "no alias 'prd'", "did you mean prod?")
    assert_refused(milvusconn("env", prod), 1, "prod is disconnected", "milvusconn connect prod")
    assert_refused(milvusconn("exec", prod, "--", "true"), 1, "prod is disconnected")
    assert_refused(milvusconn("env", prod, "--dotenv", "--docker"), 2, "use only one of --shell")
    assert_refused(milvusconn("exec", prod), 2, "missing argument COMMAND")


@pytest.mark.usefixtures("prod")
def test_stdout_that_cannot_encode_a_value_gets_none(milvusconn: Milvusconn) -> None:
    milvusconn("add", "a", "--uri", NOWHERE, "--token", "ö")

    ran = run_program(["env", "a"], environment={"PYTHONIOENCODING": "ascii"})

    assert_refused(ran, 78, "standard output is ascii", "PYTHONIOENCODING=utf-8")


def test_exec_replaces_the_process(milvusconn: Milvusconn, prod: str) -> None:
    """The command has its process id, and its exit code and options are the command's."""
    program = "import os, sys; print(os.getpid(), sys.argv[1:]); sys.exit(7)"
    command = [sys.executable, "-c", program, "-q", "--x"]
    child = subprocess.Popen(
        [sys.executable, "-m", "milvusconn_cli", "exec", prod, "--", *command],
        stdout=subprocess.PIPE,
        text=True,
    )

    printed, _ = child.communicate()

    assert printed == f"{child.pid} ['-q', '--x']\n"
    assert child.returncode == 7
    assert milvusconn("show", prod).code == 0


def test_exec_leaves_signals_as_a_shell_does(prod: str) -> None:
    """`yes | head` ends by SIGPIPE, which Python ignores."""
    ran = run_program(["exec", prod, "--", "bash", "-c", "yes | head -1; echo ${PIPESTATUS[0]}"])

    assert ran.out == f"y\n{128 + signal.SIGPIPE}\n"


def test_exec_clears_stale_variables(prod: str) -> None:
    stale = {"MILVUS_HOST": "elsewhere", "MILVUS_URL": "http://elsewhere", "OTHER": "kept"}

    ran = run_program(["exec", prod, "--", "env"], environment=stale)

    variables = dict(line.split("=", 1) for line in ran.out.splitlines() if "=" in line)
    assert not {"MILVUS_HOST", "MILVUS_URL"} & variables.keys()
    assert (variables["OTHER"], variables["MILVUS_URI"]) == ("kept", NOWHERE)


def test_exec_of_what_cannot_be_run(prod: str, own_place: Path) -> None:
    (own_place / "file").write_text("text")

    missing = run_program(["exec", prod, "--", "no-such-command"])
    not_a_program = run_program(["exec", prod, "--", "./file"])

    assert (missing.code, not_a_program.code) == (127, 126)
    assert "command not found 'no-such-command'" in missing.err
    assert "cannot be run: Permission denied" in not_a_program.err


def test_signal_reaches_the_command(prod: str) -> None:
    command = ("sh", "-c", "echo up; sleep 99")
    child = subprocess.Popen(
        [sys.executable, "-m", "milvusconn_cli", "exec", prod, "--", *command],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"

    os.killpg(child.pid, signal.SIGTERM)

    assert child.wait() == -signal.SIGTERM
    child.stdout.close()


def test_only_env_and_exec_show_the_secret(milvusconn: Milvusconn, prod: str) -> None:
    for form in ("pymilvus", "curl", "docker", "dify", "spring", "mcp", "k8s-secret"):
        ran = milvusconn("show", prod, "--as", form)
        assert (ran.code, SECRET in ran.out + ran.err) == (0, False), form

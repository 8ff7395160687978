"""Limits of this machine: exit 71 before gRPC is loaded, never `False`, never an abort."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from milvusconn_cli.errors import LimitError
from milvusconn_cli.system import limits
from tests.cli.programs import PROGRAM, assert_no_traceback
from tests.conftest import Milvusconn, Ran, run_program
from tests.schema import valid
from tests.servers.speaking_milvus import SpeakingMilvus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")

OPTIONS = {"files": "-n", "address space": "-v", "data": "-d", "stack": "-s"}
"""Of `ulimit`; all but the first take kibibytes."""
MEBIBYTE = 1 << 10


@pytest.fixture
def healthy(speaking_milvus: Callable[..., SpeakingMilvus]) -> str:
    """An alias whose server is well, so that no failure is the server's."""
    uri = speaking_milvus().uri
    assert run_program(["add", "ok", "--uri", uri]).code == 0
    return "ok"


def limited(arguments: Sequence[str], name: str, amount: int | str) -> Ran:
    """The program under a limit that it cannot raise; set by a shell, where no gRPC is loaded."""
    return run_in_shell(f"ulimit {OPTIONS[name]} {amount}", arguments)


def run_in_shell(before: str, arguments: Sequence[str]) -> Ran:
    """The program, started by a shell after the command `before`."""
    command = ["sh", "-c", f'{before} && exec "$@"', "sh", *PROGRAM, *arguments]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.sweep(one_in=5)
@pytest.mark.parametrize("arguments", [("has", "ok"), ("list",), ("inspect", "ok")], ids=" ".join)
@pytest.mark.parametrize(
    ("name", "amount", "words"),
    [
        ("files", 6, "too many open files"),
        ("files", 9, "too many open files"),
        ("files", 12, "too many open files"),
        ("files", 18, "too many open files"),
        ("address space", 90 * MEBIBYTE, "out of memory"),
        ("address space", 200 * MEBIBYTE, "out of memory"),
        ("data", 32 * MEBIBYTE, "out of memory"),
        ("stack", 100, "a stack of 100 kB is too small"),
    ],
)
def test_too_little_to_try(
    healthy: str, arguments: Sequence[str], name: str, amount: int, words: str
) -> None:
    """One line that says which limit, a hint to raise it, and nothing about the server."""
    ran = limited(arguments, name, amount)

    first, second = ran.err.splitlines()
    assert (ran.code, ran.out) == (71, ""), healthy
    assert first == f"milvusconn: local resource limit reached: {words}"
    assert "ulimit -" in second
    assert_no_traceback(ran.err)


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("files", range(5, 32, 3))
def test_any_number_of_files_is_an_answer_or_a_limit(healthy: str, files: int) -> None:
    """Whatever is left, a healthy server is established or not asked; the process never aborts."""
    ran = limited(["has", healthy], "files", files)

    assert (ran.code, ran.out) in {(0, "True\n"), (71, "")}, ran.err
    assert_no_traceback(ran.err)


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("mebibytes", range(60, 700, 80))
def test_any_address_space_is_an_answer_or_a_limit(healthy: str, mebibytes: int) -> None:
    """The same for memory, of which gRPC takes more with each thread."""
    ran = limited(["has", healthy], "address space", mebibytes * MEBIBYTE)

    assert (ran.code, ran.out) in {(0, "True\n"), (71, "")}, ran.err


def test_a_soft_limit_is_raised(healthy: str) -> None:
    """What we may raise ourselves keeps nobody from an answer."""
    ran = run_in_shell("ulimit -S -n 12", ["has", healthy])

    assert (ran.code, ran.out) == (0, "True\n")


def test_as_json(healthy: str) -> None:
    """The envelope of any error, with the exit code."""
    ran = limited(["has", healthy, "-o", "json"], "files", 12)

    assert valid(ran)["exit_code"] == 71


def test_what_needs_no_probe_works(healthy: str) -> None:
    """gRPC's needs are nobody's who does not load it."""
    assert limited(["address", healthy], "files", 8).code == 0


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS])
def test_a_shortage_while_a_file_is_read(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, registry_path: Path, number: int
) -> None:
    """Not a registry that cannot be read, which would be its owner's fault (78)."""
    milvusconn("add", "dev", "--uri", "http://127.0.0.1:1")

    def refuse(*_: object) -> bytes:
        raise OSError(number, os.strerror(number), str(registry_path))

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    ran = milvusconn("has", "dev")

    assert (ran.code, ran.out) == (71, "")
    assert ran.err.startswith("milvusconn: local resource limit reached: ")


def test_a_thread_that_cannot_be_started_costs_its_row_alone(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The alias whose secret needs a thread is not checked; the other has its answer."""
    secret = tmp_path / "token"
    secret.write_text("root:x")
    milvusconn("add", "needs", "--uri", "http://127.0.0.1:1", "--token", f"file:{secret}")
    milvusconn("add", "free", "--uri", "http://127.0.0.1:1")

    def refuse(_run: object) -> None:
        raise limits.refused("cannot start another thread")

    monkeypatch.setattr("milvusconn_cli.system.threads._start", refuse)
    ran = milvusconn("has", "needs", "free")

    assert (ran.code, ran.out) == (71, "needs\t-\nfree\tFalse\n")
    assert "needs: machine-limit: local resource limit reached: cannot start" in ran.err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, "x"), "too many open files"),
        (MemoryError(), "out of memory"),
        (RuntimeError("can't start new thread"), "cannot start another thread"),
        (OSError(errno.EACCES, "x"), None),
        (RuntimeError("x"), None),
        (OSError("no number"), None),
    ],
)
def test_what_is_a_shortage(error: Exception, words: str | None) -> None:
    """By number or by what Python says; everything else stays what it is."""
    found = limits.shortage(error)

    assert (found is None) == (words is None)
    if found is not None:
        assert isinstance(found, LimitError)
        assert str(words) in found.message
        assert found.hint


def test_a_shortage_in_the_words_of_grpc() -> None:
    """gRPC hands on what the system said."""
    with pytest.raises(LimitError, match="too many open files"):
        limits.raise_if_grpc_was_short(f"socket: {os.strerror(errno.EMFILE)} (24)")

    limits.raise_if_grpc_was_short("failed to connect to all addresses")


def test_nothing_is_left_of_the_trial() -> None:
    """Descriptors and threads are as many as before."""
    before = len(list(Path("/proc/self/fd").iterdir()))

    limits.check_room_for_grpc()

    assert len(list(Path("/proc/self/fd").iterdir())) == before

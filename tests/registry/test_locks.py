"""Who holds a lock is said where the system tells."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from milvusconn_cli.system.locks import _pid_in, holder, holder_pid, named

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

TABLE = """\
1: FLOCK  ADVISORY  WRITE 11 fe:00:100 0 EOF
2: FLOCK  ADVISORY  WRITE 1 fe:00:200 0 EOF
2: -> FLOCK  ADVISORY  WRITE 13 fe:00:200 0 EOF
3: OFDLCK ADVISORY  READ -1 fe:00:300 0 EOF
4: POSIX  ADVISORY  WRITE 0 fe:00:400 128 128
5: -> FLOCK  ADVISORY  WRITE 14 fe:00:500 0 EOF
"""


@pytest.mark.parametrize(
    ("inode", "pid"),
    [(100, 11), (200, 1), (300, None), (400, None), (500, None), (600, None)],
)
def test_the_table_of_locks(inode: int, pid: int | None) -> None:
    """Who holds it, not who waits for it; nobody where that is no process of this system."""
    assert _pid_in(TABLE, f"fe:00:{inode}") == pid


def test_the_holder_of_a_lock(tmp_path: Path) -> None:
    """Its process, and nobody once it is let go of."""
    path = tmp_path / "lock"
    with FileLock(path):
        assert holder_pid(path) == os.getpid()
        assert holder(path) == named(os.getpid())

    assert holder(tmp_path) is None
    assert holder(tmp_path / "none") is None


def test_a_process_is_named_by_its_program() -> None:
    """Its number, and its program where it still runs; arguments may hold secrets."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"up\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"up\n"  # so it bears its own name by now

        assert named(process.pid) == f"pid {process.pid} (cat)"

        process.stdin.close()

    assert named(process.pid) == f"pid {process.pid}"


def test_a_program_may_have_any_name() -> None:
    """It need not be text."""
    libc, before = ctypes.CDLL(None), Path("/proc/self/comm").read_bytes().strip()
    set_name = 15
    assert libc.prctl(set_name, b"m\xffn") == 0
    try:
        assert named(os.getpid()) == f"pid {os.getpid()} (m\ufffdn)"
    finally:
        libc.prctl(set_name, before)

"""TLS files that are pipes: read once, and not waited for without end."""

import os
import threading
from pathlib import Path

from tests.conftest import Milvusconn
from tests.servers.certificates import Authority


def test_a_pipe_that_nobody_writes_to(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """The time limit holds, and nothing is saved."""
    os.mkfifo(tmp_path / "ca.pem")

    ran = milvusconn(
        *("add", "tls", "--uri", "https://h", "--ca", tmp_path / "ca.pem", "--timeout", "0.3")
    )

    assert (ran.code, ran.out) == (78, "")
    assert ran.err == "milvusconn: the TLS files could not be read in time\n"
    assert milvusconn("list", "--names").out == ""


def test_a_pipe_that_is_written_to_once(
    milvusconn: Milvusconn, tmp_path: Path, authority: Authority
) -> None:
    """It is not opened a second time."""
    pipe = tmp_path / "ca.pem"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(authority.ca_file.read_bytes(),))
    writer.start()

    ran = milvusconn("add", "tls", "--uri", "https://h", "--ca", pipe)
    writer.join()

    assert ran.code == 0, ran.err

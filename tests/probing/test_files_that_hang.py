"""Root certificates and TLS files that cannot be read: a mount that is lost, a pipe."""

import asyncio
import os
from pathlib import Path

import pytest

from milvusconn_cli import Connections
from milvusconn_cli.connection.tls_files import NO_FILES, Pem
from milvusconn_cli.probing.layers import tls
from tests.conftest import Milvusconn, run_program
from tests.servers import faults
from tests.servers.certificates import Authority

LONG = 60.0
"""Seconds after which a hung program is ended, which fails the test."""


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe that nobody writes to: whoever opens it waits for ever."""
    path = tmp_path / "pipe.pem"
    os.mkfifo(path)
    return path


def test_roots_of_the_system_that_hang_hide_no_cause(authority: Authority, pipe: Path) -> None:
    """A second look reads them; without it the cause is the same."""
    with faults.tls(authority.issue("127.0.0.1")) as place:
        ran = run_program(
            ["has", "--uri", f"https://{place.address}", "-t", "3", "-o", "json"],
            environment={"SSL_CERT_FILE": str(pipe)},
            timeout=LONG,
        )

    assert ran.row["status"] == "tls-untrusted"
    assert "trusted_by_system" not in ran.row["evidence"]


def test_a_pipe_as_roots_of_grpc_is_refused(authority: Authority, pipe: Path) -> None:
    """Some versions of gRPC would wait for its writer, the whole program with them."""
    with faults.tls(authority.issue("127.0.0.1")) as place:
        ran = run_program(
            ["has", "--uri", f"https://{place.address}", "-t", "3", "-o", "json"],
            environment={"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(pipe)},
            timeout=LONG,
        )

    assert ran.row["status"] == "config-pem"
    assert "pipe.pem, which is not a regular file" in ran.row["summary"]


def test_roots_of_grpc_that_hang_are_named(
    milvusconn: Milvusconn, authority: Authority, pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the server: it shook hands with nobody. gRPC itself has its roots in memory."""
    monkeypatch.setattr(tls, "grpc_roots", lambda: pipe)
    with faults.tls(authority.issue("127.0.0.1")) as place:
        ran = milvusconn("has", "--uri", f"https://{place.address}", "-t", "2", "-o", "json")
    _write_to(pipe)

    assert ran.row["status"] == "config-pem"
    assert "root certificates could not be read in time" in ran.row["summary"]


def test_the_event_loop_goes_on_while_roots_are_read(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another probe has its answer before the roots are there; of those who wait, all get them."""
    monkeypatch.setattr(tls, "grpc_roots", lambda: pipe)

    async def probes() -> tuple[bool, int]:
        waiting = [asyncio.create_task(tls.verifying(NO_FILES, LONG)) for _ in range(3)]
        await asyncio.sleep(0)
        is_free = not any(one.done() for one in waiting)
        await asyncio.to_thread(_write_to, pipe)
        # The file's version is that of a pipe, always the same: one context for all.
        return is_free, len(set(await asyncio.gather(*waiting)))

    assert asyncio.run(probes()) == (True, 1)


def test_with_a_ca_no_roots_are_read(
    authority: Authority, pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """gRPC does not trust its own beside it."""
    monkeypatch.setattr(tls, "grpc_roots", lambda: pipe)

    context = asyncio.run(tls.verifying(Pem(ca=authority.ca_file.read_bytes()), LONG))

    assert len(context.get_ca_certs()) == 1


@pytest.mark.parametrize("verb", ["env", "exec"])
def test_a_ca_that_hangs_is_not_handed_out(
    milvusconn: Milvusconn, registry_path: Path, pipe: Path, verb: str
) -> None:
    """Refused within the alias's own limit, like a file that is broken."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(
        '[connections.dev]\nuri = "https://127.0.0.1:1"\ntimeout = 0.5\n'
        f'[connections.dev.tls]\nca = "{pipe}"\n'
    )

    ran = milvusconn(verb, "dev", *(["--", "true"] if verb == "exec" else []))

    assert ran.code == 78
    assert "the TLS files could not be read in time" in ran.err


def test_a_ca_that_hangs_is_not_added(pipe: Path) -> None:
    """By a Python program either."""
    connections = Connections.in_memory()

    with pytest.raises(Exception, match="the TLS files could not be read in time"):
        connections.add_connection(
            dev={"uri": "https://127.0.0.1:1", "ca_pem_path": str(pipe), "timeout": 0.5}
        )

    assert connections.list_connections() == []


def _write_to(pipe: Path) -> None:
    """Open a pipe that somebody reads, and close it: the reader goes on, with nothing."""
    pipe.write_bytes(b"")

"""What took the time before Milvus was asked: files, a secret, or neither."""

import time
from pathlib import Path

import pytest

from milvusconn_cli.connection import tls_files
from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.probing import probe
from tests.conftest import Milvusconn
from tests.servers import faults
from tests.servers.certificates import Authority

WAITED = {cause.label for cause in probe.WAITED}


@pytest.fixture
def slow_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS files on a slow mount: reading them takes 0.6 s."""
    load = tls_files.load

    def slow(files: TlsFiles) -> tls_files.Pem:
        time.sleep(0.6)
        return load(files)

    monkeypatch.setattr(tls_files, "load", slow)


@pytest.mark.usefixtures("slow_files")
def test_slow_tls_files_are_no_secret(milvusconn: Milvusconn, authority: Authority) -> None:
    """The files are named, and what was found of the server is kept."""
    with faults.silent() as place:
        uri = f"https://{place.address}"
        assert milvusconn("add", "tls", "--uri", uri, "--ca", authority.ca_file).code == 0
        row = milvusconn("has", "tls", "-t", "1", "-o", "json").row

    assert row["status"] == "config-pem"
    assert row["summary"].startswith("the TLS files took too long to read: ")
    assert row["evidence"]["then"] in WAITED


def test_a_slow_secret_is_named(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """As before, with what was found of the server."""
    script = tmp_path / "slow"
    script.write_text("#!/bin/sh\nsleep 0.7\necho root:x\n")
    script.chmod(0o700)
    with faults.silent() as place:
        milvusconn("add", "s", "--uri", f"http://{place.address}", "--token", f"command:{script}")
        row = milvusconn("has", "s", "-t", "1", "-o", "json").row

    assert row["status"] == "config-secret"
    assert row["evidence"]["then"] in WAITED

"""Fixtures of the tests of the lab's faults."""

from pathlib import Path

import pytest

from tests.servers.certificates import Authority, CertificateFiles


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def localhost(authority: Authority) -> CertificateFiles:
    return authority.issue("localhost", "127.0.0.1")

"""A process that lives for months sees root certificates that were renewed."""

from pathlib import Path

from milvusconn_cli.connection.tls_files import NO_FILES
from milvusconn_cli.probing.layers import tls
from tests.servers.certificates import Authority


def test_roots_are_read_again_once_they_change(authority: Authority, tmp_path: Path) -> None:
    """And are not while they stay the same."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(b"")
    assert _trusted(roots) == 0

    roots.write_bytes(authority.ca_file.read_bytes())

    assert _trusted(roots) == 1
    assert tls._context(NO_FILES, roots, tls._version_of(roots)) is tls._context(
        NO_FILES, roots, tls._version_of(roots)
    )


def _trusted(roots: Path) -> int:
    return len(tls._context(NO_FILES, roots, tls._version_of(roots)).get_ca_certs())


def test_a_file_that_does_not_exist_has_no_version(tmp_path: Path) -> None:
    """As a system without a bundle has none."""
    assert tls._version_of(tmp_path / "absent") is None
    assert tls._version_of(None) is None

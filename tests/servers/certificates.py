"""Certificates for TLS tests: authorities, intermediates, and what they sign, as PEM files.

Everything is written below the directory that the caller gives; nothing is trusted by the
machine, nothing is read from it.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True)
class CertificateFiles:
    """What a server or a client shows: two PEM files."""

    cert: Path
    """The certificate, then the intermediates that lead to the authority, never the root."""
    key: Path
    """Its private key, PKCS#8: the one form that Go, gRPC and Python's ssl all read."""


class Authority:
    """Signs certificates. `ca_file` is the root that a client has to trust for them."""

    def __init__(self, directory: Path, *, parent: "Authority | None" = None) -> None:
        """A root of its own, or with a parent an intermediate below it."""
        self.directory = directory
        self._serial = itertools.count(1)
        self._signer: trustme.CA = parent._signer.create_child_ca() if parent else trustme.CA()
        self.ca_file: Path = parent.ca_file if parent else directory / "ca.pem"
        directory.mkdir(parents=True, exist_ok=True)
        if parent is None:
            self._signer.cert_pem.write_to_path(self.ca_file)

    def intermediate(self) -> "Authority":
        """An authority below this one; its `ca_file` stays this one's root."""
        return Authority(self.directory / f"intermediate-{next(self._serial)}", parent=self)

    def issue(
        self,
        *names: str,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        common_name: str | None = None,
        chain: bool = True,
    ) -> CertificateFiles:
        """Sign for host names, wildcards and IP addresses; good for servers and for clients.

        A client's certificate needs a name too: Go takes none whose list of names is empty.
        Without `chain` the intermediates are left out, as a badly configured server does.
        """
        if not names:
            raise ValueError("a certificate needs at least one name")
        leaf = self._signer.issue_cert(
            *names, not_before=not_before, not_after=not_after, common_name=common_name
        )
        shown = leaf.cert_chain_pems if chain else leaf.cert_chain_pems[:1]
        return self._write(b"".join(pem.bytes() for pem in shown), leaf.private_key_pem.bytes())

    def _write(self, certificates: bytes, key: bytes) -> CertificateFiles:
        number = next(self._serial)
        files = CertificateFiles(
            self.directory / f"{number:02}-cert.pem", self.directory / f"{number:02}-key.pem"
        )
        files.cert.write_bytes(certificates)
        files.key.touch(mode=0o600)
        files.key.write_bytes(_as_pkcs8(key))
        return files


def _as_pkcs8(key: bytes) -> bytes:
    return load_pem_private_key(key, password=None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )

"""TLS files, read and checked before gRPC sees them.

grpcio aborts the whole process on a certificate without its key, and says "invalid" or nothing of
the rest; so each file is tried here first, by OpenSSL, and named for what is wrong with it.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.errors import PemError
from milvusconn_cli.system.environment_info import shown_path


class Pem(NamedTuple):
    """The files' content, as gRPC takes it; None where no file is named."""

    ca: bytes | None = None
    cert: bytes | None = None
    key: bytes | None = None


NO_FILES = Pem()

ROOTS_VARIABLE = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"
_ROOTS_HINT = f"unset {ROOTS_VARIABLE}, or pass the CA with --ca FILE"
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def load(files: TlsFiles) -> Pem:
    """Read the files; `PemError` naming the file and what is wrong with it."""
    pem = Pem(_read("ca", files.ca), _read("cert", files.cert), _read("key", files.key))
    if pem.ca is not None and files.ca is not None:
        _check_ca(files.ca)
    if files.cert is not None and files.key is not None:
        _check_pair(files.cert, files.key, pem)
    return pem


def grpc_roots() -> Path:
    """The roots that gRPC trusts where no CA is given: its own, not the operating system's."""
    named = _named_roots()
    if named is not None:
        return named
    from importlib.resources import files  # noqa: PLC0415 -- only a failed TLS dial needs it

    return Path(str(files("grpc") / "_cython" / "_credentials" / "roots.pem"))


def check_default_roots() -> None:
    """Refuse roots that gRPC would not take; `PemError` naming the variable that names them.

    Measured with grpcio 1.85: it falls back to its own roots where the file is missing or empty,
    creates no connection where the file begins with anything but a certificate, and aborts the
    process where the path is a directory.
    """
    path = _named_roots()
    if path is None:
        return
    where = f"${ROOTS_VARIABLE} names {shown_path(path)}, which"
    if not path.is_file():
        raise PemError(f"{where} is not a regular file", _ROOTS_HINT)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PemError(f"{where} cannot be read: {error.strerror}", _ROOTS_HINT) from None
    if not _begins_with_certificate(data):
        raise PemError(f"{where} does not begin with a PEM certificate", _ROOTS_HINT)


def _named_roots() -> Path | None:
    """The file of `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH`, where gRPC does not pass over it."""
    named = os.environ.get(ROOTS_VARIABLE)
    try:
        # Whatever is no regular file has a size too, or none that means anything.
        return Path(named) if named and Path(named).stat().st_size else None
    except (OSError, ValueError):
        return None


def _begins_with_certificate(data: bytes) -> bool:
    from cryptography import x509  # noqa: PLC0415 -- only where the variable is set

    block = _CERTIFICATE.search(data)
    try:
        return block is not None and bool(x509.load_pem_x509_certificate(block[0]))
    except ValueError:
        return False


def _read(field: str, path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise PemError(f"the {field} file {shown_path(path)} cannot be read: {reason}") from None
    label = b"PRIVATE KEY-----" if field == "key" else b"-----BEGIN CERTIFICATE-----"
    if label not in data:
        what = "private key" if field == "key" else "certificate"
        raise PemError(f"the {field} file {path} contains no PEM {what}")
    return data


def _check_ca(path: Path) -> None:
    # Imported where TLS files are: who has none does not pay for it.
    import ssl  # noqa: PLC0415

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (ssl.SSLError, OSError):
        raise PemError(f"OpenSSL cannot read the ca file {path}") from None


def _check_pair(cert: Path, key: Path, pem: Pem) -> None:
    import ssl  # noqa: PLC0415

    if b"ENCRYPTED" in (pem.key or b""):
        raise PemError(
            f"the key file {key} is encrypted, and gRPC accepts no passphrase",
            f"openssl pkey -in {key} -out plain.key",
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert, key)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise PemError(f"the key {key} does not match the certificate {cert}") from None
        raise PemError(f"OpenSSL cannot read {cert} with {key}: {error.reason}") from None
    except OSError as error:
        raise PemError(f"{cert} or {key} cannot be read: {error.strerror}") from None

"""TLS files, read and checked before gRPC sees them.

grpcio aborts the whole process on a certificate without its key, and says "invalid" or nothing of
the rest; so each file is tried here first, by OpenSSL, and named for what is wrong with it.
"""

import os
import re
import shlex
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.errors import PemError
from milvusconn_cli.system import limits
from milvusconn_cli.system.environment_info import shown_path
from milvusconn_cli.system.threads import within

if TYPE_CHECKING:
    import ssl


class Pem(NamedTuple):
    """The files' content, as gRPC takes it; None where no file is named."""

    ca: bytes | None = None
    cert: bytes | None = None
    key: bytes | None = None


NO_FILES = Pem()

ROOTS_VARIABLE = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"
_ROOTS_HINT = f"unset {ROOTS_VARIABLE}, or pass the CA with --ca FILE"
_NAMED = {"ca": "the CA file", "cert": "the certificate file", "key": "the key file"}
_INSTEAD = {
    "ca": "pass the CA certificate, PEM, with --ca FILE",
    "cert": "pass the client certificate and its key, both PEM, with --cert FILE --key FILE",
    "key": "pass the client certificate and its key, both PEM, with --cert FILE --key FILE",
}
"""What each file is to be, where it is not."""
_LABEL = rb"(?:TRUSTED |X509 )?CERTIFICATE"
_BLOCK_BEGIN = re.compile(rb"^-----BEGIN " + _LABEL + rb"-----", re.MULTILINE)
_BLOCK = re.compile(
    rb"^-----BEGIN " + _LABEL + rb"-----\s*\n(?P<body>.*?)^-----END " + _LABEL + rb"-----",
    re.MULTILINE | re.DOTALL,
)
_KEY = re.compile(rb"^-----BEGIN (?:\w+ )?PRIVATE KEY-----", re.MULTILINE)
_KEY_BODY = re.compile(
    rb"^-----BEGIN (?:\w+ )?PRIVATE KEY-----\s*\n(?P<body>.*?)^-----END", re.MULTILINE | re.DOTALL
)
_ENCRYPTED = re.compile(
    rb"^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: *4, *ENCRYPTED)", re.MULTILINE
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SEQUENCE = 0x30
_BRAINPOOL = bytes.fromhex("2b24030302080101")
"""How the object identifiers of these curves begin (RFC 5639), which BoringSSL does not have."""


def load(files: TlsFiles) -> Pem:
    """Read the files; `PemError` naming the file and what is wrong with it."""
    pem = Pem(_read("ca", files.ca), _read("cert", files.cert), _read("key", files.key))
    if pem.ca is not None and files.ca is not None:
        _check_ca(files.ca, pem.ca)
    if files.cert is not None and files.key is not None:
        _check_pair(files.cert, files.key, pem)
    return pem


def load_within(seconds: float, files: TlsFiles) -> Pem:
    """The same where there is no event loop; a pipe that nobody writes to is not waited for."""
    if files == TlsFiles():
        return NO_FILES
    try:
        return within(seconds, lambda: load(files))
    except TimeoutError:
        raise PemError("the TLS files could not be read in time") from None


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
    process where the path is a directory. 1.66 waits for ever where it is a pipe.
    """
    path = _named_roots()
    named = Path(os.environ.get(ROOTS_VARIABLE, ""))
    if path is None and not named.is_fifo():
        return
    path = path or named
    where = f"${ROOTS_VARIABLE} names {shown_path(path)}, which"
    if not path.is_file():
        raise PemError(f"{where} is not a regular file", _ROOTS_HINT)
    try:
        data = path.read_bytes()
    except OSError as error:
        limits.raise_if_short(error)
        raise PemError(f"{where} cannot be read: {error.strerror}", _ROOTS_HINT) from None
    if not certificates_of(data):
        raise PemError(f"{where} does not begin with a PEM certificate", _ROOTS_HINT)


def _named_roots() -> Path | None:
    """The file of `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH`, where gRPC does not pass over it."""
    named = os.environ.get(ROOTS_VARIABLE)
    try:
        # Whatever is no regular file has a size too, or none that means anything.
        return Path(named) if named and Path(named).stat().st_size else None
    except (OSError, ValueError):
        return None


def certificates_of(data: bytes) -> list[bytes]:
    """The certificates of a PEM file that gRPC takes from it, DER, in their order.

    Measured with grpcio 1.85 (BoringSSL): a block begins at the beginning of a line; text around
    it, other blocks and white space within it do not matter; the first block that is broken ends
    the list.
    """
    found = []
    for block in _BLOCK.finditer(data):
        try:
            der = b64decode(b"".join(block["body"].split()), validate=True)
        except ValueError:
            break
        length = _length_of(der)
        if length is None or not _is_certificate(der[:length]):
            break
        found.append(der[:length])  # a TRUSTED CERTIFICATE has more behind it
    return found


def _length_of(der: bytes) -> int | None:
    """The length of the first element of DER, its header included; None if it is cut short."""
    if len(der) < 2 or der[0] != _SEQUENCE:  # noqa: PLR2004 -- tag and length
        return None
    size = der[1] & 0x7F if der[1] & 0x80 else 0
    content = int.from_bytes(der[2 : 2 + size], "big") if size else der[1]
    length = 2 + size + content
    return length if length <= len(der) else None


def _is_certificate(der: bytes) -> bool:
    # Imported where TLS files are: who has none does not pay for it.
    import ssl  # noqa: PLC0415

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except ssl.SSLError:
        return False
    return True


def _read(field: str, path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        limits.raise_if_short(error)
        reason = error.strerror if isinstance(error, OSError) else error
        raise PemError(
            f"{_NAMED[field]} {shown_path(path)} cannot be read: {reason}", _INSTEAD[field]
        ) from None
    pattern, what = (_KEY, "private key") if field == "key" else (_BLOCK_BEGIN, "certificate")
    if pattern.search(data):
        return data
    if data.startswith(_BYTE_ORDER_MARK) and pattern.match(data.removeprefix(_BYTE_ORDER_MARK)):
        raise PemError(
            f"{_NAMED[field]} {path} begins with a byte order mark, which gRPC does not accept",
            "save it as UTF-8 without a byte order mark (BOM)",
        )
    raise PemError(f"{_NAMED[field]} {path} contains no PEM {what}", _INSTEAD[field])


def _check_ca(path: Path, data: bytes) -> None:
    if not certificates_of(data):
        raise PemError(
            f"the first certificate in the CA file {path} is broken: gRPC would read none of them",
            _INSTEAD["ca"],
        )


def _check_pair(cert: Path, key: Path, pem: Pem) -> None:
    import ssl  # noqa: PLC0415

    data = pem.key or b""
    if _ENCRYPTED.search(data):
        raise PemError(
            f"the key file {key} is encrypted, and gRPC accepts no passphrase",
            f"openssl pkey -in {shlex.quote(str(key))} -out plain.key",
        )
    if _has_brainpool_curve(data):
        raise PemError(
            f"the key {key} is on a Brainpool curve, which gRPC does not support",
            "use a key on P-256 or P-384, or an RSA key",
        )
    try:
        load_pair(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pem)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise PemError(f"the key {key} does not match the certificate {cert}") from None
        raise PemError(f"OpenSSL cannot read {cert} with {key}: {error.reason}") from None
    except OSError as error:
        limits.raise_if_short(error)
        raise PemError(f"{cert} or {key} cannot be read: {error.strerror}") from None


def load_pair(context: "ssl.SSLContext", pem: Pem) -> None:
    """Load a client's certificate and key into `context`, from what was read of their files.

    `ssl` reads files alone, and a file may be a pipe that is empty by now.
    """
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # BoringSSL has no security levels
    with ExitStack() as held:
        cert = held.enter_context(_as_file(pem.cert or b""))
        key = held.enter_context(_as_file(pem.key or b""))
        context.load_cert_chain(cert, key)


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """The path of a file with this content: in memory where the system has that, else private."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("pem")
        try:
            os.write(descriptor, data)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    import tempfile  # noqa: PLC0415 -- Linux needs it not

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "pem")
        path.touch(mode=0o600)
        path.write_bytes(data)
        yield str(path)


def _has_brainpool_curve(data: bytes) -> bool:
    for block in _KEY_BODY.finditer(data):
        try:
            der = b64decode(b"".join(block["body"].split()), validate=True)
        except ValueError:
            continue
        if _BRAINPOOL in der:
            return True
    return False

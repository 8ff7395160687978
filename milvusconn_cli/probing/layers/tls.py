"""TLS, spoken by ourselves with the files and roots that gRPC gets, to learn why gRPC could not.

The handshake runs over memory (`ssl.MemoryBIO`), so the peer's own bytes stay in view: whether
they were TLS at all, and whether an alert came in the place of the server's hello or after it.
"""

import os
import ssl
import threading
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.connection.tls_files import Pem, certificates_of, grpc_roots, load_pair
from milvusconn_cli.probing.layers import Obstacle, certificate
from milvusconn_cli.probing.layers.certificate import Certificate
from milvusconn_cli.probing.layers.stream import CHUNK, Stream
from milvusconn_cli.probing.layers.tls_verdict import Unverified, matches, of_alert, wrong_name
from milvusconn_cli.report import finding
from milvusconn_cli.system.threads import in_turn

_HANDSHAKE, _ALERT = 22, 21
_CERTIFICATE_REQUEST = 13  # of a server's handshake (RFC 8446, 4.3.2)
_REQUESTED = "requests_certificate"
# gRPC's own for TLS 1.2 (src/core/credentials/transport/tls/ssl_utils.cc); OpenSSL takes more.
_GRPC_CIPHERS = ":".join(
    f"ECDHE-{key}-{cipher}"
    for key in ("ECDSA", "RSA")
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384")
)
_AS_BORINGSSL = ":@SECLEVEL=0"
"""BoringSSL has no security levels: it takes RSA keys of 1024 bits and SHA-1."""
_DER = 2  # _ssl.ENCODING_DER
_VERSION_MAJOR = 3  # of SSL 3.0 and every TLS since
_roots_are_read, _system_roots_are_read = threading.Lock(), threading.Lock()


class NotTls(Exception):  # noqa: N818 -- an outcome, not an error of this program
    """The peer answered the hello with something else, or with nothing (`answer` is empty)."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("not TLS")
        self.answer = answer


class TlsStream:
    """TLS over another stream."""

    def __init__(self, below: Stream, context: ssl.SSLContext, server_name: str) -> None:
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self.requests_certificate = False
        """Whether the peer asked for a client certificate during the handshake."""
        self.heard = bytearray()
        """The peer's own bytes, as far as the handshake took."""

    async def handshake(self) -> str:
        """Shake hands; the TLS version and the protocol agreed on. Raises `ssl.SSLError`."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._exchange()
                continue
            finally:
                await self._flush()
            self.requests_certificate = getattr(self._tls, _REQUESTED, False)
            return f"{self._tls.version()}, ALPN {self._tls.selected_alpn_protocol() or 'none'}"

    @property
    def certificate(self) -> bytes | None:
        """The peer's certificate, DER; None before it was shown."""
        try:
            return self._tls.getpeercert(binary_form=True)
        except ValueError:  # the handshake is not done
            return None

    @property
    def verified(self) -> dict[str, Any]:
        """What the peer's certificate says, in `getpeercert`'s form; empty if not verified."""
        return dict(self._tls.getpeercert() or {})

    @property
    def chain(self) -> list[bytes]:
        """The certificates that the peer has shown, DER, its own first."""
        inner: Any = getattr(self._tls, "_sslobj", None)
        try:
            # Python's own class has it from 3.13 on; before, only the C object beneath.
            shown: list[bytes] = [one.public_bytes(_DER) for one in inner.get_unverified_chain()]
        except (AttributeError, TypeError, ValueError, ssl.SSLError):
            shown = []
        own = self.certificate
        return shown or ([own] if own else [])

    @property
    def offers_http2(self) -> bool:
        """Whether the server chose h2."""
        return self._tls.selected_alpn_protocol() == "h2"

    async def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self._tls.write(data)
        await self._flush()

    async def receive(self) -> bytes:
        """The next bytes; `b""` when the peer is done. Raises `ssl.SSLError` for an alert."""
        while True:
            try:
                return self._tls.read(CHUNK)
            except ssl.SSLWantReadError:
                await self._exchange()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    async def _exchange(self) -> None:
        await self._flush()
        data = await self._below.receive()
        if data:
            self._incoming.write(data)
            self.heard += data
        else:
            self._incoming.write_eof()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._below.send(self._outgoing.read())


async def verifying(pem: Pem, seconds: float) -> ssl.SSLContext:
    """A context that verifies as gRPC does; `TimeoutError` where that takes longer.

    The roots are read in a thread: a lost mount or a pipe would block the event loop.
    """

    def with_roots() -> ssl.SSLContext:
        roots = grpc_roots()
        return _context(pem, roots, _version_of(roots))

    if pem.ca is not None:
        return _context(pem, None, None)
    return await in_turn(_roots_are_read, seconds, with_roots)


async def shake_hands(
    below: Stream, files: TlsFiles, context: ssl.SSLContext, host: str
) -> tuple[TlsStream, str]:
    """A TLS stream that gRPC would be content with, and a line on what was agreed.

    `context` comes from `verifying`.

    Raises `NotTls` where the peer does not speak TLS, `Unverified` where its certificate does not
    hold, `Obstacle` where the handshake fails otherwise.
    """
    stream = TlsStream(below, context, files.server_name or host)
    try:
        agreed = await stream.handshake()
    except ssl.SSLCertVerificationError as error:
        raise Unverified(error) from None
    except ssl.SSLError as error:
        heard = bytes(stream.heard)
        if not is_record(heard):
            raise NotTls(heard) from None
        raise Obstacle(of_alert(error, files, hello_came=heard[0] == _HANDSHAKE)) from None
    name = files.server_name or host
    if not matches(stream.verified, name, is_override=files.server_name is not None):
        der = stream.certificate
        raise Obstacle(wrong_name(certificate.read(der) if der else None, name))
    if not stream.offers_http2:
        raise Obstacle(finding(Cause.TLS_NO_H2, f"{Cause.TLS_NO_H2.summary} ({agreed})"))
    return stream, agreed


async def shown_chain(below: Stream, host: str) -> list[Certificate]:
    """The certificates that the peer shows, its own first, whatever they are worth."""
    stream = TlsStream(below, _trusting_context(), host)
    with suppress(ssl.SSLError):
        await stream.handshake()
    read = [certificate.read(der) for der in stream.chain]
    return [one for one in read if one is not None]


async def answers_hello(below: Stream, host: str) -> bool:
    """Whether the peer answers a TLS hello with TLS: a handshake or an alert."""
    stream = TlsStream(below, _trusting_context(), host)
    try:
        await stream.handshake()
    except ssl.SSLError:
        return is_record(bytes(stream.heard))
    return True


async def demands_certificate(below: Stream, host: str) -> bool:
    """Whether the peer says, with a TLS alert, that it misses a client certificate."""
    stream = TlsStream(below, _trusting_context(), host)
    try:
        await stream.handshake()
        await stream.receive()
    except ssl.SSLError:
        return True
    return False


async def system_trusts(below: Stream, host: str, seconds: float) -> bool:
    """Whether the operating system's roots would do; raises `ssl.SSLError` where they do not.

    `TimeoutError` where they cannot be read in `seconds`.
    """

    def with_roots() -> ssl.SSLContext:
        paths = ssl.get_default_verify_paths()
        return _system_context(paths, _version_of(paths.cafile), _version_of(paths.capath))

    context = await in_turn(_system_roots_are_read, seconds, with_roots)
    await TlsStream(below, context, host).handshake()
    return True


def system_bundle() -> str | None:
    """The file of the operating system's roots, where they are in one."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile


def may_begin_record(heard: bytes) -> bool:
    """Whether the first byte is that of a TLS record, which others rarely begin with."""
    return heard[:1] in (bytes((_HANDSHAKE,)), bytes((_ALERT,)))


def is_record(heard: bytes) -> bool:
    """Whether the bytes begin as a TLS record of a handshake or an alert does."""
    return len(heard) > 1 and heard[0] in (_HANDSHAKE, _ALERT) and heard[1] == _VERSION_MAJOR


def _version_of(path: Path | str | None) -> tuple[int, int, int] | None:
    """What changes when a file is replaced, or a file of a directory; None if there is none."""
    try:
        found = Path(path).stat() if path is not None else None
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found else None


@lru_cache
def _context(pem: Pem, roots: Path | None, _version: object) -> ssl.SSLContext:
    """Verifying as gRPC does: its roots or the given CA, any certificate of which is an anchor.

    Made once for all probes that share it, as reading gRPC's roots takes 30 ms; made anew once the
    roots are renewed, since a process may live for months.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if pem.cert is not None:
        load_pair(context, pem)
    context.check_hostname = False  # `matches` has gRPC's rules
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # gRPC's
    context.set_ciphers(f"{_GRPC_CIPHERS}{_AS_BORINGSSL}")
    with suppress(ssl.SSLError):  # OpenSSL may not know what BoringSSL does
        ciphers = os.environ.get("GRPC_SSL_CIPHER_SUITES") or _GRPC_CIPHERS
        context.set_ciphers(f"{ciphers}{_AS_BORINGSSL}")
    context.verify_flags |= ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["h2"])
    with suppress(AttributeError):  # Python's ssl has no public way to see the handshake's messages
        context._msg_callback = _note_message  # type: ignore[attr-defined]  # noqa: SLF001
    if pem.ca is not None:
        context.load_verify_locations(cadata=b"".join(certificates_of(pem.ca)))
    elif roots is not None:
        with suppress(ssl.SSLError):  # a later block that is broken: gRPC keeps those before it
            context.load_verify_locations(roots)
    return context


def _note_message(tls: Any, _: str, __: object, ___: object, kind: int, ____: bytes) -> None:  # noqa: ANN401 -- ssl's own
    """Note on a connection that the server asked for a client certificate."""
    if kind == _CERTIFICATE_REQUEST:
        setattr(tls, _REQUESTED, True)


@lru_cache
def _system_context(_: ssl.DefaultVerifyPaths, _file: object, _directory: object) -> ssl.SSLContext:
    # Not create_default_context: that one opens $SSLKEYLOGFILE, which may be nowhere.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context


@lru_cache
def _trusting_context() -> ssl.SSLContext:
    """Verifying nothing: only to look at what the peer shows; nothing secret is sent over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(f"DEFAULT{_AS_BORINGSSL}")
    context.set_alpn_protocols(["h2"])
    return context

"""TLS, spoken by ourselves with the files and roots that gRPC gets, to learn why gRPC could not.

The handshake runs over memory (`ssl.MemoryBIO`), so the peer's own bytes stay in view: whether
they were TLS at all, and whether an alert came in the place of the server's hello or after it.
"""

import os
import ssl
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.connection.tls_files import Pem, grpc_roots
from milvusconn_cli.probing.layers import Obstacle, certificate
from milvusconn_cli.probing.layers.certificate import Certificate
from milvusconn_cli.probing.layers.stream import CHUNK, Stream
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean, listed

_HANDSHAKE, _ALERT = 22, 21
# gRPC's own for TLS 1.2 (src/core/credentials/transport/tls/ssl_utils.cc); OpenSSL takes more.
_GRPC_CIPHERS = ":".join(
    f"ECDHE-{key}-{cipher}"
    for key in ("ECDSA", "RSA")
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384")
)
_RECORD_HEADER, _MESSAGE_HEADER = 5, 4  # bytes
_CERTIFICATE = 11  # the type of that handshake message
_VERSION_MAJOR = 3  # of SSL 3.0 and every TLS since

# X509_V_ERR_… of OpenSSL's x509_vfy.h
_NOT_YET_VALID, _EXPIRED = 9, 10
_NAME_MISMATCHES = (62, 64)

# Alerts by which a server refuses the client's certificate, or its absence.
_ABOUT_CLIENT_CERTIFICATE = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "UNSUPPORTED_CERTIFICATE",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_UNKNOWN",
    "UNKNOWN_CA",
    "ACCESS_DENIED",
)


class NotTls(Exception):  # noqa: N818 -- an outcome, not an error of this program
    """The peer answered the hello with something else, or with nothing (`answer` is empty)."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("not TLS")
        self.answer = answer


class Unverified(Exception):  # noqa: N818 -- an outcome, not an error of this program
    """The peer's certificate does not hold; why, in OpenSSL's code and words."""

    def __init__(self, error: ssl.SSLCertVerificationError) -> None:
        super().__init__(error.verify_message)
        self.code: int = error.verify_code
        self.words: str = clean(error.verify_message)


class TlsStream:
    """TLS over another stream."""

    def __init__(self, below: Stream, context: ssl.SSLContext, server_name: str) -> None:
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
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
            return f"{self._tls.version()}, ALPN {self._tls.selected_alpn_protocol() or 'none'}"

    @property
    def certificate(self) -> bytes | None:
        """The peer's certificate, DER; None before it was shown."""
        try:
            return self._tls.getpeercert(binary_form=True)
        except ValueError:  # the handshake is not done
            return None

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


async def shake_hands(below: Stream, files: TlsFiles, pem: Pem, host: str) -> tuple[TlsStream, str]:
    """A TLS stream that gRPC would be content with, and a line on what was agreed.

    Raises `NotTls` where the peer does not speak TLS, `Unverified` where its certificate does not
    hold, `Obstacle` where the handshake fails otherwise.
    """
    stream = TlsStream(below, _context(files, pem, grpc_roots()), files.server_name or host)
    try:
        agreed = await stream.handshake()
    except ssl.SSLCertVerificationError as error:
        raise Unverified(error) from None
    except ssl.SSLError as error:
        heard = bytes(stream.heard)
        if not is_record(heard):
            raise NotTls(heard) from None
        raise Obstacle(of_alert(error, files, hello_came=heard[0] == _HANDSHAKE)) from None
    if not stream.offers_http2:
        raise Obstacle(finding(Cause.TLS_NO_H2, f"{Cause.TLS_NO_H2.summary} ({agreed})"))
    return stream, agreed


async def shown_certificate(below: Stream, host: str) -> Certificate | None:
    """The certificate that the peer shows, whatever it is worth; None where it shows none."""
    stream = TlsStream(below, _trusting_context(), host)
    with suppress(ssl.SSLError):
        await stream.handshake()
    der = stream.certificate
    return certificate.read(der) if der else None


async def answers_hello(below: Stream, host: str) -> bool:
    """Whether the peer answers a TLS hello with TLS: a handshake or an alert."""
    stream = TlsStream(below, _trusting_context(), host)
    try:
        await stream.handshake()
    except ssl.SSLError:
        return is_record(bytes(stream.heard))
    return True


async def system_trusts(below: Stream, host: str) -> bool:
    """Whether the operating system's roots would do; raises `ssl.SSLError` where they do not."""
    context = _system_context(ssl.get_default_verify_paths())
    await TlsStream(below, context, host).handshake()
    return True


def system_bundle() -> str | None:
    """The file of the operating system's roots, where they are in one."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile


async def chain_length(below: Stream, host: str) -> int:
    """How many certificates the server shows; 0 where it speaks TLS 1.3 alone, which hides them."""
    context = _trusting_context(ssl.TLSVersion.TLSv1_2)
    stream = TlsStream(below, context, host)
    with suppress(ssl.SSLError):
        await stream.handshake()
    return _count_certificates(_handshake_messages(bytes(stream.heard)))


def is_record(heard: bytes) -> bool:
    """Whether the bytes begin as a TLS record of a handshake or an alert does."""
    return len(heard) > 1 and heard[0] in (_HANDSHAKE, _ALERT) and heard[1] == _VERSION_MAJOR


def of_verification(error: Unverified, shown: Certificate | None, name: str) -> Finding:
    """Why the peer's certificate does not hold for `name`, by the code that OpenSSL gives."""
    evidence = shown.evidence if shown else {}
    owner = shown.owner if shown else name
    match error.code:
        case code if code == _EXPIRED and shown:
            summary = f"the certificate of {owner} expired {certificate.age(shown.not_after)} ago"
            return finding(Cause.TLS_EXPIRED, summary, **evidence)
        case code if code == _NOT_YET_VALID and shown:
            hence = certificate.age(shown.not_before)
            summary = f"the certificate of {owner} is not valid for another {hence}"
            return finding(Cause.TLS_NOT_YET_VALID, summary, **evidence)
        case code if code in _NAME_MISMATCHES:
            return _wrong_name(shown, name, evidence)
        case _:
            return _untrusted(error, shown, owner)


def _untrusted(error: Unverified, shown: Certificate | None, owner: str) -> Finding:
    if shown is None:
        return finding(Cause.TLS_UNTRUSTED, f"the certificate of {owner}: {error.words}")
    if shown.self_signed:
        summary = f"the certificate of {owner} is self-signed and not trusted"
        advice = "pass that certificate with --ca FILE"
        return finding(Cause.TLS_UNTRUSTED, summary, advice, **shown.evidence)
    summary = f"the certificate of {owner}: issuer not trusted: {shown.issuer}"
    return finding(Cause.TLS_UNTRUSTED, summary, **shown.evidence, verification=error.words)


def of_alert(error: ssl.SSLError, files: TlsFiles, *, hello_came: bool) -> Finding:
    """What the peer's alert, or its end in the middle of the handshake, means."""
    # Where OpenSSL of this Python has no name for the alert, its words still have one.
    reason = error.reason or str(error).upper().replace(" ", "_")
    if "NO_APPLICATION_PROTOCOL" in reason:
        return finding(Cause.TLS_NO_H2, "the server rejected HTTP/2 in the TLS handshake (ALPN)")
    # A server that has said hello and then fails misses something of ours: a certificate. One
    # that fails in the place of its hello agrees with no version or cipher.
    about_certificate = any(words in reason for words in _ABOUT_CLIENT_CERTIFICATE)
    if about_certificate or ("HANDSHAKE_FAILURE" in reason and hello_came):
        summary = (
            "the server does not trust the client certificate"
            if files.cert
            else "the server requires a client certificate; none was sent"
        )
        return finding(Cause.TLS_CLIENT_CERT, summary, alert=reason)
    words = reason.replace("_", " ").lower() or clean(str(error))
    return finding(Cause.TLS_FAILED, f"the TLS handshake failed: {words}", alert=reason)


def _handshake_messages(heard: bytes) -> bytes:
    """The handshake's messages out of the records that carry them in clear (RFC 5246, 6.2.1)."""
    messages, at = b"", 0
    while len(heard) >= at + _RECORD_HEADER and heard[at] == _HANDSHAKE:
        length = int.from_bytes(heard[at + 3 : at + 5], "big")
        messages += heard[at + _RECORD_HEADER : at + _RECORD_HEADER + length]
        at += _RECORD_HEADER + length
    return messages


def _count_certificates(messages: bytes) -> int:
    """How many the Certificate message holds (RFC 5246, 7.4.2); 0 where there is none."""
    at = 0
    while len(messages) >= at + _MESSAGE_HEADER:
        length = int.from_bytes(messages[at + 1 : at + 4], "big")
        body = messages[at + _MESSAGE_HEADER : at + _MESSAGE_HEADER + length]
        if messages[at] == _CERTIFICATE:
            return _count_entries(body[3:])
        at += _MESSAGE_HEADER + length
    return 0


def _count_entries(entries: bytes) -> int:
    count, at = 0, 0
    while len(entries) >= at + 3:
        at += 3 + int.from_bytes(entries[at : at + 3], "big")
        count += 1
    return count


def _wrong_name(shown: Certificate | None, name: str, evidence: dict[str, str]) -> Finding:
    if shown is None or not shown.names:
        return finding(Cause.TLS_NAME, f"the certificate is not for {name}", **evidence)
    names = listed(list(shown.names))
    return finding(
        Cause.TLS_NAME,
        f"the certificate is for {names}, not for {name}",
        f"connect to one of these names, or pass --server-name {shown.names[0]}",
        **evidence,
    )


@lru_cache
def _context(files: TlsFiles, pem: Pem, roots: Path) -> ssl.SSLContext:
    """Verifying as gRPC does: its roots or the given CA, any certificate of which is an anchor.

    Made once for all probes that share it: reading gRPC's roots takes 30 ms.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # gRPC's
    context.set_ciphers(_GRPC_CIPHERS)
    with suppress(ssl.SSLError):  # OpenSSL may not know what BoringSSL does
        context.set_ciphers(os.environ.get("GRPC_SSL_CIPHER_SUITES") or _GRPC_CIPHERS)
    context.verify_flags |= ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["h2"])
    if pem.ca is not None:
        context.load_verify_locations(cadata=pem.ca.decode("ascii", "ignore"))
    else:
        with suppress(ssl.SSLError):  # a later block that is broken: gRPC keeps those before it
            context.load_verify_locations(roots)
    if files.cert is not None:
        context.load_cert_chain(files.cert, files.key)
    return context


@lru_cache
def _system_context(_: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    # Not create_default_context: that one opens $SSLKEYLOGFILE, which may be nowhere.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context


@lru_cache
def _trusting_context(
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> ssl.SSLContext:
    """Verifying nothing: only to look at what the peer shows; nothing secret is sent over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = newest
    context.set_alpn_protocols(["h2"])
    return context

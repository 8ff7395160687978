"""What a TLS handshake that failed means: the certificate, its name, its dates, an alert. Pure."""

import ssl
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.probing.layers import certificate
from milvusconn_cli.probing.layers.certificate import Certificate
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean, listed

# X509_V_ERR_… of OpenSSL's x509_vfy.h
_NOT_YET_VALID, _EXPIRED = 9, 10
BAD_SIGNATURE = 7
_NAME_MISMATCHES = (62, 64)
_MISUSED = {
    25: "the chain is longer than a CA certificate in it allows (path length)",
    26: "a certificate is not meant for this purpose (extended key usage)",
    32: "the issuer's certificate may not sign certificates (key usage)",
    34: "a certificate has a critical extension that is unknown",
    41: "a certificate has an invalid extension",
    47: "the name is outside of what the CA may certify (name constraints)",
    48: "the name is excluded by the CA (name constraints)",
    79: "the issuer's certificate is not a CA certificate",
}
"""The chain reaches a root that is trusted, but may not be used so."""

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
_ALERT_WORDS = {
    "REVOKED": "the server says that the client certificate is revoked",
    "EXPIRED": "the server says that the client certificate has expired",
    "UNSUPPORTED": "the server does not accept this kind of client certificate",
    "DECRYPT_ERROR": "the server rejects the client certificate's signature: is it from another"
    " CA of the same name?",
}
_INGRESS_DEFAULTS = ("Kubernetes Ingress Controller Fake Certificate", "TRAEFIK DEFAULT CERT")
_INGRESS_ADVICE = "give the ingress a certificate for this host: a TLS secret"


class Unverified(Exception):  # noqa: N818 -- an outcome, not an error of this program
    """The peer's certificate does not hold; why, in OpenSSL's code and words."""

    def __init__(self, error: ssl.SSLCertVerificationError) -> None:
        super().__init__(error.verify_message)
        self.code: int = error.verify_code
        self.words: str = clean(error.verify_message)


def of_verification(error: Unverified, chain: Sequence[Certificate], name: str) -> Finding:
    """Why the peer's certificate does not hold for `name`, by the code that OpenSSL gives.

    `chain` begins with the server's certificate; its issuers follow, as far as they are known.
    """
    shown = chain[0] if chain else None
    evidence = shown.evidence if shown else {}
    if shown is not None and is_ingress_default(shown):
        return ingress_default(Cause.TLS_UNTRUSTED, shown, name)
    if error.code in (_EXPIRED, _NOT_YET_VALID):
        return _of_dates(error.code, chain)
    if error.code in _NAME_MISMATCHES:
        return wrong_name(shown, name)
    if error.code in _MISUSED:
        summary = f"the certificate is not valid for this use: {_MISUSED[error.code]}"
        return finding(Cause.TLS_INVALID, summary, **evidence, verification=error.words)
    return _untrusted(error, shown, shown.owner if shown else name)


def _of_dates(code: int, chain: Sequence[Certificate]) -> Finding:
    """Which certificate of the chain is over, or not valid yet, and since when."""
    is_over = code == _EXPIRED
    found = next((one for one in chain if (one.is_over if is_over else one.is_to_come)), None)
    if found is None:
        return finding(Cause.TLS_EXPIRED if is_over else Cause.TLS_NOT_YET_VALID)
    whose = _whose(found, chain[0])
    if not is_over:
        summary = f"{whose} is not valid for another {certificate.age(found.not_before)}"
        return finding(Cause.TLS_NOT_YET_VALID, summary, **found.evidence)
    summary = f"{whose} expired {certificate.age(found.not_after)} ago"
    advice = None if found is chain[0] else "renew the CA certificate, and the chain that is sent"
    return finding(Cause.TLS_EXPIRED, summary, advice, **found.evidence)


def _whose(one: Certificate, shown: Certificate) -> str:
    if one is shown:
        return f"the certificate of {one.owner}"
    return f"the issuer's certificate ({one.subject})"


def _untrusted(error: Unverified, shown: Certificate | None, owner: str) -> Finding:
    if shown is None:
        return finding(Cause.TLS_UNTRUSTED, f"the certificate of {owner}: {error.words}")
    if error.code == BAD_SIGNATURE:
        summary = f"the certificate of {owner} is signed with another key than the given CA's"
        advice = "pass the CA that signed it; a CA of the same name was probably recreated"
        return finding(Cause.TLS_UNTRUSTED, summary, advice, **shown.evidence)
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
    about_certificate |= "DECRYPT_ERROR" in reason and bool(files.cert)
    if about_certificate or ("HANDSHAKE_FAILURE" in reason and hello_came):
        summary = "the server requires a client certificate; none was sent"
        if files.cert:
            summary = next(
                (words for name, words in _ALERT_WORDS.items() if name in reason),
                "the server does not trust the client certificate",
            )
        return finding(Cause.TLS_CLIENT_CERT, summary, alert=reason)
    if "UNRECOGNIZED_NAME" in reason:
        asked = f"the name {files.server_name!r}" if files.server_name else "this host"
        return finding(
            Cause.TLS_NAME,
            f"the server has no certificate for {asked} (TLS alert unrecognized_name)",
            "pass a name that the server serves with --server-name NAME",
            alert=reason,
        )
    words = reason.replace("_", " ").lower() or clean(str(error))
    return finding(Cause.TLS_FAILED, f"the TLS handshake failed: {words}", alert=reason)


def not_for_grpc(der: bytes, details: str) -> Finding:
    """The finding of a server that OpenSSL can shake hands with and gRPC's BoringSSL cannot."""
    kind = certificate.unusual_key(der)
    words = clean(details.rpartition(": ")[0] or details)
    if kind is None:
        what = "no key exchange group or signature algorithm in common"
        advice = "enable X25519 or P-256 as a key exchange group on the server"
    else:
        what = f"the server's key is of a type that gRPC does not support: {kind}"
        advice = "have a server certificate issued for a key on P-256 or P-384, or an RSA key"
    summary = f"gRPC cannot complete the TLS handshake: {what}"
    return finding(Cause.TLS_FAILED, summary, advice, grpc_details=words)


def client_certificate_fault(own: Certificate, found: Finding) -> Finding | None:
    """What is wrong with the client's own certificate; None if its dates and purpose are right.

    A server that rejects it may just close the connection, so the file itself is checked.
    """
    if own.is_over:
        what = f"the client certificate expired {certificate.age(own.not_after)} ago"
    elif own.is_to_come:
        what = f"the client certificate is not valid for another {certificate.age(own.not_before)}"
    elif not own.is_for_clients:
        what = "the client certificate is not meant for this purpose (extended key usage)"
    else:
        return None
    evidence = {**own.evidence, "then": found.summary}
    return finding(Cause.TLS_CLIENT_CERT, what, "have a new client certificate issued", **evidence)


def is_ingress_default(shown: Certificate) -> bool:
    """Whether an ingress shows the certificate that it has for hosts that it does not know."""
    return any(name in shown.subject for name in _INGRESS_DEFAULTS)


def ingress_default(cause: Cause, shown: Certificate, name: str) -> Finding:
    """The finding for that certificate: trusting it would be of no use."""
    summary = f"the ingress has no certificate for {name}: it sent its default one"
    return finding(cause, summary, _INGRESS_ADVICE, **shown.evidence)


def matches(cert: Mapping[str, Any], name: str, *, is_override: bool = False) -> bool:
    """Whether gRPC takes a certificate for `name`; `cert` as `SSLObject.getpeercert` has it.

    Its rules (src/core/tsi/ssl_transport_security.cc): an address must stand there literally, be
    it as a DNS name; a wildcard stands for one label, of a domain that has a dot (or of any, for a
    name that was given with `--server-name`); the common name counts where there are no other
    names, and never for an address.
    """
    others = [value for _, value in cert.get("subjectAltName", ())]
    if is_address(name):
        return name in others
    common = [] if others else _common_names(cert)
    name = name.lower().rstrip(".")
    domain = name.partition(".")[2]
    wildcard = f"*.{domain}" if domain and (is_override or "." in domain.strip(".")) else name
    return any(entry.lower() in (name, wildcard) for entry in others + common)


def _common_names(cert: Mapping[str, Any]) -> list[str]:
    return [value for rdn in cert.get("subject", ()) for key, value in rdn if key == "commonName"]


def is_address(name: str) -> bool:
    """Whether a host is given by its IP address."""
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def wrong_name(shown: Certificate | None, name: str) -> Finding:
    """The finding that the certificate is for others than `name`."""
    if shown is None:
        return finding(Cause.TLS_NAME, f"the certificate is not for {name}")
    if is_ingress_default(shown):
        return ingress_default(Cause.TLS_NAME, shown, name)
    names = listed(list(shown.names))
    if not shown.names:
        common = shown.common_name
        summary = f"the certificate has no DNS name or address, only the CN {common or '(none)'}"
        usable = common if common and not is_address(common) and "*" not in common else None
    else:
        summary = f"the certificate is for {names}, not for {name}"
        usable = next((one for one in shown.names if _is_host(one)), None)
    advice = "connect to a name that the certificate is for, or have one issued for this name"
    if usable:
        advice = f"connect to one of these names, or pass --server-name {usable}"
    return finding(Cause.TLS_NAME, summary, advice, **shown.evidence)


def _is_host(name: str) -> bool:
    """Whether `--server-name` takes a name of a certificate: no wildcard, no URI."""
    return "*" not in name and "/" not in name

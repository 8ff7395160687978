"""What a certificate says, trusted or not.

`cryptography` is imported here alone, and only when a certificate is read: it costs as much as a
whole probe of a port that refuses.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from milvusconn_cli.text import clean, listed

if TYPE_CHECKING:
    from cryptography import x509


_USUAL_CURVES = ("secp256r1", "secp384r1")
_CURVES = {"secp521r1": "P-521"}


class Certificate(NamedTuple):
    """The parts of an X.509 certificate that explain a refusal; text cleaned for print."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """DNS names and IP addresses it is for."""
    not_before: datetime
    not_after: datetime
    self_signed: bool = False
    common_name: str = ""
    is_for_clients: bool = True
    """Whether its purposes include, or do not limit, the authentication of clients."""

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.not_after < datetime.now(UTC)

    @property
    def is_to_come(self) -> bool:
        """Whether its first day is still to come."""
        return self.not_before > datetime.now(UTC)

    @property
    def owner(self) -> str:
        """One name to call it by."""
        return self.names[0] if self.names else self.subject

    @property
    def evidence(self) -> dict[str, str]:
        """As report evidence, times in ISO 8601, UTC."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "names": listed(list(self.names), most=20),
            "not_before": self.not_before.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "not_after": self.not_after.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


def read(der: bytes) -> Certificate | None:
    """Decode a certificate as TLS shows it; None for one that cannot be decoded.

    What a peer shows is data: one that OpenSSL takes and cryptography does not explains nothing.
    """
    from cryptography import x509  # noqa: PLC0415 -- see above

    try:
        return _read(x509.load_der_x509_certificate(der))
    except Exception:  # noqa: BLE001 -- cryptography raises many kinds, not all of them ValueError
        return None


def _read(certificate: "x509.Certificate") -> Certificate:
    return Certificate(
        subject=clean(certificate.subject.rfc4514_string()) or "(none)",
        issuer=clean(certificate.issuer.rfc4514_string()) or "(none)",
        names=_names(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        self_signed=certificate.subject == certificate.issuer,
        common_name=_common_name(certificate),
        is_for_clients=_is_for_clients(certificate),
    )


def _common_name(certificate: "x509.Certificate") -> str:
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 -- see above

    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return clean(str(found[0].value)) if found else ""


def _is_for_clients(certificate: "x509.Certificate") -> bool:
    from cryptography import x509  # noqa: PLC0415 -- see above
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415 -- see above

    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return True
    anything = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage or anything in usage


def unusual_key(der: bytes) -> str | None:
    """The type of a certificate's key that BoringSSL does not use in TLS; None if it does."""
    from cryptography import x509  # noqa: PLC0415 -- see above
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415 -- the same

    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except Exception:  # noqa: BLE001 -- cryptography knows fewer keys than OpenSSL
        return "unknown"
    if isinstance(key, rsa.RSAPublicKey):
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return type(key).__name__.removeprefix("_").removesuffix("PublicKey")
    name = key.curve.name
    return None if name in _USUAL_CURVES else _CURVES.get(name, name)


def of_pem(data: bytes) -> list[Certificate]:
    """The certificates of a PEM file, those that can be read."""
    from cryptography import x509  # noqa: PLC0415 -- see above

    found = []
    for block in re.findall(
        rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", data, re.DOTALL
    ):
        with suppress(Exception):
            found.append(_read(x509.load_pem_x509_certificate(block)))
    return found


def age(since: datetime, now: datetime | None = None) -> str:
    """How long ago or hence, in the largest unit that fits: `3 days`, `1 hour`."""
    seconds = abs(((now or datetime.now(UTC)) - since).total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def _names(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509  # noqa: PLC0415 -- see above

    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return ()
    dns = alternatives.value.get_values_for_type(x509.DNSName)
    addresses = alternatives.value.get_values_for_type(x509.IPAddress)
    uris = alternatives.value.get_values_for_type(x509.UniformResourceIdentifier)
    return tuple(clean(name) for name in (*dns, *map(str, addresses), *uris))

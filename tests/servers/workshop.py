"""Certificates of every odd kind, such as a good authority would not issue."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.servers.certificates import CertificateFiles

CLIENTS, SERVERS = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
_NUMBERS = count(1)


@dataclass
class Made:
    """One certificate with its key, and those that it was signed by."""

    certificate: x509.Certificate
    key: Any
    issuers: "list[Made]" = field(default_factory=list)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        made: bytes = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return made

    def files(self, directory: Path, *, chain: bool = True) -> CertificateFiles:
        """Written to files, with the intermediates that a server sends, not the root."""
        number = next(_NUMBERS)
        files = CertificateFiles(directory / f"{number}.pem", directory / f"{number}-key.pem")
        sent = [self, *(self.issuers[:-1] if chain else [])]
        files.cert.write_bytes(b"".join(one.pem for one in sent))
        files.key.write_bytes(self.key_pem)
        return files


def key_of(kind: str) -> Any:  # noqa: ANN401
    """A private key: `p-256`, `p-521`, `brainpool`, `ed25519`, `rsa-1024`, `rsa-2048`."""
    match kind:
        case "p-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "p-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "brainpool":
            return ec.generate_private_key(ec.BrainpoolP256R1())
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            bits = int(kind.removeprefix("rsa-"))
            return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def make(
    common_name: str,
    *names: str,
    by: Made | None = None,
    ca: bool | None = None,
    path_length: int | None = None,
    begins: float = -30,
    ends: float = 300,
    usage: x509.ObjectIdentifier | None = None,
    signs: bool | None = None,
    key: str = "p-256",
    organization: str = "",
    also: x509.ExtensionType | None = None,
) -> Made:
    """Issue a certificate; `begins` and `ends` in days from now.

    `ca` None leaves out the basic constraints; `signs` sets keyCertSign; `names` that begin with
    `dns:` are DNS names whatever they look like; `also` is a critical extension besides.
    """
    own = key_of(key)
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    subject = x509.Name(parts)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
    )
    if names:
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca, path_length), critical=True)
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if signs is not None:
        builder = builder.add_extension(_key_usage(signs=signs), critical=True)
    if also is not None:
        builder = builder.add_extension(also, critical=True)
    signer = by.key if by else own
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    issuers = [by, *by.issuers] if by else []
    return Made(builder.sign(signer, algorithm), own, issuers)


def root(common_name: str = "Root", **settings: Any) -> Made:  # noqa: ANN401
    """A root that is as it should be, but for `settings`."""
    return make(common_name, **{"ca": True, **settings})


def _general_name(name: str) -> x509.GeneralName:
    if name.startswith("dns:"):
        return x509.DNSName(name.removeprefix("dns:"))
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.UniformResourceIdentifier(name) if "://" in name else x509.DNSName(name)


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )

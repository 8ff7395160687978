"""Certificates as people have them: which one is at fault, and why, as gRPC judges it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tests.conftest import Milvusconn
from tests.servers import daemons, faults, workshop
from tests.servers.speaking_milvus import SpeakingMilvus, never
from tests.servers.workshop import Made, make, root

Row = dict[str, Any]
HOST = "127.0.0.1"


@contextmanager
def milvus_with(shown: Made, directory: Path) -> Iterator[SpeakingMilvus]:
    """A Milvus that shows this certificate and its chain."""
    with SpeakingMilvus(tls=shown.files(directory)) as server:
        yield server


def written(directory: Path, *certificates: Made, name: str = "ca.pem") -> str:
    path = directory / name
    path.write_bytes(b"".join(one.pem for one in certificates))
    return str(path)


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Callable[..., Row]:
    """Probe a URI with further settings; the row."""

    def probe(uri: str, *settings: str) -> Row:
        added = milvusconn("add", "dev", "--replace", "--uri", uri, *settings)
        assert added.code == 0, added.err
        return milvusconn("has", "dev", "-o", "json", "-t", "4").row

    return probe


def grpc_connects(address: str, ca: str, name: str | None = None) -> bool:
    """Whether gRPC itself takes the server's certificate."""
    options = [("grpc.ssl_target_name_override", name)] if name else []
    credentials = grpc.ssl_channel_credentials(Path(ca).read_bytes())
    with grpc.secure_channel(address, credentials, options) as channel:
        try:
            call: Any = channel.unary_unary("/milvus.proto.milvus.MilvusService/Connect")
            call(b"", timeout=3)
        except grpc.RpcError:
            return False
        return True


def chain(**of_intermediate: Any) -> tuple[Made, Made]:  # noqa: ANN401
    """A root, and a server's certificate with an intermediate between them."""
    top = root()
    middle = make("Intermediate", by=top, **{"ca": True, **of_intermediate})
    return top, make("milvus", HOST, by=middle)


# Dates


def test_an_expired_intermediate(tmp_path: Path, probed: Any) -> None:  # noqa: ANN401
    """The issuer's date counts, not the server's."""
    top, leaf = chain(ends=-3.5)
    with milvus_with(leaf, tmp_path) as server:
        row = probed(server.uri, "--ca", written(tmp_path, top))

    assert row["status"] == "tls-expired"
    assert "issuer's certificate (CN=Intermediate) expired 3 days ago" in row["summary"]


def test_an_expired_root_that_is_given(tmp_path: Path, probed: Any) -> None:  # noqa: ANN401
    """With `--ca`."""
    top = root(ends=-5.5)
    with milvus_with(make("milvus", HOST, by=top), tmp_path) as server:
        row = probed(server.uri, "--ca", written(tmp_path, top))

    assert row["status"] == "tls-expired"
    assert "5 days ago" in row["summary"]
    assert "issuer" in row["summary"]


def test_a_root_that_is_not_valid_yet(tmp_path: Path, probed: Any) -> None:  # noqa: ANN401
    """While the server's certificate is."""
    top = root(begins=4.5)
    with milvus_with(make("milvus", HOST, by=top, begins=-1), tmp_path) as server:
        row = probed(server.uri, "--ca", written(tmp_path, top))

    assert row["status"] == "tls-not-yet-valid"
    assert "4 days" in row["summary"]
    assert "issuer" in row["summary"]


# Trusted, and not valid for this


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("for-clients-alone", "purpose"),
        ("issuer-is-no-ca", "CA"),
        ("issuer-may-not-sign", "CA"),
        ("path-length", "path length"),
    ],
)
def test_a_rule_of_the_chain(tmp_path: Path, probed: Any, case: str, words: str) -> None:  # noqa: ANN401
    """Trusting another certificate would not help."""
    top = root()
    match case:
        case "for-clients-alone":
            leaf = make("milvus", HOST, by=top, usage=workshop.CLIENTS)
        case "issuer-is-no-ca":
            leaf = make("milvus", HOST, by=make("Middle", by=top, ca=False))
        case "issuer-may-not-sign":
            leaf = make("milvus", HOST, by=make("Middle", by=top, ca=True, signs=False))
        case _:
            short = make("Short", by=top, ca=True, path_length=0)
            leaf = make("milvus", HOST, by=make("Middle", by=short, ca=True))
    ca = written(tmp_path, top)
    with milvus_with(leaf, tmp_path) as server:
        assert not grpc_connects(server.address, ca)
        row = probed(server.uri, "--ca", ca)

    assert (row["status"], row["exit_code"]) == ("tls-invalid", 6), row
    assert words in row["summary"]
    assert "--ca" not in row["advice"]


def test_a_ca_that_was_made_again(tmp_path: Path, probed: Any) -> None:  # noqa: ANN401
    """Of the same name, with another key."""
    old, new = root("Company CA"), root("Company CA")
    with milvus_with(make("milvus", HOST, by=new), tmp_path) as server:
        row = probed(server.uri, "--ca", written(tmp_path, old))

    assert row["status"] == "tls-untrusted"
    assert "another key" in row["summary"]


# Names


@pytest.mark.parametrize(
    ("names", "common_name", "server_name", "is_taken"),
    [
        ((), "127.0.0.1", None, False),
        ((), "milvus.lab", None, False),
        ((), "milvus.lab", "milvus.lab", True),
        (("*.lab",), "x", "milvus.lab", True),
        (("*.example.lab",), "x", "milvus.lab", False),
        (("*.example.lab",), "x", "a.b.example.lab", False),
        (("*.example.lab",), "x", "a.example.lab", True),
        (("dns:127.0.0.1",), "x", None, True),
        (("spiffe://cluster/ns/default",), "x", None, False),
    ],
)
def test_names_as_grpc_takes_them(
    tmp_path: Path,
    probed: Any,  # noqa: ANN401
    names: tuple[str, ...],
    common_name: str,
    server_name: str | None,
    is_taken: bool,  # noqa: FBT001
) -> None:
    """gRPC itself is asked too; nothing is said of credentials, and no wildcard is advised."""
    top = root()
    ca = written(tmp_path, top)
    settings = ("--server-name", server_name) if server_name else ()
    credentials = ("--user", "root", "--password", "literal:Milvus")
    with milvus_with(make(common_name, *names, by=top), tmp_path) as server:
        assert grpc_connects(server.address, ca, server_name) is is_taken
        row = probed(server.uri, "--ca", ca, *settings, *credentials)

    assert row["established"] is is_taken, row
    if not is_taken:
        assert row["status"] == "tls-name"
        assert "--server-name *" not in row["advice"]
        assert "password" not in row["advice"]


@pytest.mark.parametrize("is_trusted", [False, True])
@pytest.mark.parametrize(
    "default",
    [
        ("Kubernetes Ingress Controller Fake Certificate", "ingress.local", "Acme Co"),
        ("TRAEFIK DEFAULT CERT", "abc.traefik.default", ""),
    ],
)
def test_an_ingress_s_default_certificate(
    tmp_path: Path,
    probed: Any,  # noqa: ANN401
    default: tuple[str, str, str],
    is_trusted: bool,  # noqa: FBT001
) -> None:
    """The ingress has none for this host: trusting it or dialing its name is no way out."""
    common_name, name, organization = default
    shown = make(common_name, name, ca=True, organization=organization)
    trust = ("--ca", written(tmp_path, shown)) if is_trusted else ()
    with milvus_with(shown, tmp_path) as server:
        row = probed(server.uri, *trust)

    assert row["status"] in ("tls-untrusted", "tls-name"), row
    assert "ingress has no certificate" in row["summary"]
    assert "pass that certificate" not in row["advice"]
    assert name not in row["advice"]


# Weak, and taken


def test_a_small_key_is_taken(tmp_path: Path, probed: Any) -> None:  # noqa: ANN401
    """RSA with 1024 bits: BoringSSL has no security levels."""
    top = root()
    with milvus_with(make("milvus", HOST, by=top, key="rsa-1024"), tmp_path) as server:
        assert probed(server.uri, "--ca", written(tmp_path, top))["established"]


@pytest.mark.parametrize("name", [HOST, f"dns:{HOST}"])
def test_what_is_wrong_above_tls_is_not_called_tls_s(
    tmp_path: Path, probed: Callable[..., Row], name: str
) -> None:
    """A slow Milvus behind a small key, or an address that is given as a DNS name."""
    top = root()
    shown = make("milvus", name, by=top, key="rsa-1024" if name == HOST else "p-256")
    with SpeakingMilvus(tls=shown.files(tmp_path), connect=never()) as server:
        row = probed(server.uri, "--ca", written(tmp_path, top))

    assert row["status"] == "slow", row


def test_a_gateway_s_404_behind_a_small_key(tmp_path: Path, probed: Callable[..., Row]) -> None:
    """The route is missing: gRPC got through TLS."""
    top = root()
    shown = make("milvus", HOST, by=top, key="rsa-1024").files(tmp_path)
    block = f"""
        ssl_certificate {shown.cert}; ssl_certificate_key {shown.key};
        ssl_ciphers DEFAULT:@SECLEVEL=0;
        location / {{ return 404; }}
    """
    with daemons.nginx_with(tmp_path, block, "ssl http2") as doors:
        row = probed(f"https://{HOST}:{doors['port']}", "--ca", written(tmp_path, top))

    assert row["status"] == "not-grpc", row
    assert "404" in row["summary"]


def test_a_chain_that_is_cross_signed(tmp_path: Path, probed: Callable[..., Row]) -> None:
    """An expired root has signed the new one too, and both are given: the new one counts."""
    new, old = root("New root"), root("Old root", ends=-3)
    cross = signed_by(old, new)
    middle = make("Intermediate", by=new, ca=True)
    leaf = make("milvus", HOST, by=middle)
    leaf.issuers = [middle, cross, old]
    with milvus_with(leaf, tmp_path) as server:
        trust = written(tmp_path, new, old)

        assert grpc_connects(server.address, trust)
        assert probed(server.uri, "--ca", trust)["established"]


def signed_by(signer: Made, subject: Made) -> Made:
    """The key and the name of `subject`, signed by another root as well."""
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject.certificate.subject)
        .issuer_name(signer.certificate.subject)
        .public_key(subject.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=20))
        .not_valid_after(now + timedelta(days=20))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(signer.key, hashes.SHA256())
    )
    return Made(certificate, subject.key, [signer])


def test_a_name_that_the_ca_may_not_sign(tmp_path: Path, probed: Callable[..., Row]) -> None:
    """Name constraints of the CA."""
    permitted = x509.NameConstraints([x509.DNSName("example.test")], None)
    top = root(also=permitted)
    with milvus_with(make("milvus", "milvus.lab", by=top), tmp_path) as server:
        trust = written(tmp_path, top)

        assert not grpc_connects(server.address, trust, "milvus.lab")
        row = probed(server.uri, "--ca", trust, "--server-name", "milvus.lab")

    assert row["status"] == "tls-invalid", row
    assert "name" in row["summary"]


def test_a_hello_that_drips(probed: Callable[..., Row]) -> None:
    """A byte every 0.4 s: the time limit holds, and TLS or silence is named."""

    def drip(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.settimeout(0.4)
        for byte in b"\x16\x03\x03\x00\x7a\x02" + bytes(100):
            connection.sendall(bytes((byte,)))
            with suppress(TimeoutError):
                if not connection.recv(1024):
                    return

    with faults._answering(drip, faults.LOOPBACK) as place:
        row = probed(f"https://{place.address}")

    assert row["status"] in ("silent", "tls-failed"), row


@pytest.mark.parametrize("settings", [{"key": "rsa-1024"}, {}])
def test_the_diagnosis_is_no_stricter_than_grpc(
    tmp_path: Path,
    milvusconn: Milvusconn,
    settings: dict[str, str],
) -> None:
    """What is wrong above TLS is not called TLS's: a small key, an address as a DNS name."""
    top = root()
    name = HOST if settings else f"dns:{HOST}"
    ca = written(tmp_path, top)
    with milvus_with(make("milvus", name, by=top, **settings), tmp_path) as server:  # type: ignore[arg-type]
        row = milvusconn("inspect", "--uri", server.uri, "--ca", ca, "-o", "json").row

    assert row["established"]
    assert [step["verdict"] for step in row["steps"]] == ["held"] * len(row["steps"]), row["steps"]
    assert not row["warnings"]


@pytest.mark.parametrize(
    ("key", "options", "words"),
    [
        ("p-521", (), "P-521"),
        ("ed25519", (), "Ed25519"),
        ("p-256", ("-groups", "X448"), "key exchange group"),
    ],
)
def test_what_openssl_takes_and_grpc_does_not(
    tmp_path: Path,
    probed: Callable[..., Row],
    key: str,
    options: tuple[str, ...],
    words: str,
) -> None:
    """The handshake failed at gRPC, whatever ours did: named with the type."""
    top = root()
    shown = make("milvus", HOST, by=top, key=key).files(tmp_path)
    files = ("-cert", str(shown.cert), "-key", str(shown.key), "-alpn", "h2")
    with daemons.s_server(tmp_path, *files, *options) as doors:
        row = probed(f"https://{HOST}:{doors['port']}", "--ca", written(tmp_path, top))

    assert row["status"] == "tls-failed", row
    assert words in row["summary"]

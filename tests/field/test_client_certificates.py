"""A client certificate that the server refuses: what is wrong with it, whatever the server says.

Servers refuse in many ways: an alert before or after their own last word (TLS 1.2, TLS 1.3), a
page with status 400, or they just close.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from tests.conftest import Milvusconn
from tests.servers import daemons, gateways, workshop
from tests.servers.daemons import ProgramMissingError
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.servers.workshop import Made, make, root

Row = dict[str, Any]
Probe = Callable[..., Row]
HOST = "127.0.0.1"


class Place:
    """An authority, a server's certificate and the files of both in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.top = root()
        self.shown = make("milvus", HOST, by=self.top).files(directory)
        self.ca = directory / "ca.pem"
        self.ca.write_bytes(self.top.pem)

    @contextmanager
    def grpc(self) -> Iterator[int]:
        """gRPC's own server, which just closes."""
        with SpeakingMilvus(tls=self.shown, client_authority=self.ca) as server:
            yield server.port

    @contextmanager
    def openssl(self, version: str, *more: str) -> Iterator[int]:
        """OpenSSL's server, which sends an alert."""
        options = (
            *("-cert", str(self.shown.cert), "-key", str(self.shown.key), "-alpn", "h2"),
            *("-CAfile", str(self.ca), "-Verify", "3", "-verify_return_error", version, *more),
        )
        with daemons.s_server(self.directory, *options) as doors:
            yield doors["port"]

    @contextmanager
    def nginx(self) -> Iterator[int]:
        """nginx before a Milvus, which answers with a page."""
        with SpeakingMilvus() as milvus:
            block = f"""
                ssl_certificate {self.shown.cert}; ssl_certificate_key {self.shown.key};
                ssl_client_certificate {self.ca}; ssl_verify_client on;
                location / {{ grpc_pass grpc://{HOST}:{milvus.port}; }}
            """
            with daemons.nginx_with(self.directory, block, "ssl http2") as doors:
                yield doors["port"]

    def client(self, made: Made) -> tuple[str, ...]:
        """The options that show this certificate."""
        files = made.files(self.directory)
        return ("--cert", str(files.cert), "--key", str(files.key))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An authority of the test's own."""
    return Place(tmp_path)


@pytest.fixture
def probed(milvusconn: Milvusconn, place: Place) -> Probe:
    """Probe a port over TLS; the row."""

    def probe(port: int, *settings: str) -> Row:
        uri = f"https://{HOST}:{port}"
        trust = ("--ca", str(place.ca))
        added = milvusconn("add", "dev", "--replace", "--uri", uri, *trust, *settings)
        assert added.code == 0, added.err
        return milvusconn("has", "dev", "-o", "json", "-t", "4").row

    return probe


SERVERS: dict[str, Callable[[Place], Any]] = {
    "grpc": Place.grpc,
    "openssl-1.2": lambda place: place.openssl("-tls1_2"),
    "openssl-1.3": lambda place: place.openssl("-tls1_3"),
    "nginx": Place.nginx,
}
FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"ends": -10}, "expired 10 days ago"),
    "not-yet-valid": ({"begins": 3.5}, "not valid for another 3 days"),
    "for-servers": ({"usage": workshop.SERVERS}, "purpose"),
}


@contextmanager
def running(place: Place, server: str) -> Iterator[int]:
    try:
        with SERVERS[server](place) as port:
            yield port
    except ProgramMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_of_the_certificate_itself(
    place: Place, probed: Probe, server: str, fault: str
) -> None:
    """Read from the file, since few servers say it."""
    settings, words = FAULTY[fault]
    with running(place, server) as port:
        row = probed(port, *place.client(make("client", "client", by=place.top, **settings)))

    assert row["status"] == "tls-client-cert", row
    assert words in row["summary"]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("name", ["Root", "Another"])
def test_a_certificate_of_another_authority(
    place: Place, probed: Probe, server: str, name: str
) -> None:
    """Its own dates and purpose are right; the authority may have been made again."""
    with running(place, server) as port:
        row = probed(port, *place.client(make("client", "client", by=root(name))))

    assert row["status"] == "tls-client-cert", row


def test_a_good_certificate_before_a_dead_upstream(place: Place, probed: Probe) -> None:
    """A proxy that ends TLS, and asks for certificates, has nothing behind it."""
    pem = place.directory / "both.pem"
    pem.write_bytes(place.shown.cert.read_bytes() + place.shown.key.read_bytes())
    lines = (
        f"mode tcp\nbind {HOST}:{{port}} ssl crt {pem} alpn h2 verify required ca-file {place.ca}",
        f"server milvus {HOST}:1",
    )
    with gateways.haproxy(place.directory, "\n".join(lines)) as doors:
        row = probed(doors["port"], *place.client(make("client", "client", by=place.top)))

    assert row["status"] == "not-http2", row
    assert "behind the TLS proxy" in row["advice"]


@pytest.mark.parametrize("server", SERVERS)
def test_no_certificate(place: Place, probed: Probe, server: str) -> None:
    """The server asks for one."""
    with running(place, server) as port:
        row = probed(port)

    assert row["status"] == "tls-client-cert", row
    assert "--cert" in row["advice"]


@pytest.mark.parametrize("server", ["grpc", "nginx"])
def test_a_good_certificate(place: Place, probed: Probe, server: str) -> None:
    """Established."""
    with running(place, server) as port:
        row = probed(port, *place.client(make("client", "client", by=place.top)))

    assert row["established"], row


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_revoked_certificate(place: Place, probed: Probe, version: str) -> None:
    """The alert says so."""
    revoked = make("client", "client", by=place.top)
    lists = place.directory / "crl.pem"
    lists.write_bytes(revocation_list(place.top, revoked))
    with place.openssl(version, "-crl_check", "-CRL", str(lists)) as port:
        row = probed(port, *place.client(revoked))

    assert row["status"] == "tls-client-cert", row
    assert "revoked" in row["summary"]


def revocation_list(by: Made, *revoked: Made) -> bytes:
    """A list of these certificates, signed by the one that issued them; PEM."""
    now = datetime.now(UTC)
    made = x509.CertificateRevocationListBuilder(
        by.certificate.subject, now - timedelta(days=1), now + timedelta(days=30)
    )
    for one in revoked:
        entry = x509.RevokedCertificateBuilder(one.certificate.serial_number, now)
        made = made.add_revoked_certificate(entry.build())
    return made.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

"""TLS that does not hold: versions, ciphers, names, dates, chains, and who is trusted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.lab.bench import Bench, MissingError
from tests.lab.fault import SHORT, Client, fault
from tests.servers import daemons, faults
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.servers.workshop import CLIENTS, make, root

HOST = "127.0.0.1"
DAY = timedelta(days=1)


def trusting(uri: str, authority: Authority, *more: str) -> Client:
    """A client that is given the authority."""
    return Client(("--uri", uri, "--ca", str(authority.ca_file), *more))


@contextmanager
def serving(certificate: CertificateFiles) -> Iterator[str]:
    """A Milvus that is well and shows this certificate; its URI."""
    with SpeakingMilvus(tls=certificate) as server:
        yield server.uri


@contextmanager
def openssl(bench: Bench, certificate: CertificateFiles, *options: str) -> Iterator[str]:
    """OpenSSL's own server, as it is told; its URI."""
    pair = ("-cert", str(certificate.cert), "-key", str(certificate.key))
    chain = ("-cert_chain", str(certificate.cert))
    with daemons.s_server(bench.directory("openssl"), *pair, *chain, *options) as doors:
        yield f"https://{HOST}:{doors['port']}"


def _shown(bench: Bench) -> CertificateFiles:
    return bench.authority.issue("localhost", HOST)


# The one speaks TLS, the other does not


@fault("tls-required", 6, "tls", says="expects TLS", advises="https://127.0.0.1:")
def milvus_with_tls_dialled_in_plaintext(bench: Bench) -> Iterator[Client]:
    """A Milvus with TLS, dialled with http://."""
    yield Client(("--uri", f"http://{bench.milvus('milvus_with_tls').address}"))


@fault("tls-unexpected", 6, "tls", says="plaintext", advises="http://127.0.0.1:")
def milvus_without_tls_dialled_with_tls(bench: Bench) -> Iterator[Client]:
    """A Milvus without TLS, dialled with https://."""
    yield Client(("--uri", f"https://{bench.milvus().address}"))


@fault("tls-required", 6, "tls", says="expects TLS")
def mutual_tls_dialled_in_plaintext(bench: Bench) -> Iterator[Client]:
    """A Milvus with mutual TLS, dialled with http://."""
    yield Client(("--uri", f"http://{bench.milvus('milvus_with_mutual_tls').address}"))


# Trust


@fault("tls-untrusted", 6, "tls", says="not trusted", shows="trustme", advises="--ca FILE")
def ca_not_given(bench: Bench) -> Iterator[Client]:
    """A Milvus with a certificate of a company's own CA, which is not given."""
    yield Client(("--uri", f"https://{bench.milvus('milvus_with_tls').address}"))


@fault("tls-untrusted", 6, "tls", says="not trusted")
def ca_of_somebody_else(bench: Bench) -> Iterator[Client]:
    """Another CA is given."""
    other = Authority(bench.directory("other-authority"))
    yield trusting(bench.milvus("milvus_with_tls").uri, other)


@fault("tls-untrusted", 6, "tls", says="self-signed", advises="that certificate with")
def self_signed(bench: Bench) -> Iterator[Client]:
    """A certificate that is signed by itself."""
    directory = bench.directory("self-signed")
    files = CertificateFiles(directory / "cert.pem", directory / "key.pem")
    daemons._prepared(
        [
            daemons.found("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9",
            "-subj", "/CN=self.example", "-addext", f"subjectAltName=IP:{HOST}",
            "-keyout", str(files.key), "-out", str(files.cert),
        ],
        directory,
    )  # fmt: skip
    with openssl(bench, files, "-alpn", "h2") as uri:
        yield Client(("--uri", uri))


@fault("tls-untrusted", 6, "tls", shows="1", advises=("intermediate", "full chain"))
def intermediate_left_out(bench: Bench) -> Iterator[Client]:
    """The server leaves out its intermediate."""
    certificate = bench.authority.intermediate().issue(HOST, chain=False)
    with serving(certificate) as uri:
        yield trusting(uri, bench.authority)


@fault("tls-untrusted", 6, "tls", advises=("system trusts", "--ca /"), alone=True)
def only_the_system_trusts_it(bench: Bench) -> Iterator[Client]:
    """The operating system trusts the CA, gRPC does not look there."""
    with serving(_shown(bench)) as uri:
        yield Client(("--uri", uri), {"SSL_CERT_FILE": str(bench.authority.ca_file)})


@fault("tls-invalid", 6, "tls", says="purpose", advises="server certificate")
def certificate_for_clients_alone(bench: Bench) -> Iterator[Client]:
    """A certificate that is meant for clients alone."""
    directory = bench.directory("for-clients")
    top = root()
    (directory / "ca.pem").write_bytes(top.pem)
    shown = make("milvus", HOST, by=top, usage=CLIENTS).files(directory)
    with serving(shown) as uri:
        yield Client(("--uri", uri, "--ca", str(directory / "ca.pem")))


# Dates and names


@fault("tls-expired", 6, "tls", says=("expired", "3 days ago"), shows="CN=", advises="renew")
def certificate_expired(bench: Bench) -> Iterator[Client]:
    """The certificate expired three days ago."""
    now = datetime.now(UTC)
    expired = bench.authority.issue(
        HOST, common_name="milvus.example", not_before=now - 30 * DAY, not_after=now - 3.5 * DAY
    )
    with openssl(bench, expired, "-alpn", "h2") as uri:
        yield trusting(uri, bench.authority)


@fault("tls-not-yet-valid", 6, "tls", says="not valid for another 2 days", advises="clock")
def certificate_not_yet_valid(bench: Bench) -> Iterator[Client]:
    """The certificate begins in two days."""
    now = datetime.now(UTC)
    early = bench.authority.issue(HOST, not_before=now + 2.5 * DAY, not_after=now + 30 * DAY)
    with openssl(bench, early, "-alpn", "h2") as uri:
        yield trusting(uri, bench.authority)


@fault(
    "tls-name", 6, "tls", says=("milvus.example", "not for 127.0.0.1"), shows="proxy.example",
    advises="--server-name milvus.example",
)  # fmt: skip
def certificate_for_other_names(bench: Bench) -> Iterator[Client]:
    """The certificate is for other names."""
    with serving(bench.authority.issue("milvus.example", "proxy.example")) as uri:
        yield trusting(uri, bench.authority)


@fault("tls-name", 6, "tls", says="not for other.example", advises="--server-name")
def server_name_that_is_not_in_it(bench: Bench) -> Iterator[Client]:
    """A --server-name that the certificate does not hold."""
    yield trusting(
        bench.milvus("milvus_with_tls").uri, bench.authority, "--server-name", "other.example"
    )


@fault("tls-name", 6, "tls", says="not for")
def name_in_common_name_alone(bench: Bench) -> Iterator[Client]:
    """The name dialled is in the certificate's common name alone."""
    certificate = bench.authority.issue("other.example", common_name="localhost")
    with serving(certificate) as uri:
        yield trusting(uri.replace(HOST, "localhost"), bench.authority)


@fault("established", 0)
def server_name_given(bench: Bench) -> Iterator[Client]:
    """The certificate's name is given with --server-name."""
    with serving(bench.authority.issue("milvus.example")) as uri:
        yield trusting(uri, bench.authority, "--server-name", "milvus.example")


# Client certificates


def _client(authority: Authority) -> tuple[str, ...]:
    files = authority.issue("client.test")
    return ("--cert", str(files.cert), "--key", str(files.key))


@fault("tls-client-cert", 6, "tls", says="none was sent", advises=("--cert", "--key"))
def real_milvus_wants_a_client_certificate(bench: Bench) -> Iterator[Client]:
    """A Milvus with mutual TLS, and no client certificate."""
    yield trusting(bench.milvus("milvus_with_mutual_tls").uri, bench.authority)


@fault("tls-client-cert", 6, "tls", says="does not trust the client certificate")
def real_milvus_does_not_trust_the_client(bench: Bench) -> Iterator[Client]:
    """A Milvus with mutual TLS, and a client certificate of another CA."""
    stranger = Authority(bench.directory("stranger"))
    server = bench.milvus("milvus_with_mutual_tls")
    yield trusting(server.uri, bench.authority, *_client(stranger))


@fault("tls-client-cert", 6, "tls", says="none was sent", advises="--cert")
def openssl_wants_a_client_certificate_tls12(bench: Bench) -> Iterator[Client]:
    """A server that wants a client certificate, in TLS 1.2."""
    ca = ("-Verify", "3", "-CAfile", str(bench.authority.ca_file), "-alpn", "h2", "-tls1_2")
    with openssl(bench, _shown(bench), *ca) as uri:
        yield trusting(uri, bench.authority)


@fault("tls-client-cert", 6, "tls", says="none was sent", advises="--cert")
def openssl_wants_a_client_certificate_tls13(bench: Bench) -> Iterator[Client]:
    """A server that wants a client certificate, in TLS 1.3."""
    ca = ("-Verify", "3", "-CAfile", str(bench.authority.ca_file), "-alpn", "h2", "-tls1_3")
    with openssl(bench, _shown(bench), *ca) as uri:
        yield trusting(uri, bench.authority)


@fault("tls-client-cert", 6, "tls", says="does not trust")
def openssl_does_not_trust_the_client_tls12(bench: Bench) -> Iterator[Client]:
    """A server that does not trust the client certificate, in TLS 1.2."""
    stranger = Authority(bench.directory("stranger"))
    ca = ("-Verify", "3", "-verify_return_error", "-CAfile", str(bench.authority.ca_file))
    with openssl(bench, _shown(bench), *ca, "-alpn", "h2", "-tls1_2") as uri:
        yield trusting(uri, bench.authority, *_client(stranger))


@fault("tls-client-cert", 6, "tls", says="does not trust")
def openssl_does_not_trust_the_client_tls13(bench: Bench) -> Iterator[Client]:
    """A server that does not trust the client certificate, in TLS 1.3."""
    stranger = Authority(bench.directory("stranger"))
    ca = ("-Verify", "3", "-verify_return_error", "-CAfile", str(bench.authority.ca_file))
    with openssl(bench, _shown(bench), *ca, "-alpn", "h2", "-tls1_3") as uri:
        yield trusting(uri, bench.authority, *_client(stranger))


# Versions, ciphers, protocols


@fault("tls-no-h2", 6, "tls", says="ALPN none", advises="Milvus's own port")
def no_alpn(bench: Bench) -> Iterator[Client]:
    """TLS without ALPN."""
    with openssl(bench, _shown(bench)) as uri:
        yield trusting(uri, bench.authority)


@fault("tls-no-h2", 6, "tls", says="ALPN")
def alpn_of_http1(bench: Bench) -> Iterator[Client]:
    """TLS with ALPN for HTTP/1.1 alone."""
    with faults.tls(_shown(bench), alpn=["http/1.1"], then=faults.answer_http1()) as place:
        yield trusting(f"https://{place.address}", bench.authority)


@fault("tls-failed", 6, "tls", says="handshake failed", advises="versions")
def tls_1_1_alone(bench: Bench) -> Iterator[Client]:
    """A server that speaks TLS 1.1 alone."""
    if not daemons.takes_tls_1_1():
        raise MissingError("this OpenSSL speaks no TLS 1.1 any more")
    with openssl(bench, _shown(bench), "-tls1_1", "-cipher", "ALL:@SECLEVEL=0") as uri:
        yield trusting(uri, bench.authority)


@fault("tls-failed", 6, "tls", says="handshake failed", advises="ciphers")
def cipher_of_nobody(bench: Bench) -> Iterator[Client]:
    """No cipher in common."""
    odd = ("-tls1_2", "-cipher", "ECDHE-ECDSA-CAMELLIA256-SHA384", "-alpn", "h2")
    with openssl(bench, _shown(bench), *odd) as uri:
        yield trusting(uri, bench.authority)


@fault("tls-failed", 6, "tls", says="handshake failed")
def certificate_for_rsa_without_rsa(bench: Bench) -> Iterator[Client]:
    """A server whose ciphers do not fit its certificate."""
    with openssl(
        bench, _shown(bench), "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "-alpn", "h2"
    ) as uri:
        yield trusting(uri, bench.authority)


@fault("silent", 4, "http2", says="no response", limit=SHORT)
def silent_after_the_handshake(bench: Bench) -> Iterator[Client]:
    """TLS holds, then silence."""
    with faults.tls(_shown(bench)) as place:
        yield trusting(f"https://{place.address}", bench.authority)


@fault("not-http2", 7, "http2", says="closes")
def closed_after_the_handshake(bench: Bench) -> Iterator[Client]:
    """TLS holds, then FIN."""
    with faults.tls(_shown(bench), then=faults.hang_up) as place:
        yield trusting(f"https://{place.address}", bench.authority)


@fault("not-http2", 7, "http2", says="HTTP/1.1")
def http1_behind_h2(bench: Bench) -> Iterator[Client]:
    """TLS and ALPN hold, then HTTP/1.1 is spoken."""
    with faults.tls(_shown(bench), then=faults.answer_http1()) as place:
        yield trusting(f"https://{place.address}", bench.authority)


@fault("tls-name", 6, "tls", says="unrecognized_name")
def alert_in_place_of_hello(bench: Bench) -> Iterator[Client]:
    """A TLS alert in the place of the server's hello, as for a name that a gateway lacks."""
    unrecognized_name = bytes((21, 3, 3, 0, 2, 2, 112))
    with faults.banner(unrecognized_name, after_first_bytes=True) as place:
        yield trusting(f"https://{place.address}", bench.authority)


@fault("established", 0)
def milvus_with_tls(bench: Bench) -> Iterator[Client]:
    """A Milvus with TLS, its CA given."""
    yield trusting(bench.milvus("milvus_with_tls").uri, bench.authority)

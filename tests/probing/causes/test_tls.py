"""Causes of TLS."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.probing.causes.contract import CONTRACT, Speak, add, established, found
from tests.servers import faults
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer


def test_real_milvus_wants_tls(milvusconn: Milvusconn, milvus_with_tls: MilvusServer) -> None:
    """Dialled in plaintext; the corrected URI is given."""
    add(milvusconn, "--uri", f"http://{milvus_with_tls.address}")

    row = found(milvusconn, "tls-required")

    assert f"https://{milvus_with_tls.address}" in row["advice"]


def test_real_milvus_speaks_plaintext(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """Dialled with TLS; the corrected URI is given."""
    add(milvusconn, "--uri", f"https://{milvus.address}")

    row = found(milvusconn, "tls-unexpected")

    assert f"http://{milvus.address}" in row["advice"]


def test_plaintext_grpc_dialled_with_tls(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """The same of a server that is not Go's."""
    add(milvusconn, "--uri", f"https://{speaking_milvus().address}")

    found(milvusconn, "tls-unexpected")


def test_untrusted_by_default(milvusconn: Milvusconn, milvus_with_tls: MilvusServer) -> None:
    """An issuer that is in nobody's list; --ca is the way out, and works."""
    add(milvusconn, "--uri", milvus_with_tls.uri)

    row = found(milvusconn, "tls-untrusted")

    assert "--ca" in row["advice"]
    assert row["evidence"]["issuer"]
    assert row["evidence"]["subject"]


def test_untrusted_by_another_authority(
    milvusconn: Milvusconn, milvus_with_tls: MilvusServer, tmp_path: Path
) -> None:
    """A CA that is given, and is not the server's."""
    other = Authority(tmp_path / "other")
    add(milvusconn, "--uri", milvus_with_tls.uri, "--ca", other.ca_file)

    found(milvusconn, "tls-untrusted")


def test_intermediate_left_out(milvusconn: Milvusconn, authority: Authority) -> None:
    """The root is trusted, and the server does not show how it leads there."""
    broken = authority.intermediate().issue("127.0.0.1", chain=False)
    with faults.tls(broken) as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file)

        found(milvusconn, "tls-untrusted")


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("begins", "ends", "cause", "words"),
    [
        (-30 * DAY, -3.5 * DAY, "tls-expired", "3 days"),
        (-30 * DAY, -DAY / 20, "tls-expired", "1 hour"),
        (2.5 * DAY, 30 * DAY, "tls-not-yet-valid", "2 days"),
    ],
)
def test_out_of_its_time(
    milvusconn: Milvusconn,
    authority: Authority,
    begins: timedelta,
    ends: timedelta,
    cause: str,
    words: str,
) -> None:
    """Expired or not yet valid, and by how much."""
    now = datetime.now(UTC)
    certificate = authority.issue("127.0.0.1", not_before=now + begins, not_after=now + ends)
    with faults.tls(certificate) as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file)

        row = found(milvusconn, cause)

    assert words in row["summary"]
    assert row["evidence"]["not_after"] == (now + ends).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_wrong_name_and_what_mends_it(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority
) -> None:
    """The names that the certificate is for are told, and --server-name makes it hold."""
    server = speaking_milvus(tls=authority.issue("milvus.example", "proxy.example"))
    add(milvusconn, "--uri", server.uri, "--ca", authority.ca_file)

    row = found(milvusconn, "tls-name")

    assert "milvus.example" in row["summary"]
    assert "proxy.example" in row["summary"]
    assert "--server-name milvus.example" in row["advice"]
    assert CONTRACT[row["status"]][0] == 6  # gRPC's own text speaks of UNAUTHENTICATED
    add(milvusconn, "--replace", "--uri", server.uri, "--ca", authority.ca_file,
        "--server-name", "milvus.example")  # fmt: skip
    established(milvusconn)


def test_wrong_server_name(
    milvusconn: Milvusconn, milvus_with_tls: MilvusServer, authority: Authority
) -> None:
    """A --server-name that the certificate does not hold."""
    add(milvusconn, "--uri", milvus_with_tls.uri, "--ca", authority.ca_file,
        "--server-name", "milvus.example")  # fmt: skip

    assert "milvus.example" in found(milvusconn, "tls-name")["summary"]


@pytest.mark.parametrize("credentials", [(), ("--user", "root", "--password", "env:PASSWORD")])
def test_real_milvus_wants_a_client_certificate(
    milvusconn: Milvusconn,
    milvus_with_mutual_tls: MilvusServer,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    credentials: tuple[str, ...],
) -> None:
    """None is given, with or without a password: it is not about the password."""
    monkeypatch.setenv("PASSWORD", "Milvus")
    add(milvusconn, "--uri", milvus_with_mutual_tls.uri, "--ca", authority.ca_file, *credentials)

    row = found(milvusconn, "tls-client-cert")

    assert "none was sent" in row["summary"]
    assert "--cert" in row["advice"]


def test_real_milvus_does_not_trust_the_client(
    milvusconn: Milvusconn,
    milvus_with_mutual_tls: MilvusServer,
    authority: Authority,
    tmp_path: Path,
) -> None:
    """A certificate is given, of another authority."""
    stranger = Authority(tmp_path / "other").issue("client.test")
    add(milvusconn, "--uri", milvus_with_mutual_tls.uri, "--ca", authority.ca_file,
        "--cert", stranger.cert, "--key", stranger.key)  # fmt: skip

    assert "not trust" in found(milvusconn, "tls-client-cert")["summary"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("stranger", [False, True], ids=["no certificate", "of another CA"])
def test_client_certificate_wanted_by_openssl(
    milvusconn: Milvusconn,
    authority: Authority,
    tmp_path: Path,
    version: ssl.TLSVersion,
    stranger: bool,  # noqa: FBT001 -- pytest's parameter
) -> None:
    """In TLS 1.2 the alert comes within the handshake, in 1.3 after it."""
    other = Authority(tmp_path / "other").issue("client.test")
    shown = ("--cert", other.cert, "--key", other.key) if stranger else ()
    listener = faults.tls(
        authority.issue("127.0.0.1"),
        client_ca=authority.ca_file,
        minimum=version,
        maximum=version,
    )
    with listener as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file, *shown)

        found(milvusconn, "tls-client-cert")


@pytest.mark.parametrize("alpn", [(), ("http/1.1",)])
def test_no_http2_over_tls(
    milvusconn: Milvusconn, authority: Authority, alpn: tuple[str, ...]
) -> None:
    """An HTTPS/1.1 server: TLS holds, and gRPC cannot go on."""
    with faults.tls(authority.issue("127.0.0.1"), alpn=alpn, then=faults.answer_http1()) as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file)

        found(milvusconn, "tls-no-h2")


def test_no_cipher_in_common(milvusconn: Milvusconn, authority: Authority) -> None:
    """Any other end of a handshake is told with its alert."""
    deaf = faults.tls(
        authority.issue("127.0.0.1"),
        maximum=ssl.TLSVersion.TLSv1_2,
        ciphers="AES128-SHA256",  # needs an RSA certificate, and ours is not
    )
    with deaf as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file)

        assert found(milvusconn, "tls-failed")["evidence"]["alert"]


def test_encrypted_http1_behind_h2(milvusconn: Milvusconn, authority: Authority) -> None:
    """A server that promises h2 and answers as HTTP/1.1."""
    liar = faults.tls(authority.issue("127.0.0.1"), then=faults.answer_http1())
    with liar as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file)

        found(milvusconn, "not-http2")

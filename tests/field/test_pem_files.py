"""PEM files as gRPC reads them, form by form: gRPC itself is asked in the same test."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives import serialization

from tests.conftest import Milvusconn, Ran
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.servers.workshop import CLIENTS, SERVERS, Made, make, root

HOST = "127.0.0.1"
BOM = b"\xef\xbb\xbf"
TOP = root()
LEAF = make("milvus", HOST, by=TOP)
BROKEN = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def _on_one_line(pem: bytes) -> bytes:
    first, *body, last = pem.splitlines()
    return b"\n".join((first, b"".join(body), last, b""))


def _labelled(pem: bytes, label: bytes) -> bytes:
    return pem.replace(b"N CERTIFICATE", b"N " + label).replace(b"D CERTIFICATE", b"D " + label)


FORMS: dict[str, bytes] = {
    "plain": TOP.pem,
    "crlf": TOP.pem.replace(b"\n", b"\r\n"),
    "blank-lines": TOP.pem.replace(b"\n", b"\n\n"),
    "on-one-line": _on_one_line(TOP.pem),
    "behind-a-key": LEAF.key_pem + TOP.pem,
    "trusted-certificate": _labelled(TOP.pem, b"TRUSTED CERTIFICATE"),
    "x509-certificate": _labelled(TOP.pem, b"X509 CERTIFICATE"),
    "then-a-broken-block": TOP.pem + BROKEN,
    "behind-a-broken-block": BROKEN + TOP.pem,
    "behind-a-comment": b"# our CA\n" + TOP.pem,
    "bom": BOM + TOP.pem,
    "bom-and-a-comment": BOM + b"# our CA\n" + TOP.pem,
    "der": TOP.certificate.public_bytes(serialization.Encoding.DER),
    "cut-short": TOP.pem[: len(TOP.pem) // 2],
    "no-last-line-break": TOP.pem.rstrip(),
    "spaces-at-the-ends": TOP.pem.replace(b"\n", b"  \n"),
    "indented": b"\n".join(b"  " + line for line in TOP.pem.splitlines()),
    "utf-16": TOP.pem.decode().encode("utf-16"),
    "two": root("Other").pem + TOP.pem,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeakingMilvus]:
    with SpeakingMilvus(tls=LEAF.files(tmp_path_factory.mktemp("pem"))) as running:
        yield running


@pytest.fixture
def probed(milvusconn: Milvusconn) -> Callable[..., Ran]:
    """Probe a URI with TLS files."""
    return lambda uri, *settings: milvusconn("inspect", "--uri", uri, *settings, "-o", "json")


def grpc_connects(
    address: str, ca: bytes, key: bytes | None = None, cert: bytes | None = None
) -> bool:
    """Whether gRPC itself gets through with these bytes."""
    credentials = grpc.ssl_channel_credentials(ca, key, cert)
    with grpc.secure_channel(address, credentials) as channel:
        call: Any = channel.unary_unary("/milvus.proto.milvus.MilvusService/Connect")
        try:
            call(b"", timeout=3)
        except grpc.RpcError:
            return False
        return True


@pytest.mark.parametrize("form", FORMS)
def test_a_ca_file_is_judged_as_grpc_judges_it(
    tmp_path: Path, server: SpeakingMilvus, probed: Callable[..., Ran], form: str
) -> None:
    """Taken if gRPC takes it; otherwise the file is named, before anything is dialled."""
    path = tmp_path / "ca.pem"
    path.write_bytes(FORMS[form])

    ran = probed(server.uri, "--ca", str(path))

    if grpc_connects(server.address, FORMS[form]):
        assert ran.row["established"], ran.row
        assert {step["verdict"] for step in ran.row["steps"]} == {"held"}, ran.row["steps"]
    else:
        assert ran.row["status"] == "config-pem", ran.row
        assert "ca.pem" in ran.row["summary"]
    if form == "bom":
        assert "byte order mark" in ran.row["summary"]


# A client's certificate and key


@pytest.fixture(scope="module")
def mutual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeakingMilvus]:
    directory = tmp_path_factory.mktemp("mutual")
    (directory / "clients.pem").write_bytes(TOP.pem)
    with SpeakingMilvus(
        tls=LEAF.files(directory), client_authority=directory / "clients.pem"
    ) as running:
        yield running


def client(**settings: Any) -> Made:  # noqa: ANN401
    return make("client", "client.test", by=TOP, **{"usage": CLIENTS, **settings})


def options(directory: Path, cert: bytes, key: bytes) -> list[str]:
    """The options that name these files."""
    for name, data in (("ca.pem", TOP.pem), ("cert.pem", cert), ("key.pem", key)):
        (directory / name).write_bytes(data)
    names = ("ca", "cert", "key")
    return [text for name in names for text in (f"--{name}", str(directory / f"{name}.pem"))]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("p-256", "plain"),
        ("rsa-1024", "plain"),
        ("brainpool", "plain"),
        ("p-256", "bom"),
        ("p-256", "comment"),
        ("p-256", "both-in-one"),
    ],
)
def test_a_client_s_key_is_judged_as_grpc_judges_it(
    tmp_path: Path, mutual: SpeakingMilvus, probed: Callable[..., Ran], kind: str, form: str
) -> None:
    """A small key is taken, a curve that BoringSSL lacks is named."""
    own = client(key=kind)
    key = {
        "bom": BOM + own.key_pem,
        "comment": b"# UNENCRYPTED: keep this file safe\n" + own.key_pem,
        "both-in-one": own.pem + own.key_pem,
    }.get(form, own.key_pem)
    cert = own.pem + own.key_pem if form == "both-in-one" else own.pem

    ran = probed(mutual.uri, *options(tmp_path, cert, key))

    if grpc_connects(mutual.address, TOP.pem, key, cert):
        assert ran.row["established"], ran.row
    else:
        assert ran.row["status"] == "config-pem", ran.row
        assert "key.pem" in ran.row["summary"]
        words = {"brainpool": "Brainpool", "p-256": "byte order mark"}
        assert words[kind] in ran.row["summary"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ends": -10.5}, "expired 10 days ago"),
        ({"begins": 3.5}, "not valid for another 3 days"),
        ({"usage": SERVERS}, "purpose"),
    ],
)
def test_what_the_client_s_own_certificate_says(
    tmp_path: Path,
    mutual: SpeakingMilvus,
    probed: Callable[..., Ran],
    settings: dict[str, Any],
    words: str,
) -> None:
    """Read from the file, since such a server just closes."""
    own = client(**settings)

    row = probed(mutual.uri, *options(tmp_path, own.pem, own.key_pem)).row

    assert row["status"] == "tls-client-cert", row
    assert words in row["summary"]


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="bash has process substitution")
def test_files_are_read_once(tmp_path: Path, mutual: SpeakingMilvus) -> None:
    """All three may be pipes, also for the diagnosis of `inspect`."""
    own = client()
    options(tmp_path, own.pem, own.key_pem)
    script = (
        f'"$1" -m milvusconn_cli inspect --uri {mutual.uri} -o json'
        " --ca <(cat ca.pem) --cert <(cat cert.pem) --key <(cat key.pem)"
    )

    ran = subprocess.run(
        ["bash", "-c", script, "bash", sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr

"""Every cause, told apart by `has` from a peer that really has it; and every way to be established.

What the contract says of exit codes and layers is written out here, not taken from the program.
"""

import contextlib
import gc
import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.conftest import Milvusconn, Ran
from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.lite import LiteHolder, LiteServer
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import Answer, SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
RunWithResolver = Callable[..., subprocess.CompletedProcess[str]]
Row = dict[str, Any]

CONTRACT = {
    "no-such-alias": (1, "registry"),
    "disconnected": (1, "registry"),
    "config-uri": (78, "config"),
    "config-pem": (78, "config"),
    "config-secret": (78, "config"),
    "config-file": (78, "config"),
    "dns-unknown": (3, "dns"),
    "dns-unavailable": (3, "dns"),
    "proxy-refused": (3, "proxy"),
    "proxy-failed": (3, "proxy"),
    "tcp-refused": (3, "tcp"),
    "tcp-timeout": (3, "tcp"),
    "tcp-unreachable": (3, "tcp"),
    "tcp-closed": (3, "tcp"),
    "unix-missing": (3, "unix"),
    "unix-refused": (3, "unix"),
    "tls-required": (6, "tls"),
    "tls-unexpected": (6, "tls"),
    "tls-untrusted": (6, "tls"),
    "tls-expired": (6, "tls"),
    "tls-not-yet-valid": (6, "tls"),
    "tls-name": (6, "tls"),
    "tls-client-cert": (6, "tls"),
    "tls-no-h2": (6, "tls"),
    "tls-failed": (6, "tls"),
    "not-http2": (7, "http2"),
    "silent": (4, "http2"),
    "not-grpc": (7, "grpc"),
    "not-milvus": (7, "grpc"),
    "too-old": (7, "milvus"),
    "starting": (4, "milvus"),
    "unhealthy": (4, "milvus"),
    "busy": (4, "milvus"),
    "slow": (4, "milvus"),
    "auth-missing": (5, "auth"),
    "auth-rejected": (5, "auth"),
    "auth-apikey": (5, "auth"),
    "denied": (5, "auth"),
    "db-missing": (8, "database"),
    "lite-missing": (3, "local"),
    "lite-locked": (3, "local"),
    "lite-engine": (3, "local"),
    "rpc-failed": (4, "grpc"),
}
"""Exit code and layer of each cause that can be met here."""

FROM_THE_GROUND_UP = (
    "registry", "config", "local", "dns", "proxy", "tcp", "unix",
    "tls", "http2", "grpc", "milvus", "auth", "database",
)  # fmt: skip

OVERRUN = 0.5
"""Seconds by which no probe outlasts its limit."""
SHORT = 1.0
"""The limit, in seconds, of a probe that will use it up."""
ENOUGH = 2.0
"""The limit, in seconds, of a probe whose answer comes at once."""
LITE = 30.0
"""The same where Milvus Lite has to start."""

PASSWORD = "Open-Sesame-77"


def add(milvusconn: Milvusconn, *settings: str | Path) -> None:
    """Register `dev`."""
    added = milvusconn("add", "dev", *settings)
    assert added.code == 0, added.err


def write_registry(path: Path, lines: str) -> None:
    """Write `dev` as a person would, past every check."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"version = 1\n\n[connections.dev]\n{lines}\n")


def assert_told(ran: Ran, cause: str) -> None:
    """`False` on stdout, the cause on stderr with a hint below it, the exit code of its kind."""
    assert ran.out == "False\n"
    assert ran.err.splitlines()[-2].startswith(f"milvusconn: dev: {cause}: ")
    assert ran.err.splitlines()[-1].startswith("  hint: ")
    assert ran.code == CONTRACT[cause][0]


def assert_row(ran: Ran, cause: str, limit: float) -> Row:
    """The row of `dev` says the same, with its steps in order, and within the limit."""
    row = ran.row
    exit_code, layer = CONTRACT[cause]
    assert (row["status"], row["layer"], row["exit_code"]) == (cause, layer, exit_code)
    assert (ran.code, ran.json["exit_code"], ran.json["ok"]) == (exit_code, exit_code, False)
    assert row["established"] is False
    assert row["summary"]
    assert row["advice"]
    assert row["seconds"] is None or row["seconds"] <= limit + OVERRUN
    assert_climbed(row)
    return row


def assert_climbed(row: Row) -> None:
    """Each step stands on the one before; all held but the last of a failure.

    That one need not be of the cause's layer: what TLS 1.3 refuses shows itself one above.
    """
    layers = [FROM_THE_GROUND_UP.index(step["layer"]) for step in row["steps"]]
    assert layers == sorted(layers)
    *before, last = [step["verdict"] for step in row["steps"]] or ["failed"]
    assert set(before) <= {"held"}
    assert last == ("held" if row["established"] else "failed")


def found(milvusconn: Milvusconn, cause: str, limit: float = ENOUGH) -> Row:
    """Ask about `dev` twice, for people and for programs: it is this cause; the latter's row."""
    assert_told(milvusconn("has", "dev", "-t", str(limit)), cause)
    return assert_row(milvusconn("has", "dev", "-t", str(limit), "-o", "json"), cause, limit)


def established(milvusconn: Milvusconn, limit: float = 10.0) -> Row:
    """Ask about `dev` twice: it is established; the row, which names the server."""
    said = milvusconn("has", "dev", "-t", str(limit))
    assert (said.code, said.out) == (0, "True\n"), said.err

    row = milvusconn("has", "dev", "-t", str(limit), "-o", "json").row
    assert (row["status"], row["established"], row["exit_code"]) == ("established", True, 0)
    assert (row["layer"], row["summary"], row["advice"]) == (None, None, None)
    assert_climbed(row)
    return row


# No dial


def test_unknown_alias(milvusconn: Milvusconn) -> None:
    """An alias that nobody registered: no, and nothing was dialled."""
    row = found(milvusconn, "no-such-alias")

    assert (row["source"], row["seconds"], row["steps"]) == (None, None, [])


def test_disconnected(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """Out of service is out of service, the server being as well as it may."""
    add(milvusconn, "--uri", milvus.uri)
    milvusconn("disconnect", "dev")

    row = found(milvusconn, "disconnected")

    assert (row["seconds"], row["steps"]) == (None, [])
    assert "milvusconn connect dev" in row["advice"]


@pytest.mark.parametrize(
    "uri",
    [
        "localhost:19530", "https//localhost", "http://", "http://{host}:19530",
        "http://localhost:0", "http://localhost:65536", "http://localhost:abc", "ftp://localhost",
        "http://::1:19530", "",
    ],
)  # fmt: skip
def test_hand_written_uri(milvusconn: Milvusconn, registry_path: Path, uri: str) -> None:
    """A URI that no client could use, edited into the file."""
    write_registry(registry_path, f"uri = {json.dumps(uri)}")

    found(milvusconn, "config-uri")


def test_bad_uri_is_answered_with_the_corrected_one(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """The documented example that is illegal gets its legal form."""
    write_registry(registry_path, 'uri = "localhost:19530"')

    assert "http://localhost:19530" in found(milvusconn, "config-uri")["advice"]


@pytest.fixture
def files(authority: Authority, tmp_path: Path) -> dict[str, Path]:
    """PEM files, good and bad, by what they are."""
    ours, other = authority.issue("client.test"), authority.issue("other.test")
    garbage, armour = tmp_path / "garbage.pem", tmp_path / "armour.pem"
    garbage.write_bytes(bytes(range(256)))
    armour.write_text("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n")
    encrypted = tmp_path / "encrypted.pem"
    encrypted.write_text(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nbm90aGluZw==\n-----END ENCRYPTED PRIVATE KEY-----\n"
    )
    return {
        "ca": authority.ca_file,
        "cert": ours.cert,
        "key": ours.key,
        "other key": other.key,
        "garbage": garbage,
        "armour": armour,
        "encrypted": encrypted,
        "nowhere": tmp_path / "nowhere.pem",
        "directory": tmp_path,
    }


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"cert": "cert"}, "key"),
        ({"key": "key"}, "cert"),
        ({"cert": "cert", "key": "other key"}, "other key"),
        ({"cert": "cert", "key": "encrypted"}, "encrypted"),
        ({"cert": "cert", "key": "garbage"}, "garbage"),
        ({"cert": "cert", "key": "cert"}, "cert"),
        ({"cert": "garbage", "key": "key"}, "garbage"),
        ({"cert": "armour", "key": "key"}, "armour"),
        ({"cert": "nowhere", "key": "key"}, "nowhere"),
        ({"ca": "garbage"}, "garbage"),
        ({"ca": "armour"}, "armour"),
        ({"ca": "nowhere"}, "nowhere"),
        ({"ca": "directory"}, "directory"),
    ],
    ids=str,
)
def test_unusable_pem(
    milvusconn: Milvusconn,
    registry_path: Path,
    files: dict[str, Path],
    settings: dict[str, str],
    named: str,
) -> None:
    """TLS files that grpcio would abort on or say nothing of: named, and the process lives."""
    lines = "\n".join(f"{key} = {json.dumps(str(files[name]))}" for key, name in settings.items())
    write_registry(registry_path, f'uri = "https://127.0.0.1:1"\n[connections.dev.tls]\n{lines}')

    row = found(milvusconn, "config-pem")

    words = named if len(settings) == 1 and named in ("cert", "key") else str(files[named])
    assert words in row["summary"]


@pytest.mark.parametrize(
    "lines",
    ["uri = ", "uri = 5", "db = 'x'", "uri = 'http://localhost'\ntimeout = 'long'", "[connections"],
)
def test_malformed_file(milvusconn: Milvusconn, registry_path: Path, lines: str) -> None:
    """What is not TOML, or not of the right type, is exit 78, and stays as it is."""
    write_registry(registry_path, lines)
    before = registry_path.read_bytes()

    ran = milvusconn("has", "dev")

    assert ran.code == 78
    assert registry_path.read_bytes() == before


def test_not_toml_is_named_by_line_and_column(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Nothing can be said of any alias: the file is at fault, and where."""
    write_registry(registry_path, "uri = ")

    ran = milvusconn("has", "dev", "-o", "json")

    assert ran.json["error"]["code"] == 78
    assert "line 4, column 7" in ran.json["error"]["message"]
    assert str(registry_path) in ran.json["error"]["message"]


def test_alias_of_the_wrong_shape(milvusconn: Milvusconn, registry_path: Path) -> None:
    """One alias is malformed: that is its own cause, and others are not affected."""
    write_registry(registry_path, "uri = 5")

    assert "uri" in found(milvusconn, "config-file")["summary"]


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("env:UNSET_PASSWORD", "UNSET_PASSWORD"),
        ("file:/nonexistent/password", "/nonexistent/password"),
        ("command:false", "command:false"),
        ("command:/nonexistent/program", "/nonexistent/program"),
        ("command:true", "empty"),
    ],
)
def test_secret_that_cannot_be_had(milvusconn: Milvusconn, reference: str, words: str) -> None:
    """A reference that leads nowhere is named."""
    add(milvusconn, "--uri", "http://127.0.0.1:1", "--user", "root", "--password", reference)

    assert words in found(milvusconn, "config-secret", SHORT)["summary"]


def test_secret_command_that_hangs(milvusconn: Milvusconn) -> None:
    """It does not outlast the limit, and is gone and reaped when the program answers."""
    # What is left to the garbage collector makes it warn, which fails a test here.
    reference = "command:sleep 600"
    add(milvusconn, "--uri", "http://127.0.0.1:1", "--user", "root", "--password", reference)

    row = found(milvusconn, "config-secret", SHORT)
    gc.collect()

    assert "in time" in row["summary"]


# Names


@pytest.mark.parametrize(
    ("resolver", "cause"),
    [
        ("unknown", "dns-unknown"),
        ("failing", "dns-unavailable"),
        ("silent", "dns-unavailable"),
        ("absent", "dns-unavailable"),
        ({"milvus.example": ["192.0.2.1"]}, "tcp-unreachable"),
        ({"milvus.example": ["2001:db8::1", "192.0.2.1"]}, "tcp-unreachable"),
        ({"milvus.example": ["127.0.0.1"]}, "tcp-refused"),
    ],
    ids=str,
)
def test_names(
    milvusconn: Milvusconn, run_with_resolver: RunWithResolver, resolver: object, cause: str
) -> None:
    """Told apart: the name is unknown, the resolver is at fault, there is no route, a refusal."""
    add(milvusconn, "--uri", "http://milvus.example:19530")
    command = [sys.executable, "-m", "milvusconn_cli", "has", "dev", "-t", str(SHORT)]

    for_people = run_with_resolver(command, resolver)
    for_programs = run_with_resolver([*command, "-o", "json"], resolver)

    assert_told(as_ran(for_people), cause)
    row = assert_row(as_ran(for_programs), cause, SHORT)
    assert "milvus.example" in row["summary"] or row["layer"] == "tcp"


def as_ran(completed: subprocess.CompletedProcess[str]) -> Ran:
    return Ran(completed.returncode, completed.stdout, completed.stderr)


# TCP


def ipv6_or_skip() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_refused(milvusconn: Milvusconn, refusing_port: int, scheme: str, host: str) -> None:
    """Nobody listens: the address that refused is named."""
    add(milvusconn, "--uri", f"{scheme}://{host}:{refusing_port}")

    row = found(milvusconn, "tcp-refused")

    assert f"127.0.0.1:{refusing_port}" in row["summary"]


def test_refused_on_ipv6(milvusconn: Milvusconn) -> None:
    """The same, in brackets."""
    ipv6_or_skip()
    with faults.refusing_port("::1") as place:
        add(milvusconn, "--uri", f"http://[::1]:{place.port}")

        row = found(milvusconn, "tcp-refused")

    assert f"[::1]:{place.port}" in row["summary"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_answer_to_a_syn(milvusconn: Milvusconn, full_backlog_port: int, scheme: str) -> None:
    """A firewall that drops packets, as far as a client can see."""
    add(milvusconn, "--uri", f"{scheme}://127.0.0.1:{full_backlog_port}")

    found(milvusconn, "tcp-timeout", SHORT)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("fault", [faults.closing, faults.resetting], ids=["fin", "rst"])
def test_accepted_and_closed(
    milvusconn: Milvusconn,
    fault: Callable[[], contextlib.AbstractContextManager[faults.Place]],
    scheme: str,
) -> None:
    """Not a byte, neither in plaintext nor on a TLS hello."""
    # A RST may be there before connect() is asked how it went: that is no other cause.
    with fault() as place:
        add(milvusconn, "--uri", f"{scheme}://{place.address}")

        found(milvusconn, "tcp-closed")


# Proxies


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("variable", ["grpc_proxy", "https_proxy", "http_proxy"])
def test_proxy_that_is_not_there(
    milvusconn: Milvusconn,
    milvus: MilvusServer,
    refusing_port: int,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    scheme: str,
) -> None:
    """Used even to 127.0.0.1, as gRPC does: the variable and the proxy are named."""
    monkeypatch.setenv(variable, f"http://127.0.0.1:{refusing_port}")
    add(milvusconn, "--uri", f"{scheme}://{milvus.address}")

    row = found(milvusconn, "proxy-refused")

    assert variable in row["summary"] + row["advice"]
    assert f"127.0.0.1:{refusing_port}" in row["summary"]


def test_proxy_that_will_not(
    milvusconn: Milvusconn, milvus: MilvusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers CONNECT with an error, which is told; no_proxy is the way out, and works."""
    add(milvusconn, "--uri", milvus.uri)
    with faults.http1(501) as place:
        monkeypatch.setenv("http_proxy", f"http://{place.address}")

        row = found(milvusconn, "proxy-failed")
        assert "501" in row["summary"]
        assert "no_proxy" in row["advice"]

        monkeypatch.setenv("no_proxy", "127.0.0.1")
        established(milvusconn)


def test_proxy_in_upper_case_does_not_hold(
    milvusconn: Milvusconn,
    milvus: MilvusServer,
    refusing_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with gRPC itself: HTTP_PROXY means nothing."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refusing_port}")
    add(milvusconn, "--uri", milvus.uri)

    established(milvusconn)


# Unix sockets


def test_no_socket_file(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """The path is named."""
    add(milvusconn, "--uri", f"unix:{tmp_path}/absent.sock")

    assert f"{tmp_path}/absent.sock" in found(milvusconn, "unix-missing")["summary"]


def test_stale_socket_file(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """The file of a server that was killed."""
    with faults.stale_unix_socket(tmp_path / "stale.sock") as path:
        add(milvusconn, "--uri", f"unix:{path}")

        found(milvusconn, "unix-refused")


def test_socket_file_that_is_none(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A regular file: it is said that it is no socket."""
    path = tmp_path / "notes.txt"
    path.touch()
    add(milvusconn, "--uri", f"unix:{path}")

    assert "not a socket" in found(milvusconn, "unix-refused")["summary"]


def test_silent_unix_socket(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A hung server behind a socket file."""
    with faults.unix_silent(tmp_path / "hung.sock") as path:
        add(milvusconn, "--uri", f"unix:{path}")

        found(milvusconn, "silent", SHORT)


# TLS


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


# Something else


@pytest.mark.parametrize(
    ("words", "after_first_bytes", "shown"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", True, "HTTP/1.1"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", False, "SSH-2.0-OpenSSH_9.2p1"),
        (b"-ERR unknown command\r\n", True, "-ERR unknown command"),
        (b"220 mail.example ESMTP\r\n", False, "ESMTP"),
        (b"\x1b[31mred\x07\x00alert", False, "red"),
    ],
)
def test_something_else_answers(
    milvusconn: Milvusconn,
    words: bytes,
    after_first_bytes: bool,  # noqa: FBT001 -- pytest's parameter
    shown: str,
) -> None:
    """What it says is shown, without its control codes."""
    with faults.banner(words, after_first_bytes=after_first_bytes) as place:
        add(milvusconn, "--uri", f"http://{place.address}")

        row = found(milvusconn, "not-http2")

    assert shown in row["summary"]
    assert row["summary"].isprintable()


def test_ssh_dialled_with_tls(milvusconn: Milvusconn) -> None:
    """It is something else with https:// too, and not TLS gone wrong."""
    with faults.banner(b"SSH-2.0-OpenSSH_9.2p1\r\n") as place:
        add(milvusconn, "--uri", f"https://{place.address}")

        found(milvusconn, "not-http2")


def test_metrics_port_of_a_real_milvus(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """Port 9091 by mistake: the advice names the right one."""
    add(milvusconn, "--uri", f"http://127.0.0.1:{milvus.metrics_port}")

    assert "19530" in found(milvusconn, "not-http2")["advice"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_accepted_and_never_a_word(milvusconn: Milvusconn, silent_port: int, scheme: str) -> None:
    """A hung process, dialled either way."""
    add(milvusconn, "--uri", f"{scheme}://127.0.0.1:{silent_port}")

    found(milvusconn, "silent", SHORT)


def test_silent_after_the_tls_handshake(milvusconn: Milvusconn, authority: Authority) -> None:
    """TLS holds, and is a step; then nothing."""
    with faults.tls(authority.issue("127.0.0.1")) as place:
        add(milvusconn, "--uri", f"https://{place.address}", "--ca", authority.ca_file)

        row = found(milvusconn, "silent", SHORT)

    assert [step["layer"] for step in row["steps"]] == ["dns", "tcp", "tls", "http2"]


def answer_404(connection: socket.socket) -> None:
    """Be an HTTP/2 server that knows no such route, whatever the path."""
    settings, acknowledged = b"\0\0\0\x04\0\0\0\0\0", b"\0\0\0\x04\x01\0\0\0\0"
    not_found = b"\0\0\x01\x01\x05\0\0\0\x01\x8d"  # HEADERS, all of them, on stream 1: status 404
    reader = connection.makefile("rb")
    assert reader.read(24).startswith(b"PRI ")
    connection.sendall(settings + acknowledged)
    while head := reader.read(9):
        reader.read(int.from_bytes(head[:3]))
        if head[3] == 1:
            connection.sendall(not_found)


def test_http2_without_grpc(milvusconn: Milvusconn) -> None:
    """A gateway without a route to Milvus."""
    with faults._answering(answer_404, "127.0.0.1") as place:
        add(milvusconn, "--uri", f"http://{place.address}")

        assert "404" in found(milvusconn, "not-grpc")["summary"]


def test_another_grpc_server(milvusconn: Milvusconn, foreign_grpc_port: int) -> None:
    """The protocol is well, and Milvus is not what is served."""
    add(milvusconn, "--uri", f"http://127.0.0.1:{foreign_grpc_port}")

    found(milvusconn, "not-milvus")


# Milvus's own refusals


def test_too_old_shows_its_version(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A Milvus without Connect still says which one it is."""
    server = speaking_milvus(connect=None, get_version=answers.version("v2.2.8"))
    add(milvusconn, "--uri", server.uri)

    row = found(milvusconn, "too-old")

    assert "2.2.8" in row["summary"]


NOT_READY = "Milvus Proxy is not ready yet. please wait"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (answers.aborting(grpc.StatusCode.UNAVAILABLE, NOT_READY), "starting"),
        (answers.aborting(grpc.StatusCode.UNKNOWN, NOT_READY), "starting"),
        (answers.status(code=1, reason="service not ready[proxy=1]: Initializing"), "starting"),
        (answers.status(code=1, reason="service not ready[proxy=1]: StandBy"), "unhealthy"),
        (answers.status(error_code=56, reason="not ready"), "starting"),
        (answers.status(code=1, reason="service not ready[proxy=1]: Abnormal"), "unhealthy"),
        (answers.status(code=2, reason="service unavailable[proxy=1]"), "unhealthy"),
        (answers.aborting(grpc.StatusCode.RESOURCE_EXHAUSTED, "rate limit"), "busy"),
        (answers.status(code=3, reason="memory limit exceeded"), "busy"),
        (answers.status(code=4, reason="request limit exceeded"), "busy"),
        (answers.status(code=8, reason="rate limit exceeded[rate=1]"), "busy"),
        (answers.status(code=9, reason="quota exceeded[reason=disk]"), "busy"),
        (answers.aborting(grpc.StatusCode.PERMISSION_DENIED, "PrivilegeConnect"), "denied"),
        (answers.status(code=1401, reason="privilege not permitted"), "denied"),
        (answers.status(error_code=3, reason="privilege not permitted"), "denied"),
        (answers.status(code=1400, reason="not authenticated"), "auth-missing"),
        (answers.status(code=800, reason="database not found[database=x]"), "db-missing"),
        (answers.status(error_code=1, reason="database not found:x"), "db-missing"),
        (answers.status(code=65535, reason="unexpected[e=1]"), "rpc-failed"),
        (answers.status(error_code=1, reason="out of luck"), "rpc-failed"),
    ],
)
def test_milvus_says_why(
    milvusconn: Milvusconn, speaking_milvus: Speak, answer: Answer, cause: str
) -> None:
    """What Milvus answers, in gRPC's terms or in its own, old or new, is the cause."""
    add(milvusconn, "--uri", speaking_milvus(connect=answer).uri)

    found(milvusconn, cause)


def test_words_of_the_server_are_shown(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """The privilege, the limit, the state: as the server names it, on one printable line."""
    reason = "quota exceeded[reason=disk\x1b[2J full]\nat proxy.go:77"
    server = speaking_milvus(connect=answers.status(code=9, reason=reason))
    add(milvusconn, "--uri", server.uri)

    summary = found(milvusconn, "busy")["summary"]

    assert "quota exceeded[reason=disk" in summary
    assert summary.isprintable()


def test_page_of_a_reason_is_cut(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A stack trace of a hundred kilobytes does not fill the terminal."""
    server = speaking_milvus(connect=answers.status(code=2, reason="stack trace: " * 8000))
    add(milvusconn, "--uri", server.uri)

    row = found(milvusconn, "unhealthy")

    assert len(row["summary"]) < 1000
    assert row["summary"].endswith("…")


def test_connect_that_never_answers(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Every layer below holds and is shown; the limit is kept."""
    add(milvusconn, "--uri", speaking_milvus(connect=answers.never()).uri)

    row = found(milvusconn, "slow", SHORT)

    layers = [step["layer"] for step in row["steps"]]
    assert (layers[:3], layers[-1]) == (["dns", "tcp", "http2"], "milvus")
    assert "--timeout" in row["advice"]


@pytest.mark.parametrize("code", ["INTERNAL", "UNKNOWN", "ABORTED", "UNAVAILABLE", "DATA_LOSS"])
def test_unexplained_failure_is_shown_as_it_came(
    milvusconn: Milvusconn, speaking_milvus: Speak, code: str
) -> None:
    """The code and the words of gRPC, and no guess."""
    server = speaking_milvus(connect=answers.aborting(grpc.StatusCode[code], "a rare mishap"))
    add(milvusconn, "--uri", server.uri)

    row = found(milvusconn, "rpc-failed")

    assert code in row["summary"]
    assert "a rare mishap" in row["summary"]
    assert row["evidence"]["grpc_code"] == code


# Credentials


@pytest.mark.parametrize(
    ("settings", "cause", "sent"),
    [
        ((), "auth-missing", "none"),
        (("--user", "root"), "auth-missing", "none"),
        (("--user", "root", "--password", PASSWORD), "auth-rejected", "user and password"),
        (("--user", "nobody", "--password", PASSWORD), "auth-rejected", "user and password"),
        (("--token", f"root:{PASSWORD}"), "auth-rejected", "user and password"),
        (("--token", PASSWORD), "auth-apikey", "token"),
        (("--token", f"literal:{PASSWORD}"), "auth-apikey", "token"),
    ],
)
def test_credentials_that_real_milvus_refuses(
    milvusconn: Milvusconn,
    milvus_with_authorization: MilvusServer,
    settings: tuple[str, ...],
    cause: str,
    sent: str,
) -> None:
    """None, wrong, or of the wrong kind; what is secret is in no output."""
    registered = milvusconn("add", "dev", "--uri", milvus_with_authorization.uri, *settings)

    row = found(milvusconn, cause)

    assert row["evidence"]["credentials"] == sent
    assert row["steps"][-1]["layer"] == "auth"
    outputs = [
        registered,
        *(milvusconn("has", "dev", "-o", form) for form in ("table", "plain", "json")),
        *(milvusconn("list", "-o", form) for form in ("table", "plain", "json")),
        *(milvusconn("show", "dev", "-o", form) for form in ("table", "plain", "json")),
        milvusconn("connect", "dev"),
        milvusconn("address", "dev"),
    ]
    assert not [ran for ran in outputs if PASSWORD in ran.out + ran.err]


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ((), "auth-missing"),
        (("--token", "key"), "auth-apikey"),
        (("--token", "a:b"), "auth-rejected"),
    ],
)
def test_credentials_that_milvus_2_2_refuses(
    milvusconn: Milvusconn, speaking_milvus: Speak, settings: tuple[str, ...], cause: str
) -> None:
    """It has one text for all of them: what was sent decides."""
    words = "auth check failure, please check username and password are correct"
    server = speaking_milvus(connect=answers.aborting(grpc.StatusCode.UNKNOWN, words))
    add(milvusconn, "--uri", server.uri, *settings)

    found(milvusconn, cause)


# The database


def test_real_milvus_has_no_such_database(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """The name is told."""
    add(milvusconn, "--uri", milvus.uri, "--db", "nowhere")

    assert "nowhere" in found(milvusconn, "db-missing")["summary"]


def test_database_in_the_path(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """A path is the database where --db is not given."""
    add(milvusconn, "--uri", f"{milvus.uri}/nowhere")

    assert found(milvusconn, "db-missing")["database"] == "nowhere"


def test_milvus_lite_is_asked_for_its_databases(
    milvusconn: Milvusconn, milvus_lite_server: LiteServer
) -> None:
    """It ignores the header that names the database, so a missing one must not pass."""
    add(milvusconn, "--uri", milvus_lite_server.uri, "--db", "nowhere")

    found(milvusconn, "db-missing")


# Milvus Lite


def test_no_directory_for_the_database(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """The directory is named, and not made."""
    add(milvusconn, "--uri", f"{tmp_path}/absent/milvus.db")

    assert f"{tmp_path}/absent" in found(milvusconn, "lite-missing")["summary"]
    assert not (tmp_path / "absent").exists()


@pytest.mark.usefixtures("milvus_lite_package")
@pytest.mark.parametrize("hops", [1, 2])
def test_a_link_to_no_directory(milvusconn: Milvusconn, tmp_path: Path, hops: int) -> None:
    """Milvus Lite would make the directories that it leads through."""
    place = tmp_path / "absent" / "deeper" / "milvus.db"
    for number in range(hops):
        link = tmp_path / f"link{number}.db"
        link.symlink_to(place)
        place = link
    add(milvusconn, "--uri", str(place))

    row = found(milvusconn, "lite-missing", LITE)

    assert str(tmp_path / "absent" / "deeper") in row["summary"]
    assert "mkdir -p" in row["advice"]
    assert not (tmp_path / "absent").exists()


@pytest.mark.usefixtures("milvus_lite_package")
def test_a_link_to_itself(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A loop leads nowhere."""
    (tmp_path / "loop.db").symlink_to(tmp_path / "loop.db")
    add(milvusconn, "--uri", str(tmp_path / "loop.db"))

    found(milvusconn, "lite-missing", LITE)


@pytest.mark.usefixtures("milvus_lite_package")
def test_a_link_to_a_database_that_does_not_exist_yet(
    milvusconn: Milvusconn, tmp_path: Path
) -> None:
    """It is created where the link leads, as a client would."""
    (tmp_path / "volume").mkdir()
    (tmp_path / "milvus.db").symlink_to(tmp_path / "volume" / "real.db")
    add(milvusconn, "--uri", str(tmp_path / "milvus.db"))

    established(milvusconn, LITE)

    assert (tmp_path / "volume" / "real.db").exists()


@pytest.mark.usefixtures("milvus_lite_package")
def test_database_that_another_holds(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """Its pid is told, where the system tells it; once it lets go, the connection holds."""
    with LiteHolder(tmp_path / "held.db") as holder:
        add(milvusconn, "--uri", str(holder.database))

        row = found(milvusconn, "lite-locked", LITE)

    if sys.platform == "linux":
        assert row["evidence"]["pid"] == str(holder.pid)
        assert f"pid {holder.pid}" in row["summary"]
    established(milvusconn, LITE)


ENGINES = {
    "absent": "raise ImportError('No module named milvus_lite.server_manager')",
    "did not start": "server_manager_instance = __import__('types').SimpleNamespace("
    "start_and_get_uri=lambda path: None, release_all=lambda: None)",
    "dies": "__import__('os')._exit(9)",
    "hangs": "__import__('threading').Event().wait()",
    "raises": "raise RuntimeError('wrong machine')",
}


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_that_does_not_work(
    milvusconn: Milvusconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """Not installed, or ends or hangs while starting: the engine is at fault, within the limit."""
    limit = SHORT if engine == "hangs" else LITE
    package = tmp_path / "path" / "milvus_lite"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "server_manager.py").write_text(ENGINES[engine])
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    add(milvusconn, "--uri", str(tmp_path / "milvus.db"))

    row = found(milvusconn, "lite-engine", limit)

    if engine == "absent":
        assert "milvusconn[lite]" in row["advice"]


def test_lite_without_pymilvus(
    milvusconn: Milvusconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """milvus-lite needs it and does not declare it: said as it is."""
    package = tmp_path / "path" / "pymilvus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('No module named pymilvus')")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    add(milvusconn, "--uri", str(tmp_path / "milvus.db"))

    assert "pymilvus" in found(milvusconn, "lite-engine", LITE)["summary"]


# Established


def test_real_milvus(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """And the server says which one it is."""
    add(milvusconn, "--uri", milvus.uri)

    row = established(milvusconn)

    assert row["server"]["version"] == "2.3.5-lite"
    assert row["server"]["build_tags"] == "v2.3.5-lite"
    assert row["server"]["deploy_mode"] == "STANDALONE"
    assert row["server"]["git_commit"]


@pytest.mark.parametrize("scheme", ["http", "tcp", "grpc", "HTTP"])
def test_real_milvus_by_name(milvusconn: Milvusconn, milvus: MilvusServer, scheme: str) -> None:
    """By a name that may have an address that refuses; every plaintext scheme is the same."""
    add(milvusconn, "--uri", f"{scheme}://localhost:{milvus.port}")

    established(milvusconn)


def test_default_database(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """The database that is always there."""
    add(milvusconn, "--uri", milvus.uri, "--db", "default")

    assert established(milvusconn)["database"] == "default"


@pytest.mark.parametrize(
    "settings",
    [
        ("--user", "root", "--password", "Milvus"),
        ("--user", "root", "--password", "env:ROOT_PASSWORD"),
        ("--user", "root", "--password", "command:printf Milvus"),
        ("--token", "root:Milvus"),
    ],
)
def test_real_milvus_with_credentials(
    milvusconn: Milvusconn,
    milvus_with_authorization: MilvusServer,
    monkeypatch: pytest.MonkeyPatch,
    settings: tuple[str, ...],
) -> None:
    """User and password, by whatever reference, or both as a token."""
    monkeypatch.setenv("ROOT_PASSWORD", "Milvus")
    add(milvusconn, "--uri", milvus_with_authorization.uri, *settings)

    established(milvusconn)


def test_credentials_in_the_uri(
    milvusconn: Milvusconn, milvus_with_authorization: MilvusServer
) -> None:
    """They are taken out of it, and work."""
    add(milvusconn, "--uri", f"http://root:Mil%76us@{milvus_with_authorization.address}")

    row = established(milvusconn)

    assert (row["uri"], row["user"]) == (milvus_with_authorization.uri, "root")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_real_milvus_with_tls(
    milvusconn: Milvusconn, milvus_with_tls: MilvusServer, authority: Authority, host: str
) -> None:
    """Trusted through --ca, by address and by name."""
    uri = f"https://{host}:{milvus_with_tls.port}"
    add(milvusconn, "--uri", uri, "--ca", authority.ca_file)

    assert established(milvusconn)["tls"] is True


def test_real_milvus_with_a_server_name(
    milvusconn: Milvusconn, milvus_with_tls: MilvusServer, authority: Authority
) -> None:
    """Dialled by address, verified by name."""
    add(milvusconn, "--uri", milvus_with_tls.uri, "--ca", authority.ca_file,
        "--server-name", "localhost")  # fmt: skip

    established(milvusconn)


def test_real_milvus_with_mutual_tls(
    milvusconn: Milvusconn, milvus_with_mutual_tls: MilvusServer, authority: Authority
) -> None:
    """Certificate, key, user and password together."""
    ours: CertificateFiles = milvus_with_mutual_tls.client
    add(milvusconn, "--uri", milvus_with_mutual_tls.uri, "--ca", authority.ca_file,
        "--cert", ours.cert, "--key", ours.key, "--token", "root:Milvus")  # fmt: skip

    established(milvusconn)


def test_mutual_tls_without_password(
    milvusconn: Milvusconn, milvus_with_mutual_tls: MilvusServer, authority: Authority
) -> None:
    """The certificate alone opens TLS, and not Milvus."""
    ours = milvus_with_mutual_tls.client
    add(milvusconn, "--uri", milvus_with_mutual_tls.uri, "--ca", authority.ca_file,
        "--cert", ours.cert, "--key", ours.key)  # fmt: skip

    found(milvusconn, "auth-missing")


@pytest.mark.usefixtures("milvus_lite_package")
def test_local_database(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """A `.db` that is there, opened as pymilvus opens it, and let go of afterwards."""
    database = tmp_path / "milvus.db"
    with LiteHolder(database):
        pass
    add(milvusconn, "--uri", str(database))

    row = established(milvusconn, LITE)

    assert row["server"]["deploy_mode"] == "embedded"
    assert row["address"] == str(database)
    with LiteHolder(database) as holder:
        assert holder.uri


@pytest.mark.usefixtures("milvus_lite_package")
def test_several_aliases_of_one_local_database(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """They do not lock one another out."""
    for alias in ("one", "two"):
        milvusconn("add", alias, "--uri", str(tmp_path / "milvus.db"))

    ran = milvusconn("has", "one", "two", "-t", str(LITE))

    assert (ran.code, ran.out) == (0, "one\tTrue\ntwo\tTrue\n")


def test_milvus_lite_over_tcp(milvusconn: Milvusconn, milvus_lite_server: LiteServer) -> None:
    """Its version is asked for, since its build tags do not hold it."""
    add(milvusconn, "--uri", milvus_lite_server.uri)

    row = established(milvusconn)

    assert row["server"]["build_tags"] == "milvus_lite"
    assert row["server"]["version"][0].isdigit()


def test_unix_socket(milvusconn: Milvusconn, speaking_milvus: Speak, tmp_path: Path) -> None:
    """A Milvus behind a socket file."""
    server = speaking_milvus(unix=tmp_path / "milvus.sock")
    add(milvusconn, "--uri", server.uri)

    row = established(milvusconn)

    assert row["address"] == f"unix:{tmp_path}/milvus.sock"


@pytest.fixture
def milvus_on_ipv6(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Hold a port of ::1, and of it alone, where a Milvus answers."""
    ipv6_or_skip()
    monkeypatch.setattr(SpeakingMilvus, "address", "[::1]:0")
    with SpeakingMilvus() as server:
        yield server.port


@pytest.mark.parametrize("host", ["[::1]", "[0:0:0:0:0:0:0:1]"])
def test_ipv6(milvusconn: Milvusconn, milvus_on_ipv6: int, host: str) -> None:
    """An address in brackets."""
    add(milvusconn, "--uri", f"http://{host}:{milvus_on_ipv6}")

    established(milvusconn)


def test_only_one_address_of_a_name_lives(milvusconn: Milvusconn, milvus_on_ipv6: int) -> None:
    """Where localhost is ::1 too: the address that refuses does not decide."""
    found_addresses = {place[0] for *_, place in socket.getaddrinfo("localhost", None)}
    if "::1" not in found_addresses:
        pytest.skip("localhost is not ::1 here")
    add(milvusconn, "--uri", f"http://localhost:{milvus_on_ipv6}")

    established(milvusconn)


def test_what_is_sent_is_what_pymilvus_sends(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """Plain base64 in `authorization`, the database in `dbname`."""
    server = speaking_milvus()
    add(milvusconn, "--uri", server.uri, "--token", "root:Milvus", "--db", "books")

    established(milvusconn)

    assert server.calls[0].metadata["authorization"] == "cm9vdDpNaWx2dXM="
    assert server.calls[0].metadata["dbname"] == "books"


def test_environment_is_not_inherited_by_accident() -> None:
    """The tests themselves: no proxy of this machine reaches them."""
    assert not [name for name in os.environ if name.lower().endswith("_proxy")]

"""Malformed gRPC answers: each is a finding of its own row, and the other rows keep theirs."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from milvusconn_cli import errors
from tests.conftest import Milvusconn, run_program
from tests.servers import raw_http2 as raw
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.raw_http2 import raw_grpc
from tests.servers.speaking_milvus import SpeakingMilvus

SECRET = "root:S3cret"  # named where it is raised: a traceback shows source lines
RESETS = tuple(range(14))
"""The error codes of RFC 9113, section 7."""

MALFORMED: Mapping[str, raw.Reply] = {
    "ok-without-message": raw.ok_without_message,
    "ok-in-trailers-only": raw.trailers_only(raw.GRPC, raw.OK),
    "empty-message": raw.answering(raw.message()),
    "message-cut-short": raw.answering(raw.message(b"\x0a\x02", length=100)),
    "message-shorter-than-its-head": raw.answering(b"\x00\x00"),
    "unknown-compression-flag": raw.answering(raw.message(b"\x0a\x00", flag=7)),
    "compressed-garbage": raw.answering(raw.message(b"garbage", flag=1)),
    "not-protobuf": raw.answering(raw.message(b"\xff\xff\xff")),
    "two-messages": raw.answering(raw.message() * 2),
    "status-that-is-no-number": raw.trailers_only(raw.GRPC, ("grpc-status", "abc")),
    "status-out-of-range": raw.trailers_only(raw.GRPC, ("grpc-status", "99")),
    "no-status": lambda stream: (
        raw.opening(stream) + raw.frame(raw.DATA, raw.END_STREAM, stream, raw.message())
    ),
    **{f"reset-{code}": raw.resetting(code) for code in RESETS},
}


def test_each_malformed_answer_costs_its_own_row(
    milvusconn: Milvusconn, speaking_milvus: Callable[..., SpeakingMilvus]
) -> None:
    """Every healthy alias is established; every malformed answer has a cause, and none is 70."""
    healthy = speaking_milvus(connect=answers.established())
    with ExitStack() as peers:
        for name, reply in MALFORMED.items():
            place = peers.enter_context(raw_grpc(reply))
            milvusconn("add", name, "--uri", f"http://{place.address}")
            milvusconn("add", f"after-{name}", "--uri", f"http://{healthy.address}")

        listed = milvusconn("list", "-o", "json", "-t", "3")

    rows = {row["alias"]: row for row in listed.json["connections"]}
    assert listed.code == 0
    assert len(rows) == 2 * len(MALFORMED)
    assert {rows[f"after-{name}"]["status"] for name in MALFORMED} == {"established"}
    assert 70 not in {row["exit_code"] for row in rows.values()}
    # An empty ConnectResponse is a valid one: protobuf leaves out what is zero.
    wrongly = {name for name in MALFORMED if rows[name]["established"]}
    assert wrongly <= {"empty-message", "no-status"}, wrongly


def test_ok_without_a_message_is_no_milvus(milvusconn: Milvusconn) -> None:
    """`grpc-status: 0` alone proves that something speaks gRPC, not that it is Milvus."""
    with raw_grpc(raw.ok_without_message) as place:
        milvusconn("add", "dev", "--uri", f"http://{place.address}")

        asked = milvusconn("has", "dev")

    assert (asked.code, asked.out) == (7, "False\n")
    assert "not-milvus: " in asked.err
    assert "OK status without a message" in asked.err


@pytest.mark.parametrize("code", RESETS)
def test_a_reset_is_not_what_milvus_said(milvusconn: Milvusconn, code: int) -> None:
    """gRPC makes RESOURCE_EXHAUSTED of one reset and PERMISSION_DENIED of another."""
    with raw_grpc(raw.resetting(code)) as place:
        milvusconn("add", "dev", "--uri", f"http://{place.address}")

        row = milvusconn("has", "dev", "-t", "2", "-o", "json").row

    assert row["established"] is False
    assert row["status"] not in {"busy", "denied", "internal-error"}
    assert "Milvus denied the call" not in row["summary"]
    assert "Milvus refuses" not in row["summary"]


@pytest.mark.parametrize("method", ["GetVersion", "ListDatabases", "CheckHealth"])
def test_inspect_survives_an_empty_answer_to_what_it_asks_further(
    milvusconn: Milvusconn, method: str
) -> None:
    """The connection is established; what could not be learned is a note."""
    well = raw.answering(raw.message())
    with raw_grpc(well, **{method: raw.ok_without_message}) as place:
        inspected = milvusconn("inspect", "--uri", f"http://{place.address}", "-o", "json")

    assert inspected.code == 0, inspected.err
    assert inspected.row["established"] is True


# --- a fault of this program ---------------------------------------------------------------------


@pytest.fixture
def broken_for_one(
    milvusconn: Milvusconn,
    speaking_milvus: Callable[..., SpeakingMilvus],
    monkeypatch: pytest.MonkeyPatch,
) -> Milvusconn:
    """Two aliases; reading the answer of one of them fails in a way that nobody foresaw."""
    from milvusconn_cli.probing import protobuf  # noqa: PLC0415 -- after the environment is set

    read = protobuf.read_connect

    def falls_over(data: bytes) -> protobuf.ConnectAnswer:
        answer = read(data)
        if answer.server.build_tags == "v9.9.9":
            raise RuntimeError(SECRET)
        return answer

    monkeypatch.setattr(protobuf, "read_connect", falls_over)
    for alias, version in (("good", "v2.4.1"), ("bad", "v9.9.9")):
        server = speaking_milvus(connect=answers.established(version))
        milvusconn("add", alias, "--uri", f"http://{server.address}")
    return milvusconn


def test_internal_error_of_one_probe_leaves_the_others_their_answers(
    broken_for_one: Milvusconn,
) -> None:
    """`has` says nothing of the one, and exits with 70, before all else."""
    asked = broken_for_one("has", "bad", "good", "nobody")

    assert asked.out == "bad\t-\ngood\tTrue\nnobody\tFalse\n"
    assert asked.code == 70
    assert "bad: internal-error: internal error: RuntimeError in " in asked.err
    assert SECRET not in asked.err


def test_internal_error_is_a_row_of_json(broken_for_one: Milvusconn) -> None:
    """Neither established nor not; `list` could list, so it exits with 0 unless it is asked."""
    listed = broken_for_one("list", "-o", "json")
    rows = {row["alias"]: row for row in listed.json["connections"]}

    assert listed.code == 0
    assert broken_for_one("list", "--exit-code").code == 70
    assert rows["good"]["established"] is True
    assert (rows["bad"]["established"], rows["bad"]["exit_code"]) == (None, 70)
    assert (rows["bad"]["status"], rows["bad"]["layer"]) == ("internal-error", "program")


def test_internal_error_of_inspect(broken_for_one: Milvusconn) -> None:
    """The same words, in the one row that there is."""
    inspected = broken_for_one("inspect", "bad", "-o", "json")

    assert inspected.code == 70
    assert inspected.row["status"] == "internal-error"


def test_debug_shows_where_and_no_words_of_the_exception(
    broken_for_one: Milvusconn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback is for the makers; the exception's text may quote a secret."""
    monkeypatch.setenv(errors.DEBUG_VARIABLE, "1")

    asked = broken_for_one("has", "bad")

    assert "Traceback" in asked.err
    assert "RuntimeError" in asked.err
    assert SECRET not in asked.err


# --- what the environment tells gRPC -------------------------------------------------------------


def roots_file(kind: str, directory: Path, authority: Authority) -> Path:
    """A file, or what is none, for `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH`."""
    path = directory / "roots"
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    contents = {
        "text": b"hello\n",
        "empty": b"",
        "der": b"\x30\x82\x01\x0a",
        "broken block": broken,
        "good": authority.ca_file.read_bytes(),
        "good, then broken": authority.ca_file.read_bytes() + broken,
    }
    if kind == "directory":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(contents[kind])
    return path


@pytest.mark.sweep(one_in=3)
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text", "config-pem"),
        ("der", "config-pem"),
        ("broken block", "config-pem"),
        ("directory", "config-pem"),
        ("empty", "tls-untrusted"),
        ("missing", "tls-untrusted"),
        ("good", "established"),
        ("good, then broken", "established"),
    ],
)
def test_default_roots_of_the_environment(
    kind: str, status: str, tmp_path: Path, authority: Authority
) -> None:
    """What gRPC takes is taken, what it passes over is passed over, the rest names the variable.

    The alias over plaintext has its answer in any case. In a process of its own, since gRPC reads
    the variable once.
    """
    files = authority.issue("127.0.0.1")
    roots = roots_file(kind, tmp_path, authority)
    encrypted = SpeakingMilvus(connect=answers.established(), tls=files)
    with encrypted, SpeakingMilvus(connect=answers.established()) as plain:
        run_program(["add", "tls", "--uri", f"https://{encrypted.address}"])
        run_program(["add", "plain", "--uri", f"http://{plain.address}"])
        run_program(
            ["add", "own", "--uri", f"https://{encrypted.address}", "--ca", authority.ca_file]
        )

        ran = run_program(
            ["list", "-o", "json"], environment={"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(roots)}
        )

    rows = {row["alias"]: row for row in ran.json["connections"]}
    assert rows["tls"]["status"] == status, rows["tls"]
    assert rows["plain"]["status"] == rows["own"]["status"] == "established"
    if status == "config-pem":
        assert "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH" in rows["tls"]["summary"]


def test_key_log_into_no_directory_is_no_crash(tmp_path: Path, authority: Authority) -> None:
    """SSLKEYLOGFILE, left from debugging, must not stand between a user and the cause."""
    with SpeakingMilvus(connect=answers.established(), tls=authority.issue("127.0.0.1")) as server:
        run_program(["add", "dev", "--uri", f"https://{server.address}"])

        ran = run_program(
            ["has", "dev"], environment={"SSLKEYLOGFILE": str(tmp_path / "gone" / "keys")}
        )

    assert ran.code == 6, ran.err
    assert "tls-untrusted" in ran.err


@pytest.mark.parametrize("debug", [{}, {"MILVUSCONN_DEBUG": "1"}], ids=["usual", "debug"])
@pytest.mark.parametrize("verbosity", ["", "debug"])
def test_no_tracer_of_grpc_prints_the_credentials(debug: dict[str, str], verbosity: str) -> None:
    """GRPC_TRACE=all logs each header that is sent; ours holds the password in base64."""
    encoded = "cm9vdDpTM2NyZXQ="  # root:S3cret
    environment = {**debug, "GRPC_TRACE": "all", "DEV_PASSWORD": "S3cret"}
    if verbosity:
        environment["GRPC_VERBOSITY"] = verbosity
    with SpeakingMilvus(connect=answers.established()) as server:
        settings = ["--uri", f"http://{server.address}", "--user", "root"]
        run_program(["add", "dev", *settings, "--password", "env:DEV_PASSWORD"])

        ran = run_program(["has", "dev"], environment=environment)

    assert (ran.code, ran.out) == (0, "True\n")
    assert encoded not in ran.err
    assert "authorization" not in ran.err


NGINX = """
daemon off; pid {place}/pid; error_log stderr; events {{}}
http {{
  access_log off;
  client_body_temp_path {place}; proxy_temp_path {place}; fastcgi_temp_path {place};
  uwsgi_temp_path {place}; scgi_temp_path {place};
  server {{
    listen unix:{place}/socket http2;
    location / {{ default_type application/grpc; add_header grpc-status 0 always; return 200; }}
  }}
}}
"""


@pytest.fixture
def nginx_that_says_ok(tmp_path: Path) -> Iterator[str]:
    """A stock nginx whose every answer is gRPC's OK, without a message."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        assert not os.environ.get("CI"), "nginx is not installed"
        pytest.skip("nginx is not installed")
    (tmp_path / "nginx.conf").write_text(NGINX.format(place=tmp_path))
    socket = tmp_path / "socket"
    with subprocess.Popen(
        [program, "-c", tmp_path / "nginx.conf"], stderr=subprocess.PIPE
    ) as nginx:
        while not socket.exists():
            assert nginx.poll() is None, "nginx did not start"
            time.sleep(0.01)
        yield f"unix:{socket}"
        nginx.terminate()


def test_nginx_that_answers_ok_to_everything(
    milvusconn: Milvusconn, nginx_that_says_ok: str
) -> None:
    """A finding, and no internal error."""
    milvusconn("add", "dev", "--uri", nginx_that_says_ok)

    asked = milvusconn("has", "dev")

    assert asked.code == 7, asked.err
    assert "not-milvus" in asked.err

"""`ping`: a line each, then what was lost and how long the others took."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.programs import PROGRAM, assert_no_traceback
from tests.commands.verbs import NOWHERE, Speak, assert_refused, register
from tests.conftest import Milvusconn
from tests.schema import valid
from tests.servers import speaking_milvus as answers
from tests.servers.lite import LiteServer
from tests.servers.milvus import MilvusServer

FAST = ("-i", "0.01")


def test_real_milvus(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    register(milvusconn, "dev", uri=milvus.uri)

    ran = milvusconn("ping", "dev", "-c", "3", *FAST)

    *lines, empty, summary, figures = ran.out.splitlines()
    assert (ran.code, ran.err, empty) == (0, "", "")
    assert [re.sub(r"\d+\.\d+", "N", one) for one in lines] == [
        f"{number}: established, N ms" for number in (1, 2, 3)
    ]
    assert re.fullmatch(r"dev: 3 sent, 3 established, 0 % lost, \d+\.\d s", summary)
    shown = re.fullmatch(r"min / p50 / p95 / p99 / max = (.*) ms", figures)
    assert shown
    times = [float(one) for one in shown[1].split(" / ")]
    assert times == sorted(times)


def test_each_is_a_new_connection(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    server = speaking_milvus()

    assert milvusconn("ping", server.uri, "-c", "4", *FAST, "-q").out.count("\n") == 2
    assert len(server.calls) == 4


def test_lost(milvusconn: Milvusconn) -> None:
    ran = milvusconn("ping", NOWHERE, "-c", "2", *FAST)

    assert ran.code == 3
    assert "2 sent, 0 established, 100 % lost (2 tcp-refused)" in ran.out
    assert "min" not in ran.out
    assert ran.err.startswith("milvusconn: 127.0.0.1:1: tcp-refused: ")


def test_exit_code_of_the_most_severe(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    calls = 0

    def changing(request: object, context: object) -> object:
        nonlocal calls
        calls += 1
        answer = [answers.status(code=1), answers.status(code=1400), answers.established()]
        return answer[calls % 3](request, context)  # type: ignore[arg-type]

    ran = milvusconn("ping", speaking_milvus(connect=changing).uri, "-c", "3", *FAST, "-o", "json")

    document = valid(ran)
    assert ran.code == 5
    assert document["summary"]["statuses"] == {
        "auth-missing": 1, "established": 1, "starting": 1,
    }  # fmt: skip
    assert [one["number"] for one in document["pings"]] == [1, 2, 3]
    assert document["summary"]["lost"] == 2


def test_plain(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Data alone on stdout; the summary is for people."""
    ran = milvusconn("ping", speaking_milvus().uri, "-c", "2", *FAST, "-o", "plain")

    assert [line.split("\t")[:2] for line in ran.out.splitlines()] == [
        ["1", "established"],
        ["2", "established"],
    ]
    assert "2 sent" in ran.err


def test_without_a_probe(milvusconn: Milvusconn) -> None:
    assert_refused(milvusconn("ping", "nobody"), 1, "no-such-alias")
    document = valid(milvusconn("ping", "nobody", "-o", "json"))

    assert (document["exit_code"], document["pings"]) == (1, [])


@pytest.mark.parametrize(
    "options", [("-c", "0"), ("-i", "0"), ("-w", "-1"), ("-c", "x"), ("-i", "nan")], ids=" ".join
)
def test_refused_options(milvusconn: Milvusconn, options: tuple[str, ...]) -> None:
    assert_refused(milvusconn("ping", NOWHERE, *options), 2)


@pytest.mark.parametrize("reuse", [(), ("--reuse",)], ids=" ".join)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_gives_the_summary(
    speaking_milvus: Speak, number: signal.Signals, code: int, reuse: tuple[str, ...]
) -> None:
    program = subprocess.Popen(
        [*PROGRAM, "ping", speaking_milvus().uri, *FAST, *reuse],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    first = program.stdout.readline()

    program.send_signal(number)
    out, err = program.communicate(timeout=60)

    assert (program.returncode, err) == (code, "")
    assert first.startswith("1: established")
    assert " 0 % lost" in out
    assert_no_traceback(out)


def test_reader_that_leaves_ends_it(speaking_milvus: Speak) -> None:
    """`| head -1` ends an endless series."""
    line = f"{' '.join(PROGRAM)} ping {speaking_milvus().uri} -i 0.01 | head -1"

    ran = subprocess.run(
        ["timeout", "120", "sh", "-c", line], capture_output=True, text=True, check=True
    )

    assert (ran.stdout.count("\n"), ran.stderr) == (1, "")


# --reuse


def test_reuse_of_a_real_milvus(
    milvusconn: Milvusconn, milvus_with_authorization: MilvusServer
) -> None:
    uri = milvus_with_authorization.uri
    right, wrong = (("--user", "root", "--password", word) for word in ("Milvus", "wrong"))

    ran = milvusconn("ping", uri, *right, "-c", "5", *FAST, "--reuse", "-o", "json")
    refused = milvusconn("ping", uri, *wrong, "-c", "1", "--reuse")

    summary = valid(ran)["summary"]
    assert (summary["established"], summary["connections_lost"]) == (5, {})
    assert (refused.code, "auth-rejected" in refused.err) == (5, True)


def test_reuse_names_what_ended_the_connection(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    age = (("grpc.max_connection_age_ms", 300), ("grpc.max_connection_age_grace_ms", 1000))
    uri = speaking_milvus(options=age).uri

    ran = milvusconn("ping", uri, "--reuse", "-w", "3", "-i", "0.1", "-o", "json")
    text = milvusconn("ping", uri, "--reuse", "-w", "3", "-i", "0.1")

    document = valid(ran)
    lost = [one for one in document["pings"] if "connection_lost" in one]
    assert {one["connection_lost"] for one in lost} == {"max-age"}
    assert document["summary"]["connections_lost"] == {"max-age": len(lost)}
    assert "connection lost: max-age: the server closed the connection cleanly" in text.out
    assert text.out.count("limits how long a connection may live") == 1


def test_reuse_of_milvus_lite(milvusconn: Milvusconn, milvus_lite_server: LiteServer) -> None:
    ran = milvusconn("ping", milvus_lite_server.uri, "--reuse", "-c", "3", *FAST)

    assert (ran.code, "3 established" in ran.out) == (0, True)


@pytest.mark.usefixtures("milvus_lite_package")
def test_reuse_of_a_database_file(milvusconn: Milvusconn, own_place: Path) -> None:
    """One engine serves all of the calls."""
    ran = milvusconn(
        "ping", own_place / "m.db", "--reuse", "-c", "3", *FAST, "-t", "60", "-o", "json"
    )

    first, *others = json.loads(ran.out)["pings"]
    assert ran.code == 0
    assert all(one["seconds"] < first["seconds"] / 2 for one in others)

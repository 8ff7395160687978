"""The formats for machines, chosen on the command line."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import junitparser
import pytest

from milvusconn_cli.app import VERBS
from tests.conftest import Milvusconn
from tests.secrecy import canaries

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def dead(milvusconn: Milvusconn) -> str:
    """An alias of which the connection is refused, with a secret."""
    milvusconn("add", "dead", "--uri", NOWHERE, "--user", "u", "--password", canaries.PASSWORD)
    return "dead"


@pytest.mark.parametrize(
    ("output", "code"),
    [("jsonl", 3), ("csv", 3), ("prometheus", 3), ("nagios", 2), ("junit", 3), ("github", 3)],
)
@pytest.mark.parametrize("verb", ["has", "inspect"])
def test_exit_code(milvusconn: Milvusconn, dead: str, verb: str, output: str, code: int) -> None:
    """The program's own, but for Nagios, which has only four."""
    ran = milvusconn(verb, dead, "-t", "1", "-o", output)

    assert ran.code == code
    assert ran.out
    assert not canaries.found_in(ran.out.encode())


@pytest.mark.parametrize("output", ["nagios", "github"])
def test_reason_is_not_said_twice(milvusconn: Milvusconn, dead: str, output: str) -> None:
    """Both streams end in one log, or on one screen."""
    ran = milvusconn("has", dead, "-o", output)

    assert "tcp-refused" in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    "arguments",
    [("has", "nobody"), ("has", "--no-such-option"), ("list", "--names"), ("has", "--all", "x")],
    ids=" ".join,
)
def test_nagios_is_unknown_where_nothing_was_probed(
    milvusconn: Milvusconn, dead: str, arguments: tuple[str, ...]
) -> None:
    """Exit 3 and a line that begins so, also where the command line is wrong."""
    ran = milvusconn(*arguments, "-o", "nagios")

    assert dead
    assert ran.code == 3
    assert ran.out.startswith("MILVUS UNKNOWN: ")


def test_list_exits_by_nagios_without_exit_code(milvusconn: Milvusconn, dead: str) -> None:
    """A plugin has no other way to say it."""
    assert milvusconn("list", "-o", "nagios").code == 2
    assert milvusconn("list", "-o", "csv").code == 0
    assert dead


def test_format_is_one_line_for_each_row(milvusconn: Milvusconn, dead: str) -> None:
    """With `has`, `list` and `inspect`, and without a probe too."""
    probed = [milvusconn(*x, "--format", "{alias}={status}") for x in (("has", dead), ("list",))]
    settings = milvusconn("list", "--no-probe", "--format", "{alias} {address} {status}")

    assert [ran.out for ran in probed] == ["dead=tcp-refused\n"] * 2
    assert settings.out == "dead 127.0.0.1:1 -\n"


def test_format_and_output_exclude_each_other(milvusconn: Milvusconn, dead: str) -> None:
    """One of them would be ignored."""
    ran = milvusconn("has", dead, "--format", "{alias}", "-o", "json")

    assert ran.code == 2
    assert "use either --output or --format" in ran.err


def test_every_verb_with_output_knows_csv_and_jsonl(milvusconn: Milvusconn, dead: str) -> None:
    """Only verbs that probe offer the formats that need probes."""
    offered = {verb: milvusconn(verb, "--help").out for verb in VERBS}
    with_probes = {verb for verb, text in offered.items() if "nagios" in text}

    assert with_probes == {"has", "list", "inspect"}
    assert milvusconn("add", "x", NOWHERE, "-o", "nagios").code != 0
    assert "x" not in milvusconn("list", "--names").out.split()
    assert json.loads(milvusconn("show", dead, "-o", "jsonl").out)["alias"] == dead
    causes = csv.DictReader(io.StringIO(milvusconn("explain", "-o", "csv").out, newline=""))
    assert "tls-expired" in [one["cause"] for one in causes]


def test_junit_report_as_a_file(dead: str, registry_path: Path) -> None:
    """Redirected, as CI does it: valid whatever the locale, and stderr still has the reason."""
    text = registry_path.read_text("utf-8").replace(f"connections.{dead}", 'connections."dé"')
    registry_path.write_text(text, "utf-8")

    ran = subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", "has", "--all", "-o", "junit"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    (suite,) = junitparser.JUnitXml.fromstring(ran.stdout)
    assert [case.name for case in suite] == ["dé"]
    assert b"tcp-refused" in ran.stderr

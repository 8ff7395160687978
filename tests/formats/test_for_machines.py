"""The formats for other programs, each read by a reader that is not ours."""

import csv
import io
import json
import re
import warnings
from xml.etree import ElementTree as ET

import junitparser
import pytest
from hypothesis import given
from prometheus_client.parser import text_string_to_metric_families

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import ConfigError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import ProbeOutput, renderer, templated
from milvusconn_cli.formats.renderer import Renderer
from milvusconn_cli.report import Report, Row
from tests.formats.rows import HOSTILE, OF_EVERY_KIND, WORDS, down, hostile, inspected, subject, up

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it was written for older Pythons
    from pynag.Utils import PerfData


def rendered(output: ProbeOutput, rows: list[Row]) -> str:
    return renderer(output).rows("list", rows, ExitCode.OK)


# jsonl


@given(WORDS)
def test_json_lines_are_one_object_a_line(words: str) -> None:
    """Whatever the words are, a line is a whole object with the keys of `json`."""
    lines = rendered(ProbeOutput.JSONL, hostile(words)).splitlines()

    rows = [json.loads(line) for line in lines]
    whole = json.loads(rendered(ProbeOutput.JSON, hostile(words)))

    assert rows == whole["connections"]
    assert rows[0]["alias"] == words


def test_json_line_of_an_error() -> None:
    """A command that could not go on says why, as an object with `error`."""
    told = renderer(ProbeOutput.JSONL).failed("has", ConfigError("bad file", "fix it"))

    assert json.loads(told) == {
        "command": "has",
        "error": {"code": 78, "message": "bad file", "hint": "fix it"},
    }


# csv


def test_csv_has_a_header_and_a_record_for_each_row() -> None:
    """Missing values are empty, numbers are numbers, tags stand in one column."""
    text = rendered(ProbeOutput.CSV, [up(tags=("eu", "prod")), down(), subject("left")])

    first, second, third = csv.DictReader(io.StringIO(text, newline=""))

    assert first["alias"] == "dev"
    assert first["tags"] == "eu prod"
    assert float(first["seconds"]) == pytest.approx(0.0125)
    assert (second["status"], second["exit_code"], second["server"]) == ("tls-expired", "6", "")
    assert (third["alias"], third["status"]) == ("left", "")


@given(WORDS)
def test_csv_record_has_as_many_fields_as_the_header(words: str) -> None:
    """No word breaks out of its field, and none is a formula for a spreadsheet."""
    header, *records = csv.reader(
        io.StringIO(rendered(ProbeOutput.CSV, hostile(words)), newline=""), strict=True
    )

    assert len(records) == 3
    assert {len(record) for record in records} == {len(header)}
    cells = [cell for record in records for cell in record]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-[^0-9]", cell)]


def test_csv_of_inspect_has_every_field() -> None:
    """More columns than `list`: the URI, the layer and the advice."""
    text = renderer(ProbeOutput.CSV).inspections([down()], ExitCode.TLS)

    (record,) = csv.DictReader(io.StringIO(text, newline=""))

    assert (record["uri"], record["layer"]) == ("http://h:19530", "tls")
    assert record["advice"] == Cause.TLS_EXPIRED.advice


# prometheus


def samples(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """The series of each metric, as Prometheus's own client reads them."""
    return {
        family.name: [(one.labels, one.value) for one in family.samples]
        for family in text_string_to_metric_families(text)
    }


def test_prometheus_has_the_metrics_of_each_row() -> None:
    """Up or not, how long, since when the certificate is over, which server, which cause."""
    found = samples(rendered(ProbeOutput.PROMETHEUS, [up(tags=("prod", "eu")), down()]))

    dev = {"alias": "dev", "address": "h:19530", "tags": ",eu,prod,"}
    prod = {"alias": "prod", "address": "h:19530", "tags": ""}
    assert found["milvusconn_up"] == [(dev, 1), (prod, 0)]
    assert found["milvusconn_probe_duration_seconds"] == [
        ({**dev, "layer": "milvus"}, 0.012),
        ({**dev, "layer": "all"}, 0.0125),
        ({**prod, "layer": "all"}, 0.25),
    ]
    assert found["milvusconn_certificate_expiry_timestamp_seconds"] == [(prod, 1706933106)]
    assert found["milvusconn_cause"] == [({**prod, "cause": "tls-expired", "layer": "tls"}, 1)]
    ((server, _),) = found["milvusconn_server_info"]
    assert (server["version"], server["deploy_mode"]) == ("2.6.0", "STANDALONE")
    assert "milvusconn_build_info" in found


def test_prometheus_knows_nothing_of_what_was_not_checked() -> None:
    """An internal error and an interrupted probe are neither up nor down."""
    found = samples(rendered(ProbeOutput.PROMETHEUS, list(OF_EVERY_KIND)))

    assert [labels["alias"] for labels, _ in found["milvusconn_up"]] == [
        "dev",
        "prod",
        "off",
        "bad",
    ]


@given(WORDS)
def test_prometheus_text_is_valid_whatever_the_words(words: str) -> None:
    """No label breaks out of its quotes, and no series comes twice."""
    text = rendered(ProbeOutput.PROMETHEUS, [*hostile(words), *hostile(words)])

    found = samples(text)

    assert set(found) >= {"milvusconn_up", "milvusconn_cause", "milvusconn_server_info"}
    for name, series in found.items():
        assert name.startswith("milvusconn_")
        keys = [tuple(sorted(labels.items())) for labels, _ in series]
        assert len(keys) == len(set(keys))


# nagios


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (up(), 0),
        (inspected(healthy=True, not_after="2200-01-01T00:00:00Z"), 0),
        (inspected(healthy=False, not_after="2200-01-01T00:00:00Z"), 1),
        (inspected(healthy=True, not_after="2024-01-01T00:00:00Z"), 1),
        (down(), 2),
        (down(cause=Cause.TCP_REFUSED), 2),
        (OF_EVERY_KIND[2], 1),
        (OF_EVERY_KIND[3], 3),
        (OF_EVERY_KIND[4], 3),
        (OF_EVERY_KIND[5], 3),
    ],
)
def test_nagios_state_is_the_exit_code(row: Row, state: int) -> None:
    """OK, WARNING, CRITICAL or UNKNOWN, and the text begins with the same word."""
    plugin = renderer(ProbeOutput.NAGIOS)

    text = plugin.rows("has", [row], ExitCode.OK)

    assert plugin.exit_code([row], ExitCode.OK) == state
    assert text.startswith(f"MILVUS {('OK', 'WARNING', 'CRITICAL', 'UNKNOWN')[state]}: ")


def test_nagios_puts_the_worst_first() -> None:
    """One critical connection makes the service critical, and is named."""
    plugin = renderer(ProbeOutput.NAGIOS)
    rows = list(OF_EVERY_KIND)

    text = plugin.rows("has", rows, ExitCode.OK)

    assert plugin.exit_code(rows, ExitCode.OK) == 2
    assert text.startswith("MILVUS CRITICAL: 5 of 6 not established: ")
    assert "prod: tls-expired: " in text


@given(WORDS)
def test_nagios_is_one_line_with_performance_data(words: str) -> None:
    """The words cannot end the text, and the data can be read."""
    rows = hostile(words)
    text = rendered(ProbeOutput.NAGIOS, rows)

    said, bar, data = text.partition("|")

    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert bar
    read = PerfData(data)
    assert not read.invalid_metrics
    assert len(read.metrics) == len(rows)
    assert all(metric.uom == "s" for metric in read.metrics)
    assert said.isprintable()


def test_nagios_is_unknown_where_the_command_fails() -> None:
    """A registry that cannot be read is not a server that is down."""
    plugin = renderer(ProbeOutput.NAGIOS)
    error = ConfigError("no | registry")

    assert plugin.failed("has", error) == "MILVUS UNKNOWN: no / registry\n"
    assert plugin.exit_code_of_failure(error) == 3


# junit


def cases(text: str) -> dict[str, junitparser.TestCase]:
    (suite,) = junitparser.JUnitXml.fromstring(text.encode())
    return {case.name: case for case in suite}


def test_junit_has_a_case_for_each_row() -> None:
    """Passed, failed with the cause as its type, an error of the settings, or skipped."""
    text = rendered(ProbeOutput.JUNIT, list(OF_EVERY_KIND))

    found = {
        name: [type(one).__name__ for one in case.result] for name, case in cases(text).items()
    }

    assert found == {
        "dev": [],
        "prod": ["Failure"],
        "off": ["Skipped"],
        "bad": ["Error"],
        "bug": ["Error"],
        "left": ["Skipped"],
    }
    (failure,) = cases(text)["prod"].result
    assert (failure.type, failure.message) == ("tls-expired", Cause.TLS_EXPIRED.summary)
    assert Cause.TLS_EXPIRED.advice in failure.text


def test_junit_counts_agree_with_the_cases() -> None:
    """The totals are what the reader counts."""
    whole = junitparser.JUnitXml.fromstring(
        rendered(ProbeOutput.JUNIT, list(OF_EVERY_KIND)).encode()
    )

    said = (whole.tests, whole.failures, whole.errors)
    (suite,) = whole
    suite.update_statistics()  # type: ignore[no-untyped-call]

    assert said == (suite.tests, suite.failures, suite.errors) == (6, 1, 2)
    assert suite.skipped == 2


@given(WORDS)
def test_junit_is_well_formed_whatever_the_words(words: str) -> None:
    """Expat reads it: three cases, and no element of a stranger's."""
    root = ET.fromstring(rendered(ProbeOutput.JUNIT, hostile(words)).encode())  # noqa: S314 -- ours

    names = [element.tag for element in root.iter()]

    assert names.count("testcase") == 3
    assert set(names) == {"testsuites", "testsuite", "testcase", "failure"}


def test_junit_of_a_command_that_fails() -> None:
    """One case with the error, so that CI does not show an empty report."""
    (case,) = cases(renderer(ProbeOutput.JUNIT).failed("has", ConfigError("bad <file>"))).values()

    assert [type(one).__name__ for one in case.result] == ["Error"]
    assert case.result[0].message == "bad <file>"


# github


def commands(text: str) -> list[tuple[str, str, str]]:
    """Level, title and message of each line, decoded as GitHub's runner does."""
    found = []
    for line in text.splitlines():
        read = re.fullmatch(r"::(error|warning|notice) title=([^:,]*)::(.*)", line)
        assert read, line
        level, title, message = read.groups()
        for code, letter in (
            ("%3A", ":"),
            ("%2C", ","),
            ("%0D", "\r"),
            ("%0A", "\n"),
            ("%25", "%"),
        ):
            title = title.replace(code, letter)
            if code not in ("%3A", "%2C"):
                message = message.replace(code, letter)
        found.append((level, title, message))
    return found


def test_github_annotates_each_row() -> None:
    """Errors for failures, warnings for what needs a look, notices for the rest."""
    found = commands(rendered(ProbeOutput.GITHUB, list(OF_EVERY_KIND)))

    assert [(level, title) for level, title, _ in found] == [
        ("notice", "Milvus: dev"),
        ("error", "Milvus: prod"),
        ("warning", "Milvus: off"),
        ("error", "Milvus: bad"),
        ("error", "Milvus: bug"),
        ("warning", "Milvus: left"),
    ]
    assert found[1][2] == f"tls-expired: {Cause.TLS_EXPIRED.summary}\n{Cause.TLS_EXPIRED.advice}"


@given(WORDS)
def test_github_lines_are_commands_of_ours_alone(words: str) -> None:
    """A server cannot write a command of its own, in the new syntax or the old one."""
    text = rendered(ProbeOutput.GITHUB, hostile(words))

    assert len(commands(text)) == 4
    assert "##[" not in text


# --format


def test_template_fills_in_fields() -> None:
    """Widths, digits, tabs and braces; what is missing is a dash."""
    template = templated(r"{alias:6}|{status:>12}|{seconds:.2f}\t{layer}{{}}\\")

    lines = template.rows("list", [up(), down()], ExitCode.OK).splitlines()

    assert lines == [
        "dev   | established|0.01\t-{}\\",
        "prod  | tls-expired|0.25\ttls{}\\",
    ]


@given(WORDS)
def test_template_writes_one_line_for_each_row(words: str) -> None:
    """Whatever the words are."""
    text = templated("{alias} {summary} {server}").rows("has", hostile(words), ExitCode.OK)

    assert text.count("\n") == 3
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize(
    "template",
    ["{alas}", "{", "}", "{alias", "{}", "{0}", "{alias.__class__}", "{alias!r}", "{alias:9999}"],
)
def test_template_that_is_not_valid_is_refused(template: str) -> None:
    """Before anything is probed; Python's own format language would be too much."""
    with pytest.raises(UsageError, match="--format"):
        templated(template)


# All of them


@pytest.mark.parametrize("output", ProbeOutput)
@pytest.mark.parametrize("words", HOSTILE)
def test_no_control_code_gets_out(output: ProbeOutput, words: str) -> None:
    """A terminal or log that shows the output is safe."""
    chosen = renderer(output, color=False)

    text = chosen.rows("list", hostile(words), ExitCode.OK)

    assert not re.search(r"[^\S\n\r\t ]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)


@pytest.mark.parametrize(
    "output",
    [ProbeOutput.PROMETHEUS, ProbeOutput.NAGIOS, ProbeOutput.JUNIT, ProbeOutput.GITHUB],
)
def test_what_was_not_probed_is_refused(output: ProbeOutput) -> None:
    """These formats would have to say something of connections that nobody looked at."""
    chosen: Renderer = renderer(output)

    with pytest.raises(UsageError, match="results of probes"):
        chosen.subjects("list", [subject("dev")])
    with pytest.raises(UsageError, match="results of probes"):
        chosen.names("list", [subject("dev")])


def test_rows_of_nothing() -> None:
    """No alias is no error, and every format says so in its way."""
    nothing: list[Report] = []

    assert rendered(ProbeOutput.JSONL, list(nothing)) == ""
    assert rendered(ProbeOutput.CSV, list(nothing)).count("\r\n") == 1
    assert "milvusconn_up" not in rendered(ProbeOutput.PROMETHEUS, list(nothing))
    assert rendered(ProbeOutput.NAGIOS, list(nothing)) == "MILVUS UNKNOWN: no aliases\n"
    assert cases(rendered(ProbeOutput.JUNIT, list(nothing))) == {}
    assert rendered(ProbeOutput.GITHUB, list(nothing)) == ""

"""`junit`: a JUnit XML report, which CI systems show: a test case for each alias."""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats.ordering import subject_of
from milvusconn_cli.formats.probes_only import ProbesOnly
from milvusconn_cli.report import Finding, Report, Row, Subject
from milvusconn_cli.text import printable

_SUITE = "milvusconn"
_ERRORS = (ExitCode.CONFIG, ExitCode.INTERNAL)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(ProbesOnly):
    """Failing connections are failures, invalid settings are errors, disconnected are skipped."""

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        kinds = [_kind(row) for row in rows]
        cases = "".join(map(_case, rows, kinds))
        return _suite(cases, kinds, sum(_seconds(row) for row in rows))

    def failed(self, command: str | None, error: MilvusconnError) -> str:
        told = [error.message, *([error.hint] if error.hint else [])]
        inner = _element("error", "command", error.message, told)
        name = printable(command or _SUITE)
        case = (
            f"    <testcase classname={_attribute(_SUITE)} name={_attribute(name)} time={_time(0)}>"
        )
        return _suite(f"{case}\n{inner}    </testcase>\n", ["error"], 0.0)


def _suite(cases: str, kinds: Sequence[str | None], seconds: float) -> str:
    counts = (
        f"tests={_attribute(str(len(kinds)))} failures={_attribute(str(kinds.count('failure')))}"
        f" errors={_attribute(str(kinds.count('error')))}"
    )
    skipped = f"skipped={_attribute(str(kinds.count('skipped')))}"
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites {counts} time={_time(seconds)}>\n"
        f"  <testsuite name={_attribute(_SUITE)} {counts} {skipped} time={_time(seconds)}>\n"
        f"{cases}"
        "  </testsuite>\n"
        "</testsuites>\n"
    )
    # References, since standard output may have another encoding than the document says.
    return document.encode("ascii", "xmlcharrefreplace").decode()


def _kind(row: Row) -> str | None:
    """The element for what is wrong with a row; None if nothing is."""
    if not isinstance(row, Report):
        return "skipped"
    if row.finding is None:
        return None
    if row.finding.cause is Cause.DISCONNECTED:
        return "skipped"
    return "error" if row.exit_code in _ERRORS else "failure"


def _case(row: Row, kind: str | None) -> str:
    name = _attribute(printable(subject_of(row).alias))
    start = f"    <testcase classname={_attribute(_SUITE)} name={name} time={_time(_seconds(row))}"
    if kind is None:
        return f"{start}/>\n"
    finding = row.finding if isinstance(row, Report) else None
    if kind == "skipped" or finding is None:
        words = finding.summary if finding else "not checked"
        inner = f"      <skipped message={_attribute(words)}/>\n"
    else:
        inner = _problem(subject_of(row), finding, kind)
    return f"{start}>\n{inner}    </testcase>\n"


def _problem(subject: Subject, finding: Finding, kind: str) -> str:
    status = finding.cause.label
    told = [
        f"{status}: {finding.summary}",
        f"fix: {finding.advice}",
        *_settings(subject),
        *(f"{name}: {text}" for name, text in finding.evidence.items()),
    ]
    return _element(kind, status, finding.summary, told)


def _settings(subject: Subject) -> Iterator[str]:
    for name, text in (("uri", subject.uri), ("database", subject.database)):
        if text:
            yield f"{name}: {text}"


def _element(kind: str, type_: str, message: str, lines: Sequence[str]) -> str:
    text = escape(_xml("\n".join(map(printable, lines))))
    start = f"      <{kind} type={_attribute(type_)} message={_attribute(message)}>"
    return f"{start}{text}</{kind}>\n"


def _attribute(text: str) -> str:
    return quoteattr(_xml(printable(text)))


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 has no way to write."""
    return _NOT_XML.sub("\ufffd", text)


def _seconds(row: Row) -> float:
    return (row.seconds or 0.0) if isinstance(row, Report) else 0.0


def _time(seconds: float) -> str:
    return _attribute(f"{seconds:.6f}")

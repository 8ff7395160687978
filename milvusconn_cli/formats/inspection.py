"""One connection in full: the verdict, every layer with its time, then what was learned."""

from collections.abc import Iterator

from milvusconn_cli.formats.cells import duration
from milvusconn_cli.report import Inspection, Report, Server, Verdict
from milvusconn_cli.text import clean, listed

STEPS_HEADER = ("LAYER", "VERDICT", "TIME", "DETAIL")
FACTS_HEADER = ("FACT", "VALUE")
PASSED, FAILED = "✔", "✘"
_IN_ASCII = {PASSED: "[ok]", FAILED: "[x]"}
_WORDS = {Verdict.PASSED: "ok", Verdict.FAILED: "failed"}
_OF_CLIENT = {
    "pymilvus": "pymilvus here",
    "default_uri": "pymilvus default URI",
    "default_uri_from": "pymilvus default URI from",
    "default_alias": "pymilvus default alias",
    "default_timeout": "pymilvus default timeout",
}
_OF_CERTIFICATE = ("subject", "issuer", "names", "not_before", "not_after")
_LONGEST = 500

Fact = tuple[str, str]


def mark(report: Report, *, ascii_only: bool) -> str:
    """Whether it is well, at a glance."""
    shown = PASSED if report.established else FAILED
    return _IN_ASCII[shown] if ascii_only else shown


def said(report: Report) -> str:
    """What follows the status in the first line."""
    if report.finding:
        return f": {clean(report.finding.summary, _LONGEST)}"
    server = f", Milvus {report.server.label}" if report.server and report.server.label else ""
    return f": {report.subject.address}{server}"


def steps(report: Report) -> list[tuple[str, str, str, str]]:
    """The layers, from the lowest up; the verdict's own sentence is not repeated."""
    summary = report.finding.summary if report.finding else None
    return [
        (
            step.layer.value,
            _WORDS[step.verdict],
            duration(step.seconds),
            "" if step.detail == summary else step.detail,
        )
        for step in report.steps
    ]


def facts(report: Report) -> list[Fact]:
    """What goes with the verdict: the settings, the evidence, the server, this machine."""
    subject = report.subject
    found = [
        (name, text)
        for name, text in (
            ("URI", subject.uri),
            ("database", subject.database),
            ("user", subject.user),
        )
        if text
    ]
    if report.finding:
        found.extend((_evidence(name), text) for name, text in report.finding.evidence.items())
    if report.server:
        found.extend(_of_server(report.server))
    if report.inspection:
        found.extend(_of_inspection(report.inspection))
    if report.seconds is not None:
        found.append(("total time", duration(report.seconds)))
    return list(dict.fromkeys(found))


def _evidence(name: str) -> str:
    """What a piece of evidence is called among other facts."""
    words = name.replace("_", " ")
    return f"certificate {words}" if name in _OF_CERTIFICATE else words


def everything(report: Report) -> list[Fact]:
    """The same with the verdict among the facts, for who reads them by name."""
    verdict = [("alias", report.subject.alias), ("status", report.status)]
    if report.finding:
        verdict += [("summary", report.finding.summary), ("advice", report.finding.advice)]
    return [*verdict, *facts(report), *(("warning", words) for words in report.warnings)]


def _of_server(server: Server) -> Iterator[Fact]:
    for name, text in (
        ("Milvus version", server.label),
        ("Milvus deploy mode", server.deploy_mode),
        ("Milvus build", server.build_tags),
        ("Milvus commit", server.git_commit),
    ):
        if text:
            yield name, text


def _of_inspection(inspection: Inspection) -> Iterator[Fact]:
    if inspection.databases is not None or inspection.databases_note:
        names = listed(list(inspection.databases or ()), most=50)
        note = f" ({inspection.databases_note})" if inspection.databases_note else ""
        yield "databases", f"{names}{note}" if names else inspection.databases_note or "-"
    if inspection.healthy is not None or inspection.health_note:
        words = {True: "healthy", False: "not healthy", None: inspection.health_note or "-"}
        yield "health", words[inspection.healthy]
    for reason in inspection.health_reasons:
        yield "health reason", reason
    if inspection.quota_states:
        yield "quota states", ", ".join(inspection.quota_states)
    for name, text in inspection.certificate.items():
        yield f"certificate {name.replace('_', ' ')}", text
    for name, text in inspection.client.items():
        yield _OF_CLIENT.get(name, name.replace("_", " ")), text

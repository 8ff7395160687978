"""One connection in full: every layer with its time, then what was learned, as lines of cells."""

from collections.abc import Iterator

from milvusconn_cli.formats.cells import duration
from milvusconn_cli.report import Inspection, Report, Server
from milvusconn_cli.text import listed

STEPS_HEADER = ("LAYER", "VERDICT", "TIME", "DETAIL")
FACTS_HEADER = ("FACT", "VALUE")

Fact = tuple[str, str]


def steps(report: Report) -> list[tuple[str, str, str, str]]:
    """The layers, from the lowest up."""
    return [
        (step.layer.value, step.verdict.value, duration(step.seconds), step.detail)
        for step in report.steps
    ]


def facts(report: Report) -> list[Fact]:
    """The answer, and everything that goes with it."""
    subject = report.subject
    found = [
        ("status", report.status),
        ("uri", subject.uri or "-"),
        ("database", subject.database or "-"),
        ("user", subject.user or "-"),
    ]
    if report.finding:
        found.append(("summary", report.finding.summary))
        found.extend((f"evidence: {name}", text) for name, text in report.finding.evidence.items())
        found.append(("advice", report.finding.advice))
    if report.server:
        found.extend(_of_server(report.server))
    if report.inspection:
        found.extend(_of_inspection(report.inspection))
    found.extend(("warning", words) for words in report.warnings)
    return [*found, ("time", duration(report.seconds))]


def _of_server(server: Server) -> Iterator[Fact]:
    yield "server", server.label or "-"
    for name, text in (
        ("deploy mode", server.deploy_mode),
        ("build", server.build_tags),
        ("commit", server.git_commit),
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
        yield name.replace("_", " "), text

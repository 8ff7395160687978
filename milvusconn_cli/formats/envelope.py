"""The JSON envelope: one document for success and failure, described in docs/schema/.

A row is a line, which grep and a person who scrolls can both read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from milvusconn_cli.causes import Cause
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats.renderer import Script, Setting
from milvusconn_cli.report import Inspection, Report, Row, Server, Step, Subject

SCHEMA = 1


def document(
    command: str | None,
    connections: Iterable[dict[str, object]],
    exit_code: ExitCode,
    error: MilvusconnError | None = None,
    **more: object,
) -> str:
    """The whole answer of one command; `more` are keys of that command's own."""
    envelope = {
        "schema": SCHEMA,
        "command": command,
        "ok": exit_code is ExitCode.OK,
        "exit_code": int(exit_code),
        "connections": iter(connections),
        "error": error_of(error) if error else None,
        **more,
    }
    return "".join(_members(envelope))


def _members(envelope: Mapping[str, object]) -> Iterator[str]:
    opening = "{\n"
    for key, value in envelope.items():
        yield f"{opening}  {json.dumps(key)}: "
        yield from _value(value)
        opening = ",\n"
    yield "\n}\n"


def _value(value: object) -> Iterator[str]:
    """A value on one line, a list with a line for each of its items.

    Ten thousand rows are written in a moment so: only what is not indented is written in C. They
    are made one after the other, and only their text is kept.
    """
    if not isinstance(value, Iterator | list):
        yield json.dumps(value)
        return
    before = "[\n    "
    after = "[]"
    for item in value:
        yield before
        yield json.dumps(item)
        before, after = ",\n    ", "\n  ]"
    yield after


def causes(told: Sequence[Cause]) -> str:
    """The answer of `explain`."""
    return document("explain", [], ExitCode.OK, causes=list(map(explanation, told)))


def explanation(cause: Cause) -> dict[str, object]:
    """What a cause means, and how to fix it."""
    return {
        "cause": cause.label,
        "layer": cause.layer.value,
        "exit_code": int(cause.exit_code),
        "meaning": cause.summary,
        "shows": cause.shows,
        "advice": cause.advice,
    }


def with_settings(subject: Subject, settings: Sequence[Setting]) -> dict[str, object]:
    """The row of `show`."""
    named = [{"name": one.name, "value": one.value, "from": one.origin} for one in settings]
    return unprobed(subject, settings=named)


def script(shown: Script) -> dict[str, object]:
    """A shell's completion script, or its state."""
    text = {} if shown.text is None else {"script": shown.text}
    return {"shell": shown.shell, "state": shown.state, "place": shown.place, **text}


def row(answered: Row) -> dict[str, object]:
    """A row for an alias that was asked about, and may have been left without an answer."""
    return probed(answered) if isinstance(answered, Report) else unprobed(answered)


def probed(report: Report) -> dict[str, object]:
    """A row for an alias that there is an answer for."""
    finding = report.finding
    return {
        **_subject(report.subject),
        "established": report.established if report.is_known else None,
        "status": report.status,
        "layer": finding.cause.layer.value if finding else None,
        "exit_code": int(report.exit_code),
        "summary": finding.summary if finding else None,
        "evidence": dict(finding.evidence) if finding else {},
        "advice": finding.advice if finding else None,
        "seconds": _rounded(report.seconds),
        "server": _server(report.server) if report.server else None,
        "steps": [_step(step) for step in report.steps],
        "warnings": list(report.warnings),
        "inspection": _inspection(report.inspection) if report.inspection else None,
    }


def unprobed(subject: Subject, **more: object) -> dict[str, object]:
    """A row for an alias whose settings were shown or changed, and nothing was dialled."""
    return {**_subject(subject), "established": None, "status": None, **more}


def _subject(subject: Subject) -> dict[str, object]:
    return {
        "alias": subject.alias,
        "source": subject.source,
        "uri": subject.uri,
        "address": subject.address,
        "database": subject.database,
        "user": subject.user,
        "tls": subject.tls,
        "description": subject.description,
        "tags": list(subject.tags),
    }


def _server(server: Server) -> dict[str, object]:
    return {
        "version": server.version or None,
        "deploy_mode": server.deploy_mode or None,
        "build_tags": server.build_tags or None,
        "git_commit": server.git_commit or None,
    }


def _inspection(inspection: Inspection) -> dict[str, object]:
    databases = inspection.databases
    return {
        "databases": None if databases is None else list(databases),
        "databases_note": inspection.databases_note,
        "healthy": inspection.healthy,
        "health_reasons": list(inspection.health_reasons),
        "quota_states": list(inspection.quota_states),
        "health_note": inspection.health_note,
        "certificate": dict(inspection.certificate) or None,
        "client": dict(inspection.client),
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "layer": step.layer.value,
        "verdict": step.verdict.value,
        "detail": step.detail,
        "seconds": _rounded(step.seconds),
    }


def error_of(error: MilvusconnError) -> dict[str, object]:
    """Why a command could not go on."""
    return {"code": int(error.exit_code), "message": error.message, "hint": error.hint}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)

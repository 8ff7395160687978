"""Rows as metrics, by Prometheus's conventions: what `-o prometheus` and `serve` both expose.

The number of series is bounded: a handful for each alias. A cause is a label of one series, which
only the current cause has.
"""

import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from milvusconn_cli._version import __version__
from milvusconn_cli.formats.notices import expiry_of
from milvusconn_cli.report import Report, Row, Subject, Verdict
from milvusconn_cli.text import clean

_LONGEST_VALUE = 200
WHOLE = "all"
"""The value of the label `layer` for the whole probe."""


@dataclass
class Family:
    """A metric: its name, what it is, and its series. All are gauges."""

    name: str
    help: str
    labels: tuple[str, ...]
    samples: dict[tuple[str, ...], float] = field(default_factory=dict)
    """By the values of the labels; the same series twice would make the whole text invalid."""

    def add(self, value: float, *values: str) -> None:
        """Set the series with these values of the labels."""
        self.samples[tuple(clean(one, _LONGEST_VALUE) for one in values)] = value


_ALIAS = ("alias", "address", "tags")


def families(rows: Iterable[Row]) -> Sequence[Family]:
    """The metrics of these rows; a row without a result has only its settings."""
    up = Family("milvusconn_up", "Whether the connection is established.", _ALIAS)
    seconds = Family(
        "milvusconn_probe_duration_seconds",
        f'Duration of the last probe by layer; layer="{WHOLE}" is the whole probe.',
        (*_ALIAS, "layer"),
    )
    expiry = Family(
        "milvusconn_certificate_expiry_timestamp_seconds",
        "When the server's certificate expires, in seconds since 1970.",
        _ALIAS,
    )
    server = Family(
        "milvusconn_server_info",
        "The server's version and deploy mode.",
        (*_ALIAS, "version", "deploy_mode", "build_tags"),
    )
    cause = Family(
        "milvusconn_cause",
        "Why the connection is not established; only the current cause has a series.",
        (*_ALIAS, "cause", "layer"),
    )
    for row in rows:
        if not isinstance(row, Report):
            continue
        alias = alias_labels(row.subject)
        if row.is_known:
            up.add(int(row.established), *alias)
        for layer, duration in _durations(row):
            seconds.add(round(duration, 6), *alias, layer)
        moment = expiry_of(row)
        if moment:
            expiry.add(moment.timestamp(), *alias)
        if row.server:
            known = row.server
            server.add(1, *alias, known.version, known.deploy_mode, known.build_tags)
        if row.finding:
            cause.add(1, *alias, row.status, row.finding.cause.layer.value)
    return [up, seconds, expiry, server, cause, build_info()]


def build_info() -> Family:
    """Which program this is."""
    family = Family("milvusconn_build_info", "Version of milvusconn.", ("version", "python"))
    family.add(1, __version__, platform.python_version())
    return family


def alias_labels(subject: Subject) -> tuple[str, str, str]:
    """The labels of an alias; tags as `,prod,eu,`, so that `.*,prod,.*` matches one."""
    tags = f",{','.join(sorted(subject.tags))}," if subject.tags else ""
    return subject.alias, subject.address or "", tags


def _durations(report: Report) -> Iterator[tuple[str, float]]:
    by_layer: dict[str, float] = {}
    for step in report.steps:
        if step.verdict in (Verdict.PASSED, Verdict.FAILED):
            name = step.layer.value
            by_layer[name] = by_layer.get(name, 0.0) + step.seconds
    yield from by_layer.items()
    if report.seconds is not None:
        yield WHOLE, report.seconds


def text_of(families: Iterable[Family]) -> str:
    """The text format for exposition, version 0.0.4; families without series are left out."""
    return "".join(_lines(families))


def _lines(families: Iterable[Family]) -> Iterator[str]:
    for family in families:
        if not family.samples:
            continue
        yield f"# HELP {family.name} {_escaped(family.help)}\n# TYPE {family.name} gauge\n"
        for texts, value in family.samples.items():
            named = zip(family.labels, texts, strict=True)
            labels = ",".join(f'{name}="{_quoted(text)}"' for name, text in named)
            yield f"{family.name}{{{labels}}} {_number(value)}\n"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', r"\"")

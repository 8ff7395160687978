"""What `connections.report` returns: the answer for one alias, flat and stable."""

from collections.abc import Mapping
from dataclasses import field

from milvusconn_cli.report import Report
from milvusconn_cli.values import value_class


@value_class
class ConnectionReport:
    """Whether a connection is established now, and if not, why. True if it is established.

    The names of causes and layers are those of `milvusconn explain`; they are stable.
    """

    alias: str
    established: bool
    """Whether a client with these settings gets a successful `Connect` now."""
    status: str
    """`established` or the cause."""
    cause: str | None = None
    """For example `tls-expired`; None if the connection is established."""
    layer: str | None = None
    """Where the connection failed: `registry`, `config`, `dns`, `tcp`, `tls`, …; None as above."""
    summary: str = ""
    """What happened, in one line; empty if the connection is established."""
    advice: str = ""
    """What to do, in one line; empty if the connection is established."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What was observed, by name, such as the dates of a certificate. No secret is in it."""
    warnings: tuple[str, ...] = ()
    """What works now and may fail later, or in another client."""
    address: str | None = None
    """`host:port`, `unix:PATH` or the path of a `.db`; None if the settings are not valid."""
    database: str | None = None
    """The database that a client ends up in; None as above."""
    server_version: str | None = None
    """The server's version; None if it did not answer."""
    seconds: float | None = None
    """How long the check took, in seconds; None if nothing was sent."""
    exit_code: int = 0
    """What `milvusconn has` exits with."""

    def __bool__(self) -> bool:
        return self.established


def of(report: Report, advice: str | None = None) -> ConnectionReport:
    """The report of a probe in this form; `advice` replaces its own."""
    finding, subject = report.finding, report.subject
    return ConnectionReport(
        alias=subject.alias,
        established=report.established,
        status=report.status,
        cause=finding.cause.label if finding else None,
        layer=finding.cause.layer.value if finding else None,
        summary=finding.summary if finding else "",
        advice=(advice or finding.advice) if finding else "",
        evidence=dict(finding.evidence) if finding else {},
        warnings=report.warnings,
        address=subject.address,
        database=subject.database,
        server_version=report.server.label if report.server else None,
        seconds=report.seconds,
        exit_code=int(report.exit_code),
    )

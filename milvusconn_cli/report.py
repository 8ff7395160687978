"""What a probe found out: values, no I/O.

A `Report` answers for one alias. Where the connection is not established, its `Finding` names the
cause, in the words of this very case.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.text import shortened
from milvusconn_cli.values import value_class

ESTABLISHED = "established"
_LONGEST_ALIAS = 5120


class Verdict(Enum):
    """What became of one step."""

    PASSED = "held"
    FAILED = "failed"


@value_class
class Step:
    """One layer, tried."""

    layer: Layer
    verdict: Verdict
    detail: str
    """One line: what held ("10.0.3.7, 2 more") or what broke ("connection refused")."""
    seconds: float


@value_class
class Finding:
    """A cause as it was observed."""

    cause: Cause
    summary: str
    """One line, in the words of this case."""
    advice: str
    """What to do or type next."""
    evidence: Mapping[str, str] = field(default_factory=dict)


def finding(
    cause: Cause, summary: str | None = None, advice: str | None = None, **evidence: str
) -> Finding:
    """A finding that says what the table of causes says, where the case says no more.

    It may quote a file or a server, so each text is cut where nobody would read on.
    """
    return Finding(
        cause=cause,
        summary=shortened(summary or cause.summary),
        advice=shortened(advice or cause.advice),
        evidence={name: shortened(text) for name, text in evidence.items()},
    )


@value_class
class Server:
    """How the server describes itself; empty text where it does not."""

    version: str
    deploy_mode: str = ""
    build_tags: str = ""
    git_commit: str = ""

    @property
    def label(self) -> str:
        """The version as people say it: `2.3.5`, or `lite 3.2.2` of Milvus Lite."""
        return f"lite {self.version}" if self.deploy_mode == "embedded" else self.version


@value_class
class Inspection:
    """What `inspect` learns beyond the answer; None or empty where it could not be had."""

    databases: tuple[str, ...] | None = None
    databases_note: str | None = None
    """Why there is no list of databases."""
    healthy: bool | None = None
    health_reasons: tuple[str, ...] = ()
    quota_states: tuple[str, ...] = ()
    health_note: str | None = None
    certificate: Mapping[str, str] = field(default_factory=dict)
    client: Mapping[str, str] = field(default_factory=dict)
    """What a pymilvus program would do on this machine, by name."""


@value_class
class Subject:
    """Which connection is spoken of: an alias's settings as far as they could be read."""

    alias: str
    source: str | None = None
    """`file`, `environment`, `options` (of this call), or None, where there is no such alias."""
    uri: str | None = None
    address: str | None = None
    database: str | None = None
    user: str | None = None
    tls: bool | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # The other fields are those of a connection, which has limits; a name may have any length.
        object.__setattr__(self, "alias", shortened(self.alias, _LONGEST_ALIAS))


@value_class
class Report:
    """The answer for one alias."""

    subject: Subject
    finding: Finding | None = None
    """Why not; None where the connection is established."""
    server: Server | None = None
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    """Warnings; never failures."""
    inspection: Inspection | None = None
    """Only where it was asked for."""
    seconds: float | None = None
    """What the whole probe took; None where nothing was dialled."""

    @property
    def established(self) -> bool:
        """Whether a client with these settings gets a successful `Connect` now."""
        return self.finding is None

    @property
    def is_known(self) -> bool:
        """Whether the connection was checked; False after an internal error or a limit of ours."""
        return self.finding is None or self.finding.cause.layer is not Layer.PROGRAM

    @property
    def status(self) -> str:
        """`established` or the cause."""
        return self.finding.cause.label if self.finding else ESTABLISHED

    @property
    def exit_code(self) -> ExitCode:
        """What this report alone would end the program with."""
        return self.finding.cause.exit_code if self.finding else ExitCode.OK


Row = Report | Subject
"""What there is to show of an alias: a bare subject, where nothing is known of its connection."""


@value_class
class Progress:
    """How far a fleet of probes is."""

    total: int
    established: int
    failed: int
    seconds: float
    """Since the start."""
    limit: float
    """The most seconds that one probe may take."""
    started: int
    since_last_start: float
    """Seconds; with `limit` it bounds what is left once all are started."""

    @property
    def known(self) -> int:
        """How many have answered, or are known not to."""
        return self.established + self.failed

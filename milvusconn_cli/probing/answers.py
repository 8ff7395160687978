"""What Milvus's answers mean: gRPC statuses and Milvus's own, as causes.

Pure. The codes are in milvus_codes.py. Where Milvus's words differ between versions, what was
sent decides, not the words.
"""

import re
import shlex
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import DEFAULT_DATABASE
from milvusconn_cli.probing.protobuf import ServerInfo, Status
from milvusconn_cli.report import Finding, Server, finding
from milvusconn_cli.text import clean, listed


class Sent(Enum):
    """Which kind of credential went with the call."""

    NOTHING = "none"
    USER_ALONE = "none (a user without a password sends nothing)"
    PASSWORD = "user and password"  # noqa: S105 -- the kind, not the thing
    TOKEN = "token"  # noqa: S105 -- the kind, not the thing


_MADE_BY_CLIENT = (
    "http2 header with status",
    "Received RST_STREAM",
    "call host does not match",  # the SSL server name: UNAUTHENTICATED, and no matter of a password
)
"""Words of statuses that gRPC's own client makes up."""
_PROVED = "server reachable"
"""A refusal for credentials proves that every layer below them holds."""

_LIMITS = {
    3: "memory", 4: "request limit", 7: "disk", 8: "rate limit", 9: "quota",
    11: "time tick delay", 12: "resources", 250: "capacity",
}  # fmt: skip
_OLD_LIMITS = {
    24: "memory", 48: "force deny", 49: "rate limit", 52: "memory", 53: "memory quota",
    54: "disk quota", 55: "time tick delay",
}  # fmt: skip
_FIRST_WITH_CONNECT = (2, 2, 9)
_LIKE = 0.75
"""Names that are alike by so much may be meant by one another."""
_LOST = ("Socket closed", "Connection reset by peer", "Broken pipe")
"""What gRPC says of a connection that ended during a call."""
_OTHERS_CODES = ("UNKNOWN", "UNAVAILABLE", "INTERNAL", "ABORTED", "FAILED_PRECONDITION")
"""Statuses under which a Go server sends errors that have no status of their own."""


def of_status(status: Status, database: str, sent: Sent) -> Finding | None:
    """The finding of Milvus's own status; None where it says success."""
    if status.ok:
        return None
    from milvusconn_cli.probing.milvus_codes import number, of_codes  # noqa: PLC0415 -- failures

    reason = clean(status.reason)
    evidence = {"code": str(status.code), "error_code": str(status.error_code), "reason": reason}
    cause = of_codes(status.code, status.error_code, status.reason)
    code = number(status.code)
    match cause:
        case Cause.DB_MISSING:
            return missing_database(database, **evidence)
        case Cause.AUTH_REJECTED | Cause.AUTH_MISSING:
            return _unauthenticated(sent, evidence)
        case Cause.RPC_FAILED:
            summary = f"Milvus returned code {code or status.error_code}: {reason}"
            return finding(cause, summary, "see Milvus's message above", **evidence)
        case Cause.BUSY:
            limit = _LIMITS.get(code) or _OLD_LIMITS.get(status.error_code, "a limit")
            summary = f"Milvus is rejecting requests ({limit}): {reason}"
            return finding(cause, summary, **evidence)
        case _:
            return _not_serving(cause, reason, evidence)


def _not_serving(cause: Cause, reason: str, evidence: dict[str, str]) -> Finding:
    """Starting, stopping, unhealthy or out of time, in Milvus's words."""
    summary = f"{cause.summary}: {reason}" if reason else cause.summary
    from milvusconn_cli.probing.milvus_codes import SUSPENDED  # noqa: PLC0415 -- only failures

    if SUSPENDED.search(reason):
        advice = "resume the cluster in Zilliz Cloud's console"
        return finding(Cause.UNHEALTHY, f"the cluster is not running: {reason}", advice, **evidence)
    return finding(cause, summary, **evidence)


def of_refusal(code: str, details: str, sent: Sent) -> Finding | None:
    """The finding of a gRPC status, by its name; None where it leaves the cause open.

    UNIMPLEMENTED is not read here: only a second call can tell what it means.
    """
    words = clean(details)
    evidence = {
        "grpc_code": code,
        "grpc_details": words,
        "credentials": sent.value.partition(" (")[0],
    }
    from milvusconn_cli.probing.milvus_codes import of_words  # noqa: PLC0415 -- only failures

    by_words = of_words(details) if code in _OTHERS_CODES else None
    if by_words is not None:
        return _not_serving(by_words, words, evidence)
    if code == "UNAUTHENTICATED" or "auth check failure" in details:
        return _lost_on_the_way(details, sent, evidence) or _unauthenticated(sent, evidence)
    if code == "PERMISSION_DENIED":
        return finding(Cause.DENIED, f"Milvus denied the call: {words}", **evidence)
    ours = "larger than max" in details or "metadata size" in details  # limits of gRPC here
    if code == "RESOURCE_EXHAUSTED" and not ours:
        return finding(Cause.BUSY, f"Milvus is rejecting requests: {words}", **evidence)
    return None


def unexplained(code: str, details: str, seen: str | None = None) -> Finding:
    """gRPC's own words, where nothing explains them: never a guess; and what was seen below."""
    words = clean(details)
    summary = f"gRPC reports {code}: {words}" + (f" ({seen})" if seen else "")
    return finding(Cause.RPC_FAILED, summary, grpc_code=code, grpc_details=words)


def of_lost_connection(details: str) -> Finding | None:
    """A connection that gRPC lost during the call, though a new one works: a server restarts."""
    if not any(words in details for words in _LOST):
        return None
    return finding(
        Cause.TCP_CLOSED,
        "the connection was closed during the call",
        "retry: this happens when the server, or a proxy in front of it, restarts",
        grpc_details=clean(details),
    )


def of_resolvers(details: str) -> Finding | None:
    """Where the climb found every layer to hold: gRPC's own resolver may see a name otherwise.

    Nothing else shows that than gRPC's words, in those of either version that was seen.
    """
    if "errors resolving" not in details and "DNS resolution failed" not in details:
        return None
    words = clean(details)
    return finding(
        Cause.DNS_UNAVAILABLE,
        f"the system's resolver finds the host, gRPC's own (c-ares) does not: {words}",
        "set GRPC_DNS_RESOLVER=native to use the system's resolver",
        grpc_details=words,
    )


def is_not_from_grpc(details: str) -> bool:
    """Whether gRPC's client made up the status, from an HTTP/2 answer that was not gRPC.

    An HTTP 404 becomes UNIMPLEMENTED, 403 PERMISSION_DENIED, 401 UNAUTHENTICATED; a stream reset
    with ENHANCE_YOUR_CALM becomes RESOURCE_EXHAUSTED, with INADEQUATE_SECURITY PERMISSION_DENIED.
    A gateway's refusal would read as Milvus's own. The diagnosis names what it really is.
    A certificate for another name becomes UNAUTHENTICATED.
    """
    return any(words in details for words in _MADE_BY_CLIENT)


def gave_up(details: str) -> Finding:
    """The finding that the server ended the call by a time limit of its own, not by ours."""
    words = clean(details)
    return finding(
        Cause.SLOW,
        f"the server hit its own time limit: {words}",
        "check Milvus's load and log; a longer --timeout does not help",
        grpc_details=words,
    )


def missing_database(database: str, names: Sequence[str] = (), **evidence: str) -> Finding:
    """The finding that the server has no database of that name; `names` are those it has."""
    if database == DEFAULT_DATABASE and database in evidence.get("reason", database):
        return finding(
            Cause.DB_MISSING,
            f"this user cannot see the database {database!r}, which every Milvus has",
            "ask for access to it, or choose another database with --db",
            **evidence,
        )
    summary = f"no database {database!r} on the server"
    if not names:
        return finding(Cause.DB_MISSING, summary, **evidence)
    nearest = sorted(names, key=lambda name: -_likeness(name, database))
    advice = None
    if _likeness(nearest[0], database) >= _LIKE:
        advice = f"did you mean --db {shlex.quote(nearest[0])}?"
    evidence = {**evidence, "databases": listed(nearest, most=20)}
    return finding(
        Cause.DB_MISSING, f"{summary}; it has {listed(nearest, most=8)}", advice, **evidence
    )


def _likeness(one: str, other: str) -> float:
    """How alike two names are to somebody who mistypes; 1 if but for case, quotes and dashes."""

    def plain(name: str) -> str:
        return name.lower().strip("\"'` ").replace("-", "_")

    return SequenceMatcher(None, plain(one), plain(other)).ratio()


def without_connect(version: str) -> Finding:
    """The finding of a server that answers `GetVersion` and not `Connect`."""
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", version)
    numbers = tuple(int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    if numbers >= _FIRST_WITH_CONNECT:
        return finding(
            Cause.NOT_GRPC,
            f"Milvus {version} answers GetVersion, but something in between filters Connect",
            "let the gateway pass all methods of /milvus.proto.milvus.MilvusService",
            version=version,
        )
    named = f"Milvus {version} is too old for `Connect`" if version else None
    return finding(Cause.TOO_OLD, named, version=version)


def milvus_1(version: str) -> Finding:
    """The finding of a Milvus 0.10 or 1.x, whose service has another name."""
    return finding(
        Cause.TOO_OLD,
        f"Milvus {version or '1.x'} speaks a different protocol than Milvus 2",
        "upgrade to Milvus 2, or use pymilvus 1.x with this server",
        version=version,
    )


def internal_port(component: str) -> Finding:
    """The finding of a port by which the parts of Milvus talk to each other."""
    return finding(
        Cause.NOT_MILVUS,
        f"an internal port of Milvus answered: {component}",
        "clients use Milvus's proxy port, 19530 by default",
        component=component,
    )


def server(info: ServerInfo, version: str) -> Server:
    """How the server describes itself; `version` as `GetVersion` says it, empty if not asked."""
    tags = clean(info.build_tags)
    said = version or tags
    return Server(
        version=clean(re.sub(r"^(milvus_lite-|v(?=\d))", "", said)),
        deploy_mode=clean(info.deploy_mode),
        build_tags=tags,
        git_commit=clean(info.git_commit),
    )


def names_its_version(info: ServerInfo) -> bool:
    """Whether the build tags are the version (`v2.3.5`) or only a name (`milvus_lite`)."""
    return re.match(r"v?\d+\.\d+", info.build_tags) is not None


def is_lite(info: ServerInfo) -> bool:
    """Whether this is Milvus Lite, which ignores the `dbname` header."""
    return info.deploy_mode == "embedded" or "lite" in info.build_tags.partition("-")[0]


def _lost_on_the_way(details: str, sent: Sent, evidence: dict[str, str]) -> Finding | None:
    """The finding that something in between removed the authorization header; None if not."""
    if "missing authorization" not in details or sent not in (Sent.PASSWORD, Sent.TOKEN):
        return None
    return finding(
        Cause.AUTH_MISSING,
        f"{_PROVED}; the credentials that were sent did not arrive (sent: {sent.value})",
        "something in between, such as a gateway, removes the authorization header",
        **evidence,
    )


def _unauthenticated(sent: Sent, evidence: dict[str, str]) -> Finding:
    match sent:
        case Sent.NOTHING | Sent.USER_ALONE:
            summary = f"{_PROVED}; it requires credentials (sent: {sent.value})"
            return finding(Cause.AUTH_MISSING, summary, **evidence)
        case Sent.TOKEN:
            return finding(Cause.AUTH_APIKEY, f"{_PROVED}; it rejected this token", **evidence)
        case Sent.PASSWORD:
            summary = f"{_PROVED}; it rejected this user and password"
            return finding(Cause.AUTH_REJECTED, summary, **evidence)

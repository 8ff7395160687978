"""What Milvus's answers mean: gRPC statuses and Milvus's own, as causes.

Pure. Source of the codes: `merr` of Milvus 2.3 and later, the enum ErrorCode of common.proto
before. Where Milvus's words differ between versions, what was sent decides, not the words.
"""

import re
from enum import Enum

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.protobuf import ServerInfo, Status
from milvusconn_cli.report import Finding, Server, finding
from milvusconn_cli.text import clean


class Sent(Enum):
    """Which kind of credential went with the call."""

    NOTHING = "none"
    USER_ALONE = "none (a user without a password sends nothing)"
    PASSWORD = "user and password"  # noqa: S105 -- the kind, not the thing
    TOKEN = "token"  # noqa: S105 -- the kind, not the thing


_NOT_READY = 1
_UNAVAILABLE = 2
_LIMITS = {3: "memory", 4: "request limit", 8: "rate limit", 9: "quota"}
_OLD_LIMITS = {
    48: "force deny",
    49: "rate limit",
    53: "memory quota",
    54: "disk quota",
    55: "time tick delay",
}
_OLD_NOT_READY = (56, 57)
_CAUSE_OF_CODE = {
    **dict.fromkeys(_LIMITS, Cause.BUSY),
    800: Cause.DB_MISSING,
    1400: Cause.AUTH_REJECTED,
    1401: Cause.DENIED,
    10001: Cause.SLOW,  # the limit that we sent with the call ran out in Milvus
}
_CAUSE_OF_OLD_CODE = {3: Cause.DENIED, **dict.fromkeys(_OLD_LIMITS, Cause.BUSY)}

_PROVED = "server reachable"
"""A refusal for credentials proves that every layer below them holds."""

_STATE = re.compile(r"(?:not ready|unavailable)\[[^\]]*\]: *(\w+)")
_STARTING_STATES = {"Initializing", "StandBy", ""}


def of_status(status: Status, database: str, sent: Sent) -> Finding | None:
    """The finding of Milvus's own status; None where it says success."""
    if status.ok:
        return None
    reason = clean(status.reason)
    evidence = {"code": str(status.code), "error_code": str(status.error_code), "reason": reason}
    cause = _cause_of_status(status)
    match cause:
        case Cause.DB_MISSING:
            return missing_database(database, **evidence)
        case Cause.AUTH_REJECTED:
            return _unauthenticated(sent, evidence)
        case Cause.RPC_FAILED:
            summary = f"Milvus returned code {status.code or status.error_code}: {reason}"
        case Cause.BUSY:
            limit = _LIMITS.get(status.code) or _OLD_LIMITS.get(status.error_code, "a limit")
            summary = f"Milvus is rejecting requests ({limit}): {reason}"
        case _:
            summary = f"{cause.summary}: {reason}"
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
    if "Milvus Proxy is not ready" in details:
        return finding(Cause.STARTING, f"Milvus is starting: {words}", **evidence)
    if code == "UNAUTHENTICATED" or "auth check failure" in details:
        return _unauthenticated(sent, evidence)
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
    """
    return "http2 header with status" in details or "Received RST_STREAM" in details


def missing_database(database: str, **evidence: str) -> Finding:
    """The finding that the server holds no database of that name."""
    return finding(Cause.DB_MISSING, f"no database {database!r} on the server", **evidence)


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


def _cause_of_status(status: Status) -> Cause:
    """By the new code, then by the old one where there is no new, then by the state it tells."""
    if "database not found" in status.reason:
        return Cause.DB_MISSING
    if status.code in _CAUSE_OF_CODE:
        return _CAUSE_OF_CODE[status.code]
    if not status.code and status.error_code in _CAUSE_OF_OLD_CODE:
        return _CAUSE_OF_OLD_CODE[status.error_code]
    if status.code in (_NOT_READY, _UNAVAILABLE) or status.error_code in _OLD_NOT_READY:
        state = _STATE.search(status.reason)
        starting = (state[1] if state else "") in _STARTING_STATES
        return Cause.STARTING if starting and status.code != _UNAVAILABLE else Cause.UNHEALTHY
    return Cause.RPC_FAILED


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

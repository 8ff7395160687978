"""Every status code that Milvus has, with its name and its cause. Data, and how to read it.

A code that says nothing about the connection (a missing collection, a bad parameter) has no cause
of its own: as the answer to `Connect` it stays unexplained, with Milvus's words.

Source: `merr` of Milvus 2.3 to 2.6 (pkg/util/merr/errors.go); the enum ErrorCode of milvus-proto
(common.proto), which servers before 2.3 send, and later ones send too.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from milvusconn_cli.causes import Cause


class Code(NamedTuple):
    """One status code."""

    name: str
    cause: Cause = Cause.RPC_FAILED


NOT_READY, UNAVAILABLE = 1, 2
DATABASE_NOT_FOUND = 800
UNEXPECTED = 65535
"""Whatever Milvus has no code for: its words decide."""
_NUMBER_BITS = 0xFFFF
"""Above them are bits for the component and for whether a retry may help."""

MERR: Mapping[int, Code] = {
    0: Code("success"),
    NOT_READY: Code("service not ready", Cause.STARTING),
    UNAVAILABLE: Code("service unavailable", Cause.UNHEALTHY),
    3: Code("memory limit exceeded", Cause.BUSY),
    4: Code("too many concurrent requests", Cause.BUSY),
    5: Code("service internal error", Cause.UNHEALTHY),
    6: Code("cross-cluster routing", Cause.UNHEALTHY),
    7: Code("disk limit exceeded", Cause.BUSY),
    8: Code("rate limit exceeded", Cause.BUSY),
    9: Code("quota exceeded", Cause.BUSY),
    10: Code("service unimplemented"),
    11: Code("time tick long delay", Cause.BUSY),
    12: Code("insufficient resources", Cause.BUSY),
    100: Code("collection not found"),
    101: Code("collection not loaded"),
    102: Code("too many collections"),
    103: Code("collection not fully loaded"),
    200: Code("partition not found"),
    201: Code("partition not loaded"),
    202: Code("partition not fully loaded"),
    250: Code("general capacity exceeded", Cause.BUSY),
    300: Code("resource group not found"),
    301: Code("resource group already exists"),
    302: Code("too many resource groups"),
    400: Code("replica not found"),
    401: Code("replica not available"),
    500: Code("channel not found"),
    501: Code("channel lacks"),
    502: Code("channel duplicated"),
    503: Code("channel not available"),
    600: Code("segment not found"),
    601: Code("segment not loaded"),
    602: Code("segment lacks"),
    603: Code("segment duplicated"),
    700: Code("index not found"),
    701: Code("index not supported"),
    702: Code("index duplicated"),
    DATABASE_NOT_FOUND: Code("database not found", Cause.DB_MISSING),
    801: Code("too many databases"),
    802: Code("invalid database name", Cause.DB_MISSING),
    901: Code("node not found", Cause.UNHEALTHY),
    902: Code("node offline", Cause.UNHEALTHY),
    903: Code("not enough nodes", Cause.UNHEALTHY),
    904: Code("node not match", Cause.UNHEALTHY),
    905: Code("node not available", Cause.UNHEALTHY),
    1000: Code("key not found in the object storage"),
    1001: Code("object storage failed", Cause.UNHEALTHY),
    1100: Code("invalid parameter"),
    1101: Code("missing parameter"),
    1102: Code("parameter too large"),
    1200: Code("metric not found"),
    1300: Code("message queue topic not found", Cause.UNHEALTHY),
    1301: Code("message queue topic not empty"),
    1302: Code("message queue internal error", Cause.UNHEALTHY),
    1400: Code("not authenticated", Cause.AUTH_REJECTED),
    1401: Code("not permitted", Cause.DENIED),
    1600: Code("alias not found"),
    1700: Code("field not found"),
    1800: Code("authentication needed", Cause.AUTH_REJECTED),
    2000: Code("search engine error"),
    2100: Code("import failed"),
    10000: Code("canceled", Cause.UNHEALTHY),
    10001: Code("timed out in Milvus", Cause.SLOW),
    UNEXPECTED: Code("unexpected error"),
}

ERROR_CODE: Mapping[int, Code] = {
    0: Code("Success"),
    1: Code("UnexpectedError"),
    2: Code("ConnectFailed", Cause.UNHEALTHY),
    3: Code("PermissionDenied", Cause.DENIED),
    4: Code("CollectionNotExists"),
    5: Code("IllegalArgument"),
    7: Code("IllegalDimension"),
    8: Code("IllegalIndexType"),
    9: Code("IllegalCollectionName"),
    10: Code("IllegalTOPK"),
    11: Code("IllegalRowRecord"),
    12: Code("IllegalVectorID"),
    13: Code("IllegalSearchResult"),
    14: Code("FileNotFound"),
    15: Code("MetaFailed", Cause.UNHEALTHY),
    16: Code("CacheFailed", Cause.UNHEALTHY),
    17: Code("CannotCreateFolder", Cause.UNHEALTHY),
    18: Code("CannotCreateFile", Cause.UNHEALTHY),
    19: Code("CannotDeleteFolder"),
    20: Code("CannotDeleteFile"),
    21: Code("BuildIndexError"),
    22: Code("IllegalNLIST"),
    23: Code("IllegalMetricType"),
    24: Code("OutOfMemory", Cause.BUSY),
    25: Code("IndexNotExist"),
    26: Code("EmptyCollection"),
    27: Code("UpdateImportTaskFailure"),
    28: Code("CollectionNameNotFound"),
    29: Code("CreateCredentialFailure"),
    30: Code("UpdateCredentialFailure"),
    31: Code("DeleteCredentialFailure"),
    32: Code("GetCredentialFailure"),
    33: Code("ListCredUsersFailure"),
    34: Code("GetUserFailure"),
    35: Code("CreateRoleFailure"),
    36: Code("DropRoleFailure"),
    37: Code("OperateUserRoleFailure"),
    38: Code("SelectRoleFailure"),
    39: Code("SelectUserFailure"),
    40: Code("SelectResourceFailure"),
    41: Code("OperatePrivilegeFailure"),
    42: Code("SelectGrantFailure"),
    43: Code("RefreshPolicyInfoCacheFailure"),
    44: Code("ListPolicyFailure"),
    45: Code("NotShardLeader", Cause.UNHEALTHY),
    46: Code("NoReplicaAvailable", Cause.UNHEALTHY),
    47: Code("SegmentNotFound"),
    48: Code("ForceDeny", Cause.BUSY),
    49: Code("RateLimit", Cause.BUSY),
    50: Code("NodeIDNotMatch", Cause.UNHEALTHY),
    51: Code("UpsertAutoIDTrue"),
    52: Code("InsufficientMemoryToLoad", Cause.BUSY),
    53: Code("MemoryQuotaExhausted", Cause.BUSY),
    54: Code("DiskQuotaExhausted", Cause.BUSY),
    55: Code("TimeTickLongDelay", Cause.BUSY),
    56: Code("NotReadyServe", Cause.STARTING),
    57: Code("NotReadyCoordActivating", Cause.STARTING),
    58: Code("CreatePrivilegeGroupFailure"),
    59: Code("DropPrivilegeGroupFailure"),
    60: Code("ListPrivilegeGroupsFailure"),
    61: Code("OperatePrivilegeGroupFailure"),
    62: Code("SchemaMismatch"),
    100: Code("DataCoordNA", Cause.UNHEALTHY),
    1000: Code("DDRequestRace"),
}

_CAUSE_OF_STATE = {
    "initializing": Cause.STARTING,
    "standby": Cause.UNHEALTHY,
    "abnormal": Cause.UNHEALTHY,
    "stopping": Cause.STOPPING,
}
_MOST_WORDS = 1000
"""Characters of a reason that are looked at: it may be megabytes of stack trace."""
_STATE = re.compile(
    r"(?i)(?:not ready|unavailable|not healthy|statecode)[^.;]{0,200}?"
    r"\b(initializing|standby|abnormal|stopping)\b"
)
_WORDS = (
    (re.compile(r"Milvus Proxy is not ready"), Cause.STARTING),
    (re.compile(r"find no available \w+|empty grpc client"), Cause.UNHEALTHY),
    (re.compile(r"(?i)\w*(proxy|coord|node)\b[^.;]{0,40}\bnot healthy"), Cause.UNHEALTHY),
    (re.compile(r"(?i)(alloc\w* (\w+ )*(timestamp|id)|timestamp alloc|tso )"), Cause.UNHEALTHY),
    (re.compile(r"(?i)under current cluster status"), Cause.UNHEALTHY),
    (re.compile(r"service not ready"), Cause.STARTING),
    (re.compile(r"service unavailable"), Cause.UNHEALTHY),
)
"""What Milvus says where it has no code for it, in words that its versions share."""
SUSPENDED = re.compile(r"(?i)cluster status (STOPPED|STOPPING|SUSPENDED)")
"""Zilliz Cloud's words for a cluster that somebody suspended."""


def number(code: int) -> int:
    """The code without its bits for the component and for a retry."""
    return code if code <= _NUMBER_BITS else code & _NUMBER_BITS


def of_words(words: str) -> Cause | None:
    """The cause that Milvus's words name, where they name one."""
    words = words[:_MOST_WORDS]
    state = _STATE.search(words)
    if state:
        return _CAUSE_OF_STATE[state[1].lower()]
    return next((cause for pattern, cause in _WORDS if pattern.search(words)), None)


def of_codes(code: int, error_code: int, words: str) -> Cause:
    """The cause of a status: by its code, by the old one if there is no new, else by its words."""
    if "database not found" in words:
        return Cause.DB_MISSING
    plain = number(code)
    known = MERR.get(plain) if plain else ERROR_CODE.get(error_code)
    cause = known.cause if known else Cause.RPC_FAILED
    by_words = of_words(words)
    if cause in (Cause.STARTING, Cause.UNHEALTHY, Cause.RPC_FAILED):
        is_vague = plain in (NOT_READY, UNAVAILABLE, UNEXPECTED) or cause is Cause.RPC_FAILED
        # A server that is starting does not say "unavailable": it has a code for that.
        if by_words and is_vague and (plain, by_words) != (UNAVAILABLE, Cause.STARTING):
            return by_words
    return cause

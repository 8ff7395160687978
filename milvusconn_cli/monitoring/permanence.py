"""Which causes time can fix, and which need somebody to change something. Pure."""

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.report import Report

_PERMANENT_LAYERS = frozenset(
    (Layer.PROGRAM, Layer.REGISTRY, Layer.CONFIG, Layer.TLS, Layer.AUTH, Layer.DATABASE)
)
_PERMANENT = frozenset(
    (
        "gateway-denied",
        "lite-denied",
        "lite-invalid",
        "not-grpc",
        "not-http2",
        "not-milvus",
        "too-old",
    )
)
_TEMPORARY = frozenset((Cause.TLS_NOT_YET_VALID,))
_NOT_ASKED = frozenset((Layer.PROGRAM, Layer.REGISTRY, Layer.CONFIG))
"""Layers above the network: a failure there says nothing about the server."""


def is_permanent(cause: Cause) -> bool:
    """Whether waiting is pointless: a wrong password, port or certificate stays wrong."""
    if cause in _TEMPORARY:
        return False
    return cause.label in _PERMANENT or cause.layer in _PERMANENT_LAYERS


def is_down(report: Report) -> bool:
    """Whether the report shows that there is no connection; a disconnected alias has none."""
    if report.finding is None:
        return False
    cause = report.finding.cause
    return cause is Cause.DISCONNECTED or cause.layer not in _NOT_ASKED

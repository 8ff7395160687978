"""The PROXY protocol of HAProxy (version 1): a line that load balancers send before anything else.

A server that expects it closes every connection that begins otherwise.
"""

from typing import Final

from milvusconn_cli.causes import Cause
from milvusconn_cli.report import Finding, finding

HEADER: Final = b"PROXY UNKNOWN\r\n"
"""What a load balancer sends that says nothing of whom it forwards for."""


def expected() -> Finding:
    """The finding of a port that only a load balancer can use."""
    return finding(
        Cause.TCP_CLOSED,
        "the port expects the PROXY protocol, which clients do not send",
        "connect through the load balancer, or turn off the PROXY protocol on this port",
    )

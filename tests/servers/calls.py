"""One raw Connect call over gRPC: how the servers are asked whether they are ready.

Made without milvusconn and without pymilvus's client, so that a fault in either cannot make
a server look ready or dead. Dials what it is given; the servers here are on the loopback.
"""

import base64
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import grpc

from tests.servers.certificates import CertificateFiles

if TYPE_CHECKING:
    from pathlib import Path

    from pymilvus.grpc_gen.milvus_pb2 import ConnectResponse

CONNECT = "/milvus.proto.milvus.MilvusService/Connect"
CALL_SECONDS = 5.0
POLL_SECONDS = 0.05

OPTIONS = (
    ("grpc.use_local_subchannel_pool", 1),  # otherwise a new channel repeats an old one's failure
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
)


def plain_channel(address: str) -> grpc.Channel:
    return grpc.insecure_channel(address, options=OPTIONS)


def tls_channel(
    address: str, trusted: "Path", client: CertificateFiles | None = None
) -> grpc.Channel:
    """Trusts what is in the PEM file `trusted`; shows the certificate `client` where given."""
    credentials = grpc.ssl_channel_credentials(
        trusted.read_bytes(),
        client.key.read_bytes() if client else None,
        client.cert.read_bytes() if client else None,
    )
    return grpc.secure_channel(address, credentials, options=OPTIONS)


def connect(
    channel: grpc.Channel, credentials: str | None = None, *, seconds: float = CALL_SECONDS
) -> "ConnectResponse":
    """Call Connect once and close the channel; `credentials` are "user:password".

    Raises grpc.RpcError where no Milvus answers.
    """
    # Imported late: it brings pandas, which a test run without these servers can do without.
    from pymilvus.grpc_gen.milvus_pb2 import ConnectResponse  # noqa: PLC0415

    with channel:
        call: grpc.UnaryUnaryMultiCallable[bytes, ConnectResponse] = channel.unary_unary(
            CONNECT, response_deserializer=ConnectResponse.FromString
        )
        return call(b"", timeout=seconds, metadata=_authorization(credentials))


def _authorization(credentials: str | None) -> tuple[tuple[str, str], ...]:
    if credentials is None:
        return ()
    return (("authorization", base64.b64encode(credentials.encode()).decode()),)


def connect_succeeds(channel: grpc.Channel, credentials: str | None = None) -> bool:
    """Whether Milvus answers, and well: no gRPC error, and neither of the two error codes set."""
    try:
        status = connect(channel, credentials).status
    except grpc.RpcError:
        return False
    return bool(status.error_code == 0 and status.code == 0)


def came_true(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask until it holds, or until the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True

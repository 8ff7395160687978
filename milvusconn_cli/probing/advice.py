"""What to know beside an answer: things that hold today and will hurt, by the settings alone.

Pure. A remark is never a failure; and none of it is learned by dialling.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection import client_reading
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.uri import TcpEndpoint
from milvusconn_cli.report import Finding

_ZILLIZ_CLOUD = (".zillizcloud.com", ".zilliz.com")
_CLOUD_CREDENTIALS = (
    "Zilliz Cloud requires credentials: pass --token with an API key or user:password"
)
_OF_TRANSPORT = {
    Cause.TLS_REQUIRED, Cause.TCP_REFUSED, Cause.TCP_TIMEOUT, Cause.TCP_CLOSED, Cause.SILENT,
    Cause.NOT_HTTP2,
}  # fmt: skip
"""Causes that a wrong scheme or port can have."""
_NO_WAY_THERE = {
    Cause.TCP_TIMEOUT, Cause.TCP_UNREACHABLE, Cause.DNS_UNKNOWN, Cause.DNS_UNAVAILABLE,
}  # fmt: skip
"""Causes by which a network shows that leads out by a proxy alone."""
_HOSTS_OF_ENGINES = {
    "host.docker.internal": "on Linux, start the container with"
    " --add-host host.docker.internal:host-gateway",
    "host.containers.internal": "podman defines this name inside its containers only; elsewhere"
    " use the host's address",
}
_CERTIFICATE_NOTICE = timedelta(days=30)


def of_settings(connection: Connection) -> Iterator[str]:
    """What the settings alone show."""
    yield from connection.remarks
    endpoint = connection.endpoint
    if not isinstance(endpoint, TcpEndpoint):
        return
    yield from client_reading.of_connection(connection)
    if connection.has_secret and not endpoint.tls and not _is_loopback(endpoint.host):
        where = f"credentials are sent unencrypted to {endpoint.host}"
        yield f"{where}: use https:// if the server supports it"
    if not connection.uri.isascii():
        yield f"only milvusconn encodes this host name; pymilvus needs it as {endpoint.host}"
    if is_zilliz_cloud(endpoint.host):
        yield from _of_zilliz_cloud(connection, endpoint)


def of_certificate(not_after: datetime, now: datetime | None = None) -> Iterator[str]:
    """A certificate that ends within 30 days."""
    left = not_after - (now or datetime.now(UTC))
    if timedelta(0) < left < _CERTIFICATE_NOTICE:
        when = f"in {left.days} day{'s' if left.days != 1 else ''}" if left.days else "today"
        yield f"the server's certificate expires {when}: {not_after:%Y-%m-%d %H:%M} UTC"


def advised(
    finding: Finding, connection: Connection, container: str | None, ignored: str | None = None
) -> Finding:
    """The finding with the advice that fits the place: a container, a bare name, a cloud.

    `container` names the container that this program runs in, if it does; `ignored` is what to say
    of a proxy variable that gRPC does not use.
    """
    endpoint = connection.endpoint
    if not isinstance(endpoint, TcpEndpoint):
        return finding
    for advice in (
        _of_host(finding, endpoint.host, container),
        _of_cloud(finding, connection, endpoint) if is_zilliz_cloud(endpoint.host) else None,
        ignored if finding.cause in _NO_WAY_THERE else None,
    ):
        if advice:
            return replace(finding, advice=advice)
    return finding


def _of_host(finding: Finding, host: str, container: str | None) -> str | None:
    """What the name or address that was given says by itself."""
    match finding.cause:
        case Cause.TCP_REFUSED if _is_any(host):
            return f"{host} is an address to listen on: connect to 127.0.0.1 or the server's own"
        case Cause.TCP_REFUSED if container and _is_loopback(host):
            return (
                f"check that Milvus is running; if it runs outside of this {container}, use its"
                f" service name or host.docker.internal instead of {host}"
            )
        case Cause.TCP_REFUSED if any(map(_is_any, _addresses(finding))):
            return f"DNS resolves {host} to an unusable address: check for a DNS filter"
        case Cause.DNS_UNKNOWN if host.lower() in _HOSTS_OF_ENGINES:
            return _HOSTS_OF_ENGINES[host.lower()]
        case Cause.DNS_UNKNOWN if not {".", ":"}.intersection(host):
            return (
                f"{host} has no domain: Docker and Kubernetes service names only resolve inside"
                " their network"
            )
        case _:
            return None


def _addresses(finding: Finding) -> Iterator[str]:
    """The addresses that were dialled, without their ports."""
    for place in re.split(r", | and ", finding.evidence.get("addresses", "")):
        yield place.rpartition(":")[0].strip("[]")


def _of_cloud(finding: Finding, connection: Connection, endpoint: TcpEndpoint) -> str | None:
    """What Zilliz Cloud needs, where the cause can come from its lack."""
    if finding.cause is Cause.DNS_UNKNOWN:
        return "check that the cluster still exists, and copy its endpoint from the console"
    if finding.cause in _OF_TRANSPORT:
        return next(_transport_of_cloud(endpoint), None)
    if finding.cause is Cause.AUTH_MISSING and not connection.has_secret:
        return _CLOUD_CREDENTIALS
    return None


def is_zilliz_cloud(host: str) -> bool:
    """Whether a name is one of Zilliz Cloud's, by its pattern."""
    return f".{host.lower()}".removesuffix(".cn").endswith(_ZILLIZ_CLOUD)


def _of_zilliz_cloud(connection: Connection, endpoint: TcpEndpoint) -> Iterator[str]:
    yield from _transport_of_cloud(endpoint)
    if not connection.has_secret:
        yield _CLOUD_CREDENTIALS


def _transport_of_cloud(endpoint: TcpEndpoint) -> Iterator[str]:
    if not endpoint.tls:
        yield "Zilliz Cloud requires TLS: use the https:// endpoint shown in its console"
    if ".serverless." in endpoint.host.lower() and endpoint.port != 443:  # noqa: PLR2004 -- HTTPS
        yield "serverless clusters of Zilliz Cloud use port 443: omit the port"


def _is_any(host: str) -> bool:
    """Whether this is an address to listen on, 0.0.0.0 or `::`."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")

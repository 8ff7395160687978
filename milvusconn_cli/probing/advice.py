"""What to know beside an answer: things that hold today and will hurt, by the settings alone.

Pure. A remark is never a failure; and none of it is learned by dialling.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.uri import TcpEndpoint
from milvusconn_cli.report import Finding

_ZILLIZ_CLOUD = (".zillizcloud.com", ".cloud.zilliz.com")
_CERTIFICATE_NOTICE = timedelta(days=30)


def of_settings(connection: Connection) -> Iterator[str]:
    """What the settings alone show."""
    endpoint = connection.endpoint
    if not isinstance(endpoint, TcpEndpoint):
        return
    if connection.has_secret and not endpoint.tls and not _is_loopback(endpoint.host):
        where = f"credentials are sent unencrypted to {endpoint.host}"
        yield f"{where}: use https:// if the server supports it"
    if is_zilliz_cloud(endpoint.host):
        yield from _of_zilliz_cloud(connection, endpoint)


def of_certificate(not_after: datetime, now: datetime | None = None) -> Iterator[str]:
    """A certificate that ends within 30 days."""
    left = not_after - (now or datetime.now(UTC))
    if timedelta(0) < left < _CERTIFICATE_NOTICE:
        when = f"in {left.days} day{'s' if left.days != 1 else ''}" if left.days else "today"
        yield f"the server's certificate expires {when}: {not_after:%Y-%m-%d %H:%M} UTC"


def advised(finding: Finding, connection: Connection, container: str | None) -> Finding:
    """The finding with the advice that fits the place: a container, a bare name, a cloud.

    `container` names the container that this program runs in, if it does.
    """
    endpoint = connection.endpoint
    if not isinstance(endpoint, TcpEndpoint):
        return finding
    host = endpoint.host
    advice = finding.advice
    if finding.cause is Cause.TCP_REFUSED and container and _is_loopback(host):
        advice = (
            f"{host} means this {container}. If Milvus runs elsewhere, use its service name or"
            " host.docker.internal"
        )
    elif finding.cause is Cause.DNS_UNKNOWN and "." not in host:
        advice = (
            f"{host} has no domain: Docker and Kubernetes service names only resolve inside their"
            " network"
        )
    elif is_zilliz_cloud(host):
        advice = next(_of_zilliz_cloud(connection, endpoint), advice)
    return finding._replace(advice=advice)


def is_zilliz_cloud(host: str) -> bool:
    """Whether a name is one of Zilliz Cloud's, by its pattern."""
    return f".{host.lower()}".removesuffix(".cn").endswith(_ZILLIZ_CLOUD)


def _of_zilliz_cloud(connection: Connection, endpoint: TcpEndpoint) -> Iterator[str]:
    if not endpoint.tls:
        yield "Zilliz Cloud requires TLS: use the https:// endpoint shown in its console"
    if not connection.has_secret:
        yield "Zilliz Cloud requires credentials: pass --token with an API key or user:password"
    if ".serverless." in endpoint.host.lower() and endpoint.port != 443:  # noqa: PLR2004 -- HTTPS
        yield "serverless clusters of Zilliz Cloud use port 443: omit the port"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")

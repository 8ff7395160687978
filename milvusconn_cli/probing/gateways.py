"""Who answered: Milvus, or a gateway in front of it. Pure.

A gateway shows itself by what it sends, not by its wording. An HTTP status other than 200 is never
Milvus's. Envoy, and meshes made of it, turn their own refusals into gRPC statuses; their headers
then have `server` and lack `x-envoy-upstream-service-time`, which everything has that came from
behind them. Only where these headers are switched off, Envoy's own words decide.

Source: RFC 9110 (HTTP statuses); Envoy's docs (HTTP header manipulation, gRPC status mapping).
"""

import re
from collections.abc import Mapping

from milvusconn_cli.causes import Cause
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean

_UPSTREAM_TIME = "x-envoy-upstream-service-time"
_ENVOY_WORDS = re.compile(
    r"^(RBAC: access denied|no healthy upstream|upstream request timeout|local_rate_limited"
    r"|upstream connect error or disconnect/reset before headers|Jwt |ext_authz|no_route"
    r"|upstream max stream duration reached|envoy overloaded)"
)
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_CERTIFICATE_PAGE = re.compile(rb"SSL certificate", re.IGNORECASE)
_CLIENT_CERTIFICATE_STATUSES = ("495", "496")
_PLAINTEXT_PAGE = re.compile(rb"plain HTTP request was sent to HTTPS port", re.IGNORECASE)
_LONGEST_WORDS = 120

_ROUTE = "add a route for /milvus.proto.milvus.MilvusService to the gateway, or use its host name"
_BEHIND = "check that Milvus is running behind the gateway, which must reach it with HTTP/2"
_TOO_SLOW_BEHIND = "check that Milvus responds behind the gateway, or raise the gateway's timeout"
_HTTP_1_BEHIND = "the gateway speaks HTTP/1 to Milvus: make it speak HTTP/2 (nginx: grpc_pass)"
_TARGET_GROUP = "set the protocol version of the load balancer's target group to gRPC"
_OWN_LOGIN = "the gateway requires credentials of its own, which are not Milvus's"
_OWN_RULES = "check the gateway's access rules: Milvus's user and password do not matter here"
_GATEWAY_LIMIT = "wait, then retry, or raise the gateway's rate limit"


_OF_STATUS: Mapping[str, tuple[Cause, str]] = {
    **dict.fromkeys(("401", "407", "511"), (Cause.GATEWAY_DENIED, _OWN_LOGIN)),
    **dict.fromkeys(("403", "451"), (Cause.GATEWAY_DENIED, _OWN_RULES)),
    "429": (Cause.BUSY, _GATEWAY_LIMIT),
    **dict.fromkeys(("404", "405", "410", "421", "501"), (Cause.NOT_GRPC, _ROUTE)),
    **dict.fromkeys(("415", "426", "505"), (Cause.NOT_GRPC, _HTTP_1_BEHIND)),
    "464": (Cause.NOT_GRPC, _TARGET_GROUP),  # of AWS's load balancer
    **dict.fromkeys(("408", "504", "522", "524"), (Cause.GATEWAY_UPSTREAM, _TOO_SLOW_BEHIND)),
}
"""What a gateway means by an HTTP status, and the advice that fits it."""
_OF_CODE: Mapping[str, tuple[Cause, str, str]] = {
    "UNAUTHENTICATED": (Cause.GATEWAY_DENIED, "requires credentials of its own", _OWN_LOGIN),
    "PERMISSION_DENIED": (Cause.GATEWAY_DENIED, "denied the call", _OWN_RULES),
    "UNIMPLEMENTED": (Cause.NOT_GRPC, "has no route for Milvus's calls", _ROUTE),
    "RESOURCE_EXHAUSTED": (Cause.BUSY, "limits requests", _GATEWAY_LIMIT),
    "DEADLINE_EXCEEDED": (
        Cause.GATEWAY_UPSTREAM,
        "timed out waiting for Milvus",
        _TOO_SLOW_BEHIND,
    ),
    **dict.fromkeys(
        ("UNAVAILABLE", "INTERNAL"),
        (Cause.GATEWAY_UPSTREAM, "gets no usable response from Milvus", _BEHIND),
    ),
}
"""The same of a gRPC status that it made up, and what to say of the gateway."""
_MEANT_BY_WORDS = (
    (re.compile("rate_limited|overload"), "RESOURCE_EXHAUSTED"),
    (re.compile("timeout|max stream duration"), "DEADLINE_EXCEEDED"),
)
"""Envoy says UNAVAILABLE for all of HTTP's 429, 503 and 504: its words tell them apart."""


# gRPC statuses


def own_reply(metadata: Mapping[str, str], details: str) -> str | None:
    """The gateway that made up a gRPC status by itself; None if it may come from Milvus.

    `metadata` has the headers and trailers of the failed call, with names in lower case.
    """
    server = clean(metadata.get("server", ""))
    if _UPSTREAM_TIME in metadata:
        return None
    if "envoy" in server:
        return server
    return server or "envoy" if _ENVOY_WORDS.match(details) else None


def of_reply(gateway: str, code: str, details: str, metadata: Mapping[str, str]) -> Finding | None:
    """What a gRPC status means that `gateway` made up; None if that leaves it open."""
    words = clean(details)
    said = f": {words}" if words else ""
    evidence = {"gateway": gateway, "grpc_code": code, "grpc_details": words}
    location = clean(metadata.get("location", ""))
    if location:
        return _redirect(gateway, location, evidence)
    meant = next((one for words_of, one in _MEANT_BY_WORDS if words_of.search(details)), code)
    if meant not in _OF_CODE:
        return None
    cause, what, advice = _OF_CODE[meant]
    return finding(cause, f"{gateway} {what}{said}", advice, **evidence)


# HTTP statuses


def of_http(headers: Mapping[bytes, bytes], body: bytes, *, tls: bool) -> Finding:
    """What an HTTP answer means that is not gRPC's; `tls` if it came over TLS.

    `headers` include `:status`; `body` is the beginning of the page.
    """
    status = clean(headers.get(b":status", b"").decode("latin-1"), 20)
    server = clean(headers.get(b"server", b"").decode("utf-8", "backslashreplace"), 80)
    kind = clean(headers.get(b"content-type", b"").decode("latin-1"), 80)
    who = server or "an HTTP/2 server"
    evidence = {"http_status": status, "content_type": kind, "server": server}
    words = _words_of(body, kind)
    if words:
        evidence["page"] = words
    location = clean(headers.get(b"location", b"").decode("latin-1"))
    if location and status.startswith("3"):
        return _redirect(who, location, evidence)
    with_kind = f", content type {kind}" if kind else ""
    summary = f"{who} answered with HTTP status {status}{with_kind}, not with gRPC"
    if words and words.lower() not in summary.lower():
        summary = f"{summary}: {words}"
    if _is_about_client_certificate(status, body):
        return finding(Cause.TLS_CLIENT_CERT, summary, **evidence)
    if not tls and _PLAINTEXT_PAGE.search(body):
        return finding(Cause.TLS_REQUIRED, summary, **evidence)
    cause, advice = _of_status(status, headers)
    return finding(cause, summary, advice, **evidence)


def _of_status(status: str, headers: Mapping[bytes, bytes]) -> tuple[Cause, str | None]:
    """The cause of an HTTP status, and its advice if that is not the cause's own."""
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if b"www-authenticate" in headers:
        return Cause.GATEWAY_DENIED, _OWN_LOGIN
    if not re.fullmatch("[1-5][0-9][0-9]", status):  # nginx passes on what is not HTTP/1 as 000
        return Cause.GATEWAY_UPSTREAM, _HTTP_1_BEHIND
    return (Cause.GATEWAY_UPSTREAM, _BEHIND) if status.startswith("5") else (Cause.NOT_GRPC, None)


def _redirect(who: str, location: str, evidence: Mapping[str, str]) -> Finding:
    """A redirect, which no gRPC client follows; to https it means that TLS is required."""
    from urllib.parse import urlsplit  # noqa: PLC0415 -- redirects are rare

    try:
        place = urlsplit(location)
        uri = f"{place.scheme}://{place.hostname or ''}" + (f":{place.port}" if place.port else "")
    except ValueError:
        place, uri = urlsplit(""), location
    evidence = {**evidence, "location": location}
    if place.scheme == "https" and place.hostname:
        # Port 443 is what https means without a port.
        summary = f"{who} redirects to {uri}"
        return finding(Cause.TLS_REQUIRED, summary, f"use {uri}", **evidence)
    return finding(Cause.NOT_GRPC, f"{who} redirects to {location}", _ROUTE, **evidence)


def _is_about_client_certificate(status: str, body: bytes) -> bool:
    """nginx says 400 (internally 495 and 496) and a page when it misses a client certificate."""
    return status in _CLIENT_CERTIFICATE_STATUSES or (
        status == "400" and _CERTIFICATE_PAGE.search(body) is not None
    )


def _words_of(body: bytes, kind: str) -> str:
    """The title of a page, or the beginning of a plain text."""
    title = _TITLE.search(body)
    if title:
        return clean(title[1].decode("utf-8", "backslashreplace"), _LONGEST_WORDS)
    if body and not body.lstrip().startswith(b"<") and not kind.startswith("application/grpc"):
        return clean(body.decode("utf-8", "backslashreplace"), _LONGEST_WORDS)
    return ""

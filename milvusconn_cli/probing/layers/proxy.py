"""HTTP proxies: whether gRPC would use one here, and what it answers.

gRPC reads the lower-case variables, in its own order, and for loopback addresses too; the rules
are those of its http_proxy_mapper. A proxy is asked for a tunnel with CONNECT, in plaintext.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.uri import checked_host
from milvusconn_cli.errors import UriError
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.probing.layers.stream import SocketStream, Stream
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.secrets.reference import Secret
from milvusconn_cli.text import clean_bytes, host_and_port, is_unicode

_VARIABLES = ("grpc_proxy", "https_proxy", "http_proxy")
_OTHERS = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "GRPC_PROXY")
_BY_ADDRESS = "GRPC_ADDRESS_HTTP_PROXY"
_EXCEPTIONS = ("no_grpc_proxy", "no_proxy")
_DEFAULT_PORT = 443  # gRPC's, whatever the scheme of the proxy
_LONGEST_ANSWER = 16384
_HEADERS_SECONDS = 0.3
"""What explains a refusal comes with it, or is not waited for."""
_SCHEME = re.compile(rb"(?im)^proxy-authenticate:[ \t]*(\w+)")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r\n]*")


class Proxy(NamedTuple):
    """The proxy that holds for a host, and the variable that says so."""

    variable: str
    host: str
    port: int
    exceptions: str
    """The variable to name further exceptions in."""
    credentials: Secret | None = None
    """`user:password`, where the variable holds them."""
    excepted: str = ""
    """The exceptions that there are already."""

    @property
    def address(self) -> str:
        """`host:port`, an IPv6 address in brackets."""
        return host_and_port(self.host, self.port)


def applying(environment: Mapping[str, str], host: str) -> Proxy | None:
    """The proxy that gRPC would use for `host`; None where it dials itself."""
    variable = next((name for name in _VARIABLES if name in environment), None)
    if variable is None or not environment[variable]:
        return None
    value = environment[variable]
    if not re.match("http://[^/?#]", value):
        return None  # gRPC ignores other schemes, and an empty address
    exceptions = next((name for name in _EXCEPTIONS if name in environment), "no_proxy")
    excepted = environment.get(exceptions, "")
    if _excepted(host, excepted):
        return None
    said = _parsed(variable, value)
    port = said.port or _DEFAULT_PORT
    userinfo = said.netloc.rpartition("@")[0]
    credentials = Secret(unquote(userinfo)) if userinfo else None
    return Proxy(
        variable, checked_host(said.hostname or ""), port, exceptions, credentials, excepted
    )


def _parsed(variable: str, value: str) -> SplitResult:
    """The parts of a proxy's URI; `Obstacle` if gRPC could not use it. No part of it is shown.

    gRPC ends the address at the first `/`, `?` or `#`, also within a password, and asks DNS for
    whatever stands before it.
    """
    rest = value.removeprefix("http://")
    end = min((rest.index(mark) for mark in "/?#" if mark in rest), default=len(rest))
    what = None
    said = urlsplit("http://")
    if not is_unicode(value):
        what = "bytes that are not UTF-8"
    elif "@" in rest[end:]:
        what = "a / ? or # in its user or password: write it as %2F, %3F or %23"
    else:
        try:
            said = urlsplit(value)
            what = None if said.hostname and said.port != 0 else "no host name, or port 0"
            checked_host(said.hostname or "x")
        except (ValueError, UriError):
            what = "an invalid host or port"
    if what is not None:
        raise _unusable(variable, what, f"correct ${variable}, such as http://HOST:PORT")
    return said


def _unusable(variable: str, what: str, advice: str) -> Obstacle:
    """The obstacle of a variable that gRPC could not use."""
    summary = f"the proxy in ${variable} is unusable: it has {what}"
    return Obstacle(
        finding(Cause.PROXY_FAILED, summary, f"{advice}, or unset it", variable=variable)
    )


def of_address(environment: Mapping[str, str], address: str) -> Proxy | None:
    """The proxy that gRPC would use for an address, once the name is resolved; None if none."""
    said, _, port = environment.get(_BY_ADDRESS, "").rpartition(":")
    subnets = environment.get(f"{_BY_ADDRESS}_ENABLED_ADDRESSES", "")
    enabled = (subnet.strip() for subnet in subnets.split(","))
    if not said or not port.isdecimal():
        return None
    if not any(subnet == address or _in_subnet(address, subnet) for subnet in enabled):
        return None
    try:
        host = checked_host(said.strip("[]"))
    except UriError:
        advice = f"correct ${_BY_ADDRESS}, such as HOST:PORT"
        raise _unusable(_BY_ADDRESS, "an invalid host or port", advice) from None
    return Proxy(_BY_ADDRESS, host, int(port), f"{_BY_ADDRESS}_ENABLED_ADDRESSES")


def ignored(environment: Mapping[str, str]) -> str | None:
    """What to say of a variable that names a proxy in a way that gRPC ignores; None if none does.

    gRPC reads lower-case names alone, and values that begin with `http://` alone.
    """
    used = next((name for name in _VARIABLES if name in environment), None)
    if used and environment[used] and not environment[used].startswith("http://"):
        return f"gRPC ignores ${used}, which does not begin with http://; use http://HOST:PORT"
    if used:
        return None
    for name in _OTHERS:
        if environment.get(name):
            return (
                f"gRPC ignores ${name}; if a proxy is needed: export https_proxy=http://HOST:PORT"
            )
    return None


async def open_tunnel(stream: SocketStream, proxy: Proxy, target: str) -> str:
    """Ask for a tunnel to `target`; the proxy's status line. Raises `Obstacle` on a refusal."""
    request = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{_authorization(proxy)}\r\n"
    await stream.send(request.encode("ascii"))
    answer = await _until(stream, b"\n", b"")
    shown = _without_credentials(clean_bytes(answer.partition(b"\n")[0]), proxy)
    status = _STATUS_LINE.match(answer)
    if status and status[1].startswith(b"2"):
        answer = await _until(stream, b"\r\n\r\n", answer)
        _, end, early = answer.partition(b"\r\n\r\n")
        if end:
            stream.put_back(early)  # a gRPC server greets before it is spoken to
            return shown
    words = f"answered {shown}" if shown else "closed the connection without an answer"
    summary = f"the proxy {proxy.address} (${proxy.variable}) {words} to CONNECT {target}"
    found = _finding(Cause.PROXY_FAILED, proxy, target, summary, answer=shown)
    advice = None
    if status:
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEADERS_SECONDS):
                answer = await _until(stream, b"\r\n\r\n", answer)
        advice = _advice_of(status[1].decode(), answer, proxy, target)
    raise Obstacle(replace(found, advice=advice) if advice else found)


def _advice_of(status: str, headers: bytes, proxy: Proxy, target: str) -> str | None:
    """What to do about a refusal by its status; None if nothing but another way is left."""
    if status == "407":
        if proxy.credentials is not None:
            return f"the proxy rejected the user or password in ${proxy.variable}: correct them"
        schemes = {name.lower() for name in _SCHEME.findall(headers)}
        if schemes and b"basic" not in schemes:
            return "gRPC only supports Basic credentials: use a local proxy that adds the company's"
        return f"the proxy requires credentials: {proxy.variable}=http://USER:PASSWORD@HOST:PORT"
    if status == "403":
        port = target.rpartition(":")[2]
        return f"have the proxy allow CONNECT to port {port}, or add the host to no_proxy"
    return None


def _without_credentials(words: str, proxy: Proxy) -> str:
    """What the proxy says, less the credentials that it was told."""
    if proxy.credentials is None:
        return words
    from milvusconn_cli.probing.redaction import redacted_words  # noqa: PLC0415 -- few proxies want them

    return redacted_words(words, proxy.credentials)


def _authorization(proxy: Proxy) -> str:
    """The header by which gRPC shows a proxy its credentials; empty where it has none."""
    if proxy.credentials is None:
        return ""
    encoded = b64encode(proxy.credentials.reveal().encode()).decode()
    return f"Proxy-Authorization: Basic {encoded}\r\n"


async def _until(stream: Stream, mark: bytes, answer: bytes) -> bytes:
    """What the proxy has said when `mark` comes, it stops, or it has said too much."""
    while mark not in answer and len(answer) < _LONGEST_ANSWER:
        piece = await stream.receive()
        if not piece:
            break
        answer += piece
    return answer


def unreachable(proxy: Proxy, target: str, why: Finding) -> Finding:
    """The finding for a proxy that cannot itself be reached."""
    summary = f"cannot connect to the proxy {proxy.address} (${proxy.variable}): {why.summary}"
    return _finding(Cause.PROXY_REFUSED, proxy, target, summary, why=why.cause.label)


def no_answer(proxy: Proxy, target: str, seconds: float) -> Finding:
    """The finding for a proxy that says nothing within the time limit."""
    summary = (
        f"the proxy {proxy.address} (${proxy.variable}) did not connect to {target}"
        f" within {seconds:g} s"
    )
    return _finding(Cause.PROXY_FAILED, proxy, target, summary)


def _finding(cause: Cause, proxy: Proxy, target: str, summary: str, **evidence: str) -> Finding:
    host = target.rpartition(":")[0].strip("[]")
    kept = [one.strip() for one in proxy.excepted.split(",") if one.strip() not in ("", "*")]
    star = " (gRPC does not support *)" if "*" in proxy.excepted else ""
    listed = ",".join([*kept, host])
    advice = f"if the host is reachable directly: export {proxy.exceptions}={listed}{star}"
    if proxy.variable == _BY_ADDRESS:
        advice = f"unset ${_BY_ADDRESS} if the host is reachable directly"
    return finding(cause, summary, advice, variable=proxy.variable, proxy=proxy.address, **evidence)


def _excepted(host: str, exceptions: str) -> bool:
    """Whether one of the names is the end of the host's, or one of the subnets holds it."""
    entries = (entry.strip() for entry in exceptions.split(","))
    return any(
        host.lower().endswith(entry.lower()) or _in_subnet(host, entry)
        for entry in entries
        if entry
    )


def _in_subnet(host: str, subnet: str) -> bool:
    try:
        return "/" in subnet and ip_address(host) in ip_network(subnet, strict=False)
    except ValueError:
        return False

"""What may have been meant by text that is no URI: likely corrections, and the defaults they use.

Pure, and no judge: uri.py shows a correction only if it can itself be parsed.
"""

import re

DEFAULT_PORT = 19530  # the proxy's gRPC port: milvus.yaml, proxy.port
DEFAULT_TLS_PORT = 443  # what pymilvus takes for https:// without a port
LOCAL_SUFFIX = ".db"

FILE_SCHEME = re.compile(r"(?i)(?:file|sqlite):(?://)?")
_PATH = re.compile(r"[.~]|/(?!/)")
_TLS_SCHEMES_OF_OTHERS = {"grpcs", "tcps", "tls", "ssl", "wss", "ftps"}


def candidates(text: str) -> list[str]:
    """Likely corrections, the likeliest first; each is shown only if it can be parsed."""
    scheme, rest = _meant_scheme(text)
    if re.search(r"[/?#].*@", rest):
        return []  # what is host and what is password cannot be told apart
    if FILE_SCHEME.match(text) or _PATH.match(text):
        path = FILE_SCHEME.sub("", text)
        return [path, path + LOCAL_SUFFIX]
    authority, slash, path = re.split(r"[?#]", rest)[0].partition("/")
    userinfo, at, location = authority.rpartition("@")
    return [
        f"{scheme}://{userinfo}{at}{place}{slash if path else ''}{path}"
        for place in _likely_places(location, _port_for(scheme))
    ]


def _likely_places(location: str, default_port: int) -> list[str]:
    """Corrections of `HOST:PORT`: a port where none is, brackets, a host where none is."""
    if location.isdigit():
        return [f"localhost:{location}"]
    host, _, port = location.rpartition(":")
    if location.count(":") > 1 and not location.startswith("["):
        return [f"[{host}]:{port}"] * (port == str(DEFAULT_PORT)) + [f"[{location}]:{default_port}"]
    if not host:
        return [f"localhost:{port}", f"{location or 'localhost'}:{default_port}"]
    return [location, f"{host}:{default_port}"]


def _port_for(scheme: str) -> int:
    return DEFAULT_TLS_PORT if scheme == "https" else DEFAULT_PORT


def _meant_scheme(text: str) -> tuple[str, str]:
    """Scheme and rest as they were meant: `https//h`, `http:/h`, `tcp:h:1`, `ftp://h`, `h:443`."""
    meant = re.match(r"(?i)(https?|tcp|grpc|file)(?::/{0,3}|/{2,})", text)
    if meant:
        return meant[1].lower(), text[meant.end() :]
    scheme, separator, rest = text.partition("://")
    if separator:
        return ("https" if scheme.lower() in _TLS_SCHEMES_OF_OTHERS else "http"), rest
    tls = re.search(rf":{DEFAULT_TLS_PORT}(/|$)", text)
    return ("https" if tls else "http"), text.lstrip("/")

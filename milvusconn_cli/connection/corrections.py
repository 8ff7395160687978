"""What may have been meant by text that is no URI: likely corrections, and the defaults they use.

Pure, and no judge: uri.py shows a correction only if it can itself be parsed.
"""

import re

DEFAULT_PORT = 19530  # the proxy's gRPC port: milvus.yaml, proxy.port
DEFAULT_TLS_PORT = 443  # what pymilvus takes for https:// without a port
LOCAL_SUFFIX = ".db"

FILE_SCHEME = re.compile(r"(?i)(?:file|sqlite):(?://)?")
# Patterns that only a mistake needs are compiled where one is made: re keeps them.
_TEMPLATE = r"\$\{?\w[\w.-]*\}?|\{+[\w. -]+\}+|<[\w -]+>|\[[A-Za-z_][\w -]+\]"
_PATH = re.compile(r"[.~]|/(?!/)")
_TLS_SCHEMES_OF_OTHERS = {"grpcs", "tcps", "tls", "ssl", "wss", "ftps", "milvuss"}
_OPENING = "\"'`<‹«“‘„「『【("
_CLOSING = "\"'`>›»”’“‟」』】)"
_PUNCTUATION = ";,.!。，；、"
_MARKDOWN = r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)"
_BACKSLASHES = r"(?i)(https?|tcp|grpc|milvus):\\"
_SECOND = r"(?i)[\s,;|][\s,;|]*[a-z]+://"
_DOUBLED = r"(?i)^(?:(?:https?|tcp|grpc|milvus)://)+(?=(?:https?|tcp|grpc)://)"


def candidates(text: str) -> list[str]:
    """Likely corrections, the likeliest first; each is shown only if it can be parsed."""
    if template_in(text) and not re.search(r"\[[0-9A-Fa-f:.%]+\]", text):
        return []
    if text.rstrip("/").endswith(LOCAL_SUFFIX) and "://" not in text:
        return [FILE_SCHEME.sub("", text).rstrip("/")]
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


def template_in(text: str) -> str | None:
    """What somebody was to fill in: `${HOST}`, `{{host}}`, `<host>`, `[your_ip]`."""
    if not any(mark in text for mark in "${<["):
        return None
    found = re.search(_TEMPLATE, text)
    return found[0] if found else None


def is_unfilled(text: str) -> bool:
    """Whether all of the text is such a template."""
    return template_in(text) == text


def cleaned(text: str) -> str:
    """The text without what came with it from a chat, a document or a program's source.

    Quotes, brackets and punctuation around it, a Markdown link's, full-width and invisible
    characters, spaces around its marks, and backslashes for slashes.
    """
    plain = _without_odd_characters(text)
    link = re.search(_MARKDOWN, plain)
    plain = link[1] if link else plain
    before = None
    while plain != before:
        before = plain
        plain = _without_wrapping(plain.strip())
    if re.match(_BACKSLASHES, plain) or "\\/" in plain:
        plain = plain.replace("\\/", "/").replace("\\", "/")
    plain = re.sub(r"\s*(://|:|/)\s*", r"\1", plain)
    return re.sub(_DOUBLED, "", plain)


def has_two(text: str) -> bool:
    """Whether it is more than one URI: which of them is meant cannot be told."""
    return re.search(_SECOND, text) is not None


def stray(text: str, plain: str) -> str:
    """What came with the text, in words."""
    lost = [mark for mark in text.strip() if mark not in plain]
    if re.search(_MARKDOWN, text):
        return "a Markdown link"
    if "\\" in lost:
        return "backslashes"
    if any(not mark.isascii() and mark not in _OPENING + _CLOSING for mark in lost):
        return "a full-width or an invisible control character"
    if any(mark in _OPENING + _CLOSING for mark in lost):
        return "quotes or brackets"
    if any(mark in _PUNCTUATION for mark in text.strip()[-1:]):
        return "punctuation at its end"
    return "a space or a control character" if re.search(r"\s", text.strip()) else "too much"


def _without_odd_characters(text: str) -> str:
    if text.isascii():
        return text
    import unicodedata  # noqa: PLC0415 -- a megabyte, for what is seldom typed

    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    wide = any(unicodedata.east_asian_width(letter) == "F" for letter in visible)
    plain = unicodedata.normalize("NFKC", visible) if wide else visible
    return plain.replace("\u3002", ".").replace("\u00a0", " ")


def _without_wrapping(text: str) -> str:
    """One mark less at either end; a closing one that belongs to the text itself stays."""
    if not text:
        return text
    if text[0] in _OPENING:
        return text[1:]
    if text[-1] in _PUNCTUATION:
        return text[:-1]
    if text[-1] in _CLOSING and not _is_closed(text):
        return text[:-1]
    return text


def _is_closed(text: str) -> bool:
    """Whether the last mark closes one that stands within the text: `http://<host>`."""
    pairs = {">": "<", ")": "(", "›": "‹", "»": "«"}
    return pairs.get(text[-1], "\0") in text


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
        # gRPC's own `dns:///host:port` has an empty authority.
        tls = scheme.lower() in _TLS_SCHEMES_OF_OTHERS
        return ("https" if tls else "http"), rest.removeprefix("/")
    tls = re.search(rf":{DEFAULT_TLS_PORT}(/|$)", text) is not None
    return ("https" if tls else "http"), text.lstrip("/")

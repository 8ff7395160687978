"""Text ↔ Endpoint: every form of a URI that a client takes, and a way out of the others.

Pure. What is refused is refused here, where it enters; below this line a port is a port. An
error never repeats a password that the URI held.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from pathlib import Path
from urllib.parse import unquote

from milvusconn_cli.connection import client_reading
from milvusconn_cli.connection.corrections import (
    DEFAULT_PORT,
    DEFAULT_TLS_PORT,
    FILE_SCHEME,
    LOCAL_SUFFIX,
    candidates,
    cleaned,
    has_two,
    is_unfilled,
    stray,
    template_in,
)
from milvusconn_cli.disclosure import (
    is_ip_address,
    is_port,
    is_scheme,
    is_template,
    masked_path,
    place,
    quoted,
)
from milvusconn_cli.errors import UriError
from milvusconn_cli.secrets.reference import Secret
from milvusconn_cli.text import MASK, followed, host_and_port
from milvusconn_cli.values import value_class

_TLS_OF_SCHEME = {"http": False, "https": True, "tcp": False, "grpc": False}
_SCHEME = re.compile(
    r"(?i)(?:https?|tcps?|grpcs?|unix|wss?|ftps?|tls|ssl|milvuss?|dns)(?::/{0,3}|/{1,3})"
)
_REST_PATH = r"(?:v2/vectordb|v1/vector|api/v1)(?:/|$)"
"""Paths of Milvus's REST API, which are no database."""
_UNEXPANDED = r"(?:^|/)(\$\{?[A-Z_][A-Z0-9_]*\}?)(?=/|$)"
_WINDOWS_PATH = r"[A-Za-z]:[\\/]|\\\\"
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
_ADDRESS_FORM = "use HOST:PORT, such as localhost:19530"
_KEEP = " (with the same credentials)"
_TELLING = 3  # letters; of a shorter secret only a whole word gives it away
_LONGEST_HOST = 253  # RFC 1035
_HIGHEST_PORT = 65535


@value_class
class TcpEndpoint:
    """A host (a name, or an address without brackets), a port from 1 to 65535, TLS or not."""

    host: str
    port: int
    tls: bool

    @property
    def address(self) -> str:
        """`host:port`, an IPv6 address in brackets."""
        return host_and_port(self.host, self.port)


@value_class
class UnixEndpoint:
    """A unix domain socket, plaintext."""

    path: str

    @property
    def address(self) -> str:
        """`unix:PATH`, as gRPC writes it."""
        return f"unix:{self.path}"


@value_class
class LiteEndpoint:
    """A Milvus Lite database: a path that ends in `.db`."""

    path: Path

    @property
    def address(self) -> str:
        """The path."""
        return str(self.path)


Endpoint = TcpEndpoint | UnixEndpoint | LiteEndpoint


@value_class
class ParsedUri:
    """What one URI says; `text` is the URI without the credentials that it may have held."""

    text: str
    endpoint: Endpoint
    database: str | None = None
    user: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    """`KEY@host`, as pymilvus reads it."""
    remarks: tuple[str, ...] = ()
    """How other clients read the credentials."""

    @property
    def has_credentials(self) -> bool:
        """Whether it held a token, a user or a password."""
        return bool(self.user or self.password or self.token)


def parse(text: str, base: Path) -> ParsedUri:
    """Read a URI; a relative path of a `.db` or a socket is relative to `base`.

    Raises `UriError`, its hint holding the corrected form where one can be told.
    """
    try:
        return _parse(text, base)
    except UriError as error:
        plain = cleaned(text)
        raise _discreet(_corrected(error, text, plain, base), plain) from None


def is_uri(text: str) -> bool:
    """Whether an argument is a URI by its form, and no alias: `…://…`, `unix:…` or `….db`."""
    return "://" in text or text[:5].lower() == "unix:" or text.endswith(LOCAL_SUFFIX)


def parse_address(text: str) -> tuple[str, int]:
    """Read `HOST:PORT`, an IPv6 host in brackets, as `--address` has it."""
    try:
        host, port = _split_port(text)
        checked = checked_host(host)
    except UriError as error:
        raise _discreet(UriError(error.message, _ADDRESS_FORM), text) from None
    if port is None:
        raise UriError(f"the address {place(text)!r} has no port", _ADDRESS_FORM)
    return checked, port


def compose(host: str, port: int, *, tls: bool) -> str:
    """The URI of a host and a port, brackets put where they are due."""
    endpoint = TcpEndpoint(host=host.strip("[]"), port=port, tls=tls)
    return f"{'https' if tls else 'http'}://{endpoint.address}"


def without_credentials(text: str) -> str:
    """`text` with everything between a scheme and the last `@` replaced, for messages."""
    scheme, rest = _without_scheme(text)
    _, at, place = rest.rpartition("@")
    return f"{scheme}{MASK}@{place}" if at else text


def userinfo_of(text: str) -> str:
    """What a URI or an address has before its last `@`, its scheme included; empty if nothing."""
    return text.rpartition("@")[0]


def anchored(text: str, base: Path) -> str:
    """A URI whose path, if it is one, no longer depends on where it is read."""
    if text[:5].lower() == "unix:" or (text.endswith(LOCAL_SUFFIX) and "://" not in text):
        return parse(text, base).text
    return text


def split_credentials(text: str) -> tuple[str, dict[str, str]]:
    """A URI without its user and password, and these by name, decoded."""
    scheme = re.match(r"(?i)[a-z]+://", text)
    if not scheme:
        return text, {}
    authority, slash, path = text[scheme.end() :].partition("/")
    userinfo, _, place = authority.rpartition("@")
    user, colon, password = userinfo.partition(":")
    found = (
        {"user": unquote(user), "password": unquote(password)}
        if colon
        else {"token": unquote(user)}
    )
    return f"{scheme[0]}{place}{slash}{path}", {key: said for key, said in found.items() if said}


def _without_scheme(text: str) -> tuple[str, str]:
    """What looks like a URI's scheme, and the rest."""
    scheme = _SCHEME.match(text)
    return (scheme[0], text[scheme.end() :]) if scheme else ("", text)


def _discreet(error: UriError, text: str) -> UriError:
    """The error, but without the words of one that repeats a part of the credentials in `text`.

    Where a password holds the marks that a URI is cut at, its parts turn up as scheme or path,
    perhaps in lower case, and with some marks escaped: so each of its words tells, too.
    """
    userinfo, _, _ = _without_scheme(text.lstrip())[1].rpartition("@")
    before = userinfo.casefold()
    shown = place(text).rpartition(f"{MASK}@")[2].casefold()
    secrets = {*re.split(r"[:/?#@\s\[\]]", before), *re.findall(r"\w+", before)}
    told = f"{error.message} {error.hint or ''}".casefold()
    words = re.findall(r"\w+", told)
    # What the host says anyway is told by no other word.
    hidden = (part for part in secrets if part and part not in shown)
    if not any(part in (told if len(part) >= _TELLING else words) for part in hidden):
        return error
    has_marks = re.search(r"[/?#@\[\]]|:[^:]*:", userinfo) is not None
    advice = "in a user or password, write : / ? # @ as %3A %2F %3F %23 %40"
    return UriError(f"the URI {place(text)!r} cannot be read", advice if has_marks else None)


def _parse(text: str, base: Path) -> ParsedUri:
    if not text.strip():
        raise UriError("the URI is empty", "such as http://localhost:19530")
    if "\0" in text:
        raise UriError("the URI contains a NUL character")
    if text[:5].lower() == "unix:":
        return _unix(text[5:], base)
    scheme, separator, rest = text.partition("://")
    if not separator and text.endswith(LOCAL_SUFFIX) and not FILE_SCHEME.match(text):
        return _local(text, base)
    shown = place(text)
    if not text.isprintable() or " " in text:
        _check_template(text)
        odd = f" ({client_reading.IGNORES_SPACE})" if text.lstrip() != text else ""
        raise UriError(f"the URI {shown!r} contains a space or a control character{odd}")
    if not separator:
        _check_template(text)
        raise UriError(f"the URI {shown!r} has no scheme")
    return _tcp(scheme.lower(), rest, shown)


def _check_template(text: str) -> None:
    """Say so where it is a template that nobody filled in; of a password nothing is said."""
    found = template_in(text.rpartition("@")[2])
    if found and not is_ip_address(found) and "](" not in text:
        raise UriError(f"the URI contains an unfilled placeholder{quoted(found, is_template)}")


def _tcp(scheme: str, rest: str, shown: str) -> ParsedUri:
    tls = _TLS_OF_SCHEME.get(scheme)
    if tls is None:
        raise UriError(
            f"the URI's scheme{quoted(scheme, is_scheme)} is unknown:"
            " use http, https, tcp, grpc or unix"
        )
    if re.search(r"[/?#].*@", rest):
        raise UriError(
            f"the URI {shown!r} has an @ after a /, ? or #",
            "in a user or password, write these as %2F, %3F and %23, and @ as %40",
        )
    if "?" in rest or "#" in rest:
        raise UriError(
            f"the URI {shown!r} has a query or a fragment ({client_reading.IGNORES_QUERY})"
        )
    authority, _, path = rest.partition("/")
    userinfo, _, location = authority.rpartition("@")
    path = path.strip("/")
    host, port = _split_port(location)
    endpoint = TcpEndpoint(
        host=checked_host(host), port=port or (DEFAULT_TLS_PORT if tls else DEFAULT_PORT), tls=tls
    )
    user, colon, password = userinfo.partition(":")
    name = unquote(user) or None
    return ParsedUri(
        text=f"{scheme}://{location}{'/' + path if path else ''}",
        endpoint=endpoint,
        database=_checked_path(path, scheme, location),
        user=name if colon else None,
        password=Secret(unquote(password)) if colon else None,
        token=Secret(name) if name and not colon else None,
        remarks=tuple(client_reading.of_userinfo(userinfo)),
    )


def _unix(path: str, base: Path) -> ParsedUri:
    if path.startswith("//"):
        path = path.removeprefix("//")
        if not path.startswith("/"):
            corrected = f"did you mean unix:/{path}?" if masked_path(path) == path else None
            raise UriError("a unix:// URI has no host", corrected)
    if not path:
        raise UriError("the URI names no socket file", "such as unix:/run/milvus.sock")
    return ParsedUri(text=f"unix:{base / path}", endpoint=UnixEndpoint(path=str(base / path)))


def _local(text: str, base: Path) -> ParsedUri:
    if text == LOCAL_SUFFIX or text.endswith("/" + LOCAL_SUFFIX):
        raise UriError(f"{masked_path(text)!r} names no database file", "such as ./milvus.db")
    unexpanded = re.search(_UNEXPANDED, text) if "$" in text else None
    if unexpanded:
        raise _not_expanded(text, unexpanded[1])
    if re.match(_WINDOWS_PATH, text) and not Path(text).is_absolute():
        raise UriError("a Windows path does not work on this system", "such as ./milvus.db")
    path = base / in_home(text)
    return ParsedUri(text=str(path), endpoint=LiteEndpoint(path=path))


def _not_expanded(text: str, variable: str) -> UriError:
    """The error for a variable that the shell did not expand, for example in single quotes."""
    in_home = re.sub(r"^\$(?:HOME|\{HOME\})/", "~/", text)
    hint = None if in_home == text or masked_path(in_home) != in_home else in_home
    return UriError(f"{variable} was not expanded by the shell", hint and f"did you mean {hint}?")


def in_home(text: str) -> Path:
    """A path, `~` and `~user` followed; `UriError` where there is no such user."""
    path = followed(text)
    if path is None:
        raise UriError(f"unknown home directory in {masked_path(text)!r}")
    return path


def _split_port(location: str) -> tuple[str, int | None]:
    """`h:1` → (h, 1), `h` → (h, None), `[::1]:1` → (::1, 1)."""
    place_holder = template_in(location) if location.startswith("[") else None
    if place_holder and location.startswith(place_holder) and not is_ip_address(location):
        return place_holder, None
    if location.startswith("["):
        host, bracket, tail = location[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise UriError(f"unbalanced brackets in {place(location)!r}")
        return _checked_ipv6(host), _checked_port(tail[1:]) if tail else None
    if location.count(":") > 1 and re.fullmatch(r"[0-9A-Fa-f:.]+(%\w+)?", location):
        raise UriError(f"an IPv6 address needs brackets: {location!r}")
    if location.count(":") > 1:
        raise UriError(f"{place(location)!r} has more than one port")
    host, colon, port = location.partition(":")
    return host, _checked_port(port) if colon else None


def _checked_port(text: str) -> int:
    if is_unfilled(text):
        raise UriError(f"the port{quoted(text, is_template)} looks like an unfilled placeholder")
    digits = text.lstrip("0")
    if text.isascii() and text.isdigit() and len(digits) <= len(str(_HIGHEST_PORT)):
        port = int(text)
        if 1 <= port <= _HIGHEST_PORT:
            return port
    raise UriError(
        f"invalid port{quoted(text, is_port)}: expected a number from 1 to {_HIGHEST_PORT}"
    )


def is_ipv6(host: str) -> bool:
    """Whether `host` is an IPv6 address, a zone identifier included."""
    try:
        IPv6Address(host)
    except AddressValueError:
        return False
    return True


def _checked_ipv6(host: str) -> str:
    address = host.replace("%25", "%")  # a zone identifier, RFC 6874
    if not is_ipv6(address):
        raise UriError(f"the host{quoted(host, is_ip_address)} is not an IPv6 address")
    return address


def checked_host(host: str) -> str:
    """A name that DNS could hold, in ASCII, or an address; `UriError` otherwise."""
    if ":" in host:
        return host  # an IPv6 address, checked with its brackets
    if not host:
        raise UriError(f"the URI names no host ({client_reading.TAKES_LOCALHOST})")
    if any(mark in host for mark in "{}$<>") or host.startswith("["):
        raise UriError(f"the host{quoted(host, is_template)} looks like an unfilled placeholder")
    if re.fullmatch(r"[0-9.]+", host):
        return _checked_ipv4(host)
    ascii_host = host if host.isascii() else _encoded(host)
    labels = ascii_host.removesuffix(".").split(".")
    if len(ascii_host) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise UriError(f"the host{quoted(host)} is not a valid DNS name")
    return ascii_host


def _encoded(host: str) -> str:
    """The ASCII form of an international name, by IDNA 2008 as browsers map it (UTS 46).

    Python's own codec is IDNA 2003, which sends `straße` to `strasse`: to another host.
    """
    import idna  # noqa: PLC0415 -- few names need it

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:  # idna's own errors are of this kind
        raise UriError(f"the host{quoted(host)} is not a valid DNS name") from None


def _checked_ipv4(host: str) -> str:
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        # Some programs read a leading zero as octal: the address is never guessed, only offered.
        plain = ".".join(part.lstrip("0") or "0" for part in host.split("."))
        is_meant = plain != host and _is_ipv4(plain)
        hint = f"write it without leading zeros: {plain}" if is_meant else None
        odd = f" ({client_reading.READS_OCTAL})" if is_meant else ""
        message = f"the host{quoted(host, is_ip_address)} is not an IPv4 address{odd}"
        raise UriError(message, hint) from None


def _is_ipv4(text: str) -> bool:
    try:
        return bool(IPv4Address(text))
    except AddressValueError:
        return False


def _checked_path(path: str, scheme: str, location: str) -> str | None:
    """The database of a path; `UriError` where it is a port, or a path of the REST API."""
    authority = location.rpartition("@")[2]
    if not path:
        return None
    if re.match(_REST_PATH, path):
        raise UriError(
            "the URI is one of Milvus's REST API", _asked_about(f"{scheme}://{authority}")
        )
    database = _first_segment(path)
    if database and database.isascii() and database.isdigit() and ":" not in authority:
        raise UriError(
            f"the database{quoted(database, is_port)} looks like a port",
            _asked_about(f"{scheme}://{authority}:{database}"),
        )
    return database


def _asked_about(uri: str) -> str | None:
    return f"did you mean {uri}?" if place(uri) == uri else None


def _first_segment(path: str) -> str | None:
    """The database: the path's first segment, as pymilvus reads it (`db1/collection1` → db1)."""
    return unquote(path.partition("/")[0]) or None


def _corrected(error: UriError, text: str, plain: str, base: Path) -> UriError:
    """The error with what may have been meant; `plain` is the text without what came with it."""
    if has_two(plain):
        return UriError("there are two URIs", "pass only one of them")
    if plain == text.strip():
        return UriError(error.message, error.hint or _did_you_mean(plain, base))
    try:
        _parse(plain, base)
    except UriError as left:
        return UriError(left.message, left.hint or _did_you_mean(plain, base))
    odd = f" ({client_reading.IGNORES_SPACE})" if text.lstrip() != text else ""
    return UriError(f"the URI contains {stray(text, plain)}{odd}", _did_you_mean(plain, base))


def _did_you_mean(text: str, base: Path) -> str | None:
    """The correction, without the credentials: nobody may see them, and the rest is valid."""
    meant = _parsed(text, base)
    for candidate in (*candidates(text), text):
        parsed = _parsed(candidate, base)
        if parsed is None or (meant and parsed.endpoint != meant.endpoint):
            continue
        if "https:" in text.lower() and not getattr(parsed.endpoint, "tls", False):
            continue  # what was to be encrypted stays so
        shown = _without_userinfo(candidate)
        # Where a piece of it may be a secret there is nothing to suggest.
        if place(shown) != shown:
            return None
        return f"did you mean {shown}?{_KEEP if parsed.has_credentials else ''}"
    return None


def _parsed(text: str, base: Path) -> ParsedUri | None:
    try:
        return _parse(text, base)
    except UriError:
        return None


def _without_userinfo(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"

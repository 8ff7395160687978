"""Attu's variables: the servers that it offers, and its TLS files. Pure.

Attu 2 and 3 name TLS files without a prefix; they are Milvus's where `MILVUS_URL` stands beside.
"""

from collections.abc import Iterator, Mapping

from milvusconn_cli.connection.variables import (
    WIDE,
    Given,
    Note,
    not_used,
    prefixed,
    understand,
)
from milvusconn_cli.errors import ConfigError

SERVERS = "SERVERS"
"""`MILVUS_SERVERS`: `HOST:PORT/DATABASE`, separated by commas; it goes before `MILVUS_URL`."""
_FILES = {
    "ROOT_CERT_PATH": "CA_PEM_PATH",
    "CERT_CHAIN_PATH": "CLIENT_PEM_PATH",
    "PRIVATE_KEY_PATH": "CLIENT_KEY_PATH",
    "SERVER_NAME": "SERVER_NAME",
}
_URL = "URL"


def servers(variables: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    """A connection for each of `MILVUS_SERVERS`, called by its address and database."""
    name = prefixed(SERVERS)
    default = variables.get(prefixed("DATABASE"), "")
    texts = variables.get(name, "").split(",")
    for text in filter(None, map(str.strip, texts)):
        scheme, separator, rest = text.rpartition("://")
        address, _, database = rest.partition("/")
        said = {"URL": f"{scheme}{separator}{address}", "DATABASE": database or default}
        given = understand(said, lambda _: name, WIDE)
        if given is None:
            raise ConfigError(f"{name} names no server")
        place = address.rpartition("@")[2]
        yield f"{place}-{database}" if database else place, given


def notes_of_others(usual: Mapping[str, str]) -> Iterator[Note]:
    """The variables that Attu does not read, where it has a list of servers."""
    others = [
        prefixed(one) for one, text in usual.items() if one not in (SERVERS, "DATABASE") and text
    ]
    if others:
        yield not_used(others, f"{prefixed(SERVERS)} is set", most=9)


def tls(
    variables: Mapping[str, str], usual: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Attu's TLS files by the names of the table, and what each is called here.

    With all three files the Node client connects by TLS, whatever the address says.
    """
    if not usual.get(_URL):
        return {}, {}
    given = {own: text for own in _FILES if (text := variables.get(own))}
    if not given.keys() - {"SERVER_NAME"}:
        return {}, {}
    said = {_FILES[own]: text for own, text in given.items()}
    names = {_FILES[own]: own for own in given}
    is_mutual = {"ROOT_CERT_PATH", "CERT_CHAIN_PATH", "PRIVATE_KEY_PATH"} <= given.keys()
    if is_mutual and "SSL" not in usual:
        said["SSL"], names["SSL"] = "true", "CERT_CHAIN_PATH"
    return said, names

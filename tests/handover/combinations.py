"""Settings of a connection in some 400 combinations, as a program would pass them to MilvusClient.

Data: what varies is a list of choices for each part, and each combination names the fake server
that it is meant for.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "p@x"
"""Of `root`, at the servers that ask. It has to be encoded in a URI."""


@dataclass(frozen=True)
class Combination:
    """One client's arguments; `{…}` in them is replaced by what the servers of a run have."""

    group: str
    """What is varied, in words: the row of the table that it belongs to."""
    server: str
    """Which of the fakes is meant: see `fakes.py`."""
    settings: Mapping[str, Any] = field(default_factory=dict)


CREDENTIALS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "no credentials": ("", {}),
    "user and password": ("", {"user": "root", "password": PASSWORD}),
    "token `user:password`": ("", {"token": f"root:{PASSWORD}"}),
    "an API key": ("", {"token": "an-api-key"}),
    "a user without a password": ("", {"user": "root"}),
    "a password without a user": ("", {"password": PASSWORD}),
    "a token, and a user with a password": (
        "",
        {"token": f"root:{PASSWORD}", "user": "other", "password": "other"},
    ),
    "user and password in the URI": ("root:plain@", {}),
    "a percent-encoded password in the URI": ("root:p%40x@", {}),
    "a token in the URI": ("an-api-key@", {}),
    "credentials in the URI and separately": ("other:other@", {"token": f"root:{PASSWORD}"}),
    "credentials in the URI, and others separately": (
        "other:other@",
        {"user": "root", "password": PASSWORD},
    ),
    "a user in the URI, a password separately": ("root:@", {"password": PASSWORD}),
}
"""What stands in the URI before the host, and what is passed besides."""
PLACES: Mapping[str, str] = {
    "http://": "http://{userinfo}127.0.0.1:{port}{path}",
    "tcp://": "tcp://{userinfo}127.0.0.1:{port}{path}",
    "a scheme in capitals": "HTTP://{userinfo}127.0.0.1:{port}{path}",
    "localhost": "http://{userinfo}localhost:{port}{path}",
}
ODD_PLACES: Mapping[str, str] = {
    "`grpc://`": "grpc://127.0.0.1:{port}",
    "an IPv6 address": "http://[::1]:{port_v6}",
    "a query": "http://127.0.0.1:{port}?timeout=5",
    "a fragment": "http://127.0.0.1:{port}#x",
    "a path and a query": "http://127.0.0.1:{port}/films?x=1",
    "a space before the URI": " http://127.0.0.1:{port}",
    "a space after the URI": "http://127.0.0.1:{port} ",
    "no scheme": "127.0.0.1:{port}",
    "an unknown scheme": "ftp://127.0.0.1:{port}",
    "no host": "http://:{port}",
    "port 0": "http://127.0.0.1:0",
    "port 65536": "http://127.0.0.1:65536",
    "a port that is no number": "http://127.0.0.1:abc",
    "a host with a leading zero": "http://127.0.0.01:{port}",
    "a short IPv4 address": "http://127.1:{port}",
    "a unicode host name": "http://mïlvus.invalid:{port}",
    "a name with an underscore": "http://my_milvus.invalid:{port}",
    "`global-cluster` in the URI": "http://127.0.0.1:{port}/global-cluster",
    "a database that ends in `.db`": "http://127.0.0.1:{port}/films.db",
    "a slash at the end": "http://127.0.0.1:{port}/",
    "two slashes at the end": "http://127.0.0.1:{port}//",
    "a unix socket": "unix:{socket}",
    "a unix socket with slashes": "unix://{socket}",
    "an empty URI": "",
}
DATABASES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "no database": ("", {}),
    "a database": ("", {"db_name": "films"}),
    "a database in the path": ("/films", {}),
    "a database in the path and separately": ("/other", {"db_name": "films"}),
    "a database, and a slash at the end of the URI": ("/", {"db_name": "films"}),
    "a database and a collection in the path": ("/films/shots", {}),
    "a missing database": ("", {"db_name": "nope"}),
    "a missing database in the path": ("/nope", {}),
    "a percent-encoded database in the path": ("/fi%6cms", {}),
    "a database with a letter outside of ASCII": ("", {"db_name": "fïlms"}),
}
TLS: Mapping[str, Mapping[str, Any]] = {
    "no TLS file": {},
    "a CA alone": {"server_pem_path": "{ca}"},
    "a CA alone, as `ca_pem_path`": {"ca_pem_path": "{ca}"},
    "a client certificate and its key, without a CA": {
        "client_pem_path": "{cert}",
        "client_key_path": "{key}",
    },
    "a CA, a client certificate and its key": {
        "ca_pem_path": "{ca}",
        "client_pem_path": "{cert}",
        "client_key_path": "{key}",
    },
    "a CA as `server_pem_path`, a client certificate and its key": {
        "server_pem_path": "{ca}",
        "client_pem_path": "{cert}",
        "client_key_path": "{key}",
    },
    "a client certificate without its key": {"ca_pem_path": "{ca}", "client_pem_path": "{cert}"},
    "a CA file that does not exist": {"server_pem_path": "{ca}.missing"},
    "a CA file that is no PEM": {"server_pem_path": "{socket}.txt"},
}
TLS_SCHEMES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "https://": ("https", {}),
    "http:// with TLS files": ("http", {}),
    "http:// with secure=True": ("http", {"secure": True}),
    "https:// with secure=False": ("https", {"secure": False}),
}
NAMES: Mapping[str, Mapping[str, Any]] = {
    "the host's own name": {},
    "another server name": {"server_name": "milvus.test"},
    "a server name that is not in the certificate": {"server_name": "elsewhere.test"},
}


def combinations() -> Iterator[Combination]:
    """All of them."""
    yield from _credentials()
    yield from _databases()
    yield from _odd_places()
    yield from _tls()


def _credentials() -> Iterator[Combination]:
    for server, (what, (userinfo, given)), (where, uri) in itertools.product(
        ("open", "guarded", "keyed"), CREDENTIALS.items(), PLACES.items()
    ):
        kind = "guarded-plain" if userinfo == "root:plain@" and server == "guarded" else server
        group = what if where == "http://" else f"{what}; {where}"
        yield Combination(group, kind, {"uri": _filled(uri, userinfo, ""), **given})


def _databases() -> Iterator[Combination]:
    for server, (what, (path, given)), (where, uri) in itertools.product(
        ("open", "with-databases"), DATABASES.items(), PLACES.items()
    ):
        group = what if where == "http://" else f"{what}; {where}"
        yield Combination(group, server, {"uri": _filled(uri, "", path), **given})


def _odd_places() -> Iterator[Combination]:
    for server, (what, uri) in itertools.product(("open", "guarded"), ODD_PLACES.items()):
        given = {} if server == "open" else {"user": "root", "password": PASSWORD}
        yield Combination(what, server, {"uri": uri, **given})


def _tls() -> Iterator[Combination]:
    for server, (files, given), (scheme_name, (scheme, more)), (name, named) in itertools.product(
        ("tls", "mutual-tls", "open"), TLS.items(), TLS_SCHEMES.items(), NAMES.items()
    ):
        if server == "open" and name != "the host's own name":
            continue
        group = files if scheme_name == "https://" else f"{files}; {scheme_name}"
        group = group if not named else f"{group}; {name}"
        uri = f"{scheme}://127.0.0.1:{{port}}"
        yield Combination(group, server, {"uri": uri, **given, **more, **named})


def _filled(uri: str, userinfo: str, path: str) -> str:
    return uri.replace("{userinfo}", userinfo).replace("{path}", path)

"""Where pymilvus's `MilvusClient` reads the same settings differently, in words. Pure.

Tried with real clients: docs/client-differences.md has the table.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from milvusconn_cli.connection.settings import Connection

IGNORES_QUERY = "MilvusClient ignores it"
IGNORES_FILES = "MilvusClient ignores the files"
IGNORES_SPACE = "MilvusClient ignores it at the beginning"
TAKES_LOCALHOST = "MilvusClient takes localhost"
READS_OCTAL = "MilvusClient leaves it to the system, which may read it as octal"
_BEFORE_26 = "MilvusClient before pymilvus 2.6"
_SINCE_26 = "MilvusClient of pymilvus 2.6 and later"
FAILS_TOO = "MilvusClient fails too, since pymilvus 2.6 at its first call"
NOTICES_LATER = f"{_SINCE_26} connects without the database, and fails at a later call"
SENDS_TOKEN = "MilvusClient sends the token"  # noqa: S105 -- a sentence
SENDS_NOTHING = "MilvusClient sends neither"
PREFERS_ONE = f"{_BEFORE_26} sends those of the URI, later versions the others"
USES_TLS_OR_NOT = f"{_BEFORE_26} uses TLS, later versions do not"
_GLOBAL = "global-cluster"
_LOCAL = ".db"


def of_userinfo(userinfo: str) -> Iterator[str]:
    """What it makes of what stands before the host of a URI."""
    if re.search(r"%[0-9A-Fa-f]{2}", userinfo):
        yield (
            "MilvusClient does not decode %40 and the like in a URI:"
            " pass it user and password separately"
        )
    if userinfo and ":" not in userinfo:
        yield f"{_BEFORE_26} ignores a token in the URI: pass token"


def of_database(uri: str, explicit: str | None) -> Iterator[str]:
    """What it makes of a URI's path, with or without a database that is passed besides."""
    _, slash, path = uri.partition("://")[2].partition("/")
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 or (parts and not explicit):
        yield (
            "MilvusClient of pymilvus 2.5 ignores the first part of the URI's path:"
            " pass it db_name, and no path"
        )
    if slash and explicit and explicit != path.partition("/")[0]:
        yield "MilvusClient of pymilvus 2.4 prefers the URI's path to db_name: pass it no path"


def of_connection(connection: "Connection") -> Iterator[str]:
    """What it makes of the rest. `show --as pymilvus` has what works there."""
    uri, files = connection.uri, connection.tls_files
    scheme, separator, rest = uri.partition("://")
    if not separator:
        return
    authority, _, path = rest.partition("/")
    if scheme.lower() == "grpc":
        yield f"{_SINCE_26} does not know grpc://: pass it http://"
    if "[" in authority:
        yield "MilvusClient cannot read an IPv6 address: `show --as pymilvus` has a form that works"
    if "%" in path:
        yield "MilvusClient does not decode the database in a URI: pass it db_name"
    if uri.endswith(_LOCAL):
        yield f"{_SINCE_26} takes a URI that ends in .db for a local file: pass it db_name"
    if _GLOBAL in uri.lower():
        yield f"{_SINCE_26} asks for a cluster topology first, since the URI contains {_GLOBAL}"
    if files.cert is not None and files.ca is None:
        yield "MilvusClient sends a client certificate only with a CA: pass it ca_pem_path too"

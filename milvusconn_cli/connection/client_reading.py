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
FAILS_LATER = "MilvusClient fails at its first call"
NOTICES_LATER = "MilvusClient connects without the database, and fails at a later call"
SENDS_TOKEN = "MilvusClient sends the token"  # noqa: S105 -- a sentence
SENDS_NOTHING = "MilvusClient sends neither"
PREFERS_SEPARATE = "which MilvusClient uses depends on its version"
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
        yield "MilvusClient before pymilvus 2.6 ignores a token in the URI: pass token"


def of_connection(connection: "Connection") -> Iterator[str]:
    """What it makes of the rest. `show --as pymilvus` has what works there."""
    uri, files = connection.uri, connection.tls_files
    scheme, separator, rest = uri.partition("://")
    if not separator:
        return
    authority, _, path = rest.partition("/")
    if scheme.lower() == "grpc":
        yield "MilvusClient does not know grpc://: pass it http://"
    if "[" in authority:
        yield "MilvusClient cannot read an IPv6 address: `show --as pymilvus` has a form that works"
    if "%" in path:
        yield "MilvusClient does not decode the database in a URI: pass it db_name"
    if uri.endswith(_LOCAL):
        yield "MilvusClient takes a URI that ends in .db for a local file: pass it db_name"
    if _GLOBAL in uri.lower():
        yield f"MilvusClient asks for a cluster topology first, since the URI contains {_GLOBAL}"
    if files.cert is not None and files.ca is None:
        yield "MilvusClient sends a client certificate only with a CA: pass it ca_pem_path too"

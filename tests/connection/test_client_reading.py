"""What warnings say of pymilvus's client name the versions that they are true of.

tests/handover/test_agreement.py asks the clients themselves.
"""

from pathlib import Path

import pytest

from milvusconn_cli.connection.tables import build
from milvusconn_cli.probing.advice import of_settings

IN_25 = (
    "MilvusClient of pymilvus 2.5 ignores the first part of the URI's path:"
    " pass it db_name, and no path"
)
IN_24 = "MilvusClient of pymilvus 2.4 prefers the URI's path to db_name: pass it no path"
SINCE_26 = "MilvusClient of pymilvus 2.6 and later "
BEFORE_26 = "MilvusClient before pymilvus 2.6 "


def warnings(uri: str, database: str | None = None) -> list[str]:
    return list(of_settings(build(uri, Path("/"), database=database)))


@pytest.mark.parametrize(
    ("uri", "database", "expected"),
    [
        ("http://localhost", None, []),
        ("http://localhost/", None, []),
        ("http://localhost", "films", []),
        ("http://localhost/films", None, [IN_25]),
        ("http://localhost/films/shots", None, [IN_25]),
        ("http://localhost/", "films", [IN_24]),
        ("http://localhost/other", "films", [IN_24]),
        ("http://localhost/films", "films", []),
        ("http://localhost/films/shots", "films", [IN_25]),
        ("unix:///run/milvus", "films", []),
        ("/srv/a/b.db", None, []),
    ],
)
def test_database_in_the_uri(uri: str, database: str | None, expected: list[str]) -> None:
    assert warnings(uri, database) == expected


@pytest.mark.parametrize(
    ("uri", "who", "what"),
    [
        ("grpc://localhost", SINCE_26, "does not know grpc://"),
        ("http://localhost/films.db", SINCE_26, "takes a URI that ends in .db for a local file"),
        ("http://localhost/global-cluster", SINCE_26, "asks for a cluster topology first"),
        ("http://key@localhost", BEFORE_26, "ignores a token in the URI"),
    ],
)
def test_version_that_reads_it_differently_is_named(uri: str, who: str, what: str) -> None:
    assert any(one.startswith(who + what) for one in warnings(uri)), warnings(uri)

"""`address`."""

import pytest

from tests.commands.verbs import assert_refused, register
from tests.conftest import Milvusconn, Ran


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("http://milvus.example", "milvus.example:19530"),
        ("https://milvus.example", "milvus.example:443"),
        ("tcp://milvus.example:5", "milvus.example:5"),
        ("grpc://[::1]:5/books", "[::1]:5"),
        ("http://root:secret@milvus.example:5", "milvus.example:5"),
        ("unix:/run/milvus.sock", "unix:/run/milvus.sock"),
        ("unix:///run/milvus.sock", "unix:/run/milvus.sock"),
        ("/var/lib/milvus.db", "/var/lib/milvus.db"),
    ],
)
def test_address_is_all_that_is_said(milvusconn: Milvusconn, uri: str, address: str) -> None:
    """For a script: one line, nothing else, nothing dialled."""
    register(milvusconn, "dev", uri=uri)

    assert milvusconn("address", "dev") == Ran(0, f"{address}\n", "")


def test_address_of_an_unknown_alias(milvusconn: Milvusconn) -> None:
    """Exit 1 and an empty stdout."""
    register(milvusconn, "production")

    assert_refused(milvusconn("address", "prodution"), 1, "production")


def test_address_of_default(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left out, it is `default`, or what the environment names."""
    register(milvusconn, "default", uri="http://a:1")
    register(milvusconn, "dev", uri="http://b:2")

    assert milvusconn("address").out == "a:1\n"
    monkeypatch.setenv("MILVUSCONN_ALIAS", "dev")
    assert milvusconn("address").out == "b:2\n"

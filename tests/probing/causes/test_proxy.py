"""Causes of a proxy."""

import pytest

from tests.conftest import Milvusconn
from tests.probing.causes.contract import add, established, found
from tests.servers import faults
from tests.servers.milvus import MilvusServer


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("variable", ["grpc_proxy", "https_proxy", "http_proxy"])
def test_proxy_that_is_not_there(
    milvusconn: Milvusconn,
    milvus: MilvusServer,
    refusing_port: int,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    scheme: str,
) -> None:
    """Used even to 127.0.0.1, as gRPC does: the variable and the proxy are named."""
    monkeypatch.setenv(variable, f"http://127.0.0.1:{refusing_port}")
    add(milvusconn, "--uri", f"{scheme}://{milvus.address}")

    row = found(milvusconn, "proxy-refused")

    assert variable in row["summary"] + row["advice"]
    assert f"127.0.0.1:{refusing_port}" in row["summary"]


def test_proxy_that_will_not(
    milvusconn: Milvusconn, milvus: MilvusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers CONNECT with an error, which is told; no_proxy is the way out, and works."""
    add(milvusconn, "--uri", milvus.uri)
    with faults.http1(501) as place:
        monkeypatch.setenv("http_proxy", f"http://{place.address}")

        row = found(milvusconn, "proxy-failed")
        assert "501" in row["summary"]
        assert "no_proxy" in row["advice"]

        monkeypatch.setenv("no_proxy", "127.0.0.1")
        established(milvusconn)


def test_proxy_in_upper_case_does_not_hold(
    milvusconn: Milvusconn,
    milvus: MilvusServer,
    refusing_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with gRPC itself: HTTP_PROXY means nothing."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refusing_port}")
    add(milvusconn, "--uri", milvus.uri)

    established(milvusconn)

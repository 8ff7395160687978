"""Values of proxy variables that no proxy could have: a finding, never a fault of this program."""

import pytest

from milvusconn_cli.probing.layers import Obstacle, proxy
from tests.conftest import Milvusconn

ODD = {
    "empty label": "http://é..x:1",
    "space": "http://a b:1",
    "not UTF-8": "http://h\udcff:1",
    "credentials that are not UTF-8": "http://u:\udcff@127.0.0.1:1",
    "IPv4 out of range": "http://999.1.1.1:1",
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_an_odd_value(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """It is the proxy's variable that is named."""
    monkeypatch.setenv("https_proxy", value)
    milvusconn("add", "dev", "--uri", "http://127.0.0.1:1")

    ran = milvusconn("has", "dev", "-o", "json")

    assert (ran.code, ran.row["status"]) == (3, "proxy-failed")
    assert ran.row["summary"].startswith("the proxy in $https_proxy is unusable: it has ")
    assert "https_proxy" in ran.row["advice"]


@pytest.mark.parametrize("host", ["é..x", "a b", "h\udcff"])
def test_an_odd_value_by_address(host: str) -> None:
    """The same for the proxy of an address."""
    environment = {
        "GRPC_ADDRESS_HTTP_PROXY": f"{host}:1",
        "GRPC_ADDRESS_HTTP_PROXY_ENABLED_ADDRESSES": "10.0.0.1",
    }

    with pytest.raises(Obstacle) as refused:
        proxy.of_address(environment, "10.0.0.1")

    assert refused.value.finding.summary.startswith("the proxy in $GRPC_ADDRESS_HTTP_PROXY")


def test_ipv6_has_its_brackets(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is written in a URI."""
    monkeypatch.setenv("https_proxy", "http://[::1]:1")
    milvusconn("add", "dev", "--uri", "http://127.0.0.1:2")

    row = milvusconn("has", "dev", "-o", "json").row

    assert row["status"] == "proxy-refused"
    assert "the proxy [::1]:1 ($https_proxy)" in row["summary"]
    assert row["evidence"]["proxy"] == "[::1]:1"

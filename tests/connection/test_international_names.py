"""Host names that are not ASCII: IDNA 2008, so that no other host is dialled."""

from pathlib import Path

import pytest

from milvusconn_cli.connection.uri import TcpEndpoint, checked_host, parse
from milvusconn_cli.errors import UriError
from tests.conftest import Milvusconn


@pytest.mark.parametrize(
    ("name", "in_ascii"),
    [
        ("straße.example", "xn--strae-oqa.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("例え。jp", "xn--r8jz45g.jp"),
        ("βόλος.com", "xn--nxasmm1c.com"),
    ],
)
def test_as_browsers_encode_it(name: str, in_ascii: str) -> None:
    """Not as IDNA 2003 did, which folds ß to ss and ς to σ."""
    endpoint = parse(f"http://{name}", Path("/")).endpoint

    assert isinstance(endpoint, TcpEndpoint)
    assert endpoint.host == in_ascii


@pytest.mark.parametrize("name", ["é..x", ".é", "☃.net", "a\u200db", "x" * 64 + "é", "é_x.y"])
def test_what_no_host_is_called(name: str) -> None:
    """Refused where it enters."""
    with pytest.raises(UriError, match="is not a valid DNS name"):
        checked_host(name)


def test_a_server_name_is_given_as_certificates_have_it(milvusconn: Milvusconn) -> None:
    """gRPC and OpenSSL would each encode it in their own way."""
    ran = milvusconn("add", "x", "--uri", "https://h", "--server-name", "straße.example")

    assert ran.code == 78
    assert ran.err.splitlines()[1] == "  hint: did you mean xn--strae-oqa.example?"

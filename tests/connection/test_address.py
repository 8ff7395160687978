"""HOST:PORT, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.connection.uri import (
    TcpEndpoint,
    compose,
    parse,
    parse_address,
)
from milvusconn_cli.errors import UriError
from tests.connection.uris import BASE, TOKEN


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("h:1", "h", 1), ("[::1]:19530", "::1", 19530), ("127.0.0.1:65535", "127.0.0.1", 65535)],
)
def test_an_address_is_host_and_port(text: str, host: str, port: int) -> None:
    """--address, IPv6 in brackets."""
    assert parse_address(text) == (host, port)


@pytest.mark.parametrize(
    "text",
    ["", "h", ":1", "h:", "h:0", "h:65536", "::1:1", "http://h:1", "h:1/db", "[::1]", "a b:1"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """What pymilvus calls "Illegal address", with the form that is asked for."""
    with pytest.raises(UriError) as caught:
        parse_address(text)

    assert caught.value.hint == "use HOST:PORT, such as localhost:19530"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("h", "the address 'h' has no port"),
        ("u:p@h", "invalid port: expected a number from 1 to 65535"),
        ("h:0", "invalid port '0': expected a number from 1 to 65535"),
    ],
)
def test_the_words_of_a_refused_address(text: str, message: str) -> None:
    """What is wrong with it."""
    with pytest.raises(UriError) as caught:
        parse_address(text)

    assert caught.value.message == message


def test_an_address_with_a_password_does_not_show_it() -> None:
    """--address takes no credentials, and does not repeat those it was given."""
    with pytest.raises(UriError) as caught:
        parse_address(f"root:{TOKEN}@h:19530")

    assert TOKEN not in str(caught.value)


@given(st.text())
def test_any_text_is_an_address_or_a_uri_error(text: str) -> None:
    """No text makes the reading of --address fall over."""
    try:
        host, port = parse_address(text)
    except UriError:
        return
    assert host
    assert 1 <= port <= 65535


@pytest.mark.parametrize("host", ["h", "X.X", "127.0.0.1", "::1", "fe80::1%eth0"])
@pytest.mark.parametrize("tls", [True, False])
def test_composed_uri_is_read_back(host: str, *, tls: bool) -> None:
    """Host and port make the URI that says just them."""
    expected = TcpEndpoint(host=host, port=7, tls=tls)
    scheme = "https" if tls else "http"

    assert parse(compose(host, 7, tls=tls), BASE).endpoint == expected
    assert parse(compose(f"[{host}]", 7, tls=tls), BASE).endpoint == expected
    assert compose(host, 7, tls=tls) == f"{scheme}://{expected.address}"

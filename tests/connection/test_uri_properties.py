"""Any text is a URI or an error whose correction can be used."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milvusconn_cli.connection.uri import (
    ParsedUri,
    TcpEndpoint,
    parse,
)
from milvusconn_cli.errors import UriError
from tests.connection.uris import BASE, REFUSED, refusal


@pytest.mark.parametrize("text", [text for text, _, _ in REFUSED])
def test_each_correction_can_itself_be_used(text: str) -> None:
    """Who types what "did you mean X?" offers is not refused again."""
    assert_correction_parses(refusal(text))


def assert_correction_parses(error: UriError) -> None:
    offered = re.fullmatch(r"did you mean (.*)\?", error.hint or "", re.DOTALL)
    if offered and "***" not in offered[1]:
        parse(offered[1], BASE)


urilike = st.one_of(
    st.text(),
    st.text("htps:/@[]?#%.0159 abdux~\\{}\n", max_size=24),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(
            ["http://", "https:", "tcp://", "grpc:/", "unix:", "file://", "ftp://", ""]
        ),
        st.text("h.:/@[]?#%019-_{é", max_size=20),
        st.sampled_from(["", ".db", "/", ":19530", "/.db"]),
    ),
)


@given(urilike)
@example("http://[::1%25" + "e" * 300 + "]")
@example("http://\u0660.\u0661")
@example("http://" + "é" * 300)
@example("\ud800.db")
def test_any_text_parses_or_is_a_uri_error(text: str) -> None:
    """No text makes the parser fall over, and every correction that it offers can be used."""
    try:
        parsed = parse(text, BASE)
    except UriError as error:
        assert_correction_parses(error)
        return
    if isinstance(parsed.endpoint, TcpEndpoint):
        assert 1 <= parsed.endpoint.port <= 65535
        assert parsed.endpoint.host


@given(urilike)
def test_the_text_that_is_kept_means_the_same(text: str) -> None:
    """What goes into the registry file is read back as the same place and database."""
    try:
        parsed = parse(text, BASE)
    except UriError:
        return
    again = parse(parsed.text, Path("/elsewhere"))

    assert again == ParsedUri(text=parsed.text, endpoint=parsed.endpoint, database=parsed.database)

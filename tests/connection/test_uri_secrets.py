"""No error about a URI shows a secret that it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.connection.uri import (
    TcpEndpoint,
    parse,
    without_credentials,
)
from milvusconn_cli.errors import UriError
from tests.connection.uris import BASE, TOKEN, refusal

noise = st.text(":/?#@%. []\\aé\n", max_size=4)
secrets = st.builds(lambda before, after: f"{before}{TOKEN}{after}", noise, noise)
schemes = ["http://", "https://", "tcp://", "grpc://", "ftp://", "http:/", "https//", "http:", "//"]
tails = ["h:19530", "h", "h:0", "h:abc", "", "[::1", "h h", "{h}", "h?x", "h/db#", "::1", "h:\x00"]


@given(
    st.sampled_from(
        [*schemes, "", "grpcs://", "wss://", "://", "redis://", "ht tp://", "unix://", "file://"]
    ),
    st.sampled_from(["root", "", "ro/ot", "ro@ot", "ro ot"]),
    secrets,
    st.sampled_from([*tails, "h/.db", "h/m.db?"]),
)
def test_no_error_shows_a_password(scheme: str, user: str, secret: str, tail: str) -> None:
    """Whatever else is wrong, the text before the last @ is in no message and no hint."""
    assert TOKEN.lower() not in shown_of(f"{scheme}{user}:{secret}@{tail}").lower()


def shown_of(text: str) -> str:
    """Everything that is shown of a URI: the error, or what the registry would hold of it."""
    try:
        parsed = parse(text, BASE)
    except UriError as error:
        return f"{error.message} {error.hint}"
    # A path is shown as it is, for it holds no credentials.
    return repr(parsed) if isinstance(parsed.endpoint, TcpEndpoint) else ""


@pytest.mark.parametrize(
    "text",
    [
        f"root:{TOKEN}://x@h",
        f"root:x@{TOKEN}#x@h",
        f"http://root:x@{TOKEN}?x@h h",
        f"unix://root:{TOKEN}@h/run/m.sock",
        f"root:{TOKEN}@h/.db",
        f"ROOT:{TOKEN}://x@h",
        f":x@{TOKEN}://x@h",
        f":xtcp:{TOKEN}tcp:x://x@h",
        f":'\"\n{TOKEN}\\@h/.db",
    ],
)
def test_no_error_shows_a_password_that_is_taken_for_another_part(text: str) -> None:
    """A password that makes its URI look like another form is not shown either."""
    error = refusal(text)

    assert TOKEN.lower() not in f"{error.message} {error.hint}".lower()


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("ab", ":ab://x@h"),
        ("abc", ":\nabc@h/.db"),
        ("!!!", ":!!!://x@h"),
        ("s3'cr\"3t", ":S3'CR\"3T@h/.db"),
    ],
)
def test_no_error_shows_a_short_or_odd_password(secret: str, text: str) -> None:
    """A few letters, marks alone, and marks that are shown escaped."""
    error = refusal(text)

    assert secret not in f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://u:p@h", "http://***@h"),
        ("HTTP:/u:p@h", "HTTP:/***@h"),
        ("https//u:p@h", "https//***@h"),
        ("u:p@h", "***@h"),
        ("http://u:p@x@h", "http://***@h"),
        ("ftp://u:p/?#@h", "ftp://***@h"),
        ("http://h", "http://h"),
        ("odd://u:p@h", "***@h"),
        ("http://u:\n@h", "http://***@h"),
    ],
)
def test_masking_keeps_what_is_no_secret(text: str, shown: str) -> None:
    """Scheme and place stay readable; everything between is ***."""
    assert without_credentials(text) == shown

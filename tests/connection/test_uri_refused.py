"""URIs that no client could use are refused, with a correction where there is one."""

import pytest

from milvusconn_cli.connection.uri import (
    UnixEndpoint,
    anchored,
    parse,
    split_credentials,
)
from tests.connection.uris import BASE, REFUSED, refusal


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_what_no_client_could_use_is_refused(text: str, message: str, hint: str | None) -> None:
    """Each malformed URI is named for what is wrong, with the corrected form where there is one."""
    error = refusal(text)

    assert message in error.message
    if hint is not None:
        assert hint in (error.hint or "")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "the URI is empty", "such as http://localhost:19530"),
        ("unix:/\0", "the URI contains a NUL character", None),
        (
            "http://h ",
            "the URI 'http://h ' contains a space or a control character",
            "did you mean http://h:19530?",
        ),
        (
            " http://u:p@h",
            (
                "the URI '***@h' contains a space or a control character"
                " (MilvusClient ignores it at the beginning)"
            ),
            "did you mean http://h:19530? (with the same credentials)",
        ),
        (
            "http://po:or@h:0",
            "invalid port '0': expected a number from 1 to 65535",
            "did you mean http://h:19530? (with the same credentials)",
        ),
        ("h", "the URI 'h' has no scheme", "did you mean http://h:19530?"),
        (
            "ftp://h",
            "the URI's scheme 'ftp' is unknown: use http, https, tcp, grpc or unix",
            "did you mean http://h:19530?",
        ),
        (
            "http://u:p/w@h",
            "the URI 'http://***@h' has an @ after a /, ? or #",
            "in a user or password, write these as %2F, %3F and %23, and @ as %40",
        ),
        (
            "http://h?x",
            "the URI 'http://h?***' has a query or a fragment (MilvusClient ignores it)",
            "did you mean http://h:19530?",
        ),
        ("unix://h/s", "a unix:// URI has no host", "did you mean unix:/h/s?"),
        ("unix:", "the URI names no socket file", "such as unix:/run/milvus.sock"),
        ("./.db", "'./.db' names no database file", "such as ./milvus.db"),
        (
            "~no-such-user-here/m.db",
            "unknown home directory in '~no-such-user-here/m.db'",
            None,
        ),
        (
            "http://:1",
            "the URI names no host (MilvusClient takes localhost)",
            "did you mean http://localhost:1?",
        ),
        (
            "http://{h}",
            "the host '{h}' looks like an unfilled placeholder",
            None,
        ),
        ("u:p?w@h", "the URI '***@h' has no scheme", None),
        (
            "root:secret://@h",
            "the URI's scheme is unknown: use http, https, tcp, grpc or unix",
            "did you mean http://h:19530?",
        ),
        (
            "secret://secret@h",
            "the URI '***@h' cannot be read",
            "in a user or password, write : / ? # @ as %3A %2F %3F %23 %40",
        ),
    ],
)
def test_the_words_of_a_refusal(text: str, message: str, hint: str | None) -> None:
    """To the letter, for each kind of refusal."""
    error = refusal(text)

    assert (error.message, error.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("m.db", "/base/m.db"),
        ("unix:m.sock", "unix:/base/m.sock"),
        ("UNIX:m.sock", "unix:/base/m.sock"),
        ("/m.db", "/m.db"),
        ("http://h", "http://h"),
        ("http://u:p@h/m.db", "http://u:p@h/m.db"),
        ("no uri", "no uri"),
    ],
)
def test_a_path_is_anchored_where_it_is_said(text: str, anchor: str) -> None:
    """Every other URI means the same wherever it is read, and is not judged here."""
    assert anchored(text, BASE) == anchor


@pytest.mark.parametrize(
    ("text", "rest", "credentials"),
    [
        ("http://u:p@h/db", "http://h/db", {"user": "u", "password": "p"}),
        ("HTTP://u%40:p%2F@h", "HTTP://h", {"user": "u@", "password": "p/"}),
        ("http://u@h", "http://h", {"token": "u"}),
        ("http://u:@h", "http://h", {"user": "u"}),
        ("http://:p@h", "http://h", {"password": "p"}),
        ("http://u:a:b@c@h", "http://h", {"user": "u", "password": "a:b@c"}),
        ("http://@h", "http://h", {}),
        ("http://h/db", "http://h/db", {}),
        ("http://h/a@b", "http://h/a@b", {}),
        ("u:p@h", "u:p@h", {}),
        ("m.db", "m.db", {}),
    ],
)
def test_credentials_are_split_from_a_uri(
    text: str, rest: str, credentials: dict[str, str]
) -> None:
    """What there is of user and password, decoded, and the URI as it was without them."""
    assert split_credentials(text) == (rest, credentials)


@pytest.mark.parametrize("zeros", [5, 6, 20])
def test_leading_zeros_do_not_carry_a_port_past_the_highest(zeros: int) -> None:
    """A port is judged by its value, however it is written."""
    refusal("http://h:" + "0" * zeros + "1999999")


def test_a_port_of_thousands_of_digits_is_refused() -> None:
    """A port that int() itself would not read is a bad URI all the same."""
    refusal("http://h:000001" + "9" * 5000)


def test_a_scheme_in_capitals_is_a_scheme() -> None:
    """RFC 3986: schemes know no case; UNIX: is unix:, as HTTP:// is http://."""
    assert parse("UNIX:/run/m.sock", BASE).endpoint == UnixEndpoint(path="/run/m.sock")

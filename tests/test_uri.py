"""Every form of a URI is read, every other is refused with a way out, and no password is shown."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milvusconn_cli.connection.uri import (
    LiteEndpoint,
    ParsedUri,
    TcpEndpoint,
    UnixEndpoint,
    anchored,
    compose,
    parse,
    parse_address,
    split_credentials,
    without_credentials,
)
from milvusconn_cli.errors import UriError
from milvusconn_cli.secrets.reference import Secret

BASE = Path("/base")
TOKEN = "S3CR3T"


def refusal(text: str) -> UriError:
    with pytest.raises(UriError) as caught:
        parse(text, BASE)
    return caught.value


@pytest.mark.parametrize(
    ("text", "host", "port", "tls"),
    [
        ("http://h", "h", 19530, False),
        ("https://h", "h", 443, True),
        ("tcp://h", "h", 19530, False),
        ("grpc://h", "h", 19530, False),
        ("http://h/", "h", 19530, False),
        ("https://h/", "h", 443, True),
        ("http://h:1", "h", 1, False),
        ("http://h:65535", "h", 65535, False),
        ("https://h:19530", "h", 19530, True),
        ("HTTP://h:80", "h", 80, False),
        ("HttpS://h", "h", 443, True),
        ("http://localhost:19530", "localhost", 19530, False),
        ("http://milvus-proxy.ns.svc.cluster.local", "milvus-proxy.ns.svc.cluster.local", 19530, 0),
        ("http://my_service:19530", "my_service", 19530, False),
        ("http://h.", "h.", 19530, False),
        ("http://127.0.0.1:19530", "127.0.0.1", 19530, False),
        ("http://0.0.0.0", "0.0.0.0", 19530, False),
        ("http://[::1]", "::1", 19530, False),
        ("https://[::1]", "::1", 443, True),
        ("http://[2001:db8::1]:19531", "2001:db8::1", 19531, False),
        ("http://[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", 1, False),
        ("http://[fe80::1%eth0]:19530", "fe80::1%eth0", 19530, False),
        ("http://[fe80::1%25eth0]:19530", "fe80::1%eth0", 19530, False),
        ("http://bücher.example", "xn--bcher-kva.example", 19530, False),
        ("http://" + "a" * 63 + ".example", "a" * 63 + ".example", 19530, False),
        ("http://" + "a." * 126 + "a", "a." * 126 + "a", 19530, False),
        ("http://X", "X", 19530, False),
        ("http://h:0000019530", "h", 19530, False),
    ],
)
def test_host_port_and_tls(text: str, host: str, port: int, *, tls: bool) -> None:
    """Schemes, default ports, names, IPv4, IPv6 with and without a zone."""
    assert parse(text, BASE).endpoint == TcpEndpoint(host, port, bool(tls))


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        (TcpEndpoint("h", 1, tls=False), "h:1"),
        (TcpEndpoint("::1", 1, tls=False), "[::1]:1"),
        (TcpEndpoint("fe80::1%eth0", 1, tls=True), "[fe80::1%eth0]:1"),
        (UnixEndpoint("/run/m.sock"), "unix:/run/m.sock"),
        (LiteEndpoint(Path("/d/m.db")), "/d/m.db"),
    ],
)
def test_address_is_what_grpc_and_people_write(
    endpoint: TcpEndpoint | UnixEndpoint | LiteEndpoint, address: str
) -> None:
    """An address can be pasted: brackets where they are due."""
    assert endpoint.address == address


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("unix:/run/milvus.sock", "/run/milvus.sock"),
        ("unix:///run/milvus.sock", "/run/milvus.sock"),
        ("unix:milvus.sock", "/base/milvus.sock"),
        ("unix:./milvus.sock", "/base/milvus.sock"),
        ("unix:../milvus.sock", "/base/../milvus.sock"),
        ("unix:/run/a b.sock", "/run/a b.sock"),
        ("unix:/run/ends.db", "/run/ends.db"),
    ],
)
def test_unix_socket(text: str, path: str) -> None:
    """Absolute, with two slashes more, and relative to the base; nothing is decoded."""
    parsed = parse(text, BASE)

    assert parsed.endpoint == UnixEndpoint(path)
    assert parsed.text == f"unix:{path}"
    assert parsed.database is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("milvus.db", "/base/milvus.db"),
        ("./milvus.db", "/base/milvus.db"),
        ("/data/milvus.db", "/data/milvus.db"),
        ("data/with space.db", "/base/data/with space.db"),
        ("../m.db", "/base/../m.db"),
        ("hidden/.m.db", "/base/hidden/.m.db"),
    ],
)
def test_local_database(text: str, path: str) -> None:
    """A path that ends in .db is Milvus Lite, relative to the base."""
    parsed = parse(text, BASE)

    assert parsed.endpoint == LiteEndpoint(Path(path))
    assert parsed.text == path


def test_home_of_a_local_database_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the user's home, as the shell would have it."""
    monkeypatch.setenv("HOME", "/home/me")

    assert parse("~/m.db", BASE).endpoint == LiteEndpoint(Path("/home/me/m.db"))


def test_home_of_an_unknown_user_is_refused() -> None:
    """`~nobody-here/m.db` is a bad URI, not a fault of this program."""
    refusal("~no-such-user-here/m.db")


@pytest.mark.parametrize(
    ("text", "database"),
    [
        ("http://h", None),
        ("http://h/", None),
        ("http://h//", None),
        ("http://h/db1", "db1"),
        ("http://h/db1/", "db1"),
        ("http://h//db1", "db1"),
        ("http://h:1/db1/collection1", "db1"),
        ("https://u:p@h/db1", "db1"),
        ("http://[::1]:1/db1", "db1"),
        ("http://h/my%20db", "my db"),
        ("http://h/a%2Fb", "a/b"),
        ("http://h/a://b", "a:"),
        ("http://h/X", "X"),
        ("m.db", None),
    ],
)
def test_the_path_is_the_database(text: str, database: str | None) -> None:
    """The first segment, percent-decoded, as pymilvus reads it."""
    assert parse(text, BASE).database == database


@pytest.mark.parametrize(
    ("userinfo", "user", "password"),
    [
        ("root:Milvus@", "root", "Milvus"),
        ("root@", None, None),
        ("root:@", "root", ""),
        (":pw@", None, "pw"),
        ("@", None, None),
        ("", None, None),
        ("user:p%40x@", "user", "p@x"),
        ("us%3Aer:p%2Fw%3F%23@", "us:er", "p/w?#"),
        ("u:a:b:c@", "u", "a:b:c"),
        ("u:p@x@", "u", "p@x"),
        ("u:%F0%9F%94%91@", "u", "🔑"),
        ("u:100%@", "u", "100%"),
    ],
)
def test_credentials_are_taken_out_and_decoded(
    userinfo: str, user: str | None, password: str | None
) -> None:
    """User and password are percent-decoded; the text that is kept holds neither."""
    parsed = parse(f"http://{userinfo}h:1/db", BASE)

    assert parsed.user == user
    assert parsed.password == (None if password is None else Secret(password))
    assert parsed.token == (Secret("root") if userinfo == "root@" else None)
    assert parsed.text == "http://h:1/db"


REFUSED = [
    ("", "empty", "such as http://localhost:19530"),
    ("   ", "empty", "such as http://localhost:19530"),
    ("localhost:19530", "no scheme", "did you mean http://localhost:19530?"),
    ("localhost", "no scheme", "did you mean http://localhost:19530?"),
    ("milvus.example:443", "no scheme", "did you mean https://milvus.example:443?"),
    ("milvus.example:443/db", "no scheme", "did you mean https://milvus.example:443/db?"),
    ("//h:19530", "no scheme", "did you mean http://h:19530?"),
    ("~/milvus", "no scheme", "did you mean ~/milvus.db?"),
    (":19530", "no scheme", "did you mean http://localhost:19530?"),
    ("X:1", "no scheme", "did you mean http://X:1?"),
    ("19530", "no scheme", "did you mean http://localhost:19530?"),
    ("127.0.0.1:19530", "no scheme", "did you mean http://127.0.0.1:19530?"),
    ("::1", "no scheme", "did you mean http://[::1]:19530?"),
    ("[::1]:19530", "no scheme", "did you mean http://[::1]:19530?"),
    ("https//h", "no scheme", "did you mean https://h:443?"),
    ("http//h:1", "no scheme", "did you mean http://h:1?"),
    ("http:h:1", "no scheme", "did you mean http://h:1?"),
    ("http:/h:1", "no scheme", "did you mean http://h:1?"),
    ("https:/h", "no scheme", "did you mean https://h:443?"),
    ("tcp:h:1", "no scheme", "did you mean tcp://h:1?"),
    ("http:///h", "no host", "did you mean http://h:19530?"),
    ("http://", "no host", "did you mean http://localhost:19530?"),
    ("https://", "no host", "did you mean https://localhost:443?"),
    ("ftp://h/a://b", "scheme 'ftp' is unknown", "did you mean http://h:19530/a://b?"),
    ("http://h:0/", "invalid port '0'", "did you mean http://h:19530?"),
    ("http://u:p@h:0", "invalid port '0'", "did you mean http://h:19530? (with the same"),
    ("http://h:1:2", "'h:1:2' has more than one port", None),
    ("http://FE80::1", "needs brackets", "did you mean http://[FE80::1]:19530?"),
    ("http://[::1]]", "unbalanced brackets in '[::1]]'", None),
    ("http://" + "a." * 126 + "ab", "not a valid DNS name", None),
    ("http://" + "é" * 64, "not a valid DNS name", None),
    ("http://h:" + "x" * 30, "invalid port: expected", "did you mean http://h:19530?"),
    ("unix:/run/\x00", "NUL character", None),
    ("\x00.db", "NUL character", None),
    ("http://:19530", "no host", "did you mean http://localhost:19530?"),
    ("http:///", "no host", "did you mean http://localhost:19530?"),
    ("ftp://h", "scheme 'ftp' is unknown", "did you mean http://h:19530?"),
    ("grpcs://h:1", "scheme 'grpcs' is unknown", "did you mean https://h:1?"),
    ("ws://h:1", "scheme 'ws' is unknown", "did you mean http://h:1?"),
    ("://h", "scheme '' is unknown", "did you mean http://h:19530?"),
    ("file:///data/m.db", "scheme 'file' is unknown", "did you mean /data/m.db?"),
    ("FILE:///data/m.db", "scheme 'file' is unknown", "did you mean /data/m.db?"),
    ("sqlite:///data/m.db", "scheme 'sqlite' is unknown", "did you mean /data/m.db?"),
    ("file:/data/m.db", "no scheme", "did you mean /data/m.db?"),
    ("tcps://h:1", "scheme 'tcps' is unknown", "did you mean https://h:1?"),
    ("tls://h:1", "scheme 'tls' is unknown", "did you mean https://h:1?"),
    ("ssl://h:1", "scheme 'ssl' is unknown", "did you mean https://h:1?"),
    ("wss://h:1", "scheme 'wss' is unknown", "did you mean https://h:1?"),
    ("ftps://h:1", "scheme 'ftps' is unknown", "did you mean https://h:1?"),
    ("/data/milvus", "no scheme", "did you mean /data/milvus.db?"),
    ("./milvus", "no scheme", "did you mean ./milvus.db?"),
    ("http://h:0", "invalid port '0'", "did you mean http://h:19530?"),
    ("http://h:65536", "invalid port '65536'", "did you mean http://h:19530?"),
    ("https://h:65536", "invalid port '65536'", "did you mean https://h:443?"),
    ("http://h:abc", "invalid port 'abc'", "did you mean http://h:19530?"),
    ("http://h:-1", "invalid port '-1'", "did you mean http://h:19530?"),
    ("http://h:1.5", "invalid port '1.5'", "did you mean http://h:19530?"),
    ("http://h:", "invalid port ''", "did you mean http://h:19530?"),
    ("http://h:99999999999999999999", "expected a number from 1", "did you mean http://h:19530?"),
    ("http://h:١٢", "expected a number from 1", "did you mean http://h:19530?"),
    ("http://::1", "needs brackets", "did you mean http://[::1]:19530?"),
    ("http://::1:19530", "needs brackets", "did you mean http://[::1]:19530?"),
    ("http://fe80::1", "needs brackets", "did you mean http://[fe80::1]:19530?"),
    ("http://[::1", "brackets", None),
    ("http://[::1]19530", "brackets", None),
    ("http://[::1]:", "invalid port ''", "did you mean http://[::1]:19530?"),
    ("http://[::1]:0", "invalid port '0'", "did you mean http://[::1]:19530?"),
    ("http://[]", "not an IPv6 address", None),
    ("http://[h]", "not an IPv6 address", None),
    ("http://[1.2.3.4]", "not an IPv6 address", None),
    ("http://[::1%]", "not an IPv6 address", None),
    ("http://{host}:19530", "placeholder", None),
    ("http://${MILVUS_HOST}:19530", "placeholder", None),
    ("http://<host>", "placeholder", None),
    ("http://1.2.3", "not an IPv4 address", None),
    ("http://256.1.1.1", "not an IPv4 address", None),
    ("http://01.2.3.4", "not an IPv4 address", None),
    ("http://-h", "not a valid DNS name", None),
    ("http://h-", "not a valid DNS name", None),
    ("http://a..b", "not a valid DNS name", None),
    ("http://a,b", "not a valid DNS name", None),
    ("http://h*", "not a valid DNS name", None),
    ("http://" + "a" * 64, "not a valid DNS name", None),
    ("http://" + "a." * 127 + "com", "not a valid DNS name", None),
    ("http://h?a=b", "query or a fragment", "did you mean http://h:19530?"),
    ("http://h/db?a=b", "query or a fragment", "did you mean http://h:19530/db?"),
    ("http://h/db#x", "query or a fragment", "did you mean http://h:19530/db?"),
    ("http://h h", "space", None),
    (" http://h", "space", "did you mean http://h:19530?"),
    ("http://h ", "space", "did you mean http://h:19530?"),
    ("http://h\n", "control character", "did you mean http://h:19530?"),
    ("http://h\x00", "NUL character", None),
    ("http://h\u202e", "control character", None),
    ("unix:", "no socket file", "such as unix:/run/milvus.sock"),
    ("unix://", "no host", None),
    ("unix://host/run/m.sock", "has no host", "did you mean unix:/host/run/m.sock?"),
    (".db", "names no database file", "such as ./milvus.db"),
    ("data/.db", "names no database file", "such as ./milvus.db"),
    ("http://u:p/w@h", "@ after a /", "%2F"),
    ("http://u:p?w@h", "@ after a /", "%3F"),
    ("http://u:p#w@h", "@ after a /", "%23"),
]


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
            "the URI '***@h' contains a space or a control character",
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
            "the URI 'http://h?***' has a query or a fragment",
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
        ("http://:1", "the URI names no host", "did you mean http://localhost:1?"),
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
    assert parse("UNIX:/run/m.sock", BASE).endpoint == UnixEndpoint("/run/m.sock")


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

    assert again == ParsedUri(parsed.text, parsed.endpoint, parsed.database)


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
    expected = TcpEndpoint(host, 7, tls)
    scheme = "https" if tls else "http"

    assert parse(compose(host, 7, tls=tls), BASE).endpoint == expected
    assert parse(compose(f"[{host}]", 7, tls=tls), BASE).endpoint == expected
    assert compose(host, 7, tls=tls) == f"{scheme}://{expected.address}"

"""What each form of a URI means."""

from pathlib import Path

import pytest

from milvusconn_cli.connection.uri import (
    LiteEndpoint,
    TcpEndpoint,
    UnixEndpoint,
    parse,
)
from milvusconn_cli.secrets.reference import Secret
from tests.connection.uris import BASE, refusal


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
    assert parse(text, BASE).endpoint == TcpEndpoint(host=host, port=port, tls=bool(tls))


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        (TcpEndpoint(host="h", port=1, tls=False), "h:1"),
        (TcpEndpoint(host="::1", port=1, tls=False), "[::1]:1"),
        (TcpEndpoint(host="fe80::1%eth0", port=1, tls=True), "[fe80::1%eth0]:1"),
        (UnixEndpoint(path="/run/m.sock"), "unix:/run/m.sock"),
        (LiteEndpoint(path=Path("/d/m.db")), "/d/m.db"),
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

    assert parsed.endpoint == UnixEndpoint(path=path)
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

    assert parsed.endpoint == LiteEndpoint(path=Path(path))
    assert parsed.text == path


def test_home_of_a_local_database_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the user's home, as the shell would have it."""
    monkeypatch.setenv("HOME", "/home/me")

    assert parse("~/m.db", BASE).endpoint == LiteEndpoint(path=Path("/home/me/m.db"))


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

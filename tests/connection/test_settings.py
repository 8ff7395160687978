"""Settings are read and written without loss, and what does not fit together is refused."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.connection.settings import Connection, TlsFiles
from milvusconn_cli.connection.tables import (
    KEYS,
    TLS_KEYS,
    Credentials,
    build,
    checked_timeout,
    read,
    unknown_keys,
    unknown_to,
    write,
)
from milvusconn_cli.errors import ConfigError, PemError, RegistryError, SecretError, UriError
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.file import FromFile
from milvusconn_cli.secrets.reference import Literal, Secret

BASE = Path("/base")
PASSWORD, TOKEN = Literal(Secret("pw")), Literal(Secret("tok"))
FULL: dict[str, object] = {
    "uri": "https://milvus.example:19530",
    "db": "books",
    "user": "root",
    "password": {"env": "MILVUS_PROD_PASSWORD"},
    "timeout": 3.0,
    "description": "the production cluster",
    "tags": ["prod", "eu"],
    "disconnected": True,
    "tls": {
        "ca": "/etc/ssl/milvus-ca.pem",
        "cert": "/base/client.pem",
        "key": "/base/client.key",
        "server_name": "milvus.internal",
    },
}


def test_every_key_of_the_contract_is_read() -> None:
    """The example of the contract, field by field."""
    connection = read(FULL, BASE)

    assert connection.address == "milvus.example:19530"
    assert connection.tls
    assert connection.database == "books"
    assert connection.user == "root"
    assert connection.password == FromEnvironment("MILVUS_PROD_PASSWORD")
    assert connection.token is None
    assert connection.timeout == 3.0
    assert connection.description == "the production cluster"
    assert connection.tags == ("prod", "eu")
    assert connection.disconnected
    assert connection.tls_files == TlsFiles(
        ca=Path("/etc/ssl/milvus-ca.pem"),
        cert=Path("/base/client.pem"),
        key=Path("/base/client.key"),
        server_name="milvus.internal",
    )


@pytest.mark.parametrize(
    "table",
    [
        FULL,
        {"uri": "http://h"},
        {"uri": "http://h/db1"},
        {"uri": "http://h/db1", "db": "other"},
        {"uri": "http://h", "token": "t"},
        {"uri": "http://h", "user": "alone"},
        {"uri": "http://h", "token": {"command": ["pass", "show", "milvus prod"]}},
        {"uri": "http://h", "token": {"keyring": "milvus/root"}},
        {"uri": "http://h", "token": {"file": "/run/secrets/token"}},
        {"uri": "unix:/run/m.sock", "db": "x"},
        {"uri": "/data/m.db", "tags": ["local"]},
        {"uri": "https://h", "tls": {"server_name": "other"}},
    ],
)
def test_what_is_read_is_written_as_it_was(table: dict[str, object]) -> None:
    """No key is lost, none that says nothing is added."""
    assert write(read(table, BASE)) == table


words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
secret_tables = st.one_of(
    st.text(min_size=1),
    st.builds(lambda name: {"env": name}, words),
    st.just({"command": ["pass", "x"]}),
)
tables = st.builds(
    lambda required, optional, credentials: {**required, **optional, **credentials},
    st.fixed_dictionaries(
        {
            "uri": st.sampled_from(
                ["http://h", "https://h:1/db", "tcp://[::1]", "/d/m.db", "unix:/s"]
            )
        }
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "db": words,
            "timeout": st.floats(0.001, 86400),
            "description": st.text(),
            "tags": st.lists(st.text(), min_size=1, max_size=3),
            "disconnected": st.just(value=True),
        },
    ),
    st.one_of(
        st.just({}),
        st.fixed_dictionaries({"user": words}, optional={"password": secret_tables}),
        st.fixed_dictionaries({"token": secret_tables}),
    ),
)


@given(tables)
def test_reading_and_writing_come_to_rest(table: dict[str, Any]) -> None:
    """Written settings are read as the very connection that they were written from."""
    connection = read(table, BASE)

    assert read(write(connection), Path("/elsewhere")) == connection


def test_relative_paths_are_the_files_own() -> None:
    """Certificates, secrets, sockets and local databases lie beside the registry."""
    tls = {"ca": "ca.pem", "cert": "sub/c.pem", "key": "../k.pem"}

    assert read({"uri": "https://h", "tls": tls}, BASE).tls_files == TlsFiles(
        ca=BASE / "ca.pem", cert=BASE / "sub/c.pem", key=BASE / "../k.pem"
    )
    assert read({"uri": "m.db"}, BASE).uri == "/base/m.db"
    assert read({"uri": "unix:m.sock"}, BASE).uri == "unix:/base/m.sock"
    secret = {"file": "secret.txt"}
    here = FromFile(BASE / "secret.txt")
    assert read({"uri": "http://h", "token": secret}, BASE).token == here
    assert read({"uri": "http://h", "user": "u", "password": secret}, BASE).password == here


def test_home_in_paths_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~/ca.pem` is under the user's home."""
    monkeypatch.setenv("HOME", "/home/me")

    files = read({"uri": "https://h", "tls": {"ca": "~/ca.pem"}}, BASE).tls_files

    assert files.ca == Path("/home/me/ca.pem")


@pytest.mark.parametrize(
    "table",
    [
        {"uri": "https://h", "tls": {"ca": "~no-such-user-here/ca.pem"}},
        {"uri": "http://h", "token": {"file": "~no-such-user-here/token"}},
    ],
)
def test_home_of_an_unknown_user_is_a_bad_configuration(table: dict[str, object]) -> None:
    """A path that cannot be expanded is the user's mistake, not a fault of this program."""
    with pytest.raises(ConfigError):
        read(table, BASE)


def test_database_of_the_settings_goes_before_the_uris() -> None:
    """--db over the path, the path over nothing, and nothing is `default`."""
    assert build("http://h/a", BASE, database="b").database == "b"
    assert build("http://h/a", BASE).database == "a"
    assert build("http://h", BASE).database is None
    assert build("http://h", BASE).effective_database == "default"


def test_credentials_of_the_uri_become_settings() -> None:
    """They are taken out of the URI and treated as a user and a secret."""
    connection = build("http://root:p%40w@h", BASE)

    assert connection.uri == "http://h"
    assert connection.user == "root"
    assert connection.password == Literal(Secret("p@w"))


def test_a_uri_with_one_word_before_its_host_has_a_token() -> None:
    """As pymilvus reads it; it is no user, and is shown nowhere."""
    connection = build("http://KEY@h", BASE)

    assert connection.user is None
    assert connection.token == Literal(Secret("KEY"))
    assert connection.uri == "http://h"


def test_what_is_not_said_is_not_so() -> None:
    """A URI alone is a connection in service, and says nothing else."""
    assert write(build("http://h", BASE)) == {"uri": "http://h"}


TWICE = (
    (
        "credentials are given twice: in the URI and separately"
        " (MilvusClient before pymilvus 2.6 sends those of the URI, later versions the others)"
    ),
    "remove them from the URI",
)
TWICE_WITH_TOKEN = (
    ("credentials are given twice: in the URI and separately (MilvusClient sends the token)"),
    TWICE[1],
)
BOTH = (
    ("use either a token or a user with a password, not both (MilvusClient sends the token)"),
    "a token can be user:password",
)
NOBODYS = ("--password needs --user (MilvusClient sends neither)", "add the user")


@pytest.mark.parametrize(
    ("uri", "credentials", "words"),
    [
        ("http://h", Credentials("u", PASSWORD, TOKEN), BOTH),
        ("http://h", Credentials("u", None, TOKEN), BOTH),
        ("http://h", Credentials(None, PASSWORD, TOKEN), BOTH),
        ("http://h", Credentials(None, PASSWORD), NOBODYS),
        ("http://h", Credentials("", PASSWORD), NOBODYS),
        ("http://:p@h", Credentials(), NOBODYS),
        ("http://u:p@h", Credentials("u"), TWICE),
        ("http://u:p@h", Credentials("u", PASSWORD), TWICE),
        ("http://u@h", Credentials("u", PASSWORD), TWICE),
        ("http://u:p@h", Credentials(token=TOKEN), TWICE_WITH_TOKEN),
        ("http://u:@h", Credentials(token=Literal(Secret(""))), TWICE_WITH_TOKEN),
    ],
)
def test_credentials_that_contradict_each_other(
    uri: str, credentials: Credentials, words: tuple[str, str]
) -> None:
    """A client can send one kind of credential, whole, from one place."""
    with pytest.raises(ConfigError) as caught:
        build(uri, BASE, credentials=credentials)

    assert (caught.value.message, caught.value.hint) == words


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        (TlsFiles(cert=Path("c")), "key is missing"),
        (TlsFiles(key=Path("k")), "certificate is missing"),
        (TlsFiles(ca=Path("a"), cert=Path("c")), "key is missing"),
    ],
)
@pytest.mark.parametrize("uri", ["https://h", "http://h"])
def test_certificate_and_key_come_together(uri: str, files: TlsFiles, missing: str) -> None:
    """One without the other would abort grpcio: refused first, by name."""
    with pytest.raises(PemError, match=missing) as caught:
        build(uri, BASE, tls_files=files)

    assert caught.value.hint == "pass both --cert FILE and --key FILE, or neither"


@pytest.mark.parametrize(
    "files",
    [TlsFiles(ca=Path("a")), TlsFiles(cert=Path("c"), key=Path("k")), TlsFiles(server_name="n")],
)
@pytest.mark.parametrize(
    ("uri", "corrected"),
    [
        ("http://h", "https://h:19530"),
        ("grpc://[::1]:1", "https://[::1]:1"),
        ("unix:/s", None),
        ("/m.db", None),
    ],
)
def test_tls_settings_on_plaintext(uri: str, corrected: str | None, files: TlsFiles) -> None:
    """They would silently not be used: refused, with the URI that uses them."""
    with pytest.raises(UriError, match="plaintext") as caught:
        build(uri, BASE, tls_files=files)

    assert caught.value.hint == (f"did you mean {corrected}?" if corrected else None)


@pytest.mark.parametrize(
    "seconds", [0, -1, 0.0, -0.5, math.nan, math.inf, -math.inf, 86400.5, 1e300]
)
def test_a_time_limit_that_no_probe_can_keep(seconds: float) -> None:
    """Nothing, less, endless, a day and more."""
    with pytest.raises(ConfigError, match="timeout"):
        checked_timeout(seconds)
    with pytest.raises(ConfigError, match="timeout"):
        read({"uri": "http://h", "timeout": seconds}, BASE)


@pytest.mark.parametrize("seconds", [None, 0.001, 1, 5.0, 86400])
def test_a_time_limit_that_can_be_kept(seconds: float | None) -> None:
    """Fractions of a second to a day; none is the default's business."""
    assert read({"uri": "http://h", "timeout": seconds}, BASE).timeout == seconds


def test_a_whole_number_too_large_for_a_float() -> None:
    """TOML's integers have no end in Python; such a time limit is refused like any too long."""
    with pytest.raises(ConfigError, match="timeout"):
        read({"uri": "http://h", "timeout": 10**400}, BASE)


@pytest.mark.parametrize("name", ["bücher", "a\nb", "a\x00", "日本"])
def test_a_database_that_grpc_could_not_send(name: str) -> None:
    """Metadata carries printable ASCII alone."""
    with pytest.raises(ConfigError, match="database"):
        build("http://h", BASE, database=name)


@pytest.mark.parametrize("path", ["b%C3%BC", "a%0Ab", "bü"])
def test_a_database_of_the_path_that_grpc_could_not_send(path: str) -> None:
    """The same holds for what the URI's path decodes to."""
    with pytest.raises(ConfigError, match="database"):
        build(f"http://h/{path}", BASE)


WRONG_TYPES: dict[str, list[object]] = {
    **{key: [1, True, [], {}] for key in ("uri", "db", "user", "description")},
    "timeout": [True, False, "5", [1], {}],
    "tags": ["a", 1, [1], ["a", None], {}],
    "disconnected": ["true", 1, 0, []],
    "tls": ["ca.pem", True, ["a"], 1],
}
SHAPES = {
    "timeout": "a number",
    "tags": "a list of strings",
    "disconnected": "true or false",
    "tls": "a table",
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in WRONG_TYPES.items() for value in values]
)
def test_a_wrong_type_names_its_key(key: str, value: object) -> None:
    """A key whose value is of another type is named."""
    with pytest.raises(RegistryError) as caught:
        read({"uri": "http://h", key: value}, BASE)

    assert caught.value.message == f"`{key}` must be {SHAPES.get(key, 'text')}"


@pytest.mark.parametrize("key", TLS_KEYS)
@pytest.mark.parametrize("value", [1, True, ["x"]])
def test_a_wrong_type_under_tls_names_its_key(key: str, value: object) -> None:
    """The keys of the tls table are named too."""
    with pytest.raises(RegistryError, match=f"`{key}` must be text"):
        read({"uri": "https://h", "tls": {key: value}}, BASE)


@pytest.mark.parametrize("key", ["password", "token"])
@pytest.mark.parametrize("value", [1, True, [], {}, {"env": 1}, {"env": "A", "file": "b"}])
def test_a_secret_of_another_shape_is_refused(key: str, value: object) -> None:
    """A secret is text or a table of one known key, and the value is not repeated."""
    with pytest.raises(SecretError, match="a secret must be"):
        read({"uri": "http://h", key: value}, BASE)


def test_a_connection_needs_a_uri() -> None:
    """Without it there is nowhere to go."""
    with pytest.raises(RegistryError, match="`uri` is missing"):
        read({}, BASE)


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (FULL, []),
        ({"urii": "x"}, [("urii", "uri")]),
        ({"passwrod": "x"}, [("passwrod", "password")]),
        ({"tag": []}, [("tag", "tags")]),
        ({"colour": "red"}, [("colour", None)]),
        ({"tls": {"certt": "x", "ca": "y"}}, [("tls.certt", "cert")]),
        ({"tls": {"servername": "x"}}, [("tls.servername", "server_name")]),
        ({"tls": "not a table"}, []),
        ({"zzz": 1, "tls": {"qqq": 1}}, [("zzz", None), ("tls.qqq", None)]),
    ],
)
def test_unknown_keys_with_the_nearest_known(
    table: dict[str, object], found: list[tuple[str, str | None]]
) -> None:
    """Each is named once, dotted, with what may have been meant."""
    assert list(unknown_keys(table)) == found


def test_keys_that_mean_nothing_here_are_somebody_elses() -> None:
    """They are told apart, with their values, to survive other settings."""
    assert unknown_to({**FULL, "colour": "red", "owner": [1]}) == {"colour": "red", "owner": [1]}


def test_the_known_keys_are_those_of_the_contract() -> None:
    """Written out: a key that is renamed breaks people's files."""
    assert (
        *("uri", "db", "user", "password", "token", "timeout"),
        *("description", "tags", "disconnected", "tls"),
    ) == KEYS
    assert TLS_KEYS == ("ca", "cert", "key", "server_name")


def test_settings_that_are_written_can_be_read_wherever_the_file_lies() -> None:
    """A directory whose name no URI could hold does not make its own local database unreadable."""
    connection: Connection = read({"uri": "m.db"}, Path("/with\ttab"))

    assert write(connection)["uri"] == "/with\ttab/m.db"


@pytest.mark.parametrize("credentials", [{"user": "u", "password": ""}, {"token": ""}])
def test_an_empty_secret_is_refused(credentials: dict[str, str]) -> None:
    """A variable that was not set: a client would send nothing, and nobody would know why."""
    with pytest.raises(SecretError) as caught:
        read({"uri": "http://h", **credentials}, BASE)

    assert caught.value.message == f"the {list(credentials)[-1]} is empty"
    assert caught.value.hint == "check that the variable is set"


@pytest.mark.parametrize("key", ["password", "token"])
def test_a_secret_that_is_no_text_is_refused(key: str) -> None:
    """It could not be sent; it is named and not shown."""
    user = {"user": "u"} if key == "password" else {}

    with pytest.raises(SecretError) as caught:
        read({"uri": "http://h", **user, key: "\udcff"}, BASE)

    assert caught.value.message == f"the {key} is not UTF-8 text"


def test_bytes_that_are_no_text_are_refused() -> None:
    """A lone surrogate can be sent nowhere and written nowhere."""
    with pytest.raises(ConfigError, match="not UTF-8"):
        read({"uri": "http://h", "description": "\udcff"}, BASE)


@pytest.mark.parametrize("name", [".foo", "h\xe9..llo", "a" * 300, "a b"])
def test_a_server_name_that_no_certificate_could_have(name: str) -> None:
    """It is a host name like any other."""
    with pytest.raises(UriError):
        read({"uri": "https://h", "tls": {"server_name": name}}, BASE)

"""`MILVUS_*` in the environment: read whole as `default`, or refused, or named; never half read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from milvusconn_cli.connection.variables import STANDARD, WIDE, understand, with_scheme
from milvusconn_cli.errors import ConfigError
from tests.conftest import Milvusconn
from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
NOWHERE = "http://127.0.0.1:1"
SECRET = "Open-Sesame-77"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets variables."""

    def set_them(**variables: str) -> None:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)

    return set_them


def settings(milvusconn: Milvusconn) -> dict[str, tuple[str, str]]:
    """What `show` shows of `default`: value and origin, by setting."""
    ran = milvusconn("show", "-o", "json")
    assert ran.code == 0, ran.err
    return {one["name"]: (one["value"], one["from"]) for one in ran.row["settings"]}


@pytest.mark.parametrize(
    ("said", "uri"),
    [
        ({"URI": "http://h:1"}, "http://h:1"),
        ({"ADDRESS": "h:1"}, "http://h:1"),
        ({"ADDRESS": "h"}, "http://h:19530"),
        ({"ADDRESS": "h", "PORT": "31530"}, "http://h:31530"),
        ({"ADDRESS": "https://h"}, "https://h"),
        ({"HOST": "h"}, "http://h:19530"),
        ({"HOST": "10.0.0.5:31530"}, "http://10.0.0.5:31530"),
        ({"HOST": "h:31530", "PORT": "31530"}, "http://h:31530"),
        ({"HOST": "::1", "PORT": "1"}, "http://[::1]:1"),
        ({"HOST": "h", "PORT": "tcp://10.3.241.7:19530"}, "http://h:19530"),
        ({"HOST": "h", "PORT": "1", "SECURE": "true"}, "https://h:1"),
        ({"HOST": "h", "SECURE": "false"}, "http://h:19530"),
        ({"HOST": "h", "SSL": "1"}, "https://h:19530"),
        ({"HOST": "h", "TLS": "Yes"}, "https://h:19530"),
        ({"URI": "http://h", "SECURE": "true"}, "https://h:19530"),
        ({"URI": "http://h:1/db", "TLS": "on"}, "https://h:1/db"),
        ({"URI": "https://h", "SECURE": "true"}, "https://h"),
        ({"URI": "./m.db"}, "./m.db"),
        ({"HOST": "./m.db", "PORT": "1"}, "./m.db"),
        ({"HOST": "unix:/m.sock"}, "unix:/m.sock"),
    ],
)
def test_where_and_how_safely(said: dict[str, str], uri: str) -> None:
    """The port and TLS of other variables end up in the URI; without a port http means 19530."""
    given = understand(said)

    assert given is not None
    assert given.texts["uri"] == uri


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"HOST": "h:1", "PORT": "2"}, "MILVUS_HOST has a port already, and MILVUS_PORT differs"),
        ({"HOST": "h", "PORT": "abc"}, "MILVUS_PORT is not a port"),
        ({"URI": "https://h", "SECURE": "no"}, "MILVUS_SECURE contradicts the https of MILVUS_URI"),
        ({"URI": "m.db", "SECURE": "1"}, "MILVUS_SECURE asks for TLS, which MILVUS_URI cannot use"),
        ({"URI": "http://h", "SECURE": SECRET}, "MILVUS_SECURE is neither true nor false"),
        ({"URI": "http://h", "SECURE": "1", "TLS": "0"}, "MILVUS_SECURE and MILVUS_TLS differ"),
        (
            {"HOST": "h", "SERVER_PEM_PATH": "/ca"},
            "MILVUS_SERVER_PEM_PATH needs TLS, but MILVUS_HOST is plaintext",
        ),
        (
            {"URI": "http://h", "CLIENT_PEM_PATH": "/c", "CLIENT_KEY_PATH": "/k"},
            "MILVUS_CLIENT_PEM_PATH and MILVUS_CLIENT_KEY_PATH need TLS, but MILVUS_URI is",
        ),
        (
            {"URI": "https://h", "SERVER_PEM_PATH": "/a", "CA_PEM_PATH": "/b"},
            "MILVUS_SERVER_PEM_PATH and MILVUS_CA_PEM_PATH differ",
        ),
    ],
)
def test_contradictions_are_refused(
    milvusconn: Milvusconn, environment: Callable[..., None], said: dict[str, str], words: str
) -> None:
    """With the names, exit 78, and without the values."""
    with pytest.raises(ConfigError) as caught:
        understand(said)
    assert words in caught.value.message
    environment(**{f"MILVUS_{name}": text for name, text in said.items()})
    ran = milvusconn("has")

    assert (ran.code, ran.out) == (78, "False\n")
    assert words in ran.err
    assert SECRET not in ran.err


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"URI": "http://h", "HOST": "other"}, "MILVUS_HOST is not used: MILVUS_URI is set"),
        ({"URI": "http://h:1", "PORT": "9"}, "MILVUS_PORT is not used: MILVUS_URI is set"),
        ({"URI": "http://h", "DB": "a", "DATABASE": "b"}, "MILVUS_DATABASE is not used"),
        ({"URI": "http://h", "USER": "u"}, "MILVUS_USER has no effect: MILVUS_PASSWORD is not set"),
        (
            {"URI": "http://h", "TOKEN": SECRET, "USER": "u", "PASSWORD": "p"},
            "MILVUS_USER and MILVUS_PASSWORD are not used: MILVUS_TOKEN is set",
        ),
        ({"HOST": "h", "PORT": "tcp://1.2.3.4:1"}, "MILVUS_PORT is a Kubernetes service link"),
        ({"URI": "", "HOST": "h"}, "MILVUS_URI is empty (ignored)"),
        ({"URL": "http://h"}, "MILVUS_URL is not read\n  hint: did you mean MILVUS_URI?"),
        ({"URI": "http://h", "PASWORD": SECRET}, "did you mean MILVUS_PASSWORD?"),
        (
            {"URI": "http://h", "PASSWORD": SECRET},
            "MILVUS_PASSWORD has no effect: MILVUS_USER is not set",
        ),
        ({"USER": "u", "DB": "d"}, "MILVUS_USER and MILVUS_DB are not used: MILVUS_URI is not set"),
        ({"PORT": "1"}, "MILVUS_PORT is not used: MILVUS_HOST is not set"),
    ],
)
def test_what_is_not_used_is_told_once(
    milvusconn: Milvusconn, environment: Callable[..., None], said: dict[str, str], words: str
) -> None:
    """On stderr, by name; not for another alias, and not with -q."""
    milvusconn("add", "other", "--uri", NOWHERE)
    environment(**{f"MILVUS_{name}": text for name, text in said.items()})

    ran = milvusconn("show")
    assert ran.err.count(words) == 1, ran.err
    assert SECRET not in ran.err
    assert words not in milvusconn("show", "other").err
    assert words not in milvusconn("address", "-q").err


@pytest.mark.parametrize(
    "name",
    [
        *("MILVUS_COLLECTION", "MILVUS_SERVICE_HOST", "MILVUS_PORT_19530_TCP_ADDR"),
        *("MILVUS_ENABLE_HYBRID_SEARCH", "MILVUS_CONN_ALIAS"),
    ],
)
def test_what_is_no_setting_is_not_told(
    milvusconn: Milvusconn, environment: Callable[..., None], name: str
) -> None:
    """A collection, or what Kubernetes adds for every service."""
    environment(**{"MILVUS_URI": NOWHERE, name: "x"})

    assert name not in milvusconn("show").err


def test_the_environment_is_default_over_the_files(
    milvusconn: Milvusconn, environment: Callable[..., None], speaking_milvus: Speak
) -> None:
    """Another server's credentials do not go with it, and the probe is of the environment's."""
    server = speaking_milvus()
    milvusconn("add", "default", "--uri", NOWHERE, "--user", "u", "--password", SECRET)
    environment(MILVUS_URI=server.uri)

    ran = milvusconn("has", "-o", "json")

    assert ran.row["source"] == "environment"
    assert ran.row["status"] == "established"
    assert "default: MILVUS_URI overrides the file" in ran.err
    assert "authorization" not in server.calls[0].metadata


def test_what_the_file_says_of_the_alias_itself_is_kept(
    milvusconn: Milvusconn, environment: Callable[..., None]
) -> None:
    """The timeout and a `disconnect` are about the alias, and not about the server."""
    milvusconn("add", "default", "--uri", NOWHERE, "--timeout", "3", "--description", "mine")
    milvusconn("disconnect", "default")
    environment(MILVUS_URI="http://h")

    assert settings(milvusconn)["timeout"][0] == "3 s"
    assert milvusconn("has").code == 1


def test_our_own_variables_go_first(
    milvusconn: Milvusconn, environment: Callable[..., None]
) -> None:
    """And say so; without a URI of their own they change single settings."""
    environment(MILVUS_URI="http://usual", MILVUSCONN_DEFAULT_DB="ours", MILVUS_DB="usual")
    assert settings(milvusconn)["db"] == ("ours", "MILVUSCONN_DEFAULT_DB")
    assert settings(milvusconn)["uri"] == ("http://usual", "MILVUS_URI")

    environment(MILVUSCONN_DEFAULT_URI="http://ours")
    assert settings(milvusconn)["uri"] == ("http://ours", "MILVUSCONN_DEFAULT_URI")
    words = "MILVUS_URI is not used: MILVUSCONN_DEFAULT_URI is set"
    assert words in milvusconn("show").err


def test_every_name_of_the_table_is_read(
    milvusconn: Milvusconn, environment: Callable[..., None]
) -> None:
    """By the standard names; `show` says which variable each setting comes from."""
    environment(
        MILVUS_HOST="h",
        MILVUS_PORT="1",
        MILVUS_TLS="true",
        MILVUS_USERNAME="root",
        MILVUS_PASSWORD=SECRET,
        MILVUS_DATABASE="rag",
        MILVUS_CA_PEM_PATH="ca.pem",
        MILVUS_CLIENT_PEM_PATH="/c",
        MILVUS_CLIENT_KEY_PATH="/k",
        MILVUS_SERVER_NAME="n",
    )

    shown = settings(milvusconn)

    assert shown["uri"] == ("https://h:1", "MILVUS_HOST")
    assert shown["user"] == ("root", "MILVUS_USERNAME")
    assert shown["password"] == ("***", "MILVUS_PASSWORD")
    assert shown["db"] == ("rag", "MILVUS_DATABASE")
    assert shown["tls.ca"] == (str(Path.cwd() / "ca.pem"), "MILVUS_CA_PEM_PATH")
    assert shown["tls.cert"] == ("/c", "MILVUS_CLIENT_PEM_PATH")
    assert shown["tls.key"] == ("/k", "MILVUS_CLIENT_KEY_PATH")
    assert shown["tls.server_name"] == ("n", "MILVUS_SERVER_NAME")


def test_tls_of_the_environment_is_tls_on_the_wire(
    milvusconn: Milvusconn,
    environment: Callable[..., None],
    authority: Authority,
) -> None:
    """Host, port, a flag and a CA, as dify and Attu are told."""
    with SpeakingMilvus(tls=authority.issue("milvus.internal")) as server:
        host, _, port = server.address.rpartition(":")
        environment(
            MILVUS_HOST=host,
            MILVUS_PORT=port,
            MILVUS_SECURE="true",
            MILVUS_SERVER_PEM_PATH=str(authority.ca_file),
            MILVUS_SERVER_NAME="milvus.internal",
        )

        assert milvusconn("has").out == "True\n"


@pytest.mark.parametrize("line", ["MILVUS_URI=http://h", "export MILVUS_HOST=h"])
def test_a_dotenv_file_beside_is_told(milvusconn: Milvusconn, line: str) -> None:
    """It is not read, and the way to read it is named; with MILVUS_URI it does not matter."""
    milvusconn("add", "default", "--uri", NOWHERE)
    Path(".env").write_text(f"# ours\n{line}\n")

    ran = milvusconn("show")

    assert "of .env is not read\n  hint: `milvusconn import .env` saves it" in ran.err


def test_a_dotenv_file_that_was_imported_is_not_told(milvusconn: Milvusconn) -> None:
    """The alias is what the file says; once the file says something else, that is told."""
    Path(".env").write_text("MILVUS_HOST=h\nMILVUS_PORT=19531\n")
    assert milvusconn("import", ".env").code == 0

    assert ".env" not in milvusconn("address").err
    Path(".env").write_text("MILVUS_HOST=h\nMILVUS_PORT=19532\n")
    assert "MILVUS_HOST of .env is not read" in milvusconn("address").err


def test_a_dotenv_file_is_not_told_where_the_environment_decides(
    milvusconn: Milvusconn, environment: Callable[..., None]
) -> None:
    """Then nobody would have read it."""
    environment(MILVUS_URI=NOWHERE)
    Path(".env").write_text("MILVUS_URI=http://h\n")

    assert ".env" not in milvusconn("show").err


def test_the_wide_table_holds_the_standard_one() -> None:
    """No name is in two rows, and import reads all that the environment reads."""
    names = [name for row in WIDE.values() for name in row]

    assert len(names) == len(set(names))
    assert all(set(STANDARD[setting]) <= set(row) for setting, row in WIDE.items())


@pytest.mark.parametrize(
    ("text", "tls", "uri"),
    [
        ("h:1", False, "http://h:1"),
        ("h:1", True, "https://h:1"),
        ("http://h", True, "https://h:19530"),
        ("tcp://u:p@h/db", True, "https://u:p@h:19530/db"),
        ("http://[::1]", True, "https://[::1]:19530"),
        ("https://h", True, "https://h"),
        ("m.db", True, "m.db"),
    ],
)
def test_tls_keeps_the_port_that_was_meant(text: str, uri: str, *, tls: bool) -> None:
    """https without a port would be 443, and http without one is 19530."""
    assert with_scheme(text, tls=tls) == uri


@pytest.mark.parametrize(
    ("variables", "client"),
    [
        ({"MILVUS_DEFAULT_CONNECTION": "http://legacy:1"}, ("http://legacy:1", "$MILVUS_DEFAULT")),
        (
            {"MILVUS_URI": "http://a:1", "MILVUS_DEFAULT_CONNECTION": "http://b:1"},
            ("http://a:1", "$MILVUS_URI"),
        ),
    ],
)
def test_inspect_shows_what_pymilvus_reads(
    milvusconn: Milvusconn,
    environment: Callable[..., None],
    speaking_milvus: Speak,
    variables: dict[str, str],
    client: tuple[str, str],
) -> None:
    """Its legacy name too, its alias and its time limit; and only of its `connections`."""
    environment(**variables, MILVUS_CONN_ALIAS="mine", MILVUS_CONN_TIMEOUT="3")

    ran = milvusconn("inspect", "--uri", speaking_milvus().uri, "-o", "json")

    found = ran.row["inspection"]["client"]
    assert (found["default_uri"], found["default_uri_from"][: len(client[1])]) == client
    assert found["default_alias"] == "mine (MILVUS_CONN_ALIAS)"
    assert found["default_timeout"] == "3 (MILVUS_CONN_TIMEOUT)"
    assert "connections.connect() without an address go" in ran.row["warnings"][0]

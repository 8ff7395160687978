"""References to secrets: their forms on the command line and in the file."""

import os
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.errors import SecretError
from milvusconn_cli.probing.dial import Dial
from milvusconn_cli.registry.file import load
from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.file import FromFile
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.secrets.reference import Literal, Reference, Secret
from milvusconn_cli.secrets.references import from_text, from_toml
from tests.conftest import Milvusconn
from tests.secrets.reading import TEXT, fetched, names, program, refusal

BASE = Path("/base")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("env:NAME", FromEnvironment("NAME")),
        ("file:/run/secret", FromFile(Path("/run/secret"))),
        ("command:pass show 'milvus prod'", FromCommand(("pass", "show", "milvus prod"))),
        ("keyring:milvus/root", FromKeyring("milvus", "root")),
        ("keyring:https://h/milvus/root", FromKeyring("https://h/milvus", "root")),
        ("literal:env:NAME", Literal(Secret("env:NAME"))),
        ("literal:", Literal(Secret(""))),
        ("plain", Literal(Secret("plain"))),
        ("", Literal(Secret(""))),
        ("env", Literal(Secret("env"))),
        ("root:Milvus", Literal(Secret("root:Milvus"))),
        ("ENV:NAME", Literal(Secret("ENV:NAME"))),
        (":x", Literal(Secret(":x"))),
    ],
)
def test_forms_of_a_reference_on_the_command_line(text: str, reference: Reference) -> None:
    """A known word and a colon refer; everything else is the secret itself."""
    assert from_text(text) == reference


def test_a_file_on_the_command_line_is_the_working_directorys(own_place: Path) -> None:
    """`file:token` means here, wherever the registry lies."""
    assert from_text("file:token") == FromFile(own_place / "token")


def test_a_program_on_the_command_line_is_the_working_directorys(own_place: Path) -> None:
    """`command:./token` means here, wherever the registry lies; a bare name is for PATH."""
    assert from_text("command:./token -x") == FromCommand((str(own_place / "token"), "-x"))
    assert from_text("command:bin/token") == FromCommand((str(own_place / "bin/token"),))
    assert from_text("command:token ./x") == FromCommand(("token", "./x"))


def test_a_program_at_home() -> None:
    """As with files."""
    at_home = FromCommand((str(Path.home() / "bin/token"),))

    assert from_text("command:~/bin/token") == at_home
    assert from_toml({"command": ["~/bin/token"]}, BASE) == at_home
    with pytest.raises(SecretError, match="home directory in command:~no-such-user-here/x"):
        from_toml({"command": ["~no-such-user-here/x"]}, BASE)


def test_what_lies_in_the_working_directory_is_not_run(
    milvusconn: Milvusconn, own_place: Path, registry_path: Path
) -> None:
    """A relative program is found from the registry's directory, and from that of a copy."""
    program(registry_path.parent / "get-token", "good")
    program(own_place / "get-token", "bad")
    registry_path.write_text(
        '[connections.a]\nuri = "http://127.0.0.1:1"\ntoken = { command = ["./get-token"] }\n'
    )

    milvusconn("copy", "a", "b")
    milvusconn("export", "a", "--to", own_place / "x.toml")
    milvusconn("import", "x.toml", "--allow-commands", "--config", "elsewhere.toml")

    for path, alias in ((registry_path, "a"), (registry_path, "b"), (Path("elsewhere.toml"), "a")):
        token = load(path.absolute(), {}).get(alias).connection().token
        assert token is not None
        assert fetched(token) == "good"


@pytest.mark.parametrize("first", ["", ".", "bin"])
def test_a_bare_name_is_looked_up_in_path_alone(
    own_place: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Not in the working directory, even where an empty or relative part of PATH says so."""
    for place in (own_place, own_place / "bin"):
        program(place / "get-token", "bad")
    monkeypatch.setenv("PATH", f"{first}:{os.environ['PATH']}")

    assert "command:get-token cannot be run: " in refusal(FromCommand(("get-token",)))
    program(own_place.parent / "good" / "get-token", "good")
    monkeypatch.setenv("PATH", f"{first}:{own_place.parent / 'good'}:/usr/bin:/bin")
    assert fetched(FromCommand(("get-token",))) == "good"


NOTHING = "incomplete secret reference: "
KEYRING_FORM = "a keyring reference must be SERVICE/USER"
SHAPES = (
    "a secret must be text or one of"
    " { env = … }, { file = … }, { command = [ … ] }, { keyring = … }"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("env:", NOTHING + "env:NAME"),
        ("file:", NOTHING + "file:PATH"),
        ("command:", NOTHING + "command:ARGV…"),
        ("command:  ", NOTHING + "command:ARGV…"),
        ("command:'x", "invalid quoting in a secret's command: No closing quotation"),
        ("keyring:", KEYRING_FORM),
        ("keyring:x", KEYRING_FORM),
        ("keyring:/u", KEYRING_FORM),
        ("keyring:s/", KEYRING_FORM),
        (
            "file:~no-such-user-here/x",
            "unknown home directory in file:~no-such-user-here/x",
        ),
    ],
)
def test_a_reference_that_names_nothing(text: str, message: str) -> None:
    """An empty or half reference is refused where it enters, with the form that it should have."""
    with pytest.raises(SecretError) as caught:
        from_text(text)

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        ("plain", Literal(Secret("plain"))),
        ("env:NAME", Literal(Secret("env:NAME"))),
        ({"env": "NAME"}, FromEnvironment("NAME")),
        ({"file": "token"}, FromFile(BASE / "token")),
        ({"file": "/token"}, FromFile(Path("/token"))),
        ({"command": ["a", "b c"]}, FromCommand(("a", "b c"))),
        ({"command": ["./a", "./b"]}, FromCommand(("/base/a", "./b"))),
        ({"command": ["a/b"]}, FromCommand(("/base/a/b",))),
        ({"command": ["../a"]}, FromCommand(("/base/../a",))),
        ({"command": ["/a/b"]}, FromCommand(("/a/b",))),
        ({"keyring": "s/u"}, FromKeyring("s", "u")),
    ],
)
def test_forms_of_a_reference_in_the_file(value: object, reference: Reference) -> None:
    """Text is the secret itself, a table of one key refers; paths are the file's own."""
    assert from_toml(value, BASE) == reference


@pytest.mark.parametrize(
    "value",
    [
        *(1, None, True, [], {}, {"env": 1}, {"environment": "X"}, {"env": "A", "file": "b"}),
        *({"command": []}, {"command": "a b"}, {"command": ["a", 1]}, {"literal": TEXT}),
    ],
)
def test_other_shapes_in_the_file_are_refused(value: object) -> None:
    """With a message that does not repeat the value."""
    with pytest.raises(SecretError) as caught:
        from_toml(value, BASE)

    assert caught.value.message == SHAPES


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"env": ""}, NOTHING + "env"),
        ({"file": ""}, NOTHING + "file"),
        ({"keyring": "x"}, KEYRING_FORM),
        ({"keyring": "/"}, KEYRING_FORM),
    ],
)
def test_a_reference_in_the_file_that_names_nothing(value: object, message: str) -> None:
    """As on the command line."""
    with pytest.raises(SecretError) as caught:
        from_toml(value, BASE)

    assert caught.value.message == message


references = st.one_of(
    st.builds(lambda text: Literal(Secret(text)), st.text()),
    st.builds(FromEnvironment, names),
    st.builds(lambda name: FromFile(BASE / name.strip("/~")), names),
    st.builds(
        lambda program, argv: FromCommand((program, *argv)),
        st.text().filter(lambda program: "/" not in program) | st.just("/bin/a b"),
        st.lists(st.text(), max_size=2),
    ),
    st.builds(FromKeyring, names, names.filter(lambda name: "/" not in name)),
)


@given(references)
def test_a_reference_comes_back_from_the_file(reference: Reference) -> None:
    """What is written into the registry is read as the same reference."""
    assert from_toml(reference.to_toml(), Path("/elsewhere")) == reference


@given(references.filter(lambda one: not isinstance(one, Literal | FromCommand)))
def test_a_reference_shows_itself_as_it_is_typed(reference: Reference) -> None:
    """Messages name the reference in the form that the command line takes."""
    assert from_text(str(reference)) == reference


def test_a_secret_shows_itself_in_no_form_of_printing() -> None:
    """str, repr, formatting, containers, and the secret's own attributes."""
    secret = Secret(TEXT)

    assert str(secret) == repr(secret) == f"{secret}" == f"{secret!r}" == "%s" % secret == "***"  # noqa: UP031
    assert TEXT not in repr([secret, {secret: Literal(secret)}, Literal(secret)])
    assert str(Literal(secret)) == "***"
    assert secret.reveal() == TEXT
    with pytest.raises(TypeError):
        format(secret, ">40")
    assert not hasattr(secret, "__dict__")


def test_secrets_compare_by_their_text() -> None:
    """Equality and hash are those of the text, and a text is not a secret."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("a")) != hash(Secret("b"))
    assert pickle.loads(pickle.dumps(Secret("a"))) == Secret("a")  # noqa: S301 -- our own


@pytest.mark.parametrize(
    "make",
    [
        lambda: build(f"http://root:{TEXT}@h", BASE),
        lambda: build("http://h", BASE, credentials=Credentials("u", Literal(Secret(TEXT)))),
        lambda: build("http://h", BASE, credentials=Credentials(token=Literal(Secret(TEXT)))),
        lambda: Credentials("u", Literal(Secret(TEXT))),
        lambda: Dial("h:1", tls=False, user="u", password=Secret(TEXT)),
        lambda: Dial("h:1", tls=False, token=Secret(TEXT)),
    ],
)
def test_who_holds_a_secret_does_not_show_it(make: Callable[[], object]) -> None:
    """A connection, credentials and a dial can be logged."""
    holder = make()

    assert TEXT not in repr(holder)
    assert TEXT not in str(holder)
    assert "***" in repr(holder)


def test_a_traceback_with_local_variables_hides_it() -> None:
    """MILVUSCONN_DEBUG's traceback, even one that shows local variables."""

    def fail(connection: Connection) -> None:
        raise ValueError(connection)

    with pytest.raises(ValueError, match=r"\*\*\*") as caught:
        fail(build(f"http://root:{TEXT}@h", BASE))

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "connection = Connection(" in "".join(shown.format())
    assert TEXT not in "".join(shown.format())

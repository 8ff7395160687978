"""A secret is referred to, fetched when it is needed, and shown to nobody."""

import asyncio
import gc
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import keyring.backend
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import ConfigError, SecretError
from milvusconn_cli.probing.attempt import Dial
from milvusconn_cli.registry.file import load
from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.fetch import fetch
from milvusconn_cli.secrets.file import FromFile
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.secrets.reference import Literal, Reference, Secret
from milvusconn_cli.secrets.references import from_text, from_toml
from tests.conftest import Milvusconn, unprivileged

TEXT = "S3CR3T-t0k3n"
BASE = Path("/base")
LONG, SHORT = 30.0, 0.1


def fetched(reference: Reference, seconds: float = LONG) -> str:
    return asyncio.run(fetch(reference, Deadline(seconds))).reveal()


def refusal(reference: Reference, seconds: float = LONG) -> str:
    """The message of the refusal; what was left open is found here, by pytest's own look-out."""
    with pytest.raises(SecretError) as caught:
        fetched(reference, seconds)
    message = caught.value.message
    del caught
    gc.collect()
    return message


def python(program: str, *arguments: str) -> FromCommand:
    """A command that runs a line of Python."""
    return FromCommand((sys.executable, "-c", program, *arguments))


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


def program(path: Path, says: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)


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


names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
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


def test_a_literal_is_its_own_source() -> None:
    """Nothing is looked up, and no time is needed."""
    assert fetched(Literal(Secret(TEXT)), 0) == TEXT
    assert fetched(Literal(Secret(""))) == ""


def test_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is, line breaks and all."""
    monkeypatch.setenv("MY_SECRET", f"{TEXT}\n")

    assert fetched(FromEnvironment("MY_SECRET")) == f"{TEXT}\n"


def test_a_variable_that_is_not_set() -> None:
    """Named, as the reference names it."""
    assert refusal(FromEnvironment("NOT_SET_HERE")).endswith(
        "environment variable NOT_SET_HERE is not set"
    )


def test_an_empty_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty secret is a mistake of whoever set it."""
    monkeypatch.setenv("MY_SECRET", "")

    assert "env:MY_SECRET is empty" in refusal(FromEnvironment("MY_SECRET"))


def test_a_variable_that_is_not_utf8() -> None:
    """It could not be sent; a file with the same bytes is refused too."""
    os.environb[b"MY_SECRET_BYTES"] = b"\xff\xfe"
    try:
        assert "not UTF-8" in refusal(FromEnvironment("MY_SECRET_BYTES"))
    finally:
        del os.environb[b"MY_SECRET_BYTES"]


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"pw", "pw"),
        (b"pw\n", "pw"),
        (b"pw\r\n", "pw"),
        (b"pw\n\n", "pw\n"),
        (b" pw ", " pw "),
        (b"a\nb\n", "a\nb"),
        ("schlüssel\n".encode(), "schlüssel"),
        (b"x" * 65536, "x" * 65536),
        (b"\xef\xbb\xbfpw\n", "pw"),
        (b"\xef\xbb\xbf\xef\xbb\xbfpw", "\ufeffpw"),
    ],
)
def test_a_file_and_a_command_lose_one_line_break(
    content: bytes, secret: str, tmp_path: Path
) -> None:
    """One trailing line break and one mark of UTF-8, which editors and shells put there."""
    path = tmp_path / "secret"
    path.write_bytes(content)

    assert fetched(FromFile(path)) == secret
    program = "import sys, pathlib; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    assert fetched(python(program, str(path))) == secret


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"\xff\xfe", "is not UTF-8"),
        ("\ufeffpw\n".encode("utf-16-le"), "is not UTF-8 text, but UTF-16"),
        ("\ufeffpw\n".encode("utf-16-be"), "is not UTF-8 text, but UTF-16"),
        (b"x" * 65537, "is longer than 65536 bytes"),
    ],
)
def test_a_file_that_holds_no_secret(content: bytes, message: str, tmp_path: Path) -> None:
    """Named for what is wrong, without what it holds."""
    path = tmp_path / "secret"
    path.write_bytes(content)

    said = refusal(FromFile(path))

    assert f"file:{path} {message}" in said


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    """The path, and the system's reason."""
    assert "No such file" in refusal(FromFile(tmp_path / "none"))
    assert "Is a directory" in refusal(FromFile(tmp_path))
    assert "Not a directory" in refusal(FromFile(Path("/dev/null/x")))


def test_a_path_that_no_file_can_have() -> None:
    """A NUL in the registry's path is a bad reference, not a fault of this program."""
    assert refusal(FromFile(Path("/a\x00b"))).endswith("cannot be read: embedded null byte")


def test_an_endless_file_is_not_read_to_its_end() -> None:
    """/dev/zero is longer than a secret may be."""
    assert "longer than" in refusal(FromFile(Path("/dev/zero")))


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    """A named pipe without a writer; who waits for one is let go in the end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    yield path
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def test_a_pipe_without_a_writer_runs_out_of_time(pipe: Path) -> None:
    """Opening it blocks for ever; the deadline ends the wait."""
    assert f"file:{pipe} could not be fetched in time" in refusal(FromFile(pipe), SHORT)


def test_a_deadline_that_is_over_is_said() -> None:
    """No time left, no secret, no crash."""
    assert "could not be fetched in time" in refusal(python("print('x')"), 0)


def test_a_command_is_run_without_a_shell(own_place: Path) -> None:
    """Its words are its words: nothing is expanded, no file is made."""
    words = ("$HOME", "*", "; touch made", "`id`", "a b", "> made")

    said = fetched(python("import sys; print('|'.join(sys.argv[1:]))", *words))

    assert said == "|".join(words)
    assert not list(own_place.iterdir())


def test_a_commands_stderr_is_not_ours(capfd: pytest.CaptureFixture[str]) -> None:
    """It may echo what it was given; nobody sees it."""
    program = f"import sys; print('{TEXT}', file=sys.stderr); print('pw')"

    assert fetched(python(program)) == "pw"
    assert capfd.readouterr() == ("", "")


def test_a_command_has_no_standard_input() -> None:
    """One that asks gets an end of file, not the user's keyboard."""
    own, (reader, keyboard) = os.dup(0), os.pipe()
    os.write(keyboard, b"typed")
    os.close(keyboard)
    os.dup2(reader, 0)
    try:
        assert fetched(python("import sys; print(repr(sys.stdin.read()))")) == "''"
    finally:
        os.dup2(own, 0)
        os.close(own)
        os.close(reader)


def test_a_command_that_fails(capfd: pytest.CaptureFixture[str]) -> None:
    """Its exit code, and neither its output nor its stderr."""
    program = f"import sys; print('{TEXT[:4]}' '{TEXT[4:]}'); sys.exit(3)"

    said = refusal(python(program))

    assert "exit code 3" in said
    assert TEXT not in said
    assert capfd.readouterr() == ("", "")


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    """The reference, and the system's reason."""
    missing = tmp_path / "none"

    assert f"command:{missing} cannot be run: No such file" in refusal(FromCommand((str(missing),)))
    assert "cannot be run" in refusal(FromCommand(("",)))
    assert "cannot be run" in refusal(FromCommand((str(tmp_path),)))


def test_a_command_that_cannot_be_named() -> None:
    """A NUL in the registry's command is a bad reference, not a fault of this program."""
    assert refusal(FromCommand(("a\x00b",))).endswith("cannot be run: embedded null byte")


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("pass", "is empty"),
        ("print()", "is empty"),
        (r"import sys; sys.stdout.buffer.write(b'\xff')", "is not UTF-8"),
        ("print('x' * 65537)", "is longer than"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
        ("import sys; print('x' * 65536, end=''); sys.exit(3)", "exit code 3"),
    ],
)
def test_a_command_that_gives_no_secret(program: str, message: str) -> None:
    """Named for what is wrong."""
    command = python(program)

    assert refusal(command).startswith(f"the secret {command} ")
    assert message in refusal(command)


def test_a_command_that_hangs_is_killed(tmp_path: Path) -> None:
    """The deadline ends the wait and the process: its end of a pipe closes."""
    path = tmp_path / "alive"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    program = (
        "import os, signal, sys\n"
        "held = os.open(sys.argv[1], os.O_WRONLY)\n"
        "os.write(held, b'up')\n"
        "signal.pause()\n"
    )

    assert "could not be fetched in time" in refusal(python(program, str(path)), 1.0)

    os.set_blocking(reader, True)
    said = os.read(reader, 2)
    assert os.read(reader, 1) == b""  # blocks for as long as anybody holds the other end
    os.close(reader)
    assert said in (b"up", b"")


def test_a_command_whose_child_keeps_the_output_open_runs_out_of_time(tmp_path: Path) -> None:
    """The command has ended, its output has not: the deadline ends the wait, and quietly."""
    path = tmp_path / "lifeline"
    os.mkfifo(path)
    lifeline = os.open(path, os.O_RDWR)  # the child lives until this is closed
    child = "import sys; open(sys.argv[1]).read()"
    program = "import subprocess, sys; subprocess.Popen([sys.executable, *sys.argv[1:]])"
    try:
        said = refusal(python(program, "-c", child, str(path)), 1.0)
    finally:
        os.close(lifeline)

    assert "could not be fetched in time" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts processes of other users")
def test_a_command_that_is_not_ours_to_kill_is_left(tmp_path: Path) -> None:
    """As one under sudo: the deadline ends the wait, if not the command."""
    path = tmp_path / "lifeline"
    os.mkfifo(path)
    lifeline = os.open(path, os.O_RDWR)  # the command lives until this is closed
    program = "import os, sys; held = open(sys.argv[1]); os.setresuid(1, 1, 1); held.read()"
    try:
        with unprivileged():
            said = refusal(python(program, str(path)), 1.0)
    finally:
        os.close(lifeline)

    assert "could not be fetched in time" in said


def test_an_endless_command_is_stopped_at_the_limit() -> None:
    """Who writes more than a secret may have is refused then, not when memory or time is out."""
    program = (
        "import sys\n"
        "for _ in range(256): sys.stdout.write('x' * 65536)\n"
        "sys.stdout.flush()\n"
        "import signal; signal.pause()\n"
    )

    assert "longer than" in refusal(python(program), 3.0)


def test_a_keyring_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install, since it is an extra."""
    monkeypatch.setitem(sys.modules, "keyring", None)  # which makes its import fail

    with pytest.raises(SecretError) as caught:
        fetched(FromKeyring("milvus", "root"))

    assert caught.value.message == "the secret keyring:milvus/root needs the keyring package"
    assert caught.value.hint == "pip install 'milvusconn[keyring]'"


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority: ClassVar[float] = 1
    entries: ClassVar[dict[tuple[str, str], str]] = {}
    failure: ClassVar[Exception | None] = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure:
            raise self.failure
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Ring]]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    monkeypatch.setattr(Ring, "entries", {})
    monkeypatch.setattr(Ring, "failure", None)
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield Ring
    keyring.set_keyring(before)


def test_a_keyring_entry(ring: type[Ring]) -> None:
    """By service and user."""
    ring.entries["milvus", "root"] = TEXT

    assert fetched(FromKeyring("milvus", "root")) == TEXT


@pytest.mark.usefixtures("ring")
def test_a_keyring_entry_that_is_missing() -> None:
    """Named, as the reference names it."""
    assert "keyring:milvus/root is not in the keyring" in refusal(FromKeyring("milvus", "root"))


@pytest.mark.parametrize(
    "failure",
    [keyring.errors.KeyringLocked(TEXT), keyring.errors.NoKeyringError(TEXT)],
    ids=["locked", "none"],
)
def test_a_keyring_that_gives_nothing(ring: type[Ring], failure: Exception) -> None:
    """The kind of failure, not its words."""
    ring.failure = failure

    said = refusal(FromKeyring("milvus", "root"))

    assert type(failure).__name__ in said
    assert TEXT not in said


def test_a_keyring_that_breaks(ring: type[Ring]) -> None:
    """A backend's own exception, such as a bus that is not there, is a secret that is not had."""
    ring.failure = OSError("no bus")

    with pytest.raises(ConfigError):
        fetched(FromKeyring("milvus", "root"))

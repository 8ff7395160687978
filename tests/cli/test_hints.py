"""Every hint can be typed: the command is there, it takes those options, and it means the case."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from milvusconn_cli.app import VERBS, application
from milvusconn_cli.cli import typer_adapter
from milvusconn_cli.cli.habits import CHANGING
from milvusconn_cli.cli.habits import OPTIONS as HABITS
from milvusconn_cli.cli.habits import VERBS as WORDS
from milvusconn_cli.cli.usage_errors import meant_verb
from tests.commands.verbs import NOWHERE, Speak, register
from tests.conftest import Milvusconn, Ran
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority

SOURCES = Path(__file__).parents[2] / "milvusconn_cli"
COMMAND = re.compile(r"`(milvusconn [^`]+)`")
IN_BACKTICKS = re.compile(r"`([^`]+)`")
OPTIONS = {
    verb.name: {
        name for one in verb.parameters for name in (*one.names, *one.negative_names, "--help")
    }
    for verb in typer_adapter.read(application(list(VERBS))).verbs
}
PLACEHOLDERS = {"URI": NOWHERE, "ALIAS": "dev", "NAME": "books", "TEXT": "x", "SECONDS": "3"}
SETTINGS = {"NAME": "env:TOKEN"}


def texts(module: Path) -> Iterator[str]:
    """The texts of a module; what is filled in stands there as X."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


WRITTEN = sorted(
    {
        command
        for module in SOURCES.rglob("*.py")
        for text in texts(module)
        if "\n\n" not in text  # a docstring
        for command in COMMAND.findall(text)
        if command != "milvusconn X"
    }
)


@pytest.mark.parametrize("command", WRITTEN)
def test_a_command_in_a_text_exists(command: str) -> None:
    """The verb, and each option of it."""
    _, verb, *words = shlex.split(command)

    if verb in ("--help", "X", "VERB", "COMMAND") or words[:1] == ["X"]:
        return
    if verb.startswith("--"):
        assert verb == "--version"
        return
    assert verb in VERBS, command
    options = {word.partition("=")[0] for word in words if word.startswith("-") and word != "--"}
    assert options <= OPTIONS[verb], command


def test_texts_are_found() -> None:
    """The search has not become blind."""
    assert len(WRITTEN) > 15


def hints(ran: Ran) -> list[str]:
    """What a call advises, on stderr or in the table of `inspect`."""
    return re.findall(r"^  (?:hint|fix): (.*)$", ran.err + ran.out, re.MULTILINE)


def typed(command: str, files: dict[str, str]) -> list[str]:
    """The command's words, with something in each place that it leaves open."""
    filled = command.replace("env:NAME", "env:TOKEN").replace("--cert FILE --key FILE", "")
    for name, text in {**PLACEHOLDERS, **files}.items():
        filled = re.sub(rf"(?<![\w/.]){name}(?![\w/.])", text, filled)
    program, *words = shlex.split(filled)
    assert program == "milvusconn"
    return words


LINES = [
    # pymilvus's names, other tools' verbs
    ("has_connection dev", "`milvusconn has dev`"),
    ("has-connection dev", "`milvusconn has dev`"),
    ("add_connection x http://h", "`milvusconn add x http://h`"),
    ("get_connection_addr dev", "`milvusconn address dev`"),
    ("list_connections", "`milvusconn list`"),
    ("remove_connection dev", "`milvusconn remove dev`"),
    ("ls", "`milvusconn list`"),
    ("rm dev", "`milvusconn remove dev`"),
    ("delete dev", "`milvusconn remove dev`"),
    ("check dev", "`milvusconn has dev`"),
    ("test dev", "`milvusconn has dev`"),
    ("update dev", "`milvusconn set dev`"),
    ("conect dev", "`milvusconn connect dev`"),
    ("lits", "`milvusconn list`"),
    ("-v", "`milvusconn --version`"),
    # options
    ("has --json", "-o json"),
    ("list --json", "-o json"),
    ("--json list", "-o json"),
    ("connect x --address h:1 --secure", "--tls"),
    ("connect x http://h --server-pem-path f", "--ca"),
    ("connect x http://h --ca-pem-path f", "--ca"),
    ("connect x http://h --db_name d", "--db"),
    ("connect x http://h --database d", "--db"),
    ("connect x http://h --insecure", "--ca FILE"),
    ("connect x http://h -t root:SECRET", "--token"),
    ("list --user root", "`milvusconn set ALIAS --user NAME`"),
    ("edit --db films", "`milvusconn set ALIAS --db NAME`"),
    ("has --nonsense", "`milvusconn has --help`"),
    # what is missing or in the wrong place
    ("has nobody", "`milvusconn add nobody URI`"),
    ("has dve", "did you mean dev?"),
    ("connect nobody", "`milvusconn connect nobody URI`"),
    ("rename dev dev", "`milvusconn remove dev`"),
    ("explain nothing", "`milvusconn explain`"),
    ("help nothing", "`milvusconn help exit-codes`"),
    ("has dev --user root", "`milvusconn set dev --token env:NAME`"),
    ("has 'x*'", "`milvusconn list --names`"),
    ("set dev", "`milvusconn set --help`"),
    ("copy dev", "`milvusconn copy ALIAS NEW`"),
    ("add", "`milvusconn add ALIAS URI`"),
    ("exec -- env", "`milvusconn exec ALIAS -- COMMAND`"),
    ("add x", "such as http://localhost:19530"),
    ("list dev", "`milvusconn has ALIAS`"),
    ("has localhost", "did you mean http://localhost:19530?"),
    ("has 127.0.0.1", "did you mean http://127.0.0.1:19530?"),
    # reasons
    ("has noca", "`milvusconn set noca --ca FILE`"),
    ("has wrong", "`milvusconn set wrong --user root --ask-password`"),
    ("has nofile", "create the file"),
    ("has nocommand", "check that the program exists"),
    ("has failing", "run the command in a shell"),
    ("has off", "`milvusconn connect off`"),
    ("has 'an alias'", "`milvusconn connect 'an alias'`"),
    ("has bad", "`milvusconn set bad --uri http://h:1`"),
    ("has locked", "`milvusconn set locked --token env:NAME`"),
    ("inspect locked", "`milvusconn set locked --token env:NAME`"),
    ("has films", "`milvusconn set films --db NAME`"),
    ("has secure", "`milvusconn set secure --ca FILE`"),
    ("has secret", "`export MISSING=…`"),
    ("list", "`milvusconn inspect "),
    ("list --config other.toml", "`milvusconn add --config other.toml ALIAS URI`"),
    ("has x --config 'my registry.toml'", "`milvusconn add --config 'my registry.toml' x URI`"),
]


@pytest.fixture
def registered(
    milvusconn: Milvusconn,
    registry_path: Path,
    speaking_milvus: Speak,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An alias for each reason."""
    monkeypatch.setenv("TOKEN", "x")
    Path("my registry.toml").touch(mode=0o600)
    register(milvusconn, "dev", "off")
    milvusconn("disconnect", "off")
    scripted = {"locked": answers.status(code=1400), "films": answers.status(code=800)}
    for alias, answer in scripted.items():
        register(milvusconn, alias, uri=speaking_milvus(connect=answer).uri)
    register(milvusconn, "secure", uri=speaking_milvus(tls=authority.issue("127.0.0.1")).uri)
    rejecting = speaking_milvus(connect=answers.status(code=1400)).uri
    milvusconn("add", "wrong", rejecting, "--user", "root", "--password", "env:TOKEN")
    for alias, reference in {
        "secret": "env:MISSING",
        "nofile": "file:missing",
        "nocommand": "command:./missing",
        "failing": "command:false",
    }.items():
        milvusconn("add", alias, NOWHERE, "--token", reference)
    registry_path.write_text(
        f'{registry_path.read_text()}\n[connections.bad]\nuri = "h:1"\n\n'
        f'[connections."an alias"]\nuri = "{NOWHERE}"\ndisconnected = true\n\n'
        '[connections.noca]\nuri = "https://127.0.0.1:1"\ntls.ca = "missing.pem"\n'
    )


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(("line", "hint"), LINES)
def test_a_hint_is_typed(
    milvusconn: Milvusconn, line: str, hint: str, authority: Authority
) -> None:
    """It is what the case calls for; nothing of a secret is in it; and what it says works."""
    said = hints(ran := milvusconn(*shlex.split(line)))

    assert any(hint in one for one in said), ran.err
    assert "SECRET" not in ran.out + ran.err
    for one in said:
        for command in COMMAND.findall(one):
            words = typed(command, {"FILE": str(authority.ca_file)})
            again = milvusconn(*words)
            assert "--help" in words or again.code != 2 or words == ["set", "dev"], again.err
            assert "unknown" not in again.err


@pytest.mark.usefixtures("registered")
def test_a_hint_cures(milvusconn: Milvusconn, authority: Authority) -> None:
    """After the command of the hint, the alias is well."""
    assert milvusconn("has", "secure").code == 6
    (hint,) = hints(milvusconn("has", "secure"))
    (command,) = COMMAND.findall(hint)

    milvusconn(*typed(command, {"FILE": str(authority.ca_file)}))

    assert milvusconn("has", "secure").out == "True\n"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_other_scheme_is_typed(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority, scheme: str
) -> None:
    """TLS where there is none, and the reverse; the database in the path stays."""
    has_tls = scheme == "http"
    server = speaking_milvus(tls=authority.issue("127.0.0.1") if has_tls else None)
    place = server.uri.partition("://")[2]
    register(milvusconn, "dev", uri=f"{scheme}://{place}")

    (hint,) = hints(milvusconn("has", "dev"))
    (command,) = COMMAND.findall(hint)

    assert command == f"milvusconn set dev --uri {'https' if has_tls else 'http'}://{place}"
    milvusconn(*shlex.split(command)[1:])
    assert milvusconn("has", "dev").code == (6 if has_tls else 0)  # its CA is to be trusted, too


def test_an_alias_of_the_environment_is_told_its_variable(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, speaking_milvus: Speak
) -> None:
    """It is in no file, so there is nothing to set there."""
    uri = speaking_milvus(connect=answers.status(code=1400)).uri
    monkeypatch.setenv("MILVUSCONN_CI_2_URI", uri)
    assert hints(milvusconn("has", "ci-2")) == ["set MILVUSCONN_CI_2_TOKEN"]

    monkeypatch.setenv("MILVUS_URI", uri)
    assert hints(milvusconn("has")) == ["set MILVUS_TOKEN"]


def test_a_uri_is_told_the_option(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """`has` takes it for a URI."""
    uri = speaking_milvus(connect=answers.status(code=1400)).uri

    (hint,) = hints(milvusconn("has", uri))

    assert "--token" in hint
    assert "milvusconn set" not in hint


def test_a_path_with_a_space(milvusconn: Milvusconn, registry_path: Path, tmp_path: Path) -> None:
    """Quoted, so that it can be pasted."""
    register(milvusconn, "dev")
    spaced = tmp_path / "my registry.toml"
    spaced.write_text(registry_path.read_text())
    spaced.chmod(0o644)

    ran = milvusconn("list", "--names", "--config", spaced)

    (command,) = IN_BACKTICKS.findall(ran.err)
    assert shlex.split(command) == ["chmod", "600", str(spaced)]


@pytest.mark.parametrize("word", WORDS)
def test_words_of_habit(word: str) -> None:
    """Each leads to a verb that there is; what only reads never to one that changes something."""
    meant = WORDS[word]

    assert meant in VERBS or meant == "--version"
    assert word not in VERBS
    assert meant_verb(word.replace("-", "_").upper(), VERBS) == meant
    if re.match(r"has|get|list|is-|check|test|show|status|health", word):
        assert meant not in CHANGING


@pytest.mark.parametrize("option", HABITS)
def test_options_of_habit(option: str) -> None:
    """Each leads to an option of some verb, or to a sentence."""
    meant = HABITS[option]
    known = set().union(*OPTIONS.values()) | {"--version"}

    assert option not in OPTIONS["connect"]
    assert meant.split()[0] in known or meant.count(" ") > 2


@pytest.mark.parametrize(
    "typed_verb", ["has_conection", "is_connected", "list_conn", "get_conn", "checkconnect"]
)
def test_no_verb_that_changes_is_guessed_for_one_that_reads(typed_verb: str) -> None:
    """`disconnect` is spelt like `has_connection`, and takes the alias out of service."""
    assert meant_verb(typed_verb, VERBS) not in CHANGING


def test_what_is_missing_can_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the packages' names, into the environment that runs: from a clone, too."""
    from milvusconn_cli.system.installation import command_for  # noqa: PLC0415

    command = shlex.split(command_for("lite"))

    assert any(word.startswith("milvus-lite") for word in command)
    assert any(word.startswith("pymilvus") for word in command)
    assert not any(word.startswith("milvusconn") for word in command)
    monkeypatch.setattr("milvusconn_cli.system.installation.find_spec", lambda _: None)
    assert command_for("keyring").startswith("uv pip install --python ")


def test_pipx_adds_to_its_own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As pipx names it."""
    from milvusconn_cli.system.installation import command_for  # noqa: PLC0415

    (tmp_path / "milvusconn").mkdir()
    (tmp_path / "milvusconn" / "pipx_metadata.json").touch()
    monkeypatch.setattr("sys.prefix", str(tmp_path / "milvusconn"))

    assert command_for("keyring").startswith("pipx inject milvusconn 'keyring")


def test_uvx_is_told_to_bring_the_extra_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed into its cache is gone with the next version."""
    from milvusconn_cli.system.installation import command_for  # noqa: PLC0415

    monkeypatch.setattr("sys.prefix", "/home/me/.cache/uv/archive-v0/x")

    assert command_for("lite").startswith("uvx --from 'milvusconn[lite]' milvusconn")

"""Completion in the real shells, each on a terminal and in a home of its own.

What a line came to is what the shell calls the program with when ENTER is pressed, so whatever a
shell quotes or escapes is right exactly if the program hears the alias's name.
"""

import shlex
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import run_program
from tests.shells import BASH_COMPLETION, LEFT, TAB, Home, Terminal, shell_or_skip

SHELLS = ("bash", "bare bash", "zsh", "fish")
"""With a completion that `milvusconn completion install` has put there; the bare one sources it."""

ODD_NAMES = (
    "with space", "it's", 'quo"te', "dollar$HOME", r"back\slash", "tick`id`", "paren(s)", "star*",
    "semi;colon", "ünïcode", "home~", "ha#sh", "per%cent", "brace{a,b}", "ask?", "amp&ersand",
)  # fmt: skip
"""Each is known by its first two letters."""
CONTROL = ("line\nbreak", "bell\x07", "tab\tulator")


@dataclass(frozen=True)
class Account:
    """Somebody's home, with aliases, files, and a server that nobody is to call at."""

    home: Home
    server: socket.socket
    secret: Path
    """Made by the command of a secret, if ever it is run."""


def toml(names: dict[str, str], secret: Path) -> str:
    """A registry with these aliases and their URIs."""
    import json  # noqa: PLC0415 -- TOML's basic strings are JSON's

    tables = [
        f"[connections.{json.dumps(name, ensure_ascii=False)}]\nuri = {json.dumps(uri)}\n"
        f'password = {{ command = ["touch", "{secret}"] }}\nuser = "root"\ntags = ["blue green"]\n'
        for name, uri in names.items()
    ]
    return "version = 1\n" + "".join(tables)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Aliases with odd names, files with odd names, and a listener that counts its callers."""
    home = Home(tmp_path_factory.mktemp("account"))
    secret = home.directory / "secret-was-fetched"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        uri = f"http://127.0.0.1:{server.getsockname()[1]}"
        names = dict.fromkeys(("zeta", "prod:eu", "prod:us", *ODD_NAMES, *CONTROL), uri)
        home.registry(toml(names, secret))
        (home.work / "my file.pem").touch()
        (home.work / "folder").mkdir()
        (home.work / "folder" / "key.pem").touch()
        (home.work / "local.db").touch()
        (home.work / "broken.toml").write_text("[connections\n")
        (home.work / "other.toml").write_text(toml({"omega": uri}, secret))
        (home.directory / "tilde.toml").write_text(toml({"sigma": uri}, secret))
        yield Account(home, server, secret)


def prepare(shell: str, home: Home) -> None:
    """Install the completion as a user would, and write the start-up file that he has."""
    program = shell_or_skip(shell)
    home.start_up(program)  # without the line that is needed
    environment = {"HOME": str(home.directory), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}
    installed = run_program(["completion", "install", program], environment=environment)
    assert installed.code == 0, installed.err
    match shell:
        case "bash":
            home.start_up("bash", f". {BASH_COMPLETION}")
        case "bare bash":
            home.start_up("bash", ". ~/.local/share/bash-completion/completions/milvusconn")
        case "zsh":
            (needed,) = [line for line in installed.err.splitlines() if "fpath=" in line]
            line = needed[needed.index("fpath=") :]
            home.start_up("zsh", line, "autoload -Uz compinit", "compinit -u")
        case "fish":
            home.start_up("fish")


@pytest.fixture(scope="module", params=SHELLS)
def terminal(request: pytest.FixtureRequest, account: Account) -> Iterator[Terminal]:
    """A session of each shell."""
    prepare(request.param, account.home)
    with Terminal(request.param.removeprefix("bare "), account.home) as terminal:
        yield terminal


@pytest.mark.parametrize("shell", SHELLS)
def test_first_tab_of_a_session(shell: str, account: Account) -> None:
    """The very first key after the prompt's line already completes: verb, option and alias."""
    prepare(shell, account.home)

    with Terminal(shell.removeprefix("bare "), account.home) as fresh:
        assert fresh.called(f"milvusconn inspect ze{TAB}") == ["inspect", "zeta"]


LINES = [
    ("a verb", "expl\t", "explain"),
    ("after a verb that was completed", "expl\ttls-exp\t", "explain tls-expired"),
    ("an option", "has --no-co\t", "has --no-color"),
    ("an option of the program", "--vers\t", "--version"),
    ("an alias", "show zet\t", "show zeta"),
    ("an alias after an option", "has -q zet\t", "has -q zeta"),
    ("an alias after a value", "has -t 3 zet\t", "has -t 3 zeta"),
    ("an alias after a glued value", "has -qt3 zet\t", "has -qt3 zeta"),
    ("an alias after --", "has -- zet\t", "has -- zeta"),
    ("a second alias", "has zeta prod:e\t", "has zeta prod:eu"),
    ("no alias twice", "has zeta zet\t", "has zeta zet"),
    ("no second alias where one is due", "show zeta prod:e\t", "show zeta prod:e"),
    ("no alias where a new name is due", "rename zeta zet\t", "rename zeta zet"),
    ("no alias where none is taken", "list zet\t", "list zet"),
    ("no file where an alias is due", "has folde\t", "has folde"),
    ("no file where a number is due", "has -t folde\t", "has -t folde"),
    ("in two steps to a colon", "has pro\te\t", "has prod:eu"),
    ("with a colon typed", "has prod:u\t", "has prod:us"),
    ("with a colon in a quote", "has 'prod:u\t", "has prod:us"),
    ("a format", "has -o js\t", "has -o json"),
    ("a format after =", "has --output=js\t", "has --output=json"),
    ("a cause", "explain tls-n\tot-y\t", "explain tls-not-yet-valid"),
    ("a tag, which has a space", "list --tag blu\t", "list --tag 'blue green'"),
    ("a file", "add n --ca my\t", "add n --ca 'my file.pem'"),
    ("a file after =", "add n --ca=my\t", "add n '--ca=my file.pem'"),
    ("a file in a quote", "add n --ca 'my\t", "add n --ca 'my file.pem'"),
    ("a file in a folder", "add n --key fol\tk\t", "add n --key folder/key.pem"),
    ("a secret's file", "add n --token file:my\t", "add n --token 'file:my file.pem'"),
    ("a secret's file after =", "add n --token=file:fol\tk\t", "add n --token=file:folder/key.pem"),
    ("a secret's variable", "add n --token env:HOM\t", "add n --token env:HOME"),
    ("a secret's form", "add n --token lit\tx", "add n --token literal:x"),
    ("a URI's scheme", "add n --uri https\th", "add n --uri https://h"),
    ("a database", "add n --uri loc\t", "add n --uri local.db"),
    ("an action", "completion ins\tfi\t", "completion install fish"),
    ("of another registry", "has --config other.toml ome\t", "has --config other.toml omega"),
    ("of another one, after =", "has --config=other.toml ome\t", "has --config=other.toml omega"),
    ("of a malformed one", "has --config broken.toml ome\t", "has --config broken.toml ome"),
    ("of a missing one", "has --config none.toml ome\t", "has --config none.toml ome"),
    ("in the middle of a quote", "has it'\t", 'has \'it\'"\'"\'s\''),
    ("before words that follow", f"has zet -o json{LEFT * 8}\t", "has zeta -o json"),
    ("beside a redirection", "has >/dev/null zet\t", "has zeta"),
]  # fmt: skip


@pytest.mark.sweep(one_in=5)
@pytest.mark.parametrize(
    ("keys", "words"), [line[1:] for line in LINES], ids=[line[0] for line in LINES]
)
def test_line(terminal: Terminal, keys: str, words: str) -> None:
    """What is typed, with its TABs, becomes the words that are meant; what fits nothing stays."""
    assert terminal.called(f"milvusconn {keys}") == shlex.split(words)


def test_registry_below_the_home(terminal: Terminal) -> None:
    """`~` is followed, which the shell itself does only once the line is done."""
    *_, alias = terminal.called("milvusconn has --config ~/tilde.toml sig\t")

    assert alias == "sigma"


@pytest.mark.sweep(one_in=11)
@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("quote", ["", "'", '"'], ids=["bare", "single", "double"])
def test_odd_name(terminal: Terminal, name: str, quote: str) -> None:
    """Whatever is in a name, and in whichever quote it was begun, the program hears that name."""
    assert terminal.called(f"milvusconn has {quote}{name[:2]}\t") == ["has", name]


def test_list_of_what_there_is(terminal: Terminal) -> None:
    """Two TABs show all verbs, and names with a control code in them never."""
    said = terminal.shown(f"milvusconn {TAB}{TAB}")
    assert all(verb in said for verb in ("address", "completion", "explain", "rename"))

    said = terminal.shown(f"milvusconn has {TAB}{TAB}")
    assert "prod:us" in said
    assert not any(name.split()[0] in said for name in ("line break", "bell", "tabulator"))


def test_descriptions(terminal: Terminal, request: pytest.FixtureRequest) -> None:
    """zsh and fish say what each option is for, and where an alias points to, without its user."""
    describes = "bash" not in request.node.callspec.params["terminal"]

    options = terminal.shown(f"milvusconn has --{TAB}{TAB}")
    assert ("Check every alias." in options) is describes
    aliases = terminal.shown(f"milvusconn has prod:{TAB}{TAB}")
    assert ("http://127.0.0.1:" in aliases) is describes
    assert "root" not in aliases


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize(
    "setting",
    ["set -u", "set -f", "shopt -s failglob nullglob nocasematch", "IFS=:", "LC_ALL=C", "set -e"],
)
def test_bash_as_somebody_has_set_it(account: Account, setting: str) -> None:
    """Whatever options are on in a session."""
    prepare("bare bash", account.home)
    home = account.home
    home.start_up("bash", ". ~/.local/share/bash-completion/completions/milvusconn", setting)

    with Terminal("bash", home) as own:
        assert own.called(f"milvusconn has zet{TAB}prod:e{TAB}") == ["has", "zeta", "prod:eu"]
        assert own.called(f"milvusconn has wi{TAB}") == ["has", "with space"]
        assert own.called(f"milvusconn add n --ca my{TAB}")[-1] == "my file.pem"
        assert own.called(f"milvusconn list --no-co{TAB}") == ["list", "--no-color"]


@pytest.mark.parametrize("shell", SHELLS)
def test_variables(shell: str, account: Account) -> None:
    """`MILVUSCONN_CONFIG` and an alias of the environment's own are obeyed."""
    prepare(shell, account.home)
    environment = {"MILVUSCONN_CONFIG": "other.toml", "MILVUSCONN_KAPPA_URI": "http://localhost"}

    with Terminal(shell.removeprefix("bare "), account.home, environment) as own:
        assert own.called(f"milvusconn has ome{TAB}kap{TAB}") == ["has", "omega", "kappa"]


def test_malformed_registry_says_nothing(terminal: Terminal) -> None:
    """No message gets into the line that is being typed."""
    said = terminal.shown(f"milvusconn has --config broken.toml {TAB}{TAB}")

    assert "connections" not in said
    assert "Traceback" not in said
    assert "milvusconn: " not in said


def test_line_is_not_run(terminal: Terminal, account: Account) -> None:
    """A TAB runs nothing of what is typed: neither a substitution nor a file's name."""
    for keys in ("has $(touch run) zet", "has --config $(touch run) zet", 'has "$(touch run)" zet'):
        terminal.shown(f"milvusconn {keys}{TAB}")

    assert not (account.home.work / "run").exists()


def test_nothing_was_dialled(terminal: Terminal, account: Account) -> None:
    """Of all that the tests before this one completed: no server was called, no secret fetched."""
    assert terminal.called(f"milvusconn has zet{TAB}") == ["has", "zeta"]

    with pytest.raises(BlockingIOError):
        account.server.accept()
    assert not account.secret.exists()

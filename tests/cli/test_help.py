"""Help screens: a sentence and examples that work, at any width; and the exit codes there are."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from milvusconn_cli.app import VERBS
from milvusconn_cli.causes import Cause
from milvusconn_cli.cli.manual import ALWAYS, MEANINGS, PAGES
from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.exits import MOST_SEVERE_FIRST, ExitCode
from tests.conftest import Milvusconn
from tests.servers.milvus import MilvusServer

SCREENS = [None, *VERBS]
SERVER = "http://localhost:19530"
PROBING = ("has", "connect", "list", "inspect", "wait", "ping")
REPLACING = ("env", "exec", "wait")
"""Verbs whose examples become another program, or need a shell."""
WITHOUT_END = ("serve",)
"""Tested with its requests, in tests/serving."""
EXAMPLES = [
    pytest.param(verb, command, id=command)
    for verb, page in PAGES.items()
    for _, command in page.examples
    if verb not in WITHOUT_END
]


def screen(milvusconn: Milvusconn, verb: str | None) -> str:
    """The help of a verb, or of the whole program."""
    ran = milvusconn(verb, "-h") if verb else milvusconn("-h")
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def codes_of(said: str) -> list[int]:
    """The exit codes that `help exit-codes` lists."""
    return [int(code) for code in re.findall(r"^(\d+) ", said, re.MULTILINE)]


def test_every_verb_has_a_page() -> None:
    """And so has the program; there is no page for what is not there."""
    assert set(PAGES) == {PROGRAM, *VERBS}
    assert all(page.examples for page in PAGES.values())


@pytest.mark.parametrize("verb", SCREENS)
def test_screen(milvusconn: Milvusconn, verb: str | None) -> None:
    """One sentence first, the examples as they can be pasted; exit codes are elsewhere."""
    said = screen(milvusconn, verb)
    page = PAGES[verb or PROGRAM]

    first = said.split("\n\n")[1]
    assert re.fullmatch(r"  [A-Z][^\n.]+\.", first)
    assert all(f"      {command}\n" in said for _, command in page.examples)
    assert "Exit codes:" not in said
    assert ("help exit-codes" in said) == (verb in (None, "help"))


def test_help_of_a_verb(milvusconn: Milvusconn) -> None:
    """`help VERB` is `VERB --help`; `help` alone is the whole program's."""
    assert milvusconn("help", "has") == milvusconn("has", "--help")
    assert milvusconn("help") == milvusconn("--help")


def test_help_exit_codes(milvusconn: Milvusconn) -> None:
    """Every code, with its meaning and its causes."""
    ran = milvusconn("help", "exit-codes")

    assert codes_of(ran.out) == sorted(MEANINGS)
    assert all(meaning in ran.out for meaning in MEANINGS.values())
    rows = {line.split()[0]: line for line in ran.out.splitlines()}
    assert rows["6"].endswith("  tls-*")
    assert "gateway-upstream" in rows["4"]


@pytest.mark.parametrize(
    ("topic", "hint"),
    [("exitcodes", "help exit-codes"), ("ls", "help list"), ("lits", "help list"), ("x", "help`")],
)
def test_help_of_what_there_is_not(milvusconn: Milvusconn, topic: str, hint: str) -> None:
    """The nearest topic, else where they are listed."""
    ran = milvusconn("help", topic)

    assert (ran.code, ran.out) == (2, "")
    assert hint in ran.err


def test_connection_options_are_apart(milvusconn: Milvusconn) -> None:
    """Verbs that take them have them in a section of their own."""
    for verb in ("has", "add", "connect", "set", "copy", "inspect"):
        own, _, settings = screen(milvusconn, verb).partition("Connection options:\n")

        assert "--config FILE" in own
        assert "--token SECRET" in settings
    assert "Connection options:" not in screen(milvusconn, "list")


def in_a_shell(command: str) -> int:
    """The exit code of a command line, with this program in PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize(("verb", "command"), EXAMPLES)
def test_example(
    milvusconn: Milvusconn,
    milvus: MilvusServer,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    command: str,
    own_place: Path,
) -> None:
    """Every example works, on a Milvus that takes anybody."""
    milvusconn("add", "default", "--uri", milvus.uri)
    for alias in ("prod", "stage"):
        milvusconn("add", alias, "--uri", milvus.uri, "--tag", "eu")
    milvusconn("disconnect", "stage")
    if verb == "import":
        (own_place / "backup.toml").write_text(f'[connections.new]\nuri = "{milvus.uri}"\n')

    monkeypatch.setenv("EDITOR", "true")
    program, *arguments = shlex.split(command.replace(SERVER, milvus.uri))
    if "--exit-code" in arguments:
        milvusconn("remove", "stage")  # which is out of service, so not all are established
    elif arguments[:2] == ["has", "--all"]:
        milvusconn("connect", "stage")
    if verb in REPLACING:
        assert in_a_shell(command.replace(SERVER, milvus.uri)) == 0
        return
    ran = milvusconn(*arguments)

    assert (program, arguments[0]) == (PROGRAM, verb if verb != PROGRAM else arguments[0])
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("verb", VERBS)
def test_exit_codes_are_those_that_it_can_give(verb: str) -> None:
    """What probes can end with the code of any cause; what dials nothing cannot."""
    codes = {code for code, _ in PAGES[verb].codes()}
    of_causes = {cause.exit_code for cause in Cause}

    assert {ExitCode.OK, *ALWAYS} <= codes <= set(MEANINGS)
    if verb in PROBING:
        assert of_causes <= codes
    else:
        assert not codes & (
            of_causes - {ExitCode.NO, ExitCode.CONFIG, ExitCode.INTERNAL, ExitCode.LIMIT}
        )


WRONG: dict[str, list[tuple[tuple[str, ...], int]]] = {
    "has": [(("nobody",), 1), (("--all", "x"), 2), (("dead",), 3)],
    "add": [(("dead", SERVER), 78), ((), 2)],
    "connect": [(("nobody",), 1), (("dead",), 3), (("dead", "--uri", "http://other"), 78)],
    "disconnect": [(("nobody",), 1), ((), 2)],
    "address": [(("nobody",), 1), (("bad",), 78)],
    "list": [(("--exit-code",), 78), (("--exit-code", "--tag", "dead"), 3), (("x",), 2)],
    "remove": [(("nobody",), 1), ((), 2)],
    "show": [(("nobody",), 1), (("bad",), 78)],
    "set": [(("nobody", "--db", "x"), 1), (("dead",), 2), (("dead", "--unset", "uri"), 2)],
    "edit": [((), 2), (("x",), 2)],
    "help": [(("x",), 2)],
    "rename": [(("nobody", "x"), 1), (("dead", "bad"), 78), ((), 2)],
    "copy": [(("nobody", "x"), 1), (("dead", "bad"), 78), ((), 2)],
    "import": [((), 2), (("no-such-file",), 78), (("--from", "x"), 2)],
    "export": [(("nobody",), 1), (("bad",), 78)],
    "inspect": [(("nobody",), 1), (("dead",), 3), (("bad",), 78), (("x", "--db", "y"), 2)],
    "explain": [(("no-such-cause",), 2)],
    "wait": [(("dead", "-t", "0.2"), 124), (("bad",), 78), (("nobody", "-t", "0.2"), 1)],
    "ping": [(("dead", "-c", "1"), 3), (("bad",), 78), (("nobody",), 1)],
    "env": [(("nobody",), 1), (("bad",), 78)],
    "exec": [(("nobody", "--", "true"), 1), (("dead",), 2), (("dead", "--", "no-such"), 127)],
    "serve": [(("--listen", "x"), 2)],
    "completion": [(("show", "csh"), 2), ((), 2)],
}


@pytest.mark.parametrize("verb", WRONG)
def test_exit_codes_are_given(
    milvusconn: Milvusconn, refusing_port: int, registry_path: Path, verb: str
) -> None:
    """Ways to fail end with a code that the manual lists."""
    milvusconn("add", "dead", "--uri", f"http://127.0.0.1:{refusing_port}", "--tag", "dead")
    registry_path.write_text(registry_path.read_text() + '\n[connections.bad]\nuri = "h:1"\n')
    listed = {code for code, _ in PAGES[verb].codes()}

    for arguments, code in WRONG[verb]:
        assert milvusconn(verb, *arguments).code == code, arguments
        assert code in listed


def test_meanings_are_those_of_the_readme() -> None:
    """One table for people to read, wherever they read it."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([\d, ]+) \| ([^|]+?) \|", readme, re.MULTILINE))

    for code, meaning in MEANINGS.items():
        if code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED):
            continue
        assert rows[str(int(code))].startswith(meaning.removesuffix(", a name")), code
    assert set(MOST_SEVERE_FIRST) <= set(MEANINGS)


@pytest.mark.parametrize("verb", SCREENS)
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_width(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, verb: str | None, columns: int
) -> None:
    """Nothing is wider than the terminal but what is to be pasted; nor wider than reads well."""
    monkeypatch.setenv("COLUMNS", str(columns))

    for line in screen(milvusconn, verb).splitlines():
        pasted = line.startswith("      milvusconn ")
        assert pasted or len(line) <= min(columns, 80), line


def test_no_terminal_at_all(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A width that makes no sense is none."""
    for columns in ("0", "-1", "wide", "1"):
        monkeypatch.setenv("COLUMNS", columns)
        assert "Examples:" in screen(milvusconn, "has")
    assert os.environ["COLUMNS"]


@pytest.mark.parametrize("verb", VERBS)
def test_usage_has_no_braces(milvusconn: Milvusconn, verb: str) -> None:
    """`ALIAS [URI]`: brackets for what may be left out, and nothing around the rest."""
    usage = screen(milvusconn, verb).partition("\n\n")[0]

    assert usage.startswith(f"Usage: milvusconn {verb} [OPTIONS]")
    assert "{" not in usage

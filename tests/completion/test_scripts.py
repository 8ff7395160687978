"""The scripts hold the whole command line, the shells can read them, `completion` places them."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from milvusconn_cli.app import VERBS, application
from milvusconn_cli.cli import typer_adapter
from milvusconn_cli.cli.typer_adapter import Application
from milvusconn_cli.commands.completion import Action, Shell
from milvusconn_cli.completion import SCRIPTS, man, places
from milvusconn_cli.completion.model import Kind, Program, read
from tests.conftest import Milvusconn, run_program
from tests.schema import valid

ROOT = Path(__file__).parents[2]
COMPLETIONS = ROOT / "completions"
FILES = {
    "bash": COMPLETIONS / "milvusconn.bash",
    "zsh": COMPLETIONS / "_milvusconn",
    "fish": COMPLETIONS / "milvusconn.fish",
    "powershell": COMPLETIONS / "milvusconn.ps1",
}
SYNTAX = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


@pytest.fixture(scope="module")
def parsed() -> Application:
    return typer_adapter.read(application(list(VERBS)))


@pytest.fixture(scope="module")
def program(parsed: Application) -> Program:
    return read(parsed)


def lines_of(shell: str, verb: str, script: str) -> str:
    """The part of a script that is about the options of one verb."""
    if shell == "fish":
        return "\n".join(re.findall(rf"^.*'__milvusconn_at {verb}' (.*)$", script, re.MULTILINE))
    if shell == "bash":
        (line,) = re.findall(rf"^        {verb}\) printf %s '(.*)' ;;$", script, re.MULTILINE)
        return str(line).replace(",", " ").replace("+", "")
    start = {"zsh": f"\n        {verb})\n", "powershell": f"\n        '{verb}' = @{{\n"}[shell]
    end = {"zsh": "\n            ;;\n", "powershell": "\n        }\n"}[shell]
    return script.partition(start)[2].partition(end)[0]


def spelled(shell: str, name: str) -> str:
    """How an option's name is told there, as an expression."""
    match shell:
        case "fish":
            return rf"-l {name[2:]}(?![\w-])" if name.startswith("--") else rf"-s {name[1:]}\b"
        case "zsh":
            return rf"[)*]{name}[=+[]"
        case "powershell":
            return rf"[(,] ?'{name}'"
    return rf"(?<!\S){name}(?!\S)"


# The files


@pytest.mark.parametrize("shell", SCRIPTS)
def test_every_option_of_every_verb(shell: str, parsed: Application) -> None:
    """All that typer knows is in each script, under its verb; nothing is asked for at a TAB."""
    script = FILES[shell].read_text(encoding="utf-8")

    for verb in parsed.verbs:
        names = [name for one in verb.parameters for name in (*one.names, *one.negative_names)]
        for name in [*names, "-h", "--help"]:
            assert re.search(spelled(shell, name), lines_of(shell, verb.name, script)), (verb, name)


@pytest.mark.parametrize("shell", SCRIPTS)
def test_every_fixed_value(shell: str, program: Program) -> None:
    """And the words that an option or an argument takes, where they are few."""
    script = FILES[shell].read_text(encoding="utf-8")
    values = [
        value.words
        for command in program.commands
        for value in [
            *(one.value for one in command.options if one.value),
            *(one.value for one in command.arguments),
        ]
        if value.kind is Kind.FIXED
    ]

    assert any(words[:3] == ("table", "plain", "json") for words in values)
    separators = r"', '" if shell == "powershell" else " "
    assert all(separators.join(words) in script for words in values)


def test_every_alias_is_asked_for(program: Program) -> None:
    """Wherever a verb takes an alias, a tag, a cause or a file, the scripts are told so."""
    kinds = {
        command.name: [argument.value.kind for argument in command.arguments]
        for command in program.commands
    }
    for verb in ("has", "disconnect", "address", "remove", "show", "inspect"):
        assert kinds[verb] == [Kind.ALIAS]
    for verb in ("add", "connect", "set"):
        assert kinds[verb] == [Kind.ALIAS, Kind.URI]
    assert kinds["rename"] == kinds["copy"] == [Kind.ALIAS, Kind.NOTHING]
    assert kinds["explain"] == [Kind.CAUSE]
    assert kinds["list"] == []

    options = {
        (command.name, name): option.value.kind
        for command in program.commands
        for option in command.options
        for name in option.names
        if option.value
    }
    assert all(kind is Kind.FILE for (_, name), kind in options.items() if name == "--config")
    assert (
        options["add", "--ca"] is options["add", "--cert"] is options["add", "--key"] is Kind.FILE
    )
    assert options["add", "--token"] is options["add", "--password"] is Kind.SECRET
    assert options["add", "--uri"] is Kind.URI
    assert options["list", "--tag"] is Kind.TAG


@pytest.mark.parametrize("shell", SYNTAX)
def test_syntax(shell: str) -> None:
    """The shell itself can read it."""
    if shutil.which(shell) is None:
        assert not os.environ.get("CI")
        pytest.skip(f"{shell} is not installed")

    ran = subprocess.run(
        [*SYNTAX[shell], FILES[shell]], capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_powershell_by_structure() -> None:
    """One completer is registered, its brackets and quotes close, each verb is in its table."""
    text = FILES["powershell"].read_text(encoding="utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    bare = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"`]|`.)*\"", "''", code)

    assert text.count("Register-ArgumentCompleter -Native -CommandName milvusconn") == 1
    assert all(list(balance(bare, *pair))[-1] == 0 for pair in ("()", "{}", "[]"))
    assert all(level >= 0 for pair in ("()", "{}", "[]") for level in balance(bare, *pair))
    assert "'" not in bare.replace("''", "")
    assert "@(, " not in bare
    for verb in VERBS:
        assert text.count(f"\n        '{verb}' = @{{\n") == 1


def balance(text: str, opening: str, closing: str) -> Iterator[int]:
    """How many brackets are open after each letter."""
    level = 0
    for letter in text:
        level += (letter == opening) - (letter == closing)
        yield level


def test_typer_s_own_completion_is_off(milvusconn: Milvusconn) -> None:
    """Its two options are not there, and its variable starts nothing."""
    said = milvusconn("--help").out
    assert "--install-completion" not in said
    assert "--show-completion" not in said
    assert milvusconn("--install-completion").code == 2

    ran = run_program(["--version"], environment={"_MILVUSCONN_COMPLETE": "complete_bash"})
    assert ran.out.startswith("milvusconn ")


# The verb


def test_shells_of_the_verb() -> None:
    """What it takes is what there are scripts for."""
    assert [shell.value for shell in Shell] == list(SCRIPTS) == list(FILES)


@pytest.mark.parametrize("shell", SCRIPTS)
def test_show(milvusconn: Milvusconn, shell: str) -> None:
    """The file that is committed, to the letter."""
    ran = milvusconn("completion", "show", shell)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == FILES[shell].read_text(encoding="utf-8")


PLACES = {
    "bash": ".local/share/bash-completion/completions/milvusconn",
    "zsh": ".local/share/zsh/site-functions/_milvusconn",
    "fish": ".config/fish/completions/milvusconn.fish",
}


@pytest.mark.parametrize("shell", PLACES)
def test_install_and_uninstall(milvusconn: Milvusconn, shell: str) -> None:
    """One file, in the shell's own place, and gone again; nothing else in the home is touched."""
    place = Path.home() / PLACES[shell]
    start_up = [Path.home() / name for name in (".bashrc", ".zshrc", ".profile")]
    for file in start_up:
        file.write_text("# mine\n")
    before = everything()

    installed = milvusconn("completion", "install", shell)

    assert installed.code == 0
    assert everything() - before == {place}
    assert place.read_text(encoding="utf-8") == FILES[shell].read_text(encoding="utf-8")
    assert str(place) in installed.err
    assert milvusconn("completion", "install", shell).err.count("up to date") == 1
    assert status(milvusconn, shell) == ("current", str(place))

    assert milvusconn("completion", "uninstall", shell).code == 0
    assert everything() == before
    assert all(file.read_text() == "# mine\n" for file in start_up)
    assert "not installed" in milvusconn("completion", "uninstall", shell).err


def everything() -> set[Path]:
    """All files of the home."""
    return {path for path in Path.home().rglob("*") if not path.is_dir()}


def status(milvusconn: Milvusconn, shell: str) -> tuple[str, str]:
    """The two cells of that shell's row."""
    lines = milvusconn("completion", "status", "-o", "plain").out.splitlines()
    (row,) = [line.split("\t")[1:] for line in lines if line.startswith(f"{shell}\t")]
    return row[0], row[1]


@pytest.mark.parametrize("shell", PLACES)
def test_somebody_else_s_file(milvusconn: Milvusconn, shell: str) -> None:
    """Is neither overwritten nor removed."""
    place = Path.home() / PLACES[shell]
    place.parent.mkdir(parents=True)
    place.write_text("# hand-made\n")

    assert status(milvusconn, shell) == ("not ours", str(place))
    for action in ("install", "uninstall"):
        ran = milvusconn("completion", action, shell)
        assert (ran.code, ran.out) == (78, "")
        assert "was not written by milvusconn" in ran.err
    assert place.read_text() == "# hand-made\n"


def test_older_script_is_replaced(milvusconn: Milvusconn) -> None:
    """It is one of ours, by its first lines."""
    place = Path.home() / PLACES["fish"]
    milvusconn("completion", "install", "fish")
    place.write_text(place.read_text() + "# of an older version\n")
    assert status(milvusconn, "fish")[0] == "outdated"

    milvusconn("completion", "install", "fish")

    assert status(milvusconn, "fish")[0] == "current"
    assert sorted(path.name for path in place.parent.iterdir()) == ["milvusconn.fish"]


@pytest.mark.parametrize(
    ("shell", "variable", "below"),
    [
        ("bash", "XDG_DATA_HOME", "bash-completion/completions/milvusconn"),
        ("bash", "BASH_COMPLETION_USER_DIR", "completions/milvusconn"),
        ("zsh", "XDG_DATA_HOME", "zsh/site-functions/_milvusconn"),
        ("fish", "XDG_CONFIG_HOME", "fish/completions/milvusconn.fish"),
    ],
)
def test_place_that_a_variable_names(
    milvusconn: Milvusconn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shell: str,
    variable: str,
    below: str,
) -> None:
    """As the shell reads it."""
    monkeypatch.setenv(variable, str(tmp_path / "else"))

    milvusconn("completion", "install", shell)

    assert (tmp_path / "else" / below).is_file()


def test_zsh_says_the_one_line(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as .zshrc does not have it, and fpath has no place for it that is known."""
    line = "fpath=(~/.local/share/zsh/site-functions $fpath)"
    assert line in milvusconn("completion", "install", "zsh").err
    (Path.home() / ".zshrc").write_text(f"{line}\nautoload -Uz compinit; compinit\n")
    assert line not in milvusconn("completion", "install", "zsh").err

    own = Path.home() / "functions"
    own.mkdir()
    monkeypatch.setenv("FPATH", f"/usr/share/zsh/functions:{own}")
    assert "fpath" not in milvusconn("completion", "install", "zsh").err
    assert (own / "_milvusconn").is_file()


def test_powershell_has_no_place(milvusconn: Milvusconn) -> None:
    """It is told what to put into its profile; nothing is written."""
    ran = milvusconn("completion", "install", "powershell")

    assert ran.code == 0
    assert "$PROFILE" in ran.err
    assert everything() == set()


def test_shell_is_guessed(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The one that it was typed in, else $SHELL's; where nothing tells it, it is asked for."""
    monkeypatch.setattr(places, "_PROCESSES", tmp_path)
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert milvusconn("completion", "show").out == FILES["fish"].read_text(encoding="utf-8")

    parent = tmp_path / str(os.getppid())
    parent.mkdir()
    (parent / "comm").write_text("zsh\n", encoding="ascii")
    assert milvusconn("completion", "show").out == FILES["zsh"].read_text(encoding="utf-8")

    (parent / "comm").write_text("python3\n", encoding="ascii")
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    ran = milvusconn("completion", "install")
    assert (ran.code, ran.out) == (2, "")
    assert "bash, zsh, fish, powershell" in ran.err


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="only Linux tells the parent")
def test_shell_that_it_was_typed_in() -> None:
    """Is meant rather than the one of the account."""
    script = "milvusconn completion install; true"
    run = f'milvusconn() {{ {shlex_python()} "$@"; }}; {script}'

    subprocess.run(["bash", "-c", run], env={**os.environ, "SHELL": "/usr/bin/fish"}, check=True)

    assert (Path.home() / PLACES["bash"]).is_file()


def shlex_python() -> str:
    import shlex  # noqa: PLC0415
    import sys  # noqa: PLC0415

    return shlex.join([sys.executable, "-m", "milvusconn_cli"])


def test_place_that_cannot_be_written(milvusconn: Milvusconn) -> None:
    """Exit 78, one line, and nothing is left behind."""
    (Path.home() / ".config").write_text("a file where a directory is due")

    ran = milvusconn("completion", "install", "fish")

    assert ran.code == 78
    assert "cannot be written" in ran.err
    assert everything() == {Path.home() / ".config"}


@pytest.mark.parametrize("action", list(Action))
def test_json(milvusconn: Milvusconn, action: Action) -> None:
    """The envelope, a row for each shell; the script where it is shown."""
    document = valid(milvusconn("completion", action.value, "bash", "-o", "json"))

    (row,) = document["shells"]
    assert (document["command"], row["shell"]) == ("completion", "bash")
    assert row["state"] == ("current" if action is Action.INSTALL else "absent")
    assert ("script" in row) is (action is Action.SHOW)


def test_quiet(milvusconn: Milvusconn) -> None:
    """-q leaves only what ends the command."""
    ran = milvusconn("completion", "install", "zsh", "-q")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (Path.home() / PLACES["zsh"]).is_file()


# The man page


def test_man_page_has_all(program: Program) -> None:
    """Every verb, every option, every exit code, as plain text."""
    said = rendered(ROOT / "docs" / "milvusconn.1", "80")

    for command in program.commands:
        assert re.search(rf"^   {command.name}\b", said, re.MULTILINE)
        assert all(name in said for option in command.options for name in option.names)
    for code in ("74", "78", "130", "143"):
        assert re.search(rf"^ +{code} +\w", said, re.MULTILINE)
    assert man.page(program) == (ROOT / "docs" / "milvusconn.1").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_man_page_renders(width: str) -> None:
    """Without a word of warning, however wide the terminal is."""
    said = rendered(ROOT / "docs" / "milvusconn.1", width)

    assert "MILVUSCONN(1)" in said
    assert "milvusconn explain tls-expired" in said


def rendered(page: Path, width: str) -> str:
    """What man shows; fails on a warning of the formatter."""
    if shutil.which("man") is None:
        assert not os.environ.get("CI")
        pytest.skip("man is not installed")
    ran = subprocess.run(
        ["man", "--warnings", "-l", page],
        env={**os.environ, "MANWIDTH": width, "MANPAGER": "cat", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return re.sub(r".\x08", "", ran.stdout)


def test_what_an_installer_linked_is_left_to_it(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """pipx links a package's own script to where a user's lies; both are current."""
    milvusconn("completion", "install", "bash")
    (path,) = (one for one in Path.home().rglob("milvusconn") if one.is_file())
    packaged = tmp_path / "packaged"
    path.rename(packaged)
    path.symlink_to(packaged)

    ran = milvusconn("completion", "uninstall", "bash")

    assert ran.code == 78
    assert "is a link created by an installer" in ran.err
    assert path.is_symlink()

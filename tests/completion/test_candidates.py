"""What a shell is answered at a TAB: names, and nothing at all where something is wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platformdirs import user_config_path

from milvusconn_cli import candidates
from milvusconn_cli.causes import Cause
from tests.conftest import Milvusconn, Ran, run_program

REGISTRY = """
version = 1
[connections.dev]
uri = "http://root:Sesame@127.0.0.1:19530/db"
tags = ["here", "two words"]
[connections."odd name: it's"]
uri = "./milvus.db"
tags = ["here", 7]
[connections.void]
"""


def ask(*words: str | Path, **environment: str) -> Ran:
    """What the program answers a shell."""
    return run_program([candidates.QUESTION, *words], environment=environment)


def names(ran: Ran) -> list[str]:
    assert (ran.code, ran.err) == (0, "")
    return [line.partition("\t")[0] for line in ran.out.splitlines()]


@pytest.fixture(autouse=True)
def registry(registry_path: Path) -> Path:
    registry_path.parent.mkdir()
    registry_path.write_text(REGISTRY, encoding="utf-8")
    return registry_path


def test_aliases() -> None:
    """In the file's order, with where they point to, and without what is secret in it."""
    assert ask("aliases").out == (
        "dev\thttp://127.0.0.1:19530/db\nodd name: it's\t./milvus.db\nvoid\n"
    )


def test_words_that_are_there_are_left_out() -> None:
    """After --, whatever they look like."""
    assert names(ask("aliases", "--", "dev", "--config", "odd name: it's")) == ["void"]


def test_tags_and_causes() -> None:
    """The other kinds."""
    assert ask("tags").out == "here\tdev, odd name: it's\ntwo words\tdev\n"
    assert names(ask("causes")) == [cause.label for cause in Cause]


@pytest.mark.parametrize("asked", [(), ("nonsense",), ("aliases", "--config"), ("",)], ids=str)
def test_what_is_not_understood(asked: tuple[str, ...]) -> None:
    """Is answered with nothing."""
    assert ask(*asked) == Ran(0, "", "")


@pytest.mark.parametrize("form", [["--config", "{}"], ["--config={}"]], ids=str)
def test_config_on_the_line(form: list[str], own_place: Path) -> None:
    """In both forms, before the variable; `~` is followed."""
    (own_place / "mine.toml").write_text("[connections.mine]\n")
    (Path.home() / "home.toml").write_text("[connections.tilde]\n")

    assert names(ask("aliases", *(word.format("mine.toml") for word in form))) == ["mine"]
    assert names(ask("aliases", *(word.format("~/home.toml") for word in form))) == ["tilde"]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"XDG_CONFIG_HOME": ""},
        {"XDG_CONFIG_HOME": "/nowhere"},
        {"XDG_CONFIG_HOME": "{home}/elsewhere"},
        {"XDG_CONFIG_HOME": "relative"},
        {"XDG_CONFIG_HOME": "~/literal"},
        {"HOME": "{home}/other"},
    ],
    ids=str,
)
def test_usual_place(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing says where, it is where platformdirs says, though that is seldom asked."""
    home = str(Path.home())
    for name, text in environment.items():
        monkeypatch.setenv(name, text.format(home=home))

    assert Path(candidates._usual_place()) == user_config_path("milvusconn") / "connections.toml"


@pytest.mark.parametrize(
    "text",
    [
        "[connections", "connections = 1\n", "version = 2\n", "version = true\n", "\xff",
        "[connections]\ndev = 1\n", "a = [" * 100_000, "[connections.dev]\na = 1\na = 2\n",
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_malformed_registry(registry: Path, text: str) -> None:
    """Nothing at all: half of a registry is not offered either, nor what the environment has."""
    registry.write_bytes(text.encode("latin-1"))

    assert ask("aliases", MILVUS_URI="http://localhost") == Ran(0, "", "")
    assert ask("tags") == Ran(0, "", "")


def test_registry_that_cannot_be_read(registry: Path, own_place: Path) -> None:
    """A directory, a pipe that nobody writes to, a link to itself; none is waited for."""
    os.mkfifo(own_place / "pipe")
    (own_place / "loop").symlink_to("loop")

    for path in (registry.parent, own_place / "pipe", own_place / "loop"):
        assert ask("aliases", "--config", path) == Ran(0, "", "")
    if os.geteuid():  # root reads all
        registry.chmod(0)
        assert ask("aliases") == Ran(0, "", "")


def test_missing_registry(own_place: Path) -> None:
    """The environment's aliases are all that there are."""
    environment = {"MILVUSCONN_NEW_URI": "http://a:b@localhost", "MILVUS_URI": "milvus.db"}

    ran = ask("aliases", "--config", own_place / "none.toml", **environment)

    assert ran.out == "new\thttp://localhost\ndefault\tmilvus.db\n"


def test_names_that_nobody_could_type(registry: Path) -> None:
    """Line breaks, control codes, text that runs backwards: left out; the rest stays."""
    odd = ["a\nb", "a\tb", "\x1b[31m", "\u202eabc", "", "good"]
    registry.write_text("".join(f"[connections.{json.dumps(name)}]\n" for name in odd))

    assert names(ask("aliases")) == ["good"]


def test_description_is_one_line(registry: Path) -> None:
    """Whatever is in a URI."""
    registry.write_text('[connections.dev]\nuri = "http://h\\n\\u001b]0;x\\u0007"\n')

    (line,) = ask("aliases").out.splitlines()

    assert line.replace("\t", "").isprintable()


@pytest.mark.parametrize(
    "uri",
    [
        "http://u:Sesame@h", "u:Sesame@h:1", "http://u:p@Sesame@h", "http://Sesame@h/a@b",
        "https://u:Ses/ame@h", "u:Ses://ame@h", "Ses://h@h",
    ],
)  # fmt: skip
def test_no_credentials(registry: Path, uri: str) -> None:
    """Neither where they are misplaced."""
    registry.write_text(f"[connections.dev]\nuri = {json.dumps(uri)}\n")

    said = ask("aliases").out
    assert "Ses" not in said
    assert "u:" not in said


def test_no_secret_is_fetched(registry: Path, own_place: Path) -> None:
    """A command that would print one is not run."""
    registry.write_text('[connections.dev]\nuri = "http://h"\ntoken = {command = ["touch", "x"]}\n')

    assert names(ask("aliases")) == ["dev"]
    assert not (own_place / "x").exists()


def test_reader_that_went_away() -> None:
    """A shell that gave up is no reason to complain."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        ran = subprocess.run(
            [sys.executable, "-m", "milvusconn_cli", candidates.QUESTION, "aliases"],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (ran.returncode, ran.stderr) == (0, b"")


def test_in_a_poor_locale(registry: Path) -> None:
    """Names are UTF-8, as the file is, whatever the locale."""
    registry.write_text('[connections."ünï"]\n', encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", candidates.QUESTION, "aliases"],
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("ünï\n".encode(), b"")


STEMS = st.sampled_from(["A", "a", "DEV", "A_B", "1", "Ü", "", "URI", "DEFAULT", "NEW-ONE"])
VARIABLES = st.dictionaries(
    st.one_of(
        st.builds("MILVUSCONN_{}_URI".format, STEMS),
        st.sampled_from(["MILVUS_URI", "MILVUSCONN_URI", "MILVUSCONN_A_TOKEN"]),
    ),
    st.sampled_from(["", "http://h", "x.db"]),
)
ALIASES = st.lists(st.sampled_from(["a", "a-b", "a.b", "dev", "DEV", "default", "1"]), unique=True)


@settings(
    max_examples=100,
    deadline=None,  # how long a registry takes to read depends on the machine
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(aliases=ALIASES, variables=VARIABLES)
def test_same_names_as_the_registry(
    milvusconn: Milvusconn,
    registry: Path,
    capfd: pytest.CaptureFixture[str],
    aliases: list[str],
    variables: Mapping[str, str],
) -> None:
    """What is offered is what `list --names` lists, with what the environment adds."""
    registry.write_text("".join(f'[connections."{alias}"]\n' for alias in aliases))
    with pytest.MonkeyPatch.context() as patch:
        for name, text in variables.items():
            patch.setenv(name, text)
        listed = milvusconn("list", "--names").out
        candidates.answer(["aliases"])

    offered = [line.partition("\t")[0] for line in capfd.readouterr().out.splitlines()]
    assert sorted(offered) == sorted(listed.splitlines())

"""`has`: what it prints and how it ends."""

from pathlib import Path

import pytest

from tests.commands.verbs import NOWHERE, Speak, assert_refused, register
from tests.conftest import Milvusconn, Ran


def test_has_says_true_and_nothing_else(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """One word on stdout, silence on stderr, exit 0."""
    register(milvusconn, "dev", uri=speaking_milvus().uri)

    assert milvusconn("has", "dev") == Ran(0, "True\n", "")


def test_has_says_false_and_why(milvusconn: Milvusconn) -> None:
    """The word on stdout; the reason and what to do on stderr."""
    register(milvusconn, "dev")

    ran = milvusconn("has", "dev")

    assert (ran.code, ran.out) == (3, "False\n")
    assert ran.err.splitlines()[0].startswith("milvusconn: dev: tcp-refused: ")
    assert ran.err.splitlines()[1].startswith("  hint: ")


def test_has_several_in_the_order_given(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A line each, the alias before it, also for one that does not exist and one asked twice."""
    register(milvusconn, "up", uri=speaking_milvus().uri)
    register(milvusconn, "down")

    ran = milvusconn("has", "up", "nobody", "down", "up")

    assert ran.out == "up\tTrue\nnobody\tFalse\ndown\tFalse\nup\tTrue\n"
    assert ran.code == 3
    assert ran.err.index("nobody: no-such-alias") < ran.err.index("down: tcp-refused")


REFUSALS: list[tuple[int, str]] = [
    (78, "config"),
    (5, "auth"),
    (6, "tls"),
    (8, "db"),
    (7, "old"),
    (3, "down"),
    (4, "starting"),
    (1, "nobody"),
]
"""Exit code and alias, the gravest first, as the contract orders them."""


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("place", range(len(REFUSALS)))
def test_has_ends_with_the_gravest(milvusconn: Milvusconn, place: int) -> None:
    """What a retry cannot mend comes first, wherever in the order it was asked."""
    graver_first = [alias for _, alias in REFUSALS[place:]]

    forwards = milvusconn("has", "ok", *graver_first)
    backwards = milvusconn("has", *reversed(graver_first), "ok")

    assert forwards.code == backwards.code == REFUSALS[place][0]


def test_has_all(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Every alias, in the file's order."""
    register(milvusconn, "b", "a")
    register(milvusconn, "c", uri=speaking_milvus().uri)

    ran = milvusconn("has", "--all")

    assert (ran.code, ran.out) == (3, "b\tFalse\na\tFalse\nc\tTrue\n")


def test_has_all_of_none_is_no(milvusconn: Milvusconn) -> None:
    """An empty registry is not a success."""
    assert_refused(milvusconn("has", "--all"), 1, "no aliases")


def test_has_all_and_aliases(milvusconn: Milvusconn) -> None:
    """One or the other."""
    assert_refused(milvusconn("has", "--all", "dev"), 2, "--all")


@pytest.mark.parametrize("alias", ["up", "down", "nobody"])
def test_has_quiet(milvusconn: Milvusconn, speaking_milvus: Speak, alias: str) -> None:
    """Nothing at all; the exit code is the answer."""
    register(milvusconn, "up", uri=speaking_milvus().uri)
    register(milvusconn, "down")

    ran = milvusconn("has", "-q", alias)

    assert ran == Ran({"up": 0, "down": 3, "nobody": 1}[alias], "", "")


def test_has_asks_for_default(milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch) -> None:
    """`default` where no alias is named, or the one that the environment names."""
    register(milvusconn, "dev")

    without = milvusconn("has")
    monkeypatch.setenv("MILVUSCONN_ALIAS", "dev")
    named = milvusconn("has")

    assert (without.code, named.code) == (1, 3)
    assert "default: no-such-alias" in without.err
    assert "dev: tcp-refused" in named.err


def test_has_suggests_the_nearest(milvusconn: Milvusconn) -> None:
    """A typing error is answered with the name that was meant."""
    register(milvusconn, "production")

    assert "production" in milvusconn("has", "prodution").err


def test_config_option_goes_before_the_variable(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """Another registry, for this call alone."""
    other = tmp_path / "other.toml"
    milvusconn("add", "there", "--uri", NOWHERE, "--config", other)
    register(milvusconn, "here")

    assert milvusconn("list", "--names", "--config", other).out == "there\n"
    assert milvusconn("list", "--names").out == "here\n"


def test_timeout_of_the_alias_and_of_the_call(milvusconn: Milvusconn, silent_port: int) -> None:
    """The call's goes before the alias's."""
    milvusconn("add", "dev", "--uri", f"http://127.0.0.1:{silent_port}", "--timeout", "0.5")

    own = milvusconn("has", "dev", "-o", "json").row
    given = milvusconn("has", "dev", "-t", "1.5", "-o", "json").row

    assert 0.5 <= own["seconds"] <= 1.0
    assert 1.5 <= given["seconds"] <= 2.0


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "86401", "soon"])
def test_timeout_that_is_none(milvusconn: Milvusconn, seconds: str) -> None:
    """Wrong use, told before anything is dialled."""
    register(milvusconn, "dev")

    assert_refused(milvusconn("has", "dev", "-t", seconds), 2, "--timeout")


def test_unknown_key_is_named_once(milvusconn: Milvusconn, registry_path: Path) -> None:
    """A typing error in the file, with the nearest known key, and it survives."""
    register(milvusconn, "dev")
    registry_path.write_text(registry_path.read_text() + 'pasword = "x"\n')

    ran = milvusconn("has", "dev")

    assert ran.err.count("pasword") == 1
    assert "password" in ran.err
    milvusconn("disconnect", "dev")
    assert "pasword" in registry_path.read_text()

"""`-q` silences messages, never data; `has -q`, whose exit code is the answer, is the exception."""

import pytest

from tests.commands.verbs import NOWHERE, Saved, register
from tests.conftest import Milvusconn, Ran


@pytest.fixture(autouse=True)
def aliases(milvusconn: Milvusconn) -> None:
    """One with a secret in the file, and one that is disconnected."""
    milvusconn("add", "dev", NOWHERE, "--token", "Open-Sesame-77")
    register(milvusconn, "off")
    milvusconn("disconnect", "off")


@pytest.mark.parametrize(
    "line",
    [
        "export",
        "export -o json",
        "export --dry-run",
        "address dev",
        "show dev",
        "explain",
        "inspect off -t 5 -o plain",
        "list --no-probe -o json",
        "list --names",
        "completion show bash",
        "completion status",
        "completion status -o json",
        "disconnect off -o json",
        "set dev --unset tags -o json",
    ],
)
def test_data_is_printed_all_the_same(milvusconn: Milvusconn, line: str) -> None:
    """What goes to stdout does so with `-q` too, and nothing else is printed."""
    quiet = [] if line == "explain" else ["-q"]
    loud, ran = milvusconn(*line.split()), milvusconn(*line.split(), *quiet)

    assert loud.out
    assert len(ran.out.splitlines()) == len(loud.out.splitlines())
    assert ran.code == loud.code
    assert ran.err == ""


def test_a_backup_is_one(milvusconn: Milvusconn, saved: Saved) -> None:
    """`export -q > backup.toml` brings everything back."""
    before = saved()
    backup = milvusconn("export", "-q", "--include-secrets").out
    with open("backup.toml", "w", encoding="utf-8") as file:  # noqa: PTH123 -- as a shell would
        file.write(backup)
    milvusconn("remove", "dev", "off")

    assert milvusconn("import", "-q", "backup.toml") == Ran(0, "", "")

    assert saved() == before


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "dev\noff\n"),
        (("--no-probe",), "dev\noff\n"),
        (("--failing",), "dev\noff\n"),
        (("--sort", "alias"), "dev\noff\n"),
        (("--tag", "none"), ""),
    ],
)
def test_list_prints_names(milvusconn: Milvusconn, options: tuple[str, ...], expected: str) -> None:
    """Ready for a loop of a script; sorted and chosen as without."""
    assert milvusconn("list", "-q", *options) == Ran(0, expected, "")


def test_list_quietly_with_exit_code(milvusconn: Milvusconn) -> None:
    """The exit code needs probes, so they are made."""
    assert milvusconn("list", "-q", "--exit-code").code == 3


def test_has_prints_nothing(milvusconn: Milvusconn) -> None:
    """In no format: the exit code is the answer."""
    assert milvusconn("has", "-q", "dev") == Ran(3, "", "")
    assert milvusconn("has", "-q", "dev", "-o", "json") == Ran(3, "", "")


def test_an_error_is_said(milvusconn: Milvusconn) -> None:
    """What ends a command is no message among others."""
    assert "no alias 'nobody'" in milvusconn("address", "-q", "nobody").err


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("-o json", "has dev"),
        ("-ojson", "has dev"),
        ("--output=json -t 3", "has dev"),
        ("-q --no-color -t 3 --no-progress", "list"),
        ("--config elsewhere.toml", "list"),
        ("-q", "nonsense"),
    ],
)
def test_options_before_the_verb(milvusconn: Milvusconn, before: str, verb: str) -> None:
    """Those that are the same everywhere mean the same there."""
    first = milvusconn(*before.split(), *verb.split())
    second = milvusconn(*verb.split(), *before.split())

    assert (first.code, first.err) == (second.code, second.err)
    assert first.out.splitlines()[:4] == second.out.splitlines()[:4]

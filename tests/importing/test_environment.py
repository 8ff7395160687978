"""`import` of the environment."""

from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.importing.files import SECRET, saved, text_file, told
from tests.schema import valid


def test_environment(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets are referred to by their variables, ours and the usual ones."""
    for name, value in {
        "MILVUS_URI": "http://h:1",
        "MILVUS_USER": "root",
        "MILVUS_PASSWORD": SECRET,
        "MILVUSCONN_PROD_URI": "https://p",
        "MILVUSCONN_PROD_TOKEN": SECRET,
    }.items():
        monkeypatch.setenv(name, value)

    told(milvusconn, "--from", "environment")

    assert SECRET not in registry_path.read_text()
    assert saved(registry_path) == {
        "prod": {"uri": "https://p", "token": {"env": "MILVUSCONN_PROD_TOKEN"}},
        "default": {
            "uri": "http://h:1",
            "user": "root",
            "password": {"env": "MILVUS_PASSWORD"},
        },
    }


@pytest.mark.parametrize(
    "other", ["SPRING_AI_VECTORSTORE_MILVUS_CLIENT_HOST", "VITE_MILVUS_URL", "milvus_uri"]
)
def test_variables_of_another_form_are_named(
    milvusconn: Milvusconn, registry_path: Path, other: str
) -> None:
    """They may be what the program really reads, so they are not dropped without a word."""
    ran = told(milvusconn, text_file("a.env", f"MILVUS_HOST=h\n{other}=other\n"))

    assert f"not imported: {other}\n" in ran.err
    assert saved(registry_path) == {"default": {"uri": "http://h:19530"}}


def test_a_secret_is_not_sent_to_another_place(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MILVUS_TOKEN is for MILVUS_URI; where ours say where `default` is, it is not for there."""
    monkeypatch.setenv("MILVUS_URI", "http://usual:1")
    monkeypatch.setenv("MILVUS_TOKEN", SECRET)
    monkeypatch.setenv("MILVUSCONN_DEFAULT_URI", "http://ours:1")

    told(milvusconn, "--from", "environment")

    assert saved(registry_path) == {"default": {"uri": "http://ours:1"}}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--from", "environment"), 78),
        (("--from", "environment", "x.toml"), 2),
        ((), 2),
        (("--from", "milvusconn"), 2),
        (("--from", "nobody"), 2),
        (("missing.toml",), 78),
        (("--from", "dotenv"), 78),
        (("--from", "yami"), 78),
        (("--from", "milvus-cli"), 78),
        (("-",), 78),
        ((".",), 78),
    ],
)
@pytest.mark.usefixtures("standard_input")
def test_nothing_to_import(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    """One line, the code of the contract, and no file is made."""
    ran = milvusconn("import", *arguments, "-o", "json")

    assert valid(ran)["exit_code"] == code
    assert not registry_path.exists()


def test_nothing_is_named(milvusconn: Milvusconn) -> None:
    """What could be is told."""
    assert milvusconn("import").err == (
        "milvusconn: nothing to import\n"
        "  hint: pass a file, - for standard input, or --from environment\n"
    )

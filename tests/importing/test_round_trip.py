"""What `export` writes, `import` reads."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milvusconn_cli.app import main
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import write
from milvusconn_cli.registry import edits
from milvusconn_cli.registry.file import load
from tests.conftest import Milvusconn
from tests.importing.files import (
    RICH,
    THERE,
    aliases,
    connections,
    saved,
    text_file,
    told,
    write_registry,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(aliases, connections(), min_size=1, max_size=4),
    st.sampled_from(["toml", "json"]),
    st.booleans(),
)
def test_there_and_back(
    capfd: pytest.CaptureFixture[str],
    registry: dict[str, Connection],
    form: str,
    whole: bool,  # noqa: FBT001 -- hypothesis gives it
) -> None:
    """What is exported and imported elsewhere is the same registry, less its literals if so."""
    directory = Path(tempfile.mkdtemp())
    here, carried, elsewhere = (directory / name for name in ("here", "carried", "elsewhere"))
    here.write_text(edits.rendered({alias: write(one) for alias, one in registry.items()}), "utf-8")
    arguments = ["--include-secrets"] if whole else []

    exported = main(["export", "--to", str(carried), "-o", form, "--config", str(here), *arguments])
    taking = ["--allow-commands", "--config", str(elsewhere), "-q"]
    imported = main(["import", str(carried), *taking])

    capfd.readouterr()
    assert (exported, imported) == (0, 0)
    arrived = {alias: one.connection() for alias, one in load(elsewhere, {}).entries.items()}
    expected = (
        registry
        if whole
        else {alias: one.without_literal_secrets() for alias, one in registry.items()}
    )
    assert list(arrived.items()) == list(expected.items())
    shutil.rmtree(directory)


def test_unknown_keys_go_along_with_the_secrets(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """Whoever asks for everything gets it on the other side too."""
    write_registry(registry_path, RICH.replace("never = nan\n", ""))
    milvusconn("export", "--include-secrets", "--to", "x.toml")

    told(milvusconn, "x.toml", "--config", "elsewhere.toml", "--allow-commands")

    assert saved(Path("elsewhere.toml")) == saved(Path("x.toml"))
    assert saved(Path("elsewhere.toml"))["lit"] == saved(registry_path)["lit"]


def test_the_registry_is_no_place_for_an_export(milvusconn: Milvusconn, there: Path) -> None:
    """It would lose all that is not exported, and be written without its lock."""
    link = Path("link.toml")
    link.symlink_to(there)

    for place in (there, link):
        ran = milvusconn("export", "--to", place, "--replace")
        assert ran.code == 2
        assert "is the registry file" in ran.err
    assert there.read_text() == THERE


def test_a_file_without_end_is_not_read_to_its_end(milvusconn: Milvusconn) -> None:
    """A device, or the wrong file."""
    ran = milvusconn("import", "/dev/zero")

    assert ran.code == 78
    assert "/dev/zero: longer than 33554432 bytes" in ran.err


def test_what_is_wrong_is_said_of_the_file(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Its name, the alias, and a key that means nothing here."""
    wrong = text_file("wrong.toml", '[connections.a]\nurl = "http://a"\n')
    assert "wrong.toml: a: `uri` is missing" in milvusconn("import", wrong).err

    odd = text_file("odd.toml", '[connections.a]\nuri = "http://a"\npasword = "x"\n')
    ran = milvusconn("import", odd)
    assert "a: unknown setting `pasword`" in ran.err
    assert "did you mean `password`?" in ran.err
    assert saved(registry_path)["a"]["pasword"] == "x"


def test_a_secret_that_is_lost_is_said(milvusconn: Milvusconn, registry_path: Path) -> None:
    """An export without it that comes home takes its place."""
    milvusconn("add", "a", "--uri", "http://a", "--token", "Open-Sesame-77")
    exported = milvusconn("export").out

    ran = milvusconn("import", text_file("back.toml", exported), "--replace")

    assert ran.code == 0
    assert "a: its token was removed: the imported settings have none" in ran.err
    assert "token" not in saved(registry_path)["a"]

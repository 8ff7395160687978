"""Milvus Lite, in each version that people have, with whatever lies at the path of a `.db`."""

import os
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Milvusconn, Ran
from tests.servers import lite_versions
from tests.servers.environments import NotInstallableError
from tests.servers.lite_versions import Lite
from tests.servers.milvus import packed

pytestmark = [
    pytest.mark.usefixtures("milvus_lite_package"),
    pytest.mark.timeout(1800),  # the first slow test installs two environments
]


def lite_of(version: str) -> Lite:
    if version == "3":
        return lite_versions.installed()
    try:
        return lite_versions.older(version)
    except NotInstallableError as error:
        if os.environ.get("CI") and packed() is not None:
            pytest.fail(str(error))
        pytest.skip(f"Milvus Lite {version} cannot be installed here: {error}")


OLDER = [pytest.param(version, marks=pytest.mark.slow) for version in lite_versions.OLDER]
"""Slow: an environment of its own is installed for each."""


@pytest.fixture(scope="session", params=["3", *OLDER])
def lite(request: pytest.FixtureRequest) -> Lite:
    """Each version."""
    return lite_of(request.param)


@pytest.fixture(scope="session", params=OLDER)
def lite_2(request: pytest.FixtureRequest) -> Lite:
    """Each version whose databases are files."""
    return lite_of(request.param)


@pytest.fixture
def add(milvusconn: Milvusconn) -> Callable[[Path], None]:
    """Save `dev`, whose database is at a path."""

    def add(database: Path) -> None:
        assert milvusconn("add", "dev", "--replace", "--uri", str(database)).code == 0

    return add


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for temporary files; its name is short, as it is to hold sockets."""
    with tempfile.TemporaryDirectory(prefix="lite-") as place:
        monkeypatch.setenv("TMPDIR", place)
        yield Path(place)


def assert_cause(ran: Ran, cause: str, *words: str) -> str:
    """It is that cause, said in these words, without advice to install what is there."""
    assert (ran.out, ran.code) == ("False\n", 3), ran.err
    assert f"milvusconn: dev: {cause}: " in ran.err
    assert "milvusconn[lite]" not in ran.err
    for word in words:
        assert word in ran.err
    return ran.err


def contents(place: Path) -> Mapping[str, bytes | None]:
    """Every path below a place, or the place itself, with what is in its files."""
    paths = [place, *sorted(place.rglob("*"))]
    return {
        str(path.relative_to(place.parent)): path.read_bytes() if path.is_file() else None
        for path in paths
    }


def names_in(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_a_database_is_created_and_found_again(
    lite: Lite, add: Callable[[Path], None], tmp_path: Path, temporary: Path
) -> None:
    """Said once; neither probe leaves a process's files behind."""
    place = tmp_path / "place"
    place.mkdir()
    add(place / "milvus.db")

    first, second = lite.has("dev"), lite.has("dev", "--no-create")

    assert (first.out, first.code) == ("True\n", 0), first.err
    assert "did not exist; Milvus Lite created a database" in first.err
    assert (second.out, second.code, second.err) == ("True\n", 0, "")
    assert (place / "milvus.db").is_file() == lite.keeps_a_file
    assert names_in(place) == ["milvus.db"]
    assert names_in(temporary) == []


@pytest.mark.parametrize("verb", ["has", "inspect"])
def test_a_database_that_is_not_to_be_created(
    verb: str, lite: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """`--no-create` only looks."""
    add(tmp_path / "milvus.db")

    ran = lite.run(verb, "dev", "--no-create", "-t", "120")

    assert ran.code == 3
    said = ran.out + ran.err  # `inspect` has the reason in its table
    assert "lite-missing: " in said
    assert "milvus.db does not exist" in said
    assert not (tmp_path / "milvus.db").exists()


def text_file(path: Path) -> None:
    path.write_text("hello\n")


def database_of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE TABLE collections (id TEXT)")
        opened.commit()


def torn_sqlite_file(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(4080))


def directory_of_another_program(path: Path) -> None:
    path.mkdir()
    (path / "chroma.sqlite3").write_bytes(b"SQLite format 3\0")
    (path / "index.bin").write_bytes(b"\1")


def storage_of_a_server(path: Path) -> None:
    """A layout that has `collections/` too."""
    (path / "collections" / "docs").mkdir(parents=True)
    (path / "collections" / "docs" / "config.json").write_text("{}")
    (path / "raft_state.json").write_text("{}")


def named_pipe(path: Path) -> None:
    os.mkfifo(path)


FOREIGN = (
    text_file,
    database_of_another_program,
    torn_sqlite_file,
    directory_of_another_program,
    storage_of_a_server,
    named_pipe,
)


@pytest.mark.parametrize("make", FOREIGN, ids=lambda make: make.__name__)
def test_what_is_not_a_database_is_left_alone(
    make: Callable[[Path], None], lite: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """Nothing is written into it, nor beside it."""
    place = tmp_path / "place"
    place.mkdir()
    make(place / "x.db")
    before = contents(place)
    add(place / "x.db")

    assert_cause(lite.has("dev"), "lite-invalid", "x.db")

    assert contents(place) == before


def test_an_empty_file(lite: Lite, add: Callable[[Path], None], tmp_path: Path) -> None:
    """Version 2 makes a database of it, and version 3 needs a directory."""
    (tmp_path / "x.db").touch()
    add(tmp_path / "x.db")

    spared, ran = lite.has("dev", "--no-create"), lite.has("dev")

    if lite.keeps_a_file:
        assert_cause(spared, "lite-missing", "is empty")
        assert "was empty; Milvus Lite created a database" in ran.err
        assert ran.out == "True\n"
    else:
        assert_cause(ran, "lite-invalid", "an empty file")
        assert (tmp_path / "x.db").stat().st_size == 0


@pytest.mark.parametrize("inside", [[], ["lost+found", ".gitkeep"]], ids=["empty", "volume"])
def test_an_empty_directory(
    inside: list[str], lite: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """Such as Docker makes of a volume: a database of version 3, and none of version 2."""
    (tmp_path / "x.db").mkdir()
    for name in inside:
        (tmp_path / "x.db" / name).mkdir()
    add(tmp_path / "x.db")

    spared, ran = lite.has("dev", "--no-create"), lite.has("dev")

    if lite.keeps_a_file:
        assert_cause(ran, "lite-invalid", "is a directory")
        assert names_in(tmp_path / "x.db") == sorted(inside)
    else:
        assert_cause(spared, "lite-missing", "is empty")
        assert ran.out == "True\n"


@pytest.mark.parametrize("older", OLDER)
def test_a_database_of_version_2_under_3(
    older: str, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """Named as what it is."""
    add(tmp_path / "x.db")
    assert lite_of(older).has("dev").out == "True\n"
    before = (tmp_path / "x.db").read_bytes()

    err = assert_cause(lite_versions.installed().has("dev"), "lite-invalid", "Milvus Lite 2")

    assert "'milvus-lite<3'" in err
    assert (tmp_path / "x.db").read_bytes() == before


def test_a_database_of_version_3_under_2(
    lite_2: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """Named as what it is."""
    add(tmp_path / "x.db")
    assert lite_versions.installed().has("dev").out == "True\n"
    before = contents(tmp_path / "x.db")

    err = assert_cause(lite_2.has("dev"), "lite-invalid", "Milvus Lite 3")

    assert "'milvus-lite>=3'" in err
    assert contents(tmp_path / "x.db") == before


def test_a_database_of_version_3_that_was_copied(
    add: Callable[[Path], None], tmp_path: Path
) -> None:
    """A backup may have lost the lock file and what was empty."""
    add(tmp_path / "x.db")
    assert lite_versions.installed().has("dev").out == "True\n"
    for name in ("LOCK", "databases", ".database-staging"):
        place = tmp_path / "x.db" / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()

    collection = tmp_path / "x.db" / "collections" / "docs"
    collection.mkdir()
    (collection / "schema.json").write_text("{}")
    (tmp_path / "x.db" / "aliases.json").write_text("{}")
    assert lite_versions.installed().has("dev", "--no-create").out == "True\n"


@pytest.mark.parametrize(
    ("name", "word"),
    [("my data.db", "'my data.db'"), ("ünï.db", "'ünï.db'"), ("a" * 36 + ".db", "39 characters")],
)
def test_a_name_that_version_2_does_not_accept(
    name: str, word: str, lite_2: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """Version 3 accepts it, and so nothing else is wrong with it."""
    add(tmp_path / name)

    assert_cause(lite_2.has("dev"), "lite-invalid", word)

    assert lite_versions.installed().has("dev").out == "True\n"


def test_a_name_that_no_file_system_accepts(
    lite: Lite, milvusconn: Milvusconn, tmp_path: Path
) -> None:
    """The whole of it is not repeated."""
    milvusconn("add", "dev", "--uri", f"{tmp_path}/{'a' * 300}.db")

    err = assert_cause(lite.has("dev"), "lite-invalid", "too long")

    assert "a" * 100 not in err


def test_a_database_that_another_holds(
    lite: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """However often it is asked: version 2 deletes the lock of another when it fails."""
    add(tmp_path / "held.db")
    with lite.holder(tmp_path / "held.db") as holder:
        for _ in range(2):
            err = assert_cause(lite.has("dev"), "lite-locked", "is locked by another process")
            if sys.platform == "linux":
                assert f"pid {holder.pid}" in err

    assert lite.has("dev").out == "True\n"


WITHOUT_SETUPTOOLS = (
    "raise ModuleNotFoundError(\"No module named 'pkg_resources'\", name='pkg_resources')"
)


def test_a_python_without_pkg_resources(
    lite_2: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """Setuptools 82 has removed it; Milvus Lite 2 is installed all the same."""
    path = tmp_path / "path"
    path.mkdir()
    (path / "pkg_resources.py").write_text(WITHOUT_SETUPTOOLS)
    add(tmp_path / "x.db")

    ran = lite_2.has("dev", environment=ahead(lite_2, path))

    assert "is not installed" not in assert_cause(ran, "lite-engine", "setuptools 82")
    assert "'setuptools<82'" in ran.err


def ahead(lite: Lite, path: Path) -> Mapping[str, str]:
    """An environment in which Python finds modules in `path` first."""
    places = [str(path), lite.environment.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, places))}


LOG_LINE = "E20261130 16:51:55.392825 25231 storage.cpp:65] [SERVER][Open][milvus][]"
PROGRAMS = {
    "killed": ("kill -9 $$", ["was killed by SIGKILL", "out of memory?", "memory"]),
    "cpu": ("kill -4 $$", ["was killed by SIGILL", "CPU"]),
    "library": (
        "echo 'milvus: error while loading shared libraries: libgomp.so.1' >&2; exit 127",
        ["did not start: milvus: error while loading shared libraries: libgomp.so.1"],
    ),
    "full": (
        f"echo '{LOG_LINE}Open failed, err: database or disk is full' >&2; exit 1",
        ["Open failed, err: database or disk is full"],
    ),
    "late": ("sleep 1; kill -9 $$", ["was killed by SIGKILL"]),
    "silent": ("exit 3", ["did not start"]),
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_the_program_of_version_2_ends(
    what: str, lite_2: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """By which signal, or with which last words."""
    script, words = PROGRAMS[what]
    program = tmp_path / "lib" / "milvus"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    add(tmp_path / "x.db")

    ran = lite_2.has("dev", environment={"BIN_PATH": str(program.parent)})

    assert_cause(ran, "lite-denied" if what == "full" else "lite-engine", *words)


def test_a_program_of_version_2_that_may_not_be_run(
    lite_2: Lite, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """Permission denied, but not to the database."""
    program = tmp_path / "lib" / "milvus"
    program.parent.mkdir()
    program.touch(mode=0o644)
    (tmp_path / "place").mkdir()
    add(tmp_path / "place" / "x.db")

    ran = lite_2.has("dev", environment={"BIN_PATH": str(program.parent)})

    assert_cause(ran, "lite-engine", "Permission denied", str(program))


IMPORTS = {
    "killed": ("import os; os.kill(os.getpid(), 9)", ["was killed by SIGKILL", "out of memory?"]),
    "broken": ("raise RuntimeError('wrong machine')", ["did not start: wrong machine"]),
    "exits": ("import sys; sys.exit('no AVX2 here')", ["no AVX2 here"]),
    "incomplete": (
        "raise ModuleNotFoundError(\"No module named 'pyarrow.lib'\", name='pyarrow.lib')",
        ["cannot be imported", "pyarrow"],
    ),
    "aborts": (
        "import os; os.write(2, b\"terminate called after 'std::bad_alloc'\\n\"); os.abort()",
        ["was killed by SIGABRT", "std::bad_alloc"],
    ),
}


@pytest.mark.parametrize("what", IMPORTS)
def test_what_version_3_imports_ends_it(
    what: str, add: Callable[[Path], None], tmp_path: Path
) -> None:
    """By which signal, or with which last words."""
    lite = lite_versions.installed()
    script, words = IMPORTS[what]
    path = tmp_path / "path"
    path.mkdir()
    (path / "pyarrow.py").write_text(script)
    add(tmp_path / "x.db")

    assert_cause(lite.has("dev", environment=ahead(lite, path)), "lite-engine", *words)


def test_a_socket_of_version_2_that_is_left(milvusconn: Milvusconn, tmp_path: Path) -> None:
    """It is told what the path of the database is for."""
    left = tmp_path / "tmpa1b2c3d4_milvus.db.sock"
    milvusconn("add", "dev", "--uri", f"unix:{left}")
    missing = milvusconn("has", "dev")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(left))
    refused = milvusconn("has", "dev")

    for ran, cause in ((missing, "unix-missing"), (refused, "unix-refused")):
        assert f"dev: {cause}: " in ran.err
        assert "Milvus Lite 2" in ran.err
        assert "milvus.db" in ran.err.splitlines()[-1]


def test_the_version_is_shown(lite: Lite, add: Callable[[Path], None], tmp_path: Path) -> None:
    """Version 2 does not say it itself."""
    add(tmp_path / "x.db")

    row = lite.has("dev", "-o", "json").row

    assert row["server"]["deploy_mode"] == "embedded"
    assert row["server"]["version"].startswith(lite.version)
    assert row["steps"][0]["detail"] == f"Milvus Lite {row['server']['version']} started"


def test_a_database_that_does_not_exist_in_it(
    lite: Lite, milvusconn: Milvusconn, tmp_path: Path
) -> None:
    """No version refuses to connect for that; version 2 has none but `default`."""
    milvusconn("add", "dev", "--uri", str(tmp_path / "x.db"), "--db", "nope")

    ran = lite.has("dev")

    assert (ran.out, ran.code) == ("False\n", 8)
    assert "dev: db-missing: " in ran.err

"""What all verbs that change the registry have in common."""

import stat
from pathlib import Path

import pytest

from tests.commands.verbs import NOWHERE, SECRET, assert_refused, register
from tests.conftest import Milvusconn, Ran

CHANGES = [
    ("add", "new", "--uri", NOWHERE),
    ("disconnect", "dev"),
    ("remove", "dev"),
    ("rename", "dev", "new"),
    ("copy", "dev", "new"),
]


@pytest.mark.parametrize("arguments", CHANGES, ids=lambda arguments: arguments[0])
def test_change_in_json(milvusconn: Milvusconn, arguments: tuple[str, ...]) -> None:
    """The alias that was changed, as a row of the envelope, and nothing on stderr."""
    register(milvusconn, "dev", "other")

    ran = milvusconn(*arguments, "-o", "json")

    assert (ran.code, ran.err) == (0, "")
    assert (ran.json["command"], ran.json["ok"]) == (arguments[0], True)
    assert ran.row["alias"] in ("dev", "new")
    assert ran.row["uri"] == NOWHERE


@pytest.mark.parametrize("arguments", CHANGES, ids=lambda arguments: arguments[0])
def test_change_quietly(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """It is done, and nothing is said."""
    register(milvusconn, "dev", "other")
    before = registry_path.read_bytes()

    assert milvusconn(*arguments, "-q") == Ran(0, "", "")
    assert registry_path.read_bytes() != before


@pytest.mark.parametrize(
    "arguments",
    [
        *CHANGES,
        ("connect", "dev", "--uri", NOWHERE),
        ("list",),
        ("show", "dev"),
        ("address", "dev"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_malformed_file_stays_as_it_is(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """Line and column are told, exit 78, and not a byte is changed."""
    register(milvusconn, "dev")
    registry_path.write_text(registry_path.read_text() + "[broken\n")
    before = registry_path.read_bytes()

    ran = milvusconn(*arguments)

    assert_refused(ran, 78, "line 5", "nothing was changed")
    assert registry_path.read_bytes() == before


def test_add_says_what_a_cloud_wants(milvusconn: Milvusconn) -> None:
    """By the pattern of the name alone; it is registered all the same."""
    ran = milvusconn("add", "cloud", "--uri", "http://in03-a.serverless.x.cloud.zilliz.com")

    assert ran.code == 0
    assert "Zilliz Cloud requires TLS" in ran.err


@pytest.mark.parametrize(
    ("userinfo", "option"), [(f"root:{SECRET}", "--password"), (SECRET, "--token")]
)
def test_a_secret_in_the_uri_is_visible_too(
    milvusconn: Milvusconn, userinfo: str, option: str
) -> None:
    """Said as for the option that it could be given by, and without repeating it."""
    ran = milvusconn("add", "dev", "--uri", f"http://{userinfo}@h")

    assert ran.code == 0
    assert ran.err.count("process list") == 1
    assert f"safer: {option} env:NAME" in ran.err
    assert SECRET not in ran.err


@pytest.mark.parametrize("verb", ["has", "list", "inspect"])
def test_version_after_a_verb(milvusconn: Milvusconn, verb: str) -> None:
    """It is the program's, wherever it is asked for."""
    assert milvusconn(verb, "--version") == milvusconn("--version")


@pytest.mark.slow
def test_ten_thousand_aliases(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Everything still works, and what is not touched stays as it is."""
    tables = [f'\n[connections.a{n}]\nuri = "{NOWHERE}" # {n}\n' for n in range(10_000)]
    registry_path.parent.mkdir(parents=True)
    registry_path.write_text("".join(tables), encoding="utf-8")
    registry_path.chmod(0o600)

    assert milvusconn("add", "new", "--uri", NOWHERE).code == 0
    assert milvusconn("rename", "a5000", "renamed").code == 0
    assert milvusconn("disconnect", "a1", "a9999").code == 0
    assert milvusconn("remove", "a0", "a7").code == 0
    names = milvusconn("list", "--names").out.split()
    assert names == [
        *(f"a{n}" for n in range(1, 5000) if n != 7),
        "renamed",
        *(f"a{n}" for n in range(5001, 10_000)),
        "new",
    ]
    assert milvusconn("has", "renamed").code == 3
    assert milvusconn("has", "a9999").code == 1
    kept = registry_path.read_text(encoding="utf-8")
    assert all(table in kept for table in (tables[2], tables[4999], tables[9998]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("has", "nobody"),
        ("list", "--names"),
        ("add", "new", "--uri", NOWHERE),
        ("add", "dev", "--replace", "--uri", NOWHERE),
        ("connect", "dev", "-t", "1"),
        ("disconnect", "dev"),
        ("rename", "dev", "new"),
        ("copy", "dev", "new"),
        ("remove", "dev"),
        ("import", "other.toml"),
        ("export",),
        ("show", "dev"),
        ("address", "dev"),
    ],
    ids=" ".join,
)
def test_a_loose_mode_is_complained_of_once(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """With the command that mends it; the mode is left to who chose it, and -q is silent."""
    Path("other.toml").write_text(f'[connections.other]\nuri = "{NOWHERE}"\n', encoding="utf-8")
    milvusconn("add", "dev", "--uri", NOWHERE)
    registry_path.chmod(0o640)

    ran = milvusconn(*arguments)

    assert ran.err.count("has mode 0640") == 1
    assert f"chmod 600 {registry_path}" in ran.err
    assert stat.S_IMODE(registry_path.stat().st_mode) == 0o640
    if arguments[0] != "show":  # whose answer is all that it says
        assert "0640" not in milvusconn(*arguments, "-q").err

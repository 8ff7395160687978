"""`import` of yami's profiles."""

from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.importing.files import SECRET, saved, text_file, told


def test_yami(milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its keys; a variable as the token is referred to, one in the URI is filled in."""
    monkeypatch.setenv("HOST_OF_DEV", "dev.example")
    monkeypatch.setenv("PORT_OF_DEV", "1")
    file = text_file(
        "profiles.toml",
        '[profiles.dev]\nuri = "http://${HOST_OF_DEV}:${PORT_OF_DEV}"\ntoken = "${NOT_SET_HERE}"\n'
        'db = "db1"\ndescription = "mine"\n[profiles.plain]\nuri = "https://h"\n'
        f'token = "{SECRET}"\ndb = ""\ndescription = ""\n'
        '[profiles.none]\nuri = "http://h"\ntoken = "${}"\n',
    )

    told(milvusconn, file)

    assert saved(registry_path) == {
        "dev": {
            "uri": "http://dev.example:1",
            "db": "db1",
            "token": {"env": "NOT_SET_HERE"},
            "description": "mine",
        },
        "plain": {"uri": "https://h", "token": SECRET},
        "none": {"uri": "http://h", "token": "${}"},
    }


NAME_WITH_PASSWORD = f"http://root:{SECRET}@h:1"


@pytest.mark.parametrize(
    "text",
    [
        f'[profiles]\n"{NAME_WITH_PASSWORD}" = 1\n',
        f'[profiles."{NAME_WITH_PASSWORD}"]\nuri = "${{NOT_SET_HERE}}"\n',
        f'[profiles."{NAME_WITH_PASSWORD}"]\nuri = "http://h"\ntoken = "a${{NOT_SET_HERE}}"\n',
        f'[profiles."{NAME_WITH_PASSWORD}"]\n' * 2,
        f'[connections]\n"{NAME_WITH_PASSWORD}" = 1\n',
        f'[connections."{NAME_WITH_PASSWORD}"]\n' * 2,
        f'[connections."root:{SECRET}@h"]\n' * 2,
    ],
)
def test_what_is_wrong_beside_such_a_name(milvusconn: Milvusconn, text: str) -> None:
    """It is named without the password, also where it is the parser that repeats it."""
    ran = milvusconn("import", text_file("it.toml", text))

    assert ran.code == 78
    assert SECRET not in ran.err
    assert "***@h" in ran.err


@pytest.mark.parametrize("place", ["yami", "home"])
def test_yami_from_its_own_place(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """$YAMI_CONFIG_DIR, else ~/.yami."""
    directory = Path("yami-here") if place == "yami" else Path.home() / ".yami"
    if place == "yami":
        monkeypatch.setenv("YAMI_CONFIG_DIR", "yami-here")
    directory.mkdir()
    (directory / "profiles.toml").write_text('[profiles.dev]\nuri = "http://h"\n')

    told(milvusconn, "--from", "yami")

    assert list(saved(registry_path)) == ["dev"]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (
            'uri = "http://${NOT_SET_HERE}"',
            "milvusconn: p.toml: dev: its uri needs the variable NOT_SET_HERE, which is not set\n",
        ),
        (
            f'uri = "http://h"\ntoken = "root:${{NOT_SET_HERE}}{SECRET}"',
            (
                ": dev: its token mixes text and a variable\n"
                "  hint: put the whole token, USER:PASSWORD, into one variable\n"
            ),
        ),
        ('token = "x"', "`uri` is missing"),
        ("uri = 5", "`uri` must be text"),
    ],
)
def test_a_bad_profile(
    milvusconn: Milvusconn, registry_path: Path, profile: str, words: str
) -> None:
    """Named for what is wrong, without what its token holds."""
    ran = milvusconn("import", text_file("p.toml", f"[profiles.dev]\n{profile}\n"))

    assert ran.code == 78
    assert words in ran.err
    assert SECRET not in ran.err
    assert not registry_path.exists()

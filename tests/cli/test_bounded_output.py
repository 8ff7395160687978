"""Text from outside, however long: no output grows with it, and what is too long is refused."""

from pathlib import Path

import pytest

from tests.conftest import Milvusconn

HUGE = "a" * 300_000
MOST = 40_000
"""Characters that one call with one row may print."""
SETTINGS = {
    "host": f'uri = "http://{HUGE}"',
    "database in the URI": f'uri = "http://127.0.0.1:1/{HUGE}"',
    "socket": f'uri = "unix:/{HUGE}"',
    "file": f'uri = "/tmp/{HUGE}.db"',
    "database": f'uri = "http://127.0.0.1:1"\ndb = "{HUGE}"',
    "user": f'uri = "http://127.0.0.1:1"\nuser = "{HUGE}"',
    "description": f'uri = "http://127.0.0.1:1"\ndescription = "{HUGE}"',
    "tag": f'uri = "http://127.0.0.1:1"\ntags = ["{HUGE}"]',
    "CA": f'uri = "https://127.0.0.1:1"\ntls = {{ ca = "/tmp/{HUGE}" }}',
    "server name": f'uri = "https://127.0.0.1:1"\ntls = {{ server_name = "{HUGE}" }}',
    "variable": f'uri = "http://127.0.0.1:1"\ntoken = {{ env = "{HUGE}" }}',
    "secret file": f'uri = "http://127.0.0.1:1"\ntoken = {{ file = "/tmp/{HUGE}" }}',
    "command": f'uri = "http://127.0.0.1:1"\ntoken = {{ command = ["/tmp/{HUGE}"] }}',
    "unknown key": f'uri = "http://127.0.0.1:1"\n{HUGE} = 1',
    "wrong type": f'uri = ["{HUGE}"]',
}
CALLS = [
    ("has", "a"),
    ("inspect", "a"),
    ("inspect", "a", "-o", "json"),
    ("show", "a"),
    ("show", "a", "-o", "json"),
    ("address", "a"),
    ("list",),
    ("list", "-o", "json"),
    ("list", "-o", "plain"),
    ("list", "--no-probe"),
]


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_huge_setting(milvusconn: Milvusconn, registry_path: Path, call: tuple[str, ...]) -> None:
    """Of any kind: what is shown of it is cut, or it is refused."""
    registry_path.parent.mkdir(mode=0o700)
    for name, settings in SETTINGS.items():
        registry_path.write_text(f"[connections.a]\n{settings}\n")
        registry_path.chmod(0o600)

        ran = milvusconn(*call)

        assert len(ran.out) < MOST, name
        assert len(ran.err) < MOST, name
        assert ran.code != 70, (name, ran.err)


@pytest.mark.parametrize(
    "call", [("list",), ("list", "-o", "json"), ("list", "--names"), ("has", "--all")]
)
def test_a_huge_name(milvusconn: Milvusconn, registry_path: Path, call: tuple[str, ...]) -> None:
    """An alias in the file may have any; 255 characters of it are shown."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(f"[connections.{HUGE}]\nuri = 'http://127.0.0.1:1'\n")
    registry_path.chmod(0o600)

    ran = milvusconn(*call)

    assert "a" * 254 in ran.out
    assert len(ran.out + ran.err) < MOST


@pytest.mark.parametrize("option", ["--description", "--tag", "--db", "--user"])
def test_what_is_too_long_is_refused_where_it_enters(milvusconn: Milvusconn, option: str) -> None:
    """With the length that it may have."""
    ran = milvusconn("add", "a", "--uri", "http://127.0.0.1:1", option, "a" * 5000)

    assert (ran.code, ran.out) == (78, "")
    assert " is longer than " in ran.err

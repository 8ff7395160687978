"""Keys that are nested absurdly deep are refused before they cost memory; nothing else is."""

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.toml_nesting import DEEPEST, too_deep
from tests.conftest import Milvusconn, Ran

DEEP = ".".join(["a"] * (DEEPEST + 1))
ABSURD = ".".join(["a"] * 200_000)
POSITIONS = {
    "key": ("", "{} = 1"),
    "after a table": ("[connections.x]\n", "{} = 1"),
    "header": ("x = 1\n[", "{}]"),
    "array of tables": ("[[", "{}]]"),
    "inline table": ("x = {{ ", "{} = 1 }}"),
    "second in an inline table": ("x = {{ y = 1, ", "{} = 1 }}"),
    "within an array": ("x = [\n  {{ ", "{} = 1 }},\n]"),
    "after a comment": ("# {}\n", "{} = 1"),
    "after a string of several lines": ('x = """\n""{}\n"""\n', "{} = 1"),
    "after a literal of several lines": ("x = '''\n{}\n'''\n", "{} = 1"),
    "after a string with quotes": ('x = "\\"{}"\n', "{} = 1"),
}
KEYS = {
    "bare": DEEP,
    "quoted": ".".join(['"a.b"'] * (DEEPEST + 1)),
    "literal": ".".join(["'a.b'"] * (DEEPEST + 1)),
    "spaced": " . ".join(["a"] * (DEEPEST + 1)),
}


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("key", KEYS)
def test_a_deep_key_is_found_where_it_begins(position: str, key: str) -> None:
    """In every place where TOML has keys; what merely looks like one before it is passed over."""
    head, tail = POSITIONS[position]
    before = head.replace("{{", "{").replace("{}", DEEP)
    after = tail.replace("{{", "{").replace("}}", "}").replace("{}", KEYS[key])
    tomllib.loads(before + after)

    assert too_deep(before + after) == len(before)


@pytest.mark.parametrize(
    "text",
    [
        f"x = 1 # {DEEP}",
        f'x = "{DEEP}"',
        f"x = '{DEEP}'",
        f'x = """\n{DEEP} = 1\n"""',
        f"x = '''\n[{DEEP}]\n'''",
        f'x = ["{DEEP}", "{DEEP}"]',
        f'"{DEEP}" = 1',
        f"'{DEEP}'.'{DEEP}' = 1",
        ".".join(["a"] * DEEPEST) + " = 1",
        "".join(f"[connections.a{number}.tls]\n" for number in range(100)),
    ],
)
def test_what_is_not_deep_is_not_refused(text: str) -> None:
    """Dots in strings, comments and quoted keys, many tables, and the deepest that may be."""
    tomllib.loads(text)

    assert too_deep(text) is None


WORDS = st.text("ab.\"'#= \n\\[]{}", max_size=40)


@given(st.lists(WORDS, max_size=8).map("".join))
def test_no_document_of_modest_depth_is_refused(text: str) -> None:
    """Whatever tomllib reads has no key as deep as that in forty characters of these."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    assert depth(document) > DEEPEST or too_deep(text) is None


def depth(value: object) -> int:
    if isinstance(value, Mapping):
        return 1 + max(map(depth, value.values()), default=0)
    return max(map(depth, value), default=0) if isinstance(value, list) else 0


# The program

WEIGHED = """
import resource, subprocess, sys
ran = subprocess.run([sys.executable, "-m", "milvusconn_cli", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(ran.returncode)
"""
MOST = 200 << 10
"""KiB; parsing the key would take hundreds of times as much."""


def weighed(*arguments: str | Path) -> tuple[Ran, int]:
    """What the program answers, and its largest size in KiB."""
    ran = subprocess.run(
        [sys.executable, "-c", WEIGHED, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    *lines, size = ran.stderr.splitlines()
    return Ran(ran.returncode, ran.stdout, "\n".join(lines)), int(size)


@pytest.mark.parametrize("verb", ["list", "has", "remove x"])
def test_a_registry_with_an_absurd_key_is_refused(registry_path: Path, verb: str) -> None:
    """With its place, and in little memory."""
    registry_path.parent.mkdir()
    registry_path.write_text(f"version = 1\n  {ABSURD} = 1\n", encoding="utf-8")
    registry_path.chmod(0o600)

    ran, size = weighed(*verb.split())

    assert ran.code == 78
    assert f"a key with more than {DEEPEST} parts (at line 2, column 3)" in ran.err
    assert size < MOST


def test_a_tab_is_silent_about_an_absurd_key(registry_path: Path) -> None:
    """There is nothing to offer."""
    registry_path.parent.mkdir()
    registry_path.write_text(f"[connections.{ABSURD}]\n", encoding="utf-8")

    ran, size = weighed("__complete", "aliases")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert size < MOST


@pytest.mark.parametrize("form", ["yami", "milvusconn"])
def test_an_import_with_an_absurd_key_is_refused(form: str) -> None:
    """As any file that cannot be read."""
    Path("r.toml").write_text(f"\n[{ABSURD}]\n", encoding="utf-8")

    ran, size = weighed("import", "r.toml", "--from", form)

    assert ran.code == 78
    assert f"a key has more than {DEEPEST} parts (at line 2, column 2)" in ran.err
    assert size < MOST


def test_dots_in_values_are_nobody_s_business(milvusconn: Milvusconn, registry_path: Path) -> None:
    """A long host name, a note, a tag."""
    registry_path.parent.mkdir()
    registry_path.write_text(
        f'[connections.dev]\nuri = "http://{DEEP}"\ndescription = "{DEEP}"\n', encoding="utf-8"
    )
    registry_path.chmod(0o600)

    assert milvusconn("list", "--names").out == "dev\n"
    assert milvusconn("address", "dev").code == 0

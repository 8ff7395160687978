"""Every change of the registry, in every layout of the file."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli.registry.edits import (
    Change,
    adding,
    disconnecting,
    reconnecting,
    removing,
    renaming,
    replacing,
)
from milvusconn_cli.registry.file import change, load
from tests.registry.changes import TABLE, TWO, changed, written

LAYOUTS = {
    "tables": """\
# head
version = 1
unknown = "kept" # u

# above a
[connections.a] # beside a
uri = "http://a" # beside
# inside
db = "one"

# above b
[connections.b]
uri = "http://b"
colour = "blue" # unknown key

# tail
""",
    "tls apart": """\
[connections.a.tls] # t
ca = "x"
[other]
x = 1 # o
[connections.b]
uri = "http://b"
# above a
[connections.a]
uri = "https://a"
[connections.b.nested.deep]
x = 1
""",
    "dotted under connections": """\
# head
[connections]
# above a
a.uri = "http://a" # beside
a.tls.ca = "x"

# above b
b.uri = "http://b"
[other]
x = 1
""",
    "dotted at the root": """\
# head
connections.a.uri = "http://a"
# above b
connections.b.uri = "http://b" # beside
connections.a.db = "one"
[other]
x = 1
""",
    "inline tables": """\
[connections]
# above a
a = { uri = "http://a", tags = ["x"] } # beside a
# above b
b = { uri = "http://b" } # beside b
# tail
""",
    "all inline": """\
# head
connections = { a = { uri = "http://a" }, b = { uri = "http://b" } } # beside
# tail
[other]
x = 1
""",
    "quoted": """\
# head
["connections".'a']
"uri" = 'http://a'

# above b
[ connections . "b" ]
uri = "http://b"
""",
    "look-alikes": '''\
# head
note = """
[connections.a]
uri = "not this"
# no comment
"""
list = [
  "[connections.b]", # c
  "disconnected = true",
]
[connections.a]
description = \'\'\'
[connections.b]
disconnected = false
\'\'\'
uri = "http://a"
# above b
[connections.b]
tags = [
  "x", # beside x
]
uri = "http://b"
[[more]]
x = 1
[[more]]
x = 2 # two
''',
    "crowded": '[connections.a]\nuri="http://a"\n[connections.b]\nuri="http://b"\n',
    "indented": '  [connections.a]\n\turi = "http://a"\n\n  [connections.b]\n\turi = "http://b"\n',
    "unfinished last line": '[connections.b]\nuri = "http://b"\n\n[connections.a]\nuri = "http://a"',
}


OPERATIONS: dict[str, tuple[Change, Callable[[dict[str, Any]], object]]] = {
    "add": (adding({"new": TABLE}), lambda tables: tables.update(new=TABLE)),
    "add an odd name": (adding({'x y."é': TABLE}), lambda tables: tables.update({'x y."é': TABLE})),
    "replace": (replacing({"a": TABLE}), lambda tables: tables.update(a=TABLE)),
    "remove": (removing("a"), lambda tables: tables.pop("a")),
    "rename": (renaming("a", "z.z"), lambda tables: tables.update({"z.z": tables.pop("a")})),
    "disconnect": (disconnecting("a"), lambda tables: tables["a"].update(disconnected=True)),
    "reconnect": (reconnecting("a"), lambda tables: tables["a"].pop("disconnected", None)),
}


@pytest.fixture(params=["\n", "\r\n"], ids=["lf", "crlf"])
def newline(request: pytest.FixtureRequest) -> str:
    """How the file's lines end."""
    return str(request.param)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_change_in_every_layout(
    layout: str, operation: str, newline: str, registry_path: Path
) -> None:
    """The parsed result is what it should be, and line breaks keep their kind."""
    text = LAYOUTS[layout].replace("\n", newline)
    wanted, apply = OPERATIONS[operation]
    expected = tomllib.loads(text)
    apply(expected["connections"])

    found = changed(written(registry_path, text), wanted)

    assert found == expected
    after = registry_path.read_bytes().decode()
    assert (after.count("\r\n") == after.count("\n")) == (newline == "\r\n")


# Inline tables are tomlkit's, which may move what stands around them.
TEXTUAL = [name for name in LAYOUTS if "inline" not in name]


@pytest.mark.parametrize("operation", ["add", "rename", "disconnect", "reconnect"])
@pytest.mark.parametrize("layout", TEXTUAL)
def test_lines_that_a_change_is_not_about_stay(
    layout: str, operation: str, newline: str, registry_path: Path
) -> None:
    """Byte for byte and in their order; a new line may be put between them."""
    text = LAYOUTS[layout].replace("\n", newline)
    changed(written(registry_path, text), OPERATIONS[operation][0])

    after = registry_path.read_bytes().decode().splitlines(keepends=True)
    before = text.splitlines(keepends=True)
    if not text.endswith("\n") and after[-1].endswith("\n"):
        before[-1] += newline
    remaining = iter(after)
    named = re.compile(r"""(connections['"]?\s*\.\s*|^)['"]?a\b""")
    for line in before:
        if operation == "rename" and named.search(line):
            continue
        assert line in remaining  # which consumes what comes before it


@pytest.mark.parametrize("operation", list(OPERATIONS))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_comments_outside_an_alias_survive_every_change(
    layout: str, operation: str, registry_path: Path
) -> None:
    """Those above, below and beside other aliases; one that goes takes only its own."""
    text = LAYOUTS[layout]
    changed(written(registry_path, text), OPERATIONS[operation][0])

    after = registry_path.read_text(encoding="utf-8")
    own = ("# beside a", "# beside", "# inside", "# t")
    for comment in re.findall(r"# [a-z][a-z ]*$", text, re.MULTILINE):
        if operation in ("remove", "replace") and comment in own:
            continue
        assert comment in after


@pytest.mark.parametrize("layout", [name for name in TEXTUAL if name != "unfinished last line"])
def test_to_and_fro_gives_the_very_bytes_back(
    layout: str, newline: str, registry_path: Path
) -> None:
    """Add and remove, disconnect and reconnect, rename and rename back."""
    text = LAYOUTS[layout].replace("\n", newline)
    written(registry_path, text)
    back = renaming("z.z", '"a"' if layout == "quoted" else "a")
    for to, fro in (
        (adding({"new": TABLE}), removing("new")),
        (disconnecting("a"), reconnecting("a")),
        (disconnecting("b"), reconnecting("b")),
        (renaming("a", "z.z"), back),
    ):
        if layout == "quoted" and fro is back:
            continue  # the name comes back without its quotes
        changed(registry_path, to)
        assert registry_path.read_bytes() != text.encode()
        changed(registry_path, fro)
        assert registry_path.read_bytes() == text.encode()


def test_the_comment_above_the_next_alias_stays_with_the_next(registry_path: Path) -> None:
    """What the contract promises of `remove`."""
    changed(written(registry_path, LAYOUTS["tables"]), removing("a"))

    text = registry_path.read_text(encoding="utf-8")
    assert "# above b\n[connections.b]\n" in text
    assert "beside" not in text


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("operation", [renaming("a", "z"), replacing({"a": TABLE})])
def test_a_renamed_or_replaced_alias_keeps_its_place(
    layout: str, operation: Change, registry_path: Path
) -> None:
    """The order of the file is the order of `list`."""
    before = list(tomllib.loads(LAYOUTS[layout])["connections"])
    found = changed(written(registry_path, LAYOUTS[layout]), operation)

    names = list(found["connections"])
    assert ["a" if name == "z" else name for name in names] == before


NEW_INLINE = (
    'a = {uri = "https://new:1", password = {env = "X"}, user = "root", tags = ["a", "b"],'
    ' tls = {ca = "/ca.pem"}}'
)


@pytest.mark.parametrize(
    ("layout", "make", "before", "after"),
    [
        (
            "tables",
            lambda: disconnecting("a"),
            'db = "one"\n',
            'db = "one"\ndisconnected = true\n',
        ),
        (
            "dotted at the root",
            lambda: renaming("a", "z.z"),
            "connections.a.",
            'connections."z.z".',
        ),
        (
            "dotted under connections",
            lambda: replacing({"a": TABLE}),
            'a.uri = "http://a" # beside\na.tls.ca = "x"\n',
            f"{NEW_INLINE}\n",
        ),
    ],
)
def test_the_text_of_a_change(
    layout: str, make: Callable[[], Change], before: str, after: str, registry_path: Path
) -> None:
    """Where the layout allows it a change is made in the text, and the rest stays as it is."""
    changed(written(registry_path, LAYOUTS[layout]), make())

    assert registry_path.read_text(encoding="utf-8") == LAYOUTS[layout].replace(before, after)


def test_a_number_that_is_none_survives(registry_path: Path) -> None:
    """NaN under an unknown key is not equal to itself; the change is proved all the same."""
    text = "unknown = nan\n" + TWO

    changed(written(registry_path, text), removing("b"))

    assert registry_path.read_text(encoding="utf-8") == text[: text.index("\n[connections.b]")]


def test_an_alias_that_is_put_back_keeps_the_comment_of_its_line(registry_path: Path) -> None:
    """`disconnected = true # until Monday`: the comment survives `connect`."""
    text = '[connections.a]\nuri = "http://a"\ndisconnected = true # until Monday\n'

    found = changed(written(registry_path, text), reconnecting("a"))

    assert not found["connections"]["a"].get("disconnected")
    assert "# until Monday" in registry_path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        '[connections.a]\nuri = "http://a"\n',
        'version = 1\n\n[connections.a]\nuri = "http://a"\n',
        '[connections]\na.uri = "http://a"\n',
        'connections.a.uri = "http://a"\n',
        '[connections]\na = { uri = "http://a" }\n',
        'connections = { a = { uri = "http://a" } }\n',
    ],
)
def test_the_only_alias_can_be_removed(text: str, registry_path: Path) -> None:
    """What is left is a registry without aliases."""
    found = changed(written(registry_path, text), removing("a"))

    assert found.get("connections", {}) == {}


def test_add_and_remove_of_the_first_alias(registry_path: Path) -> None:
    """The very first thing that a user tries."""
    changed(registry_path, adding({"a": TABLE}))

    assert changed(registry_path, removing("a")) == {"version": 1}


def test_the_first_alias_makes_the_file(registry_path: Path) -> None:
    """With its version, rendered as people would write it, nothing lost."""
    found = changed(registry_path, adding({"a": TABLE}))

    assert found == {"version": 1, "connections": {"a": TABLE}}
    text = registry_path.read_text(encoding="utf-8")
    assert text.startswith("version = 1\n\n[connections.a]\nuri = ")
    assert 'password = {env = "X"}\n' in text
    assert '\n[connections.a.tls]\nca = "/ca.pem"\n' in text


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "# no line break", "# c\r\n"])
def test_the_first_alias_in_a_file_without_any(text: str, registry_path: Path) -> None:
    """What was there stays, the version is written."""
    found = changed(written(registry_path, text), adding({"a": TABLE}))

    assert found == {"version": 1, "connections": {"a": TABLE}}
    assert registry_path.read_bytes().decode().startswith(text.rstrip("\r\n"))


@pytest.mark.parametrize(
    "value",
    [
        *('"quoted"', "back\\slash", "two\nlines", "tab\t", "\x00\x1b[31m", "ünïcödé 🔑", "# no"),
        *("'''", '"""', "\r\n", "\x7f\u2028", "[connections.b]"),
    ],
)
def test_any_text_can_be_a_setting(value: str, registry_path: Path) -> None:
    """Quoting is the file's business."""
    table = {"uri": "http://h", "password": value, "tags": [value], "description": value}

    found = changed(written(registry_path, TWO), adding({"new": table}))

    assert found["connections"]["new"] == table


def test_a_change_of_several_sees_each_before_the_next(registry_path: Path) -> None:
    """All of a command's changes in one replacement."""
    found = changed(
        written(registry_path, TWO), disconnecting("a"), renaming("a", "c"), removing("b")
    )

    assert found["connections"] == {"c": {"uri": "http://a", "disconnected": True}}


def test_the_answer_is_the_registry_as_it_is_then(registry_path: Path) -> None:
    """Who changes it need not read it again."""
    registry = change(written(registry_path, TWO), lambda _: [renaming("a", "z")])

    assert list(registry.entries) == ["z", "b"]
    assert list(load(registry_path, {}).entries) == ["z", "b"]

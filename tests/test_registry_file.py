"""The registry file: changed whole or not at all, in every layout, by one process at a time."""

import errno
import os
import re
import resource
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from milvusconn_cli.errors import AliasError, RegistryError
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import lock as registry_lock
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.registry.edits import (
    Change,
    adding,
    disconnecting,
    reconnecting,
    removing,
    renaming,
    replacing,
)
from milvusconn_cli.registry.file import change, load, locate, loose_mode
from tests.conftest import unprivileged

TABLE: dict[str, object] = {
    "uri": "https://new:1",
    "password": {"env": "X"},
    "user": "root",
    "tags": ["a", "b"],
    "tls": {"ca": "/ca.pem"},
}
TWO = '[connections.a]\nuri = "http://a"\n\n[connections.b]\nuri = "http://b"\n'


def changed(path: Path, *wanted: Change) -> dict[str, Any]:
    """The parsed file after the changes."""
    change(path, lambda _: wanted)
    return tomllib.loads(path.read_bytes().decode())


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def refusal(path: Path, *wanted: Change) -> RegistryError:
    with pytest.raises(RegistryError) as caught:
        change(path, lambda _: wanted)
    return caught.value


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


# --- a model ---------------------------------------------------------------------------------


aliases = st.sampled_from(["a", "b", "c", "d.d", "e e", "f'\"", "é"])


class Editing(RuleBasedStateMachine):
    """Any sequence of changes on a generated document, against a dict."""

    directory: Path

    def __init__(self) -> None:
        super().__init__()
        self.path = self.directory / "connections.toml"
        # An alias that nobody removes: that of the last one has a test of its own.
        text = '# 1\nversion = 1 # 2\n\n# 3\n[connections.stays] # 4\nuri = "http://s"\n# 5\n'
        self.path.write_text(text, encoding="utf-8")
        self.model: dict[str, Any] = tomllib.loads(text)
        self.comments = {1, 2, 3, 4, 5}
        self.next_comment = 6

    @property
    def tables(self) -> dict[str, Any]:
        tables: dict[str, Any] = self.model["connections"]
        return tables

    def _change(self, wanted: Change) -> None:
        change(self.path, lambda _: [wanted])

    @rule(alias=aliases, tls=st.booleans(), db=st.text(max_size=5))
    def add(self, alias: str, *, tls: bool, db: str) -> None:
        """Add or replace."""
        table: dict[str, Any] = {"uri": "http://h", "db": db}
        if tls:
            table["tls"] = {"ca": "/ca", "server_name": db}
        if alias in self.tables:
            return
        self._change(adding({alias: table}))
        self.tables[alias] = table

    @precondition(lambda self: len(self.tables) > 1)
    @rule(alias=aliases)
    def remove(self, alias: str) -> None:
        """Remove one that is there."""
        if alias in self.tables:
            self._change(removing(alias))
            del self.tables[alias]

    @rule(alias=aliases)
    def replace(self, alias: str) -> None:
        """New settings in the old place."""
        if alias in self.tables:
            self._change(replacing({alias: {"uri": "unix:/s"}}))
            self.tables[alias] = {"uri": "unix:/s"}

    @rule(alias=aliases, new=aliases)
    def rename(self, alias: str, new: str) -> None:
        """Another name in the old place."""
        if alias in self.tables and new not in self.tables:
            self._change(renaming(alias, new))
            self.model["connections"] = {
                new if name == alias else name: table for name, table in self.tables.items()
            }

    @rule(alias=aliases)
    def disconnect(self, alias: str) -> None:
        """Out of service."""
        if alias in self.tables:
            self._change(disconnecting(alias))
            self.tables[alias]["disconnected"] = True

    @rule(alias=aliases)
    def reconnect(self, alias: str) -> None:
        """Into service."""
        if alias in self.tables:
            self._change(reconnecting(alias))
            self.tables[alias].pop("disconnected", None)

    @rule()
    def comment_by_hand(self) -> None:
        """A person writes a comment at the end, where it belongs to what comes next."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n# {self.next_comment}\n")
        self.comments.add(self.next_comment)
        self.next_comment += 1

    @rule(data=st.data())
    def write_by_hand(self, data: st.DataObject) -> None:
        """A person adds an alias in a layout of their own."""
        alias = data.draw(aliases)
        if alias in self.tables:
            return
        key = '"' + alias.replace('"', '\\"') + '"'
        layout = data.draw(
            st.sampled_from(
                [
                    "[ connections . {} ]\n  uri = 'x'\n",
                    "[connections.{}]\nuri = '''\n[connections.a]\n# x'''\n",
                    "[connections.{0}]\nuri = 'x'\n[connections.{0}.tls]\nca = 'y'",
                    "\n\n[connections.{}]\nuri = [\n 1, # n\n]",
                ]
            )
        )
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" + layout.format(key))
        text = self.path.read_text(encoding="utf-8")
        self.model["connections"] = tomllib.loads(text)["connections"]

    @invariant()
    def file_is_the_model(self) -> None:
        """Content, order and comments."""
        text = self.path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
        assert found == self.model
        assert list(found["connections"]) == list(self.tables)
        assert {int(number) for number in re.findall(r"# (\d+)$", text, re.MULTILINE)} == (
            self.comments
        )


def test_any_sequence_of_changes_agrees_with_a_model(tmp_path: Path) -> None:
    """After each change the file says what a dict says, and every comment is still there."""

    class Here(Editing):
        directory = tmp_path

    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=40,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# --- what is wrong with a file -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x = 1\ny = \n", "line 2, column 5"),
        ("x = 1\nx = 2\n", "line 2, column 6"),
        ("[a\n", "line 1, column 3"),
        ("x = 1\ny = [1,", "line 2, column 8"),
        ('x = "a" y = "b"\n', "line or end of document after a statement (at line 1, column 9)"),
        ('x = """\n\n', "line 3, column 1"),
        ("x = 1\n[connections.a]\nuri = http://h\n", "line 3, column 7"),
        ("x = 2024-13-45\n", "line 1"),
    ],
)
def test_a_malformed_file_is_refused_and_left_alone(
    text: str, place: str, registry_path: Path
) -> None:
    """Line and column; not one byte is changed."""
    written(registry_path, text)

    for error in (refusal(registry_path, adding({"a": TABLE})), load_refusal(registry_path)):
        assert str(registry_path) in error.message
        assert place in error.message
        assert "nothing was changed" in (error.hint or "")
    assert registry_path.read_bytes() == text.encode()


BY_HAND = "fix the file by hand; nothing was changed"
MOST_DIGITS = sys.get_int_max_str_digits()


def load_refusal(path: Path) -> RegistryError:
    with pytest.raises(RegistryError) as caught:
        load(path, {})
    return caught.value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "y = 1\nx = " + "1" * 5000 + "\n",
            # The first digit that is one too many, after `x = `.
            rf"a number is too long \(at line 2, column {4 + MOST_DIGITS + 1}\)",
        ),
        (
            "y = 1\nx = " + "[" * 3000 + "]" * 3000 + "\n",
            r"nested too deeply \(at line 2, column [1-9]\d\d\)",
        ),
    ],
    ids=["number of thousands of digits", "brackets in brackets"],
)
def test_a_file_that_python_cannot_parse_is_a_bad_file(
    text: str, message: str, registry_path: Path
) -> None:
    """What tomllib falls over is malformed as well, not a fault of this program."""
    written(registry_path, text)

    error = load_refusal(registry_path)

    assert re.fullmatch(f"{re.escape(str(registry_path))}: {message}", error.message)
    assert error.hint == BY_HAND


def test_a_file_that_is_not_utf8(registry_path: Path) -> None:
    """The place of the byte; the file is left alone."""
    written(registry_path, "")
    registry_path.write_bytes(b"x = '\xff'\n")

    error = refusal(registry_path, adding({"a": TABLE}))

    assert error.message == f"{registry_path} is not UTF-8 (at line 1, column 6)"
    assert error.hint == BY_HAND
    assert registry_path.read_bytes() == b"x = '\xff'\n"


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("version = 2\n", "unknown registry version 2", "line 1, column 1"),
        ("x = 1\nversion = '1'\n", "unknown registry version '1'", "line 2, column 1"),
        ("version = true\n", "unknown registry version True", "line 1, column 1"),
        (
            f"version = 0x{'f' * 5000}\n",
            "unknown registry version of thousands of digits",
            "line 1, column 1",
        ),
        ("connections = 1\n", "`connections` must be a table", "line 1, column 1"),
        ("# first\n[[connections]]\n", "`connections` must be a table", "line 2, column 1"),
        ("[connections]\na = 1\n", "`connections.a` must be a table", "line 2, column 1"),
        (
            "[connections.b]\nuri = 'x'\n\n  [[connections.a]]\n",
            "`connections.a` must be a table",
            "line 4, column 1",
        ),
        (
            "x = 1\nconnections.b.uri = 'x'\nconnections.a = 1\n",
            "`connections.a` must be a table",
            "line 3, column 1",
        ),
        (
            "\nconnections = { b = {}, a = 1 }\n",
            "`connections.a` must be a table",
            "line 2, column 1",
        ),
    ],
)
def test_a_file_of_another_shape(text: str, message: str, place: str, registry_path: Path) -> None:
    """A version that is not ours, and types that are not, with their place; nothing is changed."""
    written(registry_path, text)

    for error in (refusal(registry_path, adding({"new": TABLE})), load_refusal(registry_path)):
        assert error.message.startswith(f"{registry_path}: {message}")
        assert error.message.endswith(f"(at {place})")
        assert error.hint == BY_HAND
    assert registry_path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "text",
    [
        '[connections."http://root:Zx7Kp9Wd@h"]\n' * 2,
        "connections = { 'root:Zx7Kp9Wd@h' = {}, 'root:Zx7Kp9Wd@h' = {} }\n",
        "[connections]\n'http://root:Zx7Kp9Wd@h' = 1\n",
    ],
)
def test_a_name_that_holds_a_password_is_told_without_it(text: str, registry_path: Path) -> None:
    """Whoever says what is wrong."""
    message = load_refusal(written(registry_path, text)).message

    assert "Zx7Kp9Wd" not in message
    assert ":***@h" in message.replace("//", "")


def test_a_byte_order_mark_is_named(registry_path: Path) -> None:
    """Which an editor puts there and does not show."""
    written(registry_path, "\ufeffversion = 1\n")

    error = load_refusal(registry_path)

    assert "byte order mark (at line 1, column 1)" in error.message
    assert error.hint == "save it as UTF-8 without a byte order mark; nothing was changed"


def test_a_directory_in_the_files_place(registry_path: Path) -> None:
    """Not an empty registry."""
    registry_path.mkdir(parents=True)

    assert "is not a regular file" in load_refusal(registry_path).message
    assert "is not a regular file" in refusal(registry_path, adding({"a": TABLE})).message


def test_an_unreadable_file(registry_path: Path) -> None:
    """Not an empty registry."""
    written(registry_path, TWO).chmod(0)

    with unprivileged():
        assert "Permission denied" in load_refusal(registry_path).message
        assert "Permission denied" in refusal(registry_path, removing("a")).message


def test_a_name_that_the_system_does_not_take(registry_path: Path) -> None:
    """Too long a name is said, not thrown."""
    path = written(registry_path, TWO).with_name("x" * 300)

    too_long = f"{path.parent}/*** cannot be read: {os.strerror(errno.ENAMETOOLONG)}"
    assert load_refusal(path).message == too_long
    assert refusal(path, adding({"a": TABLE})).message == too_long


def test_links_that_lead_to_each_other(registry_path: Path) -> None:
    """A loop is said, not thrown."""
    registry_path.parent.mkdir()
    registry_path.symlink_to(registry_path)

    message = refusal(registry_path, adding({"a": TABLE})).message

    assert message.startswith(f"{registry_path} cannot be ")


def test_a_file_in_the_directorys_place(registry_path: Path) -> None:
    """A parent that is no directory is said, not thrown."""
    registry_path.parent.write_text("", encoding="utf-8")

    assert "cannot be" in refusal(registry_path, adding({"a": TABLE})).message


def test_a_missing_file_is_an_empty_registry(registry_path: Path) -> None:
    """And reading it makes nothing."""
    assert dict(load(registry_path, {}).entries) == {}
    assert not registry_path.parent.exists()


# --- how it lies on the disk -------------------------------------------------------------------


@pytest.fixture
def no_umask() -> Iterator[None]:
    """A process whose new files everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("no_umask")
def test_a_new_file_is_the_users_alone(registry_path: Path) -> None:
    """0600 in 0700, whatever the umask, the lock too."""
    changed(registry_path, adding({"a": TABLE}))

    assert mode(registry_path) == 0o600
    assert mode(registry_path.parent) == 0o700
    for beside in registry_path.parent.iterdir():
        assert mode(beside) == 0o600


@pytest.mark.usefixtures("no_umask")
@pytest.mark.parametrize("given_mode", [0o600, 0o640, 0o604, 0o644, 0o400])
def test_a_files_mode_is_kept(given_mode: int, registry_path: Path) -> None:
    """Who shares it with a group goes on sharing it."""
    written(registry_path, TWO).chmod(given_mode)

    changed(registry_path, removing("a"))

    assert mode(registry_path) == given_mode
    others = given_mode & 0o077
    assert loose_mode(registry_path) == (f"{given_mode:04o}" if others else None)


@contextmanager
def limited(kind: int, most: int) -> Iterator[None]:
    """A resource of this process, made scarce."""
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(kind, before)


@contextmanager
def no_more_files() -> Iterator[None]:
    """No file can be opened."""
    free = os.dup(0)
    os.close(free)
    with limited(resource.RLIMIT_NOFILE, free):
        yield


@pytest.mark.parametrize(
    ("scarcity", "reason"),
    [
        (no_more_files, f"cannot be read: {os.strerror(errno.EMFILE)}"),
        (
            lambda: limited(resource.RLIMIT_FSIZE, 10),
            f"cannot be written: {os.strerror(errno.EFBIG)}",
        ),
    ],
    ids=["not opened", "not finished"],
)
def test_a_file_that_cannot_be_written_is_left_alone(
    scarcity: Callable[[], AbstractContextManager[None]], reason: str, registry_path: Path
) -> None:
    """Whole or not at all, with the system's reason, and nothing lies beside it."""
    written(registry_path, TWO)

    with ExitStack() as stack:

        def decide(_: Registry) -> list[Change]:
            stack.enter_context(scarcity())
            return [removing("a")]

        with pytest.raises(RegistryError) as caught:
            change(registry_path, decide)

    place = registry_path.resolve()
    assert caught.value.message == f"{place} {reason}"
    assert caught.value.hint == "nothing was changed"
    assert registry_path.read_text(encoding="utf-8") == TWO
    assert not list(registry_path.parent.glob(".*.new"))


NOBODY = 65534
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of other users")


@only_root
def test_a_file_of_another_user_stays_theirs(registry_path: Path) -> None:
    """Under sudo too: who owned it goes on owning it."""
    written(registry_path, TWO).chmod(0o640)
    os.chown(registry_path, NOBODY, 4321)

    changed(registry_path, removing("a"))

    found = registry_path.stat()
    assert (found.st_uid, found.st_gid, mode(registry_path)) == (NOBODY, 4321, 0o640)


@only_root
def test_what_a_group_could_read_no_other_group_can(registry_path: Path) -> None:
    """Where the file cannot be given to its group again, no group may read or write it."""
    written(registry_path, TWO).chmod(0o664)
    os.chown(registry_path, -1, 4321)

    with unprivileged():
        changed(registry_path, removing("a"))

    found = registry_path.stat()
    assert (found.st_uid, found.st_gid, mode(registry_path)) == (0, os.getegid(), 0o604)


@only_root
def test_a_file_that_would_change_hands_is_left_alone(registry_path: Path) -> None:
    """A directory of one's own does not make the files in it one's own."""
    written(registry_path, TWO).chmod(0o644)
    os.chown(registry_path, NOBODY, -1)

    with unprivileged():
        error = refusal(registry_path, removing("a"))

    assert error.message.endswith(f" cannot be written: {os.strerror(errno.EPERM)}")
    assert registry_path.stat().st_uid == NOBODY
    assert registry_path.read_text(encoding="utf-8") == TWO


@only_root
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, (NOBODY, 4321)),
        ((0, 0), (NOBODY, 4321)),
        ((4242, 4242), (4242, 4242)),
        ((NOBODY, 4242), (NOBODY, 4242)),
    ],
)
def test_a_lock_that_root_made_is_given_to_the_files_owner(
    before: tuple[int, int] | None, after: tuple[int, int], registry_path: Path
) -> None:
    """Who owns the registry can change it after one change as root; others keep what they have."""
    written(registry_path, TWO)
    os.chown(registry_path, NOBODY, 4321)
    lock = registry_path.with_name(".connections.toml.lock")
    if before is not None:
        lock.touch(0o600)
        os.chown(lock, *before)

    changed(registry_path, removing("a"))

    found = lock.stat()
    assert (found.st_uid, found.st_gid, mode(lock)) == (*after, 0o600)


@only_root
@pytest.mark.parametrize("kind", ["filled", "of two names", "a link"])
def test_what_is_no_lock_is_not_given_away(kind: str, registry_path: Path) -> None:
    """The owner of a directory may put another's file in the place of the lock."""
    written(registry_path, TWO)
    os.chown(registry_path, NOBODY, 4321)
    lock, precious = registry_path.with_name("lock"), registry_path.with_name("precious")
    precious.write_text("x" if kind == "filled" else "", encoding="utf-8")
    match kind:
        case "filled":
            precious.replace(lock)
        case "of two names":
            lock.hardlink_to(precious)
        case _:
            lock.symlink_to(precious)

    registry_lock._share_with_users_of(registry_path, lock)

    assert lock.stat().st_uid == 0


@only_root
def test_a_lock_of_ones_own_registry_stays_as_it_is(registry_path: Path) -> None:
    """Its group is nobody's business."""
    written(registry_path, TWO)
    os.chown(registry_path, -1, 4321)

    changed(registry_path, removing("a"))

    assert registry_path.with_name(".connections.toml.lock").stat().st_gid == os.getegid()


def test_a_directory_that_cannot_be_listed_takes_a_change(registry_path: Path) -> None:
    """Only its durability is less sure then."""
    registry_path.parent.mkdir()
    registry_path.parent.chmod(0o300)

    with unprivileged():
        changed(registry_path, adding({"a": TABLE}))

    assert "a" in load(registry_path, {})


def test_a_directory_that_cannot_be_entered(registry_path: Path) -> None:
    """Whether the file is there cannot be told: not an empty registry."""
    written(registry_path, TWO).parent.chmod(0)
    denied = f"cannot be read: {os.strerror(errno.EACCES)}"

    with unprivileged():
        assert load_refusal(registry_path).message == f"{registry_path} {denied}"
        assert refusal(registry_path, removing("a")).message.endswith(denied)
    registry_path.parent.chmod(0o700)


def test_a_symbolic_link_stays_one(registry_path: Path, tmp_path: Path) -> None:
    """Dotfiles that are linked into a repository stay there."""
    real = written(tmp_path / "dotfiles" / "real.toml", TWO)
    registry_path.parent.mkdir()
    registry_path.symlink_to(real)

    changed(registry_path, removing("a"))

    assert registry_path.is_symlink()
    assert list(tomllib.loads(real.read_text(encoding="utf-8"))["connections"]) == ["b"]
    assert [path.name for path in registry_path.parent.iterdir()] == [registry_path.name]


def test_a_link_to_nothing_is_filled(registry_path: Path, tmp_path: Path) -> None:
    """The target is made, the link stays."""
    registry_path.parent.mkdir()
    registry_path.symlink_to(tmp_path / "later" / "real.toml")

    changed(registry_path, adding({"a": TABLE}))

    assert registry_path.is_symlink()
    assert (tmp_path / "later" / "real.toml").is_file()


def test_nothing_but_the_file_and_its_lock_remains(registry_path: Path) -> None:
    """No temporary file, after a change and after a refusal."""
    changed(registry_path, adding({"a": TABLE}))
    with pytest.raises(AliasError):
        change(registry_path, lambda registry: [removing(registry.get("nope").alias)])

    beside = {path.name for path in registry_path.parent.iterdir()}
    assert beside <= {"connections.toml", ".connections.toml.lock"}


def test_what_a_killed_writer_left_is_overwritten(registry_path: Path) -> None:
    """The file of a writer that was killed does not stop the next."""
    written(registry_path, TWO)
    registry_path.with_name(".connections.toml.0a1b2c3d.new").write_text("half", encoding="utf-8")

    changed(registry_path, removing("a"))

    assert not list(registry_path.parent.glob(".*.new"))


def test_a_change_that_comes_to_nothing_makes_nothing(registry_path: Path) -> None:
    """Neither file nor directory nor lock."""
    change(registry_path, lambda _: [])
    with pytest.raises(AliasError):
        change(registry_path, lambda registry: [removing(registry.get("nope").alias)])

    assert not registry_path.parent.exists()


def test_a_change_that_comes_to_nothing_leaves_the_file(registry_path: Path) -> None:
    """The very file: not even replaced by its equal."""
    written(registry_path, TWO)
    before = registry_path.stat()

    change(registry_path, lambda _: [reconnecting("a")])

    assert registry_path.stat().st_ino == before.st_ino
    assert registry_path.stat().st_mtime_ns == before.st_mtime_ns


def test_who_raises_leaves_the_file(registry_path: Path) -> None:
    """`decide` may refuse in the middle."""
    written(registry_path, TWO)

    def decide(registry: Registry) -> list[Change]:
        return [removing("a"), removing(registry.get("nope").alias)]

    with pytest.raises(AliasError):
        change(registry_path, decide)
    assert registry_path.read_text(encoding="utf-8") == TWO


def test_an_edit_that_does_something_else_is_not_written(
    registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every edit is proved by parsing it before it replaces anything."""
    written(registry_path, TWO)
    monkeypatch.setattr(registry_file, "_edit_one", lambda text, *_: text)
    edits: list[Callable[[str], str]] = [
        lambda text: text + "x = 1\n",
        lambda text: text,
        lambda _: "[[",
        lambda _: "",
    ]
    for edit in edits:
        wrong = Change(removing("a").apply, edit)

        error = refusal(registry_path, wrong)
        assert error.message == ("this change cannot be made safely in the layout of the file")
        assert error.hint == "nothing was changed; edit the file by hand"
        assert registry_path.read_text(encoding="utf-8") == TWO


ODD = """\
rest = 1
number = 1.0
none = nan
list = ['x', ['y'], {z = 1}]
[connections.a]
uri = "http://a"
[connections.b]
uri = "http://b"
odd = ['x']
"""


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("rest = 1", "rest = 2"),
        ("rest = 1", "rest = true"),
        ("rest = 1", "rest = 1.0"),
        ("rest = 1\n", ""),
        ("rest = 1", "rest = 1\nmore = 1"),
        ("number = 1.0", "number = nan"),
        ("none = nan", "none = 1.0"),
        ("['x', [", "['w', ["),
        ("['x', [", "['x', 'x', ["),
        ("['y']", "['z']"),
        ("['y']", "['y', 'z']"),
        ("['y']", "[]"),
        ("z = 1", "z = 2"),
        ("http://b", "http://c"),
        ("odd = ['x']", "odd = ['y']"),
    ],
)
def test_an_edit_that_does_something_beside_it_is_not_written(
    part: str, other: str, registry_path: Path
) -> None:
    """Not of another alias, nor of what is none; all kinds of values are looked at."""
    written(registry_path, ODD)
    right = removing("a")
    assert part in right.edit(ODD)
    wrong = Change(right.apply, lambda text: right.edit(text).replace(part, other))

    assert refusal(registry_path, wrong).hint == "nothing was changed; edit the file by hand"
    assert registry_path.read_text(encoding="utf-8") == ODD
    assert changed(registry_path, right)["connections"].keys() == {"b"}


def test_a_value_of_no_sense_under_a_quoted_name(registry_path: Path) -> None:
    """It is replaced where it stands, with the name as its header has it."""
    text = "[connections.'x y']\nuri = 'x'\ndisconnected = 'no' # c\n"

    changed(written(registry_path, text), disconnecting("x y"))

    assert registry_path.read_text(encoding="utf-8") == text.replace("'no'", "true")


def test_a_setting_that_python_cannot_write(registry_path: Path) -> None:
    """A number of thousands of digits under an unknown key: refused, and no fault of ours."""
    written(registry_path, TWO)

    for wanted in (adding, replacing):
        error = refusal(registry_path, wanted({"a": {"uri": "http://h", "odd": 16**5000}}))
        assert error.hint == "nothing was changed; edit the file by hand"
    assert registry_path.read_text(encoding="utf-8") == TWO


# --- several processes -------------------------------------------------------------------------


HOLD = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_that_another_process_holds_is_said(
    registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds it, by process id where the system tells; the file is left alone."""
    monkeypatch.setattr(registry_lock, "LOCK_SECONDS", 0.05)
    written(registry_path, TWO)
    lock = registry_path.with_name(".connections.toml.lock")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"

        error = refusal(registry_path, removing("a"))

        holder.stdin.close()
    assert "is being changed by another process" in error.message
    assert error.hint == "retry when it is done"
    if Path("/proc/locks").exists():
        assert f"pid {holder.pid}" in error.message
    assert registry_path.read_text(encoding="utf-8") == TWO
    changed(registry_path, removing("a"))


ADD_TWENTY = """
import sys
from pathlib import Path
from milvusconn_cli.registry.edits import adding
from milvusconn_cli.registry.file import change
for number in range(20):
    table = {"uri": "http://h"}
    change(Path(sys.argv[1]), lambda _: [adding({f"{sys.argv[2]}{number}": table})])
"""


def test_two_processes_that_add_lose_nothing(registry_path: Path) -> None:
    """Twenty aliases each make forty."""
    adders = [
        subprocess.Popen([sys.executable, "-c", ADD_TWENTY, str(registry_path), name])
        for name in ("x", "y")
    ]
    assert [adder.wait() for adder in adders] == [0, 0]

    found = tomllib.loads(registry_path.read_text(encoding="utf-8"))["connections"]
    assert set(found) == {f"{name}{number}" for name in ("x", "y") for number in range(20)}


def test_readers_never_see_half_a_file(registry_path: Path) -> None:
    """A reader beside a writer parses every time it looks."""
    changed(registry_path, adding({"first": TABLE}))
    with subprocess.Popen([sys.executable, "-c", ADD_TWENTY, str(registry_path), "x"]) as adder:
        while adder.poll() is None:
            assert "first" in load(registry_path, {})
    assert adder.returncode == 0


# --- where it is -------------------------------------------------------------------------------


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, own_place: Path) -> None:
    """--config before $MILVUSCONN_CONFIG before the user's own directory; `~` and relative."""
    environment = {"MILVUSCONN_CONFIG": "~/mine.toml"}

    assert locate(Path("here.toml"), environment) == own_place / "here.toml"
    assert locate(None, environment) == Path.home() / "mine.toml"
    assert locate(None, {"MILVUSCONN_CONFIG": "sub/mine.toml"}) == own_place / "sub/mine.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own_place / "xdg"))
    own = locate(None, {"MILVUSCONN_CONFIG": ""})
    assert own.name == "connections.toml"
    assert own.parent.name == "milvusconn"


def test_a_home_that_is_nobodys() -> None:
    """`~user` of no user is a bad configuration."""
    with pytest.raises(RegistryError) as caught:
        locate(Path("~no-such-user-here/x.toml"), {})

    assert caught.value.message == ("unknown home directory in ~no-such-user-here/x.toml")


def test_a_working_directory_that_is_gone(own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no path that is relative to it."""
    gone = own_place / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    with pytest.raises(RegistryError) as caught:
        locate(Path("x.toml"), {})

    reason = os.strerror(errno.ENOENT)
    assert caught.value.message == f"cannot resolve x.toml: {reason}"


def test_relative_paths_of_the_environment_are_the_callers(
    registry_path: Path, own_place: Path
) -> None:
    """`MILVUSCONN_DEV_URI=./dev.db` means here, also where the file has an alias `dev`."""
    written(registry_path, "[connections.dev]\nuri = 'http://h'\n")
    environment = {"MILVUSCONN_DEV_URI": "./dev.db", "MILVUSCONN_NEW_URI": "./new.db"}

    registry = load(registry_path, environment)

    assert registry.get("new").connection().address == str(own_place / "new.db")
    assert registry.get("dev").connection().address == str(own_place / "dev.db")

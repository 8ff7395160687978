"""Any TOML that holds aliases, and any text that does not: changed as a model says, or left alone.

The documents are written here piece by piece, so that a test knows whose every line is without
asking the program.
"""

import re
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import chain
from math import isnan
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from milvusconn_cli.errors import RegistryError
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

Model = dict[str, Any]

ONE_FILE_FOR_ALL = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
NEW = {"uri": "http://new", "password": {"env": "X"}, "tags": ["a"], "tls": {"ca": "/ca"}}
OPERATIONS = ["add", "replace", "remove", "rename", "disconnect", "reconnect"]

VALUES = [
    *("'literal'", '"basic"', '""', "''''''", '"\\u0000\\n\\"\\t"', "'\\'", '"# no comment"'),
    '"""\n[connections.a]\n# no comment\ndisconnected = true\n"""',
    "'''\n\n[other]\n'''",
    '"""a\\\n     b"""',
    '""""two quotes"""""',
    *("0", "-0.0", "1_000", "0xdead_beef", "0b11", "1e6", "nan", "-inf", "true", "false"),
    *("1979-05-27T07:32:00Z", "1979-05-27 07:32:00.999-07:00", "1979-05-27", "07:32:00"),
    *("[]", "[1, 'two', 3.0, [4]]", '[\n  1, # one\n\n  "]", # two\n]', "[\n]", "{}"),
    *("{ a = 1, 'b c' = [ 1, 2 ] }", "{ disconnected = true, x.y = 1 }", "[{ a = 1 }, { b = 2 }]"),
]


@dataclass(frozen=True)
class Piece:
    """Whole lines of a document, and the alias that they are of; None where they are of none."""

    text: str
    owner: str | None = None


@dataclass(frozen=True)
class Written:
    """A document, and its pieces in order."""

    text: str
    pieces: Sequence[Piece]

    @property
    def aliases(self) -> list[str]:
        return list(tomllib.loads(self.text).get("connections", {}))

    def lines(self, *, without: str | None = None) -> list[str]:
        """Its lines in order, less those of one alias."""
        return [
            line for piece in self.pieces if piece.owner != without or without is None
            for line in piece.text.splitlines()
        ]  # fmt: skip


names = st.one_of(
    st.sampled_from(["a", "b", "dev", "tls", "uri", "disconnected", "connections", "version"]),
    st.sampled_from(
        ["", " ", "d.d", "x y", "é", "f'\"", "[a]", "a = 1", "#", "\\", "\n", "\t", "🔑"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)


@st.composite
def keys(draw: st.DrawFn, name: str) -> str:
    """A name as somebody may write it: bare, in double or in single quotes."""
    ways = ['"' + "".join(_escaped(letter) for letter in name) + '"']
    if re.fullmatch(r"[A-Za-z0-9_-]+", name, re.ASCII):
        ways += [name] * 3
    if "'" not in name and all(letter.isprintable() for letter in name):
        ways.append(f"'{name}'")
    return draw(st.sampled_from(ways))


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


asides = st.sampled_from(["", "\n", "# a comment\n", "  # [connections.a]\n", "\n\n", " \t\n#\n"])
ends = st.sampled_from(["\n", "\n", " # beside\n", "\t\n"])
gaps = st.sampled_from(["", "", " "])
indents = st.sampled_from(["", "", "  ", "\t"])


@st.composite
def settings_lines(draw: st.DrawFn, prefix: str = "") -> str:
    """Keys of an alias with their values, one of them perhaps `disconnected`."""
    unknown = draw(st.lists(st.sampled_from(VALUES), max_size=2))
    lines = [f"unknown{place} = {value}{draw(ends)}" for place, value in enumerate(unknown)]
    lines.append(f"uri = 'http://h'{draw(ends)}")
    if draw(st.booleans()):
        lines.append(f"disconnected = {draw(st.sampled_from(['true', 'false']))}{draw(ends)}")
    if draw(st.booleans()):
        lines.append(f"tls.ca = 'x'{draw(ends)}")
    indent = draw(indents)
    placed = [f"{indent}{prefix}{line}" for line in draw(st.permutations(lines))]
    # A comment amid dotted keys is nobody's; below a header it is the alias's.
    return placed[0] + "".join(("" if prefix else draw(asides)) + line for line in placed[1:])


@st.composite
def under_headers(draw: st.DrawFn, alias: str) -> list[Piece]:
    """The alias in tables of its own, perhaps in several."""
    gap, key = draw(gaps), draw(keys(alias))
    head = f"{draw(indents)}[{gap}{draw(keys('connections'))}{gap}.{gap}{key}{gap}]"
    lines = draw(settings_lines())
    pieces = [Piece(f"{head}{draw(ends)}{lines}", alias)]
    key = draw(keys(alias))
    if "tls.ca" not in lines and draw(st.booleans()):
        text = f"[connections.{key}.tls]{draw(ends)}server_name = 'n'{draw(ends)}"
        pieces.append(Piece(text, alias))
    if draw(st.booleans()):
        more = f"[[connections.{key}.more]]\nx = {draw(st.sampled_from(VALUES))}{draw(ends)}"
        pieces.extend([Piece(more, alias)] * draw(st.integers(1, 2)))
    return pieces


@st.composite
def without_header(draw: st.DrawFn, alias: str, prefix: str) -> list[Piece]:
    """The alias by dotted keys, or as an inline table."""
    name = f"{prefix}{draw(keys(alias))}"
    if draw(st.booleans()):
        return [
            Piece(line, alias)
            for line in _statements_of(draw(settings_lines(prefix=f"{name}.")), f"{name}.")
        ]
    value = draw(st.sampled_from([one for one in VALUES if "\n" not in one]))
    inline = draw(
        st.sampled_from(
            [
                "{ uri = 'http://h', unknown = %s }",
                "{uri='http://h',disconnected=true, unknown.deep=%s}",
                "{ uri = 'http://h', tls = { ca = 'x' }, tags = [ 'a' ], unknown = %s }",
            ]
        )
    )
    return [Piece(f"{name} = {inline % value}{draw(ends)}", alias)]


def _statements_of(text: str, prefix: str) -> list[str]:
    """The statements apart again: each begins with the prefix at the beginning of a line."""
    return re.split(rf"(?m)(?!\A)^(?=[ \t]*{re.escape(prefix)})", text)


@st.composite
def documents(draw: st.DrawFn) -> Written:
    """A file as people might write it, with three aliases at most."""
    aliases = draw(st.lists(names, max_size=3, unique=True))
    root = [Piece("version = 1\n")] if draw(st.booleans()) else []
    root += [
        Piece(f"{word} = {draw(st.sampled_from(VALUES))}{draw(ends)}") for word in ("r", "'s t'")
    ]
    section: list[Piece] = []
    tables = [[Piece(f"[other]{draw(ends)}disconnected = 1\nuri = 'not ours'\n")]]
    tables.append([Piece("[[list]]\nconnections.a.uri = 'not ours'\n")])
    in_section = draw(st.booleans())
    for alias in aliases:
        match draw(st.sampled_from(["header", "header", "bare"])), in_section:
            case "header", _:
                tables += [[piece] for piece in draw(under_headers(alias))]
            case _, True:
                section += draw(without_header(alias, ""))
            case _:
                root += draw(without_header(alias, f"{draw(keys('connections'))}."))
    if section:
        tables.append([Piece(f"[connections]{draw(ends)}"), *section])
    pieces: list[Piece] = []
    for piece in [*draw(st.permutations(root)), *chain(*draw(st.permutations(tables)))]:
        # What stands between two lines of an alias is its own.
        amid = piece.owner if pieces and pieces[-1].owner == piece.owner else None
        pieces += [Piece(draw(asides), amid), piece]
    pieces.append(Piece(draw(asides)))
    return _assembled(pieces, draw(st.sampled_from(["\n", "\n", "\r\n"])), cut=draw(st.booleans()))


def _assembled(pieces: Sequence[Piece], newline: str, *, cut: bool) -> Written:
    """The document of these pieces; cut where its last line is to have no end."""
    written = [piece for piece in pieces if piece.text]
    if cut:
        written[-1] = replace(written[-1], text=written[-1].text.removesuffix("\n"))
    text = "".join(piece.text for piece in written).replace("\n", newline)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        reject()
    return Written(text, written)


def operation(name: str, alias: str) -> Change:
    match name:
        case "add":
            return adding({"new": NEW})
        case "replace":
            return replacing({alias: NEW})
        case "remove":
            return removing(alias)
        case "rename":
            return renaming(alias, "new")
        case "disconnect":
            return disconnecting(alias)
        case _:
            return reconnecting(alias)


def expected(before: Model, name: str, alias: str) -> Model:
    """The document after the operation, as anybody would say it."""
    after = deepcopy(before)
    if name == "add":
        if not after:
            after["version"] = 1
        after.setdefault("connections", {})["new"] = NEW
        return after
    tables = after["connections"]
    match name:
        case "replace":
            tables[alias] = NEW
        case "remove":
            del tables[alias]
        case "rename":
            renamed = {"new" if one == alias else one: table for one, table in tables.items()}
            after["connections"] = renamed
        case "disconnect":
            tables[alias]["disconnected"] = True
        case _:
            tables[alias].pop("disconnected", None)
    return after


def meaning(value: object) -> object:
    """What can be compared: a NaN as a word, types told apart, what says nothing left out."""
    if isinstance(value, dict):
        return {
            key: meaning(item)
            for key, item in value.items()
            if (key, item) not in (("disconnected", False), ("connections", {}))
        }
    if isinstance(value, list):
        return [meaning(item) for item in value]
    if isinstance(value, float) and isnan(value):
        return "NaN"
    return type(value).__name__, value


def assert_in_order(wanted: Sequence[str], found: Sequence[str]) -> None:
    """Every line is there, in its order; others may be between them."""
    remaining = iter(found)
    for line in wanted:
        assert line in remaining, f"lost or moved: {line!r}"  # which consumes what is before it


@pytest.fixture
def file(registry_path: Path) -> Path:
    """The registry file, empty at first."""
    registry_path.parent.mkdir()
    registry_path.touch(0o600)
    return registry_path


@pytest.mark.parametrize("name", OPERATIONS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=ONE_FILE_FOR_ALL,
)
@given(document=documents(), data=st.data())
def test_a_change_of_any_document(
    name: str, document: Written, data: st.DataObject, file: Path
) -> None:
    """It is what the model says, and no line that is not the alias's own is lost or moved."""
    assume(document.aliases or name == "add")
    assume("new" not in document.aliases)
    alias = data.draw(st.sampled_from(document.aliases)) if name != "add" else "new"
    file.write_bytes(document.text.encode())

    change(file, lambda _: [operation(name, alias)])

    after = file.read_bytes().decode()
    model = expected(tomllib.loads(document.text), name, alias)
    assert meaning(tomllib.loads(after)) == meaning(model)
    found = after.splitlines()
    foreign = document.lines(without=alias)
    if name in ("remove", "replace"):  # a blank line that would be left over goes too
        foreign, found = [*filter(str.strip, foreign)], [*filter(str.strip, found)]
    assert_in_order(foreign, found)
    if name in ("add", "disconnect"):
        changed = re.compile(r"\{ ?uri|disconnected = false")
        assert_in_order([line for line in document.lines() if not changed.search(line)], found)
    assert after.count("\r\n") in (0, after.count("\n"))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("connections.a = {uri='x'}", "connections.a = {uri='x',disconnected = true}"),
        ("[connections]\n a = { } # c", "[connections]\n a = {  disconnected = true} # c"),
        ("connections = {a={}, b={}} # c", "connections = {a={disconnected = true}, b={}} # c"),
        ("connections.a={disconnected=false}", "connections.a={disconnected=true}"),
        ("connections.a.disconnected = 'no'", "connections.a.disconnected = true"),
    ],
)
def test_an_edit_of_an_inline_table_moves_nothing_around_it(
    text: str, after: str, file: Path
) -> None:
    """Neither the comment beside it nor the tables of others, in whatever order they are."""
    others = "[other] # 1\nx = 1 # 2\n# 3\n\n[[list]] # 4\n# 5\n[[list]]\n"
    if "b={}" not in text:
        others = f"[connections.c] # 6\nuri = 'x'\n# 7\n{others}# 8\n[connections.d] # 9\n"
    file.write_bytes(f"# 0\n{text}\n{others}".encode())

    change(file, lambda _: [disconnecting("a")])

    assert file.read_bytes().decode() == f"# 0\n{after}\n{others}"


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(
    "odd",
    [
        "x = " + "[" * 450 + "]" * 450 + "\n",
        "x = 0x" + "f" * 5000 + "\n",
        "x = 0x" + "f" * 5000 + "\ny = nan\n",
        "[inline]\nx = 0x" + "f" * 5000 + "\n[connections]\nb = { uri = 'x' }\n",
    ],
    ids=["arrays", "digits", "digits and NaN", "digits and inline"],
)
def test_what_python_can_hardly_hold(name: str, odd: str, file: Path) -> None:
    """Nested too deep to be copied, or too long to be printed: done, or refused, no worse."""
    before = f"[connections.a]\nuri = 'x'\n{odd}" if "[connections]" not in odd else odd
    alias = "b" if "[connections]" in odd else "a"
    file.write_bytes(before.encode())
    load(file, {})

    try:
        change(file, lambda _: [operation(name, alias)])
    except RegistryError:
        assert file.read_bytes().decode() == before
    assert alias in load(file, {}) or name in ("remove", "rename")


plain_values = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=8),
        st.datetimes(),
        st.dates(),
        st.times(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
tables = st.dictionaries(st.text(max_size=5), plain_values, max_size=4)


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=40, deadline=None, suppress_health_check=ONE_FILE_FOR_ALL)
@given(
    rest=st.dictionaries(st.text(max_size=5), plain_values, max_size=3),
    aliases=st.dictionaries(names, tables, min_size=1, max_size=3),
    data=st.data(),
)
def test_a_change_of_any_data(
    name: str, rest: Model, aliases: Model, data: st.DataObject, file: Path
) -> None:
    """Whatever a TOML library writes for any nested data, the data are what the model says."""
    text = tomlkit.dumps(rest | {"connections": aliases})
    before = loaded(text)
    assume(before.get("version", 1) == 1 and "new" not in aliases)
    alias = data.draw(st.sampled_from(list(aliases)))
    file.write_bytes(text.encode())

    try:
        change(file, lambda _: [operation(name, alias)])
    except RegistryError:
        assert file.read_bytes().decode() == text
        raise
    assert meaning(loaded(file.read_bytes().decode())) == meaning(expected(before, name, alias))


@settings(max_examples=150, deadline=None, suppress_health_check=ONE_FILE_FOR_ALL)
@given(document=documents(), data=st.data())
def test_a_damaged_document(document: Written, data: st.DataObject, file: Path) -> None:
    """Lines of a registry with something cut out or put in: read, or refused with the place."""
    text = document.text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 10)))
    assert_read_or_refused(text[:start] + data.draw(damage) + text[end:], file)


damage = st.one_of(
    st.sampled_from([*"[]{}\"'=.,#\r\n\\", '"""', "\0", "\ufeff"]), st.text(max_size=5)
)


@settings(max_examples=150, deadline=None, suppress_health_check=ONE_FILE_FOR_ALL)
@given(text=st.text())
def test_any_text(text: str, file: Path) -> None:
    """Read, or refused with the place; never anything else."""
    assert_read_or_refused(text, file)


@settings(max_examples=100, deadline=None, suppress_health_check=ONE_FILE_FOR_ALL)
@given(data=st.binary())
def test_any_bytes(data: bytes, file: Path) -> None:
    """The same of what is no text."""
    assert_read_or_refused(data, file)


def assert_read_or_refused(content: str | bytes, file: Path) -> None:
    """A registry, or line and column; a change leaves what it could not read as it is."""
    data = content.encode() if isinstance(content, str) else content
    file.write_bytes(data)
    try:
        load(file, {})
    except RegistryError as error:
        message = error.message
    else:
        return
    assert re.search(r"line \d+, column \d+", message)
    with pytest.raises(RegistryError):
        change(file, lambda _: [adding({"new": NEW})])
    assert file.read_bytes() == data


def loaded(text: str) -> Model:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        reject()

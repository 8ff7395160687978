"""Edits of the registry's text move nothing but what they are about, in every layout of TOML."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.registry import text as registry_text
from milvusconn_cli.registry.text import statements

BLOCK = '[connections.new]\nuri = "http://new"\n'

PLAIN = """\
# the registry of the team
version = 1  # never change it

# above a
[connections.a] # beside a
uri = "http://a" # beside the uri of a
# inside a
db = "one"

# above b, two lines
# of it
[connections.b]
uri = "http://b"
colour = "blue"  # an unknown key

# at the end
"""


def parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def test_statements_of_a_document() -> None:
    """Headers and keys with their whole path; comments and blank lines are none."""
    text = '# c\nversion = 1\n\n[connections."a.b"]\n  # c\n  tls.ca = "x" # c\n'
    text += "[[more]]\n'k' = [\n1\n]"

    found = list(statements(text))

    assert [(one.path, one.depth, one.header) for one in found] == [
        (("version",), 0, False),
        (("connections", "a.b"), 0, True),
        (("connections", "a.b", "tls", "ca"), 2, False),
        (("more",), 0, True),
        (("more", "k"), 1, False),
    ]
    assert [text[slice(*one.parts[-1])] for one in found] == [
        *("version", '"a.b"', "ca", "more", "'k'")
    ]
    assert text[found[-1].start : found[-1].end] == "'k' = [\n1\n]"


@pytest.mark.parametrize(
    "value",
    [
        '"""\n[connections.a]\nuri = "x"\n"""',
        "'''\n[connections.a]\n# no comment\n'''",
        '[\n  "[connections.a]", # c\n  "x = 1",\n]',
        "[\n[1],\n[2],\n]",
        '{ a = "[x]", b = [1, 2] }',
        '"# no comment"',
        '"""a\\\n   b"""',
        '""""quoted""""',
        '"\\"]="',
        "1979-05-27T07:32:00Z",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_value_over_several_lines_is_one_statement(value: str, newline: str) -> None:
    """Lines within a value that look like headers, keys or comments are none."""
    text = f"x = {value}\n[after]\n".replace("\n", newline)

    assert [one.path for one in statements(text)] == [("x",), ("after",)]
    assert parsed(text).keys() == {"x", "after"}


@given(st.text(min_size=1))
def test_any_key_can_be_written(key: str) -> None:
    """A name with dots, spaces, quotes, unicode or control codes is read as it was."""
    if any("\ud800" <= letter <= "\udfff" for letter in key):
        return  # no TOML file can hold these
    assert parsed(f"{registry_text.key_text(key)} = 1") == {key: 1}


def test_a_plain_name_is_written_plain() -> None:
    """Quotes only where TOML asks for them."""
    assert registry_text.key_text("Prod-eu_1") == "Prod-eu_1"
    assert registry_text.key_text("prod.eu") == '"prod.eu"'


def test_adding_puts_the_block_at_the_end() -> None:
    """After a blank line, everything before it as it was."""
    assert registry_text.adding(PLAIN, BLOCK) == PLAIN + "\n" + BLOCK


@pytest.mark.parametrize("before", ["", "\n"])
def test_adding_to_nothing_starts_with_the_block(before: str) -> None:
    """No blank line where there is nothing to part from."""
    assert registry_text.adding(before, BLOCK) == before + BLOCK


def test_adding_ends_a_last_line_without_a_break() -> None:
    """The header does not end up behind the last value."""
    assert registry_text.adding("x = 1", BLOCK) == "x = 1\n\n" + BLOCK


def test_adding_to_windows_lines_speaks_windows() -> None:
    """All line breaks of a CRLF file stay CRLF."""
    assert registry_text.adding("x = 1\r\n", BLOCK) == "x = 1\r\n\r\n" + BLOCK.replace("\n", "\r\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n# last\n", "\n[[more]]\nx = 1\n"])
def test_adding_and_removing_gives_the_very_bytes_back(newline: str, end: str) -> None:
    """As if nothing had been (a line break after the last line aside)."""
    text = ('version = 1\n[connections.a]\nuri = "a"' + end).replace("\n", newline)

    there = registry_text.adding(text, BLOCK)
    back = registry_text.removing(there, "new")

    assert back == text if end else back == text + newline


def test_removing_leaves_the_next_comment_with_the_next() -> None:
    """The alias's own lines go, with the comments among them; nothing else."""
    without = registry_text.removing(PLAIN, "a")

    assert without == PLAIN.replace(
        '[connections.a] # beside a\nuri = "http://a" # beside the uri of a\n'
        '# inside a\ndb = "one"\n',
        "",
    )


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("[connections.b]\n\n[connections.a]\nx = 1\n\n[c]\n", "[connections.b]\n\n[c]\n"),
        ("[connections.b]\n\n[connections.a]\nx = 1\n# c\n", "[connections.b]\n\n# c\n"),
        ("[connections.a]\nx = 1\n\n[connections.a.tls]\ny = 1\n[c]\n", "[c]\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_removing_leaves_no_second_blank_line(text: str, without: str, newline: str) -> None:
    """The blank line that would be left over goes too; one above a comment stays."""
    text, without = text.replace("\n", newline), without.replace("\n", newline)

    assert registry_text.removing(text, "a") == without


def test_removing_takes_tables_that_lie_apart() -> None:
    """`[connections.a.tls]` at the other end of the file goes too, its neighbours stay."""
    far = (
        PLAIN + '[connections.a.tls]\nca = "x"\n\n# b has one too\n[connections.b.tls]\nca = "y"\n'
    )

    without = registry_text.removing(far, "a")

    assert "connections.a" not in without
    assert without.endswith('# at the end\n\n# b has one too\n[connections.b.tls]\nca = "y"\n')


@pytest.mark.parametrize(
    "text",
    [
        '[connections]\na.uri = "x"\n# mine\na.db = "y"\n\n# of b\nb.uri = "z"\n',
        'connections.a.uri = "x"\n\n# of b\nconnections.b.uri = "z"\nconnections.a.db = "y"\n',
        '[connections]\na = { uri = "x" } # mine\n\n# of b\nb.uri = "z"\n',
        '[connections]\nb.uri = "z"\n# of b\na = { uri = """\nx""" }\n',
        '[ connections . "a" ]\nuri = "x"\n\n# of b\n[connections.\'b\']\nuri = "z"\n',
    ],
)
def test_removing_in_other_layouts(text: str) -> None:
    """Dotted keys, inline tables and quoted names; the other alias keeps its comment."""
    without = registry_text.removing(text, "a")

    assert parsed(without) == {"connections": {"b": {"uri": "z"}}}
    assert "# of b" in without


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("[connections.a]", '[connections."z.z"]'),
        ("[connections.a] # a", '[connections."z.z"] # a'),
        ("[ connections . a ]", '[ connections . "z.z" ]'),
        ('["connections"."a"]', '["connections"."z.z"]'),
        ("['connections'.'a'.tls]", "['connections'.\"z.z\".tls]"),
        ("connections.a.uri = 1", 'connections."z.z".uri = 1'),
        ("[connections]\na.uri = 1 # a\na = 2", None),
        ("[connections]\na.uri = 1 # a", '[connections]\n"z.z".uri = 1 # a'),
        ("[connections]\na = { uri = 1 }", '[connections]\n"z.z" = { uri = 1 }'),
        (
            "[connections.a]\na = 1\nconnections.a = 2",
            '[connections."z.z"]\na = 1\nconnections.a = 2',
        ),
        ("[connections.ab]\n[a]\n[connections.b.a]", "[connections.ab]\n[a]\n[connections.b.a]"),
        ('[connections."\\u0061"]', '[connections."z.z"]'),
    ],
)
def test_renaming_changes_the_name_alone(text: str, renamed: str | None) -> None:
    """Wherever the alias's name is written as such, and nowhere else."""
    if renamed is not None:
        assert registry_text.renaming(text, "a", "z.z") == renamed


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "out_of_service"),
    [
        (
            '[connections.a]\nuri = "x" # c\n# below\n\n[connections.b]\n',
            '[connections.a]\nuri = "x" # c\ndisconnected = true\n# below\n\n[connections.b]\n',
        ),
        (
            '[connections.a]\n  uri = "x"\n[connections.a.tls]\nca = "y"\n',
            '[connections.a]\n  uri = "x"\n  disconnected = true\n[connections.a.tls]\nca = "y"\n',
        ),
        (
            '[connections.a.tls]\nca = "y"\n[connections.a]\nuri = "x"\n',
            '[connections.a.tls]\nca = "y"\n[connections.a]\nuri = "x"\ndisconnected = true\n',
        ),
        (
            '[connections]\na.uri = "x"\nb.uri = "y"\n',
            '[connections]\na.uri = "x"\na.disconnected = true\nb.uri = "y"\n',
        ),
        (
            'connections.a.uri = "x"\nconnections.b.uri = "y"\n',
            'connections.a.uri = "x"\nconnections.a.disconnected = true\nconnections.b.uri = "y"\n',
        ),
        (
            '[connections.a]\ntls.ca = "y"\n\n# c\n',
            '[connections.a]\ntls.ca = "y"\ndisconnected = true\n\n# c\n',
        ),
        (
            "[connections.a] # c\n\n[connections.a.tls]\nca = 1\n",
            "[connections.a] # c\ndisconnected = true\n\n[connections.a.tls]\nca = 1\n",
        ),
    ],
)
def test_disconnecting_and_reconnecting(text: str, out_of_service: str, newline: str) -> None:
    """One line after the alias's own keys, in their layout; without it the text is what it was."""
    text, out_of_service = text.replace("\n", newline), out_of_service.replace("\n", newline)

    assert registry_text.disconnecting(text, "a") == out_of_service
    assert registry_text.reconnecting(out_of_service, "a") == text


def test_disconnecting_the_last_line_without_a_break() -> None:
    """The new key gets a line of its own."""
    text = registry_text.disconnecting('[connections.a]\nuri = "x"', "a")

    assert text == '[connections.a]\nuri = "x"\ndisconnected = true\n'


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("disconnected = false # c", "disconnected = true # c"),
        ('"disconnected"=false', '"disconnected"=true'),
        ("disconnected = true # false", "disconnected = true # false"),
    ],
)
def test_disconnecting_changes_the_value_that_is_there(line: str, after: str) -> None:
    """A key that is there already keeps its line and its comment."""
    text = f'[connections.a]\n{line}\nuri = "x"\n'

    assert registry_text.disconnecting(text, "a") == text.replace(line, after)


def test_replacing_takes_the_place_of_the_alias() -> None:
    """New settings where the old ones stood; tables of it elsewhere go."""
    text = PLAIN + '[connections.a.tls]\nca = "x"\n'

    replaced = registry_text.replacing(
        text, {"a": ('[connections.a]\nuri = "http://n"\n', '{ uri = "http://n" }')}
    )

    assert parsed(replaced)["connections"]["a"] == {"uri": "http://n"}
    assert list(parsed(replaced)["connections"]) == ["a", "b"]
    assert '# above a\n[connections.a]\nuri = "http://n"\n\n# above b' in replaced
    assert "tls" not in replaced


def test_several_at_once_are_each_in_their_place() -> None:
    """As one after the other would be, in whatever order they are named."""
    text = (
        '# 1\n[connections.a]\nuri = "x"\n\n# 2\n[connections.b]\nuri = "x"\n\n'
        '[connections.b.tls]\nca = "x"\n\n# 3\n[connections]\n'
        'c.uri = "x" # c\nc.db = "d"\nd = { uri = "x" }\n'
    )
    new = {alias: (f"[connections.{alias}]\nuri = 'y'\n", "{uri = 'y'}") for alias in "dbc"}

    at_once = registry_text.replacing(text, new)
    in_turn = text
    for alias in "bcd":
        in_turn = registry_text.replacing(in_turn, {alias: new[alias]})

    assert at_once == in_turn
    replaced = {alias: {"uri": "y"} for alias in "bcd"}
    assert parsed(at_once)["connections"] == {"a": {"uri": "x"}} | replaced
    assert registry_text.removing(text, "c", "a", "d") == (
        '# 1\n\n# 2\n[connections.b]\nuri = "x"\n\n[connections.b.tls]\nca = "x"\n\n'
        "# 3\n[connections]\n"
    )


@pytest.mark.parametrize(
    ("text", "keys", "place"),
    [
        (
            "x = 1\n[[connections.a]]\n[[connections.a]]\n",
            ("connections", "a"),
            "[[connections.a]]",
        ),
        ("x = 1\n[connections]\nb = 1\n", ("connections", "a"), "[connections]\n"),
        ("x = 1\n", ("version",), "x = 1\n"),
    ],
)
def test_the_place_of_a_value(text: str, keys: tuple[str, ...], place: str) -> None:
    """The first statement that leads there, or nearest to there; else the beginning."""
    assert text[registry_text.place_of(text, keys) :].startswith(place)

"""Words from outside become one printable line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.text import ELLIPSIS, clean, clean_bytes, is_unicode, listed


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("", ""),
        ("plain", "plain"),
        ("  a  b  ", "a b"),
        ("a\nb\r\nc\td", "a b c d"),
        ("a\x00b", "a b"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("\x1b]0;title\x07x", "]0;title x"),
        ("\x9b31mred", "31mred"),
        ("a\u202etxt.exe", "a txt.exe"),
        ("a\u2066b\u2069c", "a b c"),
        ("a\u200bb\ufeffc", "a b c"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("a\ud800b\udfff", "a b"),
        ("a\x7fb\x08c", "a b c"),
        ("a\u00a0b", "a b"),
        ("schön 日本 🔑", "schön 日本 🔑"),
        ("[bold]kept[/bold]", "[bold]kept[/bold]"),
        ("\x00\x1b\n", ""),
    ],
)
def test_what_is_not_printable_is_a_space(words: str, line: str) -> None:
    """Control codes, escapes, overrides, NULs, surrogates, line breaks of every kind."""
    assert clean(words) == line


@pytest.mark.parametrize("limit", [1, 2, 10, 200])
def test_the_length_is_kept(limit: int) -> None:
    """Exactly the limit is whole; one more is cut, and shows it."""
    assert clean("x" * limit, limit) == "x" * limit
    assert clean("x" * (limit + 1), limit) == "x" * (limit - 1) + ELLIPSIS


def test_a_line_is_of_two_hundred_characters() -> None:
    """Where nobody says otherwise."""
    assert len(clean("x" * 300)) == 200


def test_a_cut_leaves_no_space_before_the_ellipsis() -> None:
    """`word…`, not `word …`."""
    assert clean("word word", 6) == "word…"


def test_a_tail_that_nobody_looked_at_is_shown_as_cut() -> None:
    """Also where what was looked at is short."""
    assert clean("a" + " " * 5000 + "b") == "a…"


@given(st.text(st.characters()), st.integers(1, 50))
def test_any_text_becomes_one_short_printable_line(words: str, limit: int) -> None:
    """Whatever a server says; cleaning twice is cleaning once."""
    line = clean(words, limit)

    assert line.isprintable()
    assert len(line) <= limit
    assert line == line.strip()
    assert "  " not in line
    assert clean(line, limit) == line


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=50))
def test_what_is_fit_to_print_stays(words: str) -> None:
    """No word is lost."""
    assert clean(words, 50) == words


def test_megabytes_cost_nothing() -> None:
    """Only the head is looked at, however much there is."""
    looked_at = 0

    class Counting(str):
        """Text that counts how much of it was taken."""

        __slots__ = ()

        def __getitem__(self, part: object) -> str:
            nonlocal looked_at
            taken = super().__getitem__(part)  # type: ignore[index]
            looked_at += len(taken)
            return taken

    assert clean(Counting("x\x00" * 5_000_000)).endswith(ELLIPSIS)
    assert looked_at <= 4 * 200


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"HTTP/1.1 400\r\n", "HTTP/1.1 400"),
        (b"\xff\x00a", "\\xff a"),
        ("schön".encode(), "schön"),
        (b"", ""),
        (b"\x16\x03\x01", ""),
    ],
)
def test_bytes_that_should_be_text(data: bytes, line: str) -> None:
    """What is not UTF-8 shows as an escape."""
    assert clean_bytes(data) == line


@given(st.binary(), st.integers(1, 50))
def test_any_bytes_become_one_short_printable_line(data: bytes, limit: int) -> None:
    """Whatever a peer sends."""
    line = clean_bytes(data, limit)

    assert line.isprintable()
    assert len(line) <= limit


@pytest.mark.parametrize(
    "data",
    [b"x" * 81, b"a" + b" " * 319 + b"b", f"a{chr(0x2028) * 110}b".encode(), "🔑".encode() * 1000],
    ids=["x", "space", "line break", "key"],
)
def test_bytes_that_are_cut_show_it(data: bytes) -> None:
    """An ellipsis wherever something was left out."""
    assert clean_bytes(data).endswith(ELLIPSIS)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcde"), "a, b, c, d and e"),
        (list("abcdef"), "a, b, c, d, e and 1 more"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
    ],
)
def test_lists_as_people_write_them(words: list[str], text: str) -> None:
    """With `and`, and the number of those left out."""
    assert listed(words) == text


@pytest.mark.parametrize(
    ("words", "text"),
    [("", True), ("\ud7ff\ue000", True), ("🔑", True), ("a\ud800", False), ("\udfff", False)],
)
def test_what_can_be_encoded(words: str, *, text: bool) -> None:
    """A lone surrogate, the first and the last of them, cannot."""
    assert is_unicode(words) is text

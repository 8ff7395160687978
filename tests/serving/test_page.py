"""The status page whatever the words of a server are."""

from html.parser import HTMLParser

from hypothesis import given

from milvusconn_cli.serving import page
from tests.formats.rows import OF_EVERY_KIND, WORDS, hostile

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "p", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "br"),
}


class Elements(HTMLParser):
    """The elements of a page, their attributes, and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [text or "" for name, text in attrs if name == "href"]


def read(text: str) -> Elements:
    elements = Elements()
    elements.feed(text)
    return elements


@given(WORDS)
def test_words_are_text(words: str) -> None:
    """No element, no attribute and no link of a stranger's."""
    found = read(page.of_rows(hostile(words), "1.0"))

    assert found.names <= ELEMENTS
    assert found.attributes <= {"lang", "charset", "name", "content", "http-equiv", "class"} | {
        "data-name",
        "href",
    }
    assert {link.partition("/")[0] for link in found.links} <= {"has", "metrics", "sd"}


def test_each_kind_has_a_mark() -> None:
    """Color is not the only sign."""
    text = page.of_rows(OF_EVERY_KIND, "1.0")

    assert [text.count(mark) for mark in "✔✘●…"] == [1, 3, 1, 1]
    assert "<title>5 failing – milvusconn</title>" in text
    assert text.index("prod") < text.index("✔ established")


def test_no_aliases() -> None:
    """It says so, in place of an empty table."""
    text = page.of_rows([], "1.0")

    assert "The registry has no aliases." in text
    assert "<table>" not in text

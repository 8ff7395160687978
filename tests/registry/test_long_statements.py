"""A statement of thousands of lines, which is somebody else's: edited beside, in linear time."""

import tomllib
from collections.abc import Callable

import pytest

from milvusconn_cli.registry import text as registry_text

LONG = {
    "strings": "x = [\n" + '  "a ] b", # ]\n' * 500 + "]\n",
    "arrays": "x = [\n" + "  [1,\n  2],\n" * 500 + "]\n",
    "basic string": 'x = """\n' + '] " "" \\" \'\'\'\n' * 500 + '"""\n',
    "literal string": "x = '''\n" + "] ' '' \"\"\"\n" * 500 + "'''''\n",
    "inline table": "x = {" + ", ".join(f"a{n} = ['''\n]''', {n}]" for n in range(500)) + "}\n",
    "comments": "x = [\n" + '# [ """ \' {\n' * 500 + "]\n",
}


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often tomllib was asked."""
    asked: list[str] = []
    loads = tomllib.loads

    def counted(chunk: str) -> object:
        asked.append(chunk)
        return loads(chunk)

    monkeypatch.setattr(tomllib, "loads", counted)
    return lambda: len(asked)


@pytest.mark.parametrize("long", LONG.values(), ids=LONG)
def test_tomllib_is_asked_a_few_times(long: str, count: Callable[[], int]) -> None:
    """Not once for each line, with all lines before."""
    text = f"{long}[connections.a]\nuri = 'http://h'\n"
    tomllib.loads(text)
    before = count()

    found = list(registry_text.statements(text))

    assert [one.path for one in found] == [
        ("x",),
        ("connections", "a"),
        ("connections", "a", "uri"),
    ]
    assert text[found[0].start : found[0].end] == long
    assert count() - before < 20


@pytest.mark.parametrize("offset", [-2, 0, 3])
def test_tomllib_has_the_last_word(monkeypatch: pytest.MonkeyPatch, offset: int) -> None:
    """Whatever brackets and strings say, a statement ends where tomllib can parse it."""
    text = "a = [\n1,\n]\nb = '''\n]\n'''\n"
    right = registry_text._end_of_brackets
    monkeypatch.setattr(
        registry_text, "_end_of_brackets", lambda text, start: right(text, start) + offset
    )

    found = list(registry_text.statements(text))

    assert [text[one.start : one.end] for one in found] == [text[:11], text[11:]]

"""What the tests of the verbs share."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Milvusconn, Ran
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
NOWHERE = "http://127.0.0.1:1"
"""Refuses: port 1 of the loopback is nobody's."""
SECRET = "Open-Sesame-77"
BAD_NAMES = ["", ".hidden", "_x", "a b", "a/b", "ä", "a" * 65, "a\n", "[x]"]
Saved = Callable[[], dict[str, Any]]


def assert_refused(ran: Ran, code: int, *words: str) -> None:
    """Nothing on stdout; one line on stderr, and a hint at most; the words are in them."""
    assert (ran.code, ran.out) == (code, "")
    first, *rest = ran.err.splitlines()
    assert first.startswith("milvusconn: ")
    assert len(rest) <= 1
    assert all(line.startswith("  hint: ") for line in rest)
    assert all(word in ran.err for word in words), ran.err


def assert_did(ran: Ran, *words: str) -> None:
    """Nothing on stdout; what was done on stderr."""
    assert (ran.code, ran.out) == (0, "")
    assert all(word in ran.err for word in words), ran.err


def register(milvusconn: Milvusconn, *aliases: str, uri: str = NOWHERE) -> None:
    for alias in aliases:
        assert milvusconn("add", alias, "--uri", uri).code == 0

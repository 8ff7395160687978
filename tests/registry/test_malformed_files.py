"""Files that are not a registry are named and left alone."""

import errno
import os
import re
import sys
from pathlib import Path

import pytest

from milvusconn_cli.registry.edits import (
    adding,
    removing,
)
from milvusconn_cli.registry.file import load
from tests.conftest import unprivileged
from tests.registry.changes import TABLE, TWO, load_refusal, refusal, written


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

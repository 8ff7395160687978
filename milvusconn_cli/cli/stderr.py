"""Standard error: one line a message, and an indented hint with what to type next.

Everything that is not the answer goes here. Text from outside was cleaned where it came in; what
is left of control codes is taken out here, so that nothing can write over what was said before.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from milvusconn_cli.causes import Cause
from milvusconn_cli.cli.pasting import pasted
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.text import clean

PROGRAM = "milvusconn"
_LONGEST = 1000
_PLAIN, _BAD, _WAITING, _HINT = "\x1b[0m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[36m"
_MAY_PASS = frozenset(
    one.label for one in Cause if one is Cause.DISCONNECTED or one.exit_code is ExitCode.NOT_READY
)
"""Causes in yellow: what may pass by itself, and what somebody wanted so."""
_USUAL_COLUMNS = 80
_OF_CTRL_C = 2
"""Columns that a terminal writes ^C to, where the line ends: they must not begin another line."""


def print_message(message: str, hint: str | None = None, status: str | None = None) -> None:
    """Say `message`, and under it what to do about it. A closed stderr is nobody's fault.

    `status` is the cause that the message names, which gets its color.
    """
    is_colored = _has_color()
    text = clean(message, _LONGEST)
    label = "hint:"
    if is_colored:
        label = f"{_HINT}{label}{_PLAIN}"
        if status:
            color = _WAITING if status in _MAY_PASS else _BAD
            text = text.replace(f": {status}: ", f": {color}{status}{_PLAIN}: ", 1)
    lines = f"{PROGRAM}: {text}\n"
    if hint:
        lines += f"  {label} {clean(pasted(hint), _LONGEST)}\n"
    _write(lines)


class _Color:
    """Whether this call forbids color."""

    forbidden = False


def forbid_color(*, forbidden: bool) -> None:
    """Let `--no-color` hold for messages, too."""
    _Color.forbidden = forbidden


def _has_color() -> bool:
    """Whether stderr is to have color: a terminal that shows it, unless the user says otherwise."""
    if _Color.forbidden or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    is_legacy_console = os.name == "nt" and not os.environ.get("WT_SESSION")
    return _is_terminal() and not is_legacy_console


@contextmanager
def status_line(*, shown: bool) -> Iterator[Callable[[str], None] | None]:
    """A line that is written over and over while somebody waits, and is gone afterwards.

    None where it is not to be shown, or nobody would see it: stderr is no terminal.
    """
    if not shown or not _is_terminal():
        yield None
        return
    longest = 0

    def show(line: str) -> None:
        nonlocal longest
        fitting = clean(line, _columns() - 1 - _OF_CTRL_C)
        _write(f"\r{fitting.ljust(longest)}")
        longest = max(longest, len(fitting))

    try:
        yield show
    finally:
        if longest:
            _write(f"\r{' ' * min(longest + _OF_CTRL_C, _columns() - 1)}\r")


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    except (ValueError, AttributeError):
        return False


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_COLUMNS
    except (OSError, ValueError, AttributeError):
        return _USUAL_COLUMNS


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return

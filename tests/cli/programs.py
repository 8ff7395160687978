"""The program, run as a process, and what is expected of its output."""

import sys

PROGRAM = [sys.executable, "-m", "milvusconn_cli"]
NOWHERE = "http://127.0.0.1:1"
ESCAPE = "\x1b"
LONG = 30.0
"""Seconds after which a program that should have ended makes its test fail."""


def by_words(arguments: object) -> str:
    return " ".join(arguments) if isinstance(arguments, tuple) else str(arguments)


def assert_no_traceback(said: str) -> None:
    """Neither ours nor one of Python's own complaints at exit."""
    for word in ("Traceback", "Exception", "BrokenPipeError", 'File "', "Errno"):
        assert word not in said

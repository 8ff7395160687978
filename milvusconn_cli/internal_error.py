"""An exception that nobody foresaw, as words: where it happened, and nothing that it says.

Its text may quote anything, a secret among it. The traceback is for the makers of this program,
and printed only where MILVUSCONN_DEBUG asks for it.
"""

import os
import sys
import traceback
from pathlib import Path

from milvusconn_cli.errors import DEBUG_VARIABLE

HINT = f"set {DEBUG_VARIABLE}=1 to see where, and please report it"


def description(bug: BaseException) -> str:
    """`TypeError in wire.py:41`; prints the traceback where the environment asks for it."""
    if os.environ.get(DEBUG_VARIABLE):
        _print_stack(bug)
    *_, innermost = traceback.extract_tb(bug.__traceback__)
    return f"{type(bug).__name__} in {Path(innermost.filename).name}:{innermost.lineno}"


def _print_stack(bug: BaseException) -> None:
    """A traceback without the exceptions' texts, which may quote a secret."""
    earlier = bug.__cause__ or bug.__context__
    if earlier is not None:
        _print_stack(earlier)
    print("Traceback (most recent call last):", file=sys.stderr)  # noqa: T201 -- for its makers
    traceback.print_tb(bug.__traceback__)
    print(type(bug).__qualname__, file=sys.stderr)  # noqa: T201 -- for its makers

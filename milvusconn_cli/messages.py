"""Standard error: one line a message, and an indented hint with what to type next.

Everything that is not the answer goes here. Text from outside was cleaned where it came in; what
is left of control codes is taken out here, so that nothing can write over what was said before.
"""

import sys

from milvusconn_cli.text import clean

PROGRAM = "milvusconn"
_LONGEST = 1000


def tell(message: str, hint: str | None = None) -> None:
    """Say `message`, and under it what to do about it. A closed stderr is nobody's fault."""
    lines = f"{PROGRAM}: {clean(message, _LONGEST)}\n"
    if hint:
        lines += f"  hint: {clean(hint, _LONGEST)}\n"
    try:
        sys.stderr.write(lines)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return

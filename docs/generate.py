"""Write the parts of the documents that come from the code: `python docs/generate.py [--check]`.

With `--check` nothing is written, and the exit code says whether all is current.
"""

import re
import sys
from pathlib import Path

from milvusconn_cli.causes import Cause

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- causes: [^\n]*-->\n).*?(<!-- /causes -->)", re.DOTALL)


def causes_table() -> str:
    """Every cause, its exit code, what it means and what to do, as Markdown."""
    rows = [
        f"| `{cause.label}` | {int(cause.exit_code)} | {cause.summary} | {_cell(cause.advice)} |"
        for cause in Cause
    ]
    return "\n".join(["| cause | exit | it means | what to do |", "|---|---|---|---|", *rows])


def current(readme: str) -> str:
    """The README with its generated parts as they should be."""
    return _BLOCK.sub(lambda found: f"{found[1]}{causes_table()}\n{found[2]}", readme)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Write or check; 1 where a check finds something out of date."""
    before = README.read_text(encoding="utf-8")
    after = current(before)
    if "--check" in sys.argv[1:]:
        return int(before != after)
    README.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

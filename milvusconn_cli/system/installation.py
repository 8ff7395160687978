"""How this program was installed, and so how more is installed beside it."""

import re
import shlex
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_NAME = "milvusconn"


def command_for(extra: str) -> str:
    """The command that installs what an extra needs, into the environment that runs now.

    It names the packages, not the extra: that works from a clone as from an index.
    """
    packages = list(_requirements(extra)) or [f"{_NAME}[{extra}]"]
    prefix = Path(sys.prefix)
    if "archive-v0" in prefix.parts:  # the cache of uvx: what is added to it does not last
        return f"uvx --from '{_NAME}[{extra}]' {_NAME} …"
    if (prefix / "pipx_metadata.json").exists():
        return shlex.join(["pipx", "inject", prefix.name, *packages])
    python = sys.executable or "python3"
    if find_spec("pip") is None:
        return shlex.join(["uv", "pip", "install", "--python", python, *packages])
    return shlex.join([python, "-m", "pip", "install", *packages])


def _requirements(extra: str) -> Iterator[str]:
    """What the extra brings, with the versions that are asked for."""
    from importlib.metadata import PackageNotFoundError, requires  # noqa: PLC0415 -- slow

    try:
        declared = requires(_NAME) or []
    except PackageNotFoundError:
        return
    for one in declared:
        requirement, _, marker = one.partition(";")
        if re.search(rf"extra\s*==\s*['\"]{extra}['\"]", marker):
            yield requirement.strip()

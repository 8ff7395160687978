"""Which Milvus Lite is installed: known without importing it, which takes a second."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import NamedTuple


class LitePackage(NamedTuple):
    """The installed package; `version` is empty, and `major` 0, where they cannot be told."""

    version: str = ""
    major: int = 0

    @property
    def label(self) -> str:
        """`Milvus Lite 3.2.2`, as messages call it."""
        return f"Milvus Lite {self.version}".rstrip()


@cache
def installed() -> LitePackage:
    """The Milvus Lite that the engine is going to import."""
    try:
        found = importlib.util.find_spec("milvus_lite")
    except (ImportError, ValueError):
        return LitePackage()
    for place in map(Path, (found and found.submodule_search_locations) or ()):
        for record in place.parent.glob("milvus_lite-*.dist-info"):
            version = record.name.removesuffix(".dist-info").partition("-")[2]
            major = version.partition(".")[0]
            return LitePackage(version, int(major) if major.isdigit() else 0)
        # Without the installer's record: by what only one of the two brings.
        for name, major_version in (("db.py", 3), ("server.py", 2)):
            if (place / name).is_file():
                return LitePackage(major=major_version)
    return LitePackage()

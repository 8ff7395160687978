"""Where this program runs: in a container or not, and beside which pymilvus with which settings."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from milvusconn_cli import disclosure

_DOCKER_MARK = Path("/.dockerenv")
_PODMAN_MARK = Path("/run/.containerenv")


def container() -> str | None:
    """What kind of container this is, in words; None outside of one."""
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        return "pod"
    if _DOCKER_MARK.exists() or _PODMAN_MARK.exists():
        return "container"
    return None


def resident_bytes() -> int:
    """The memory that this process has now; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 -- asked fifty times a second
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError, AttributeError):  # Windows has no sysconf
        return 0


def stdout_encoding() -> str:
    """The encoding of standard output."""
    return (sys.stdout.encoding if sys.stdout is not None else None) or "utf-8"


def here() -> Path:
    """The working directory; `.` where it was removed, which has no other name."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path()


def shown_path(typed: Path | str) -> str:
    """A path for a message: as far as it exists, and beyond that only what cannot be a secret."""
    place = Path(typed)
    for known in (place, *place.parents):
        if _exists(known):
            rest = str(place.relative_to(known)) if known != place else ""
            return str(Path(known, disclosure.masked_path(rest)) if rest else known)
    return disclosure.masked_path(str(typed))


def _exists(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return False


def pymilvus_version() -> str | None:
    """The version of the pymilvus that this Python would import; nothing of it is imported."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 -- slow

    try:
        return version("pymilvus")
    except PackageNotFoundError:
        return None


_PYMILVUS_URIS = ("MILVUS_URI", "MILVUS_DEFAULT_CONNECTION")
"""In the order in which pymilvus reads them; the second is its legacy name."""


def pymilvus_uri() -> tuple[str, str] | None:
    """The URI that pymilvus's `connections` take without an address, and where it comes from."""
    for name in _PYMILVUS_URIS:
        found = pymilvus_variable(name)
        if found is not None:
            return found if found[0] else None
    return None


def pymilvus_variable(name: str) -> tuple[str, str] | None:
    """The value of a variable as pymilvus sees it, and where it comes from: it reads `.env` too."""
    if name in os.environ:
        return os.environ[name], f"${name}"
    for directory in _dotenv_places():
        text = _in_dotenv(directory / ".env", name)
        if text:
            return text, str(directory / ".env")
    return None


def _dotenv_places() -> Iterator[Path]:
    """pymilvus loads the first `.env` above its own place; at a prompt, above where one stands."""
    from importlib.util import find_spec  # noqa: PLC0415 -- only `inspect` asks

    package = find_spec("pymilvus")
    if package is not None and package.origin is not None:
        yield from Path(package.origin).parents
    yield here()
    yield from here().parents


def _in_dotenv(path: Path, name: str) -> str | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if name not in text:
        return None
    from milvusconn_cli.system import dotenv_values  # noqa: PLC0415 -- few directories have one

    return dotenv_values.values(text, os.environ).get(name)

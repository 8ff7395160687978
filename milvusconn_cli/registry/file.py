"""The registry at rest: one TOML file, mode 0600, replaced whole or not at all.

Never prints, never opens a socket. A file that cannot be read is an error, not an empty registry:
taking it for empty would let the next save destroy it. Reading is tomllib's; what is written is
rendered by tomlkit, placed by registry_text, and proved by parsing it again before it replaces
anything.
"""

import os
import re
import stat
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

from milvusconn_cli import toml_nesting
from milvusconn_cli.errors import ConfigError, RegistryError, ShapeError
from milvusconn_cli.registry import text as registry_text
from milvusconn_cli.registry.aliases import (
    Registry,
    read_document,
    with_environment,
    without_passwords,
)
from milvusconn_cli.registry.edits import Change, Document
from milvusconn_cli.registry.lock import locked
from milvusconn_cli.system import atomic_file, limits
from milvusconn_cli.system.environment_info import here, shown_path
from milvusconn_cli.text import followed

CONFIG_VARIABLE = "MILVUSCONN_CONFIG"
_MOST_TRIES = 10
_BY_HAND = "fix the file by hand; nothing was changed"
_SAVE_AS_UTF_8 = "save it as UTF-8 without a byte order mark; nothing was changed"
_BYTE_ORDER_MARK = "\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_OTHERS_MAY_READ = stat.S_IRWXG | stat.S_IRWXO


def locate(given: Path | None, environment: Mapping[str, str]) -> Path:
    """The registry's path: `--config`, else `$MILVUSCONN_CONFIG`, else the user's own."""
    said = str(given) if given is not None else environment.get(CONFIG_VARIABLE)
    if said:
        path = followed(said)
        if path is None:
            raise RegistryError(f"unknown home directory in {shown_path(said)}")
        try:
            return path.absolute()
        except OSError as error:
            limits.raise_if_short(error)
            raise RegistryError(f"cannot resolve {shown_path(said)}: {error.strerror}") from None
    # Imported here: it costs as much as a whole completion.
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("milvusconn") / "connections.toml"


def load(path: Path, environment: Mapping[str, str]) -> Registry:
    """The aliases of the file and of the environment; an absent file holds none.

    Relative paths in a pipe are relative to the working directory.
    `RegistryError` where the file cannot be read or is malformed (line and column are named).
    """
    if _is_pipe(path):
        from milvusconn_cli.registry import pipes  # noqa: PLC0415 -- pipes are rare

        text, base = pipes.read(path), here()
    else:
        text, base = _read(path), path.parent
    registry = _registry(text, _parse(text, path), path, base)
    # Relative paths in an environment variable are the caller's, those in the file the file's.
    return with_environment(registry, environment, here())


def loose_mode(path: Path) -> str | None:
    """The file's mode in octal where others may read or write it, else None."""
    try:
        found = path.stat().st_mode
    except OSError:
        return None
    is_loose = os.name == "posix" and stat.S_ISREG(found) and found & _OTHERS_MAY_READ
    return f"{stat.S_IMODE(found):04o}" if is_loose else None


def change(path: Path, decide: Callable[[Registry], Sequence[Change]]) -> Registry:
    """Lock the file, ask `decide` what to do with what it holds now, and replace it.

    `decide` sees the file's aliases alone, not the environment's. It may raise to leave
    everything as it is, or answer nothing. It is asked twice where there is no file yet: for a
    change that comes to nothing none is made. The answer is the registry as it is then.
    """
    if _is_pipe(path):
        raise RegistryError(
            f"{shown_path(path)} is a pipe and not a regular file: it can be read, not changed"
        )
    target = _target(path)
    nothing = Registry({})
    if not _read(target) and not decide(nothing):
        return nothing
    with locked(target):
        for _ in range(_MOST_TRIES):
            before = _read(target)
            text, document = _decided(before, path, decide)
            if text == before:
                break
            if _is_still(target, before):
                replace_file(target, text, is_locked=True)
                break
        else:
            raise RegistryError(
                f"{shown_path(path)} keeps being changed by something that does not take its lock",
                "nothing was changed; try again",
            )
    return _registry(text, document, path)


def checked(text: str, path: Path, before: str) -> Registry:
    """The aliases of a text that is to become the file; `RegistryError` with line and column.

    An alias that is as it was in the text `before` may stay invalid.
    """
    registry = _registry(text, _parse(text, path), path)
    try:
        known = _registry(before, _parse(before, path), path).entries
    except RegistryError:
        known = {}
    for alias, entry in registry.entries.items():
        try:
            if alias not in known or known[alias].table != entry.table:
                entry.connection()
        except ConfigError as error:
            place = _place(text[: registry_text.place_of(text, ("connections", alias))])
            raise RegistryError(f"{error.message} (at {place})", error.hint) from None
    return registry


def text_of(path: Path) -> str:
    """The file's text, empty if there is none; `RegistryError` where it is no file of text."""
    if _is_pipe(path):
        raise RegistryError(f"{shown_path(path)} is a pipe: it can be read, not changed")
    return _read(_target(path))


def replace_text(path: Path, before: str, after: str) -> bool:
    """Replace the whole text under the lock; False if it is no longer what it was `before`."""
    target = _target(path)
    with locked(target):
        if not _is_still(target, before):
            return False
        replace_file(target, after, is_locked=True)
    return True


def _is_still(target: Path, text: str) -> bool:
    """Whether the file has not changed: an editor takes no lock, and a lock can be deleted."""
    try:
        return _read(target) == text
    except RegistryError as error:
        raise RegistryError(error.message, "nothing was changed") from None


def _decided(
    text: str, path: Path, decide: Callable[[Registry], Sequence[Change]]
) -> tuple[str, Document]:
    """The text after the changes that `decide` wants, and what it says."""
    document = _parse(text, path)
    for wanted in decide(_registry(text, document, path)):
        text, document = _edited(text, document, wanted)
    return text, document


def _is_pipe(path: Path) -> bool:
    """Whether there is a pipe at `path`, with a name or without."""
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except OSError:
        return False


def _target(path: Path) -> Path:
    """The file itself: a symbolic link stays one, its target is replaced."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        limits.raise_if_short(error)
        reason = error.strerror if isinstance(error, OSError) else "symlink loop"
        raise RegistryError(f"{shown_path(path)} cannot be resolved: {reason}") from None


def _read(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            # A device would be replaced by a file, or read without end.
            raise RegistryError(f"{shown_path(path)} is not a regular file")
        data = path.read_bytes()
        return data.decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        if data.startswith(_UTF_16):
            message = f"{shown_path(path)} is UTF-16, not UTF-8 (at {_place('')})"
            raise RegistryError(message, _SAVE_AS_UTF_8) from None
        place = _place(data[: error.start].decode())
        raise RegistryError(f"{shown_path(path)} is not UTF-8 (at {place})", _BY_HAND) from None
    except OSError as error:
        limits.raise_if_short(error)
        raise RegistryError(f"{shown_path(path)} cannot be read: {error.strerror}") from None


def _parse(text: str, path: Path) -> Document:
    if text.startswith(_BYTE_ORDER_MARK):
        message = f"{shown_path(path)} begins with a byte order mark (at {_place('')})"
        raise RegistryError(message, _SAVE_AS_UTF_8)
    deep = toml_nesting.too_deep(text)
    if deep is not None:
        message = f"a key with more than {toml_nesting.DEEPEST} parts (at {_place(text[:deep])})"
        raise RegistryError(f"{shown_path(path)}: {message}", _BY_HAND)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words = without_passwords(str(error))
        message = re.sub(r"end of document\)$", f"{_place(text)})", words)
    except RecursionError:
        message = f"nested too deeply (at {_place(_readable(text))})"
    except ValueError:
        message = f"a number is too long (at {_place(_readable(text))})"
    raise RegistryError(f"{shown_path(path)}: {message}", _BY_HAND)


def _readable(text: str) -> str:
    """The longest beginning of `text` that tomllib itself does not fall over; it may be cut off."""

    def falls_over(length: int) -> bool:
        try:
            tomllib.loads(text[:length])
        except tomllib.TOMLDecodeError:
            return False
        except (RecursionError, ValueError):
            return True
        return False

    return text[: bisect_left(range(len(text)), True, key=falls_over) - 1]  # noqa: FBT003


def _registry(text: str, document: Document, path: Path, base: Path | None = None) -> Registry:
    """The aliases of a document; paths are relative to `base`, or to the file's directory."""
    try:
        return read_document(document, base or path.parent)
    except ShapeError as error:
        place = _place(text[: registry_text.place_of(text, error.keys)])
        raise RegistryError(f"{shown_path(path)}: {error.message} (at {place})", _BY_HAND) from None


def _place(before: str) -> str:
    """Where the text goes on after `before`."""
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"


def _edited(text: str, document: Document, wanted: Change) -> tuple[str, Document]:
    """The text after the change and what it says, proved: it is the document after the change."""
    # What tomllib reads may be nested too deep to be copied, or hold a number too long to be shown.
    with suppress(RecursionError, ValueError):
        expected = deepcopy(document)
        wanted.apply(expected)
        for edited in _attempts(text, wanted):
            found = _understood(edited)
            if found is not None and _same(_meaning(found), _meaning(expected)):
                return edited, found
    raise RegistryError(
        "this change cannot be made safely in the layout of the file",
        "nothing was changed; edit the file by hand",
    )


def _attempts(text: str, wanted: Change) -> Iterator[str]:
    """The change made in the text, then within each statement that may hold inline tables."""
    yield wanted.edit(text)
    for statement in registry_text.statements(text):
        if statement.may_hold_an_alias:
            edited = _edit_one(text, statement, wanted)
            if edited is not None:
                yield edited


def _edit_one(text: str, statement: registry_text.Statement, wanted: Change) -> str | None:
    """The text with one statement edited by tomlkit; None where it could not be.

    tomlkit would move comments and tables of a whole document: it is shown no more than this.
    """
    import tomlkit  # noqa: PLC0415 -- only who writes needs it

    above = statement.header_above
    try:
        document = tomlkit.parse(above + text[statement.start : statement.end])
        wanted.apply(document)
        edited = tomlkit.dumps(document)
    except Exception:  # noqa: BLE001 -- it may fall over what tomllib reads; another may be meant
        return None
    if not edited.startswith(above):
        return None
    return text[: statement.start] + edited.removeprefix(above) + text[statement.end :]


def _understood(text: str) -> Document | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _same(one: object, other: object) -> bool:
    """Whether two values are equal and of one type; a NaN is the same as another."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other or (one != one and other != other)  # noqa: PLR0124 -- that is a NaN


def _meaning(document: Document) -> Document:
    """The document in one form: what says nothing is left out, no aliases are an empty table."""
    aliases = {
        alias: {
            key: value
            for key, value in table.items()
            if (key, value) not in ((registry_text.DISCONNECTED, False), ("tls", {}))
        }
        for alias, table in document.get("connections", {}).items()
    }
    rest = {key: value for key, value in document.items() if key != "connections"}
    return rest | {"connections": aliases}


def replace_file(target: Path, text: str, *, is_locked: bool = False) -> None:
    """Replace the file atomically; `RegistryError` if that fails, with nothing changed."""
    try:
        atomic_file.replace(target, text, is_locked=is_locked)
    except OSError as error:
        limits.raise_if_short(error)
        raise RegistryError(
            f"{shown_path(target)} cannot be written: {error.strerror}", "nothing was changed"
        ) from None


def hard_links(path: Path) -> int:
    """How many names a regular file has; 1 for anything else."""
    try:
        found = path.stat()
    except OSError:
        return 1
    return found.st_nlink if stat.S_ISREG(found.st_mode) else 1

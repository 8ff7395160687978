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
from contextlib import AbstractContextManager, contextmanager, suppress
from copy import deepcopy
from pathlib import Path

from milvusconn_cli.errors import RegistryError, ShapeError
from milvusconn_cli.registry import text as registry_text
from milvusconn_cli.registry.aliases import (
    Registry,
    read_document,
    with_environment,
    without_passwords,
)
from milvusconn_cli.registry.edits import Change, Document
from milvusconn_cli.system import locks
from milvusconn_cli.system.environment_info import here, shown_path
from milvusconn_cli.text import followed

CONFIG_VARIABLE = "MILVUSCONN_CONFIG"
_ACL = "system.posix_acl_access"
LOCK_SECONDS = 5.0
_POLL_SECONDS = 0.02
_BY_HAND = "correct it by hand; nothing was changed"
_BYTE_ORDER_MARK = "\ufeff"
_OTHERS_MAY_READ = stat.S_IRWXG | stat.S_IRWXO


def locate(given: Path | None, environment: Mapping[str, str]) -> Path:
    """The registry's path: `--config`, else `$MILVUSCONN_CONFIG`, else the user's own."""
    said = str(given) if given is not None else environment.get(CONFIG_VARIABLE)
    if said:
        path = followed(said)
        if path is None:
            raise RegistryError(f"the home directory of {shown_path(said)} is not known")
        try:
            return path.absolute()
        except OSError as error:
            raise RegistryError(
                f"{shown_path(said)} cannot be found from here: {error.strerror}"
            ) from None
    # Imported here: it costs as much as a whole completion.
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("milvusconn") / "connections.toml"


def load(path: Path, environment: Mapping[str, str]) -> Registry:
    """The aliases of the file and of the environment; an absent file holds none.

    `RegistryError` where the file cannot be read or is malformed (line and column are named).
    """
    text = _read(path)
    registry = _registry(text, _parse(text, path), path)
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
    target = _target(path)
    nothing = Registry({})
    if not _read(target) and not decide(nothing):
        return nothing
    with _locked(target):
        text = before = _read(target)
        document = _parse(text, path)
        for wanted in decide(_registry(text, document, path)):
            text, document = _edited(text, document, wanted)
        if text != before:
            replace_file(target, text)
    return _registry(text, document, path)


def _target(path: Path) -> Path:
    """The file itself: a symbolic link stays one, its target is replaced."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        reason = error.strerror if isinstance(error, OSError) else "it leads to itself"
        raise RegistryError(f"{shown_path(path)} cannot be followed: {reason}") from None


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
        place = _place(data[: error.start].decode())
        raise RegistryError(f"{shown_path(path)} is not UTF-8 (at {place})", _BY_HAND) from None
    except OSError as error:
        raise RegistryError(f"{shown_path(path)} cannot be read: {error.strerror}") from None


def _parse(text: str, path: Path) -> Document:
    if text.startswith(_BYTE_ORDER_MARK):
        message = f"{shown_path(path)} begins with a byte order mark (at {_place('')})"
        raise RegistryError(message, "save it as UTF-8 without one; nothing was changed")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words = without_passwords(str(error))
        message = re.sub(r"end of document\)$", f"{_place(text)})", words)
    except RecursionError:
        message = f"nested too deep (at {_place(_readable(text))})"
    except ValueError:
        message = f"a number too long for Python (at {_place(_readable(text))})"
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


def _registry(text: str, document: Document, path: Path) -> Registry:
    try:
        return read_document(document, path.parent)
    except ShapeError as error:
        place = _place(text[: registry_text.place_of(text, error.keys)])
        raise RegistryError(f"{shown_path(path)}: {error.message} (at {place})", _BY_HAND) from None


def _place(before: str) -> str:
    """Where the text goes on after `before`."""
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Hold the file's lock, made with its directory where there is none yet."""
    from filelock import Timeout  # noqa: PLC0415 -- only who writes needs it

    lock_file = target.with_name(f".{target.name}.lock")
    try:
        _make_directory(target.parent)
        with _acquired(lock_file, target):
            _give_to_owner(lock_file, target)
            yield
    except Timeout:
        holder = locks.holder(lock_file)
        by = f"another process, {holder}" if holder else "another process"
        raise RegistryError(
            f"{shown_path(target)} is being changed by {by}",
            "try again when it is done",
        ) from None
    except OSError as error:
        raise RegistryError(f"{shown_path(target)} cannot be changed: {error.strerror}") from None


def _acquired(lock_file: Path, target: Path) -> AbstractContextManager[object]:
    """The lock, held until it is left; `Timeout` where another keeps it for itself.

    Where many are at it, one after the other, it may take long for our turn to come: as long as it
    passes from hand to hand, or the file is replaced, nobody is stuck.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 -- only who writes needs it

    lock = FileLock(lock_file, timeout=LOCK_SECONDS, mode=0o600)
    while True:
        before = _progress(lock_file, target)
        try:
            return lock.acquire(poll_interval=_POLL_SECONDS)
        except Timeout:
            if _progress(lock_file, target) == before:
                raise


def _progress(lock_file: Path, target: Path) -> object:
    """What changes when others get on with it: who has the lock, and which file it is."""
    try:
        file = target.stat()
    except OSError:
        return locks.holder_pid(lock_file)
    return locks.holder_pid(lock_file), file.st_ino, file.st_mtime_ns


def _give_to_owner(lock_file: Path, target: Path) -> None:
    """A lock that root made must not stand in the way of those whose registry it is."""
    if os.name != "posix":
        return
    with suppress(OSError):
        owner = target.stat()
        descriptor = os.open(lock_file, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            lock = os.fstat(descriptor)
            # A lock is empty and has one name; nothing else in their directory is given away.
            ours = lock.st_uid == os.geteuid() != owner.st_uid
            if ours and lock.st_size == 0 and lock.st_nlink == 1:
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
        finally:
            os.close(descriptor)


def _make_directory(directory: Path) -> None:
    """Make it and those above it, for their owner alone whatever the umask."""
    missing = [place for place in (directory, *directory.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
        place.chmod(0o700)


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
        "the file is laid out in a way that this change could not be made in safely",
        "nothing was changed; edit it by hand",
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
    """The document in one form: being in service is not said, no aliases are an empty table."""
    aliases = {
        alias: {
            key: value
            for key, value in table.items()
            if (key, value) != (registry_text.DISCONNECTED, False)
        }
        for alias, table in document.get("connections", {}).items()
    }
    rest = {key: value for key, value in document.items() if key != "connections"}
    return rest | {"connections": aliases}


def replace_file(target: Path, text: str) -> None:
    """Put `text` in the place of the file, whole or not at all, its owner and mode kept.

    A file that is new is its owner's alone, whatever the umask.
    """
    # One name for the new file, whoever was killed while writing it: none pile up.
    fresh = target.with_name(f".{target.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            _keep_owner_and_mode(descriptor, target)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(target)
    except OSError as error:
        raise RegistryError(
            f"{shown_path(target)} cannot be written: {error.strerror}", "nothing was changed"
        ) from None
    finally:
        with suppress(OSError):  # it has taken the file's place, or never came to be
            fresh.unlink()
    _sync_directory(target.parent)


def _keep_owner_and_mode(descriptor: int, target: Path) -> None:
    if os.name != "posix":
        return
    try:
        old = target.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, 0o600)  # whatever the umask
        return
    mode = stat.S_IMODE(old.st_mode)
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        try:
            os.fchown(descriptor, old.st_uid, old.st_gid)
        except PermissionError:
            if old.st_uid != os.geteuid():
                raise
            mode &= ~stat.S_IRWXG  # a group that we are not in: what it could read, ours must not
    if not _keep_attributes(descriptor, target):
        mode &= ~stat.S_IRWXG  # the bits are those of the ACL's mask: the group never had them
    os.fchmod(descriptor, mode)


def _keep_attributes(descriptor: int, target: Path) -> bool:
    """Copy the extended attributes of `target`; False where its ACL could not be kept."""
    if not hasattr(os, "listxattr"):  # Linux alone has it
        return True
    try:
        names = os.listxattr(target)
    except OSError:  # a file system without attributes has no ACL either
        return True
    kept = set()
    for name in names:
        with suppress(OSError):
            os.setxattr(descriptor, name, os.getxattr(target, name))
            kept.add(name)
    return _ACL not in names or _ACL in kept


def _sync_directory(directory: Path) -> None:
    """Make the new name itself durable, where the system can; the change is made either way."""
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

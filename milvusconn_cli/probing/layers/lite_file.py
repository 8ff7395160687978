"""What lies at the path of a `.db`, checked before an engine is started.

Milvus Lite 2 keeps a database in one SQLite file, Milvus Lite 3 in a directory. Both write into
whatever they are given, so nothing but a database of theirs, or nothing at all, is given to them.
Blocking: run in a thread, since a lost network mount can hang.
"""

import errno
import os
import re
import shlex
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers import Obstacle, lite_access
from milvusconn_cli.probing.layers.lite_package import LitePackage
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.system import locks
from milvusconn_cli.text import clean, listed, printable

_SQLITE, _DIRECTORY = 2, 3
"""Major versions of Milvus Lite, by what they keep a database in."""
_SQLITE_HEADER = b"SQLite format 3\0"
_NAME_OF_2 = re.compile(r"[a-zA-Z0-9.\-_]+")
_LONGEST_NAME_OF_2 = 36
_LOCK_FILE = "LOCK"
_COLLECTIONS, _DATABASES, _SCHEMA = "collections", "databases", "schema.json"
_NOBODYS = frozenset({"lost+found", ".gitkeep", ".gitignore", ".keep", ".DS_Store"})
"""What a directory may contain and still be empty: a new volume, a directory kept in git."""
_CORRECT = "correct the path, or use a new one"
_SPECIAL = {
    stat.S_ISFIFO: "a named pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}


def located(path: Path) -> Path:
    """The database by its one true name; `Obstacle` if there is no directory for it."""
    try:
        if not stat.S_ISDIR(path.parent.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        path.exists()  # a name that is too long, or a directory that may not be searched
        return _target(path.resolve(), path)
    except FileNotFoundError:
        summary = f"the directory {path.parent} of {path.name} does not exist"
        raise Obstacle(
            finding(Cause.LITE_MISSING, summary, f"mkdir -p {shlex.quote(str(path.parent))}")
        ) from None
    except PermissionError:
        raise Obstacle(lite_access.cannot_enter(path)) from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symbolic links
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            summary = f"the name {clean(path.name, 40)} is too long for a file"
            raise Obstacle(finding(Cause.LITE_INVALID, summary, "use a shorter name")) from None
        what = error.strerror if isinstance(error, OSError) else error
        raise Obstacle(finding(Cause.LITE_MISSING, f"{path}: {what}", "correct the path")) from None


def _target(database: Path, path: Path) -> Path:
    """`database`; `Obstacle` if `path` is a link to where nothing can be.

    Milvus Lite would create the directories that the link leads through.
    """
    if database.is_symlink():  # Python 3.13 resolves a loop to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if database.parent.is_dir():
        return database
    summary = f"{path} is a link to {database}, whose directory does not exist"
    advice = f"mkdir -p {shlex.quote(str(database.parent))}, or remove the link"
    raise Obstacle(finding(Cause.LITE_MISSING, summary, advice))


def check(database: Path, package: LitePackage, *, create: bool) -> str | None:
    """Why a database is going to be created: it "did not exist", or its path "was empty".

    None where it exists. `Obstacle` if the engine is not to touch the path, or would have to
    create the database and `create` does not allow it. Of a version that is not known here, only
    what holds for every version is checked.
    """
    try:
        found = _looked_at(database)
        _check_name(database, package)
        is_new = found is None or _is_empty(database, found, package)
        if is_new and not create:
            raise Obstacle(_not_created(database, found))
        if found is not None:
            _check_kind(database, found, package, is_new=is_new)
        _check_access(database, found, package)
        _check_lock(database, package)
    except PermissionError as error:
        raise Obstacle(lite_access.denied(Path(error.filename or database))) from None
    except OSError as error:
        summary = f"{database} cannot be read: {error.strerror}"
        raise Obstacle(finding(Cause.LITE_DENIED, summary, path=str(database))) from None
    if not is_new:
        return None
    return "did not exist" if found is None else "was empty"


def _looked_at(database: Path) -> os.stat_result | None:
    try:
        return database.stat()
    except FileNotFoundError:
        return None


def _check_name(database: Path, package: LitePackage) -> None:
    if package.major != _SQLITE:
        return
    name = database.name
    if not _NAME_OF_2.fullmatch(name):
        summary = f"{package.label} does not accept the name {printable(name)!r}"
        advice = "use only letters, digits, '.', '-' and '_' in the file name"
        raise Obstacle(_invalid(database, summary, advice))
    if len(name) > _LONGEST_NAME_OF_2:
        summary = f"the name {name} is too long for {package.label}: {len(name)} characters"
        advice = f"use at most {_LONGEST_NAME_OF_2} characters, '.db' included"
        raise Obstacle(_invalid(database, summary, advice))


def _is_empty(database: Path, found: os.stat_result, package: LitePackage) -> bool:
    """Whether there is nothing yet where this engine would create a database."""
    if package.major == _SQLITE:
        return stat.S_ISREG(found.st_mode) and found.st_size == 0
    return stat.S_ISDIR(found.st_mode) and not set(_listed(database)) - _NOBODYS


def _listed(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def _not_created(database: Path, found: os.stat_result | None) -> Finding:
    state = "does not exist" if found is None else "is empty"
    advice = "correct the path, or create it by omitting --no-create"
    return finding(Cause.LITE_MISSING, f"{database} {state}", advice, path=str(database))


def _check_kind(
    database: Path, found: os.stat_result, package: LitePackage, *, is_new: bool
) -> None:
    """Raise `Obstacle` if this is not a database of this engine."""
    for is_special, what in _SPECIAL.items():
        if is_special(found.st_mode):
            summary = f"{database} is {what}, not a database"
            raise Obstacle(_invalid(database, summary, _CORRECT))
    if is_new:
        return
    is_directory = stat.S_ISDIR(found.st_mode)
    if package.major == _SQLITE:
        wrong = _directory_under_2(database) if is_directory else _file_under_2(database)
    elif package.major == _DIRECTORY:
        wrong = _directory_under_3(database) if is_directory else _file_under_3(database, found)
    else:
        return
    if wrong is not None:
        what, advice = wrong
        raise Obstacle(_invalid(database, f"{database} is {what}", advice, package))


_Wrong = tuple[str, str]
"""What a path is, and what to do about it."""


def _directory_under_2(database: Path) -> _Wrong | None:
    if _is_of_3(database):
        return (
            "a database of Milvus Lite 3, which version 2 cannot open",
            "pip install --upgrade 'milvus-lite>=3', or use another path",
        )
    return "a directory; Milvus Lite 2 needs a file", _CORRECT


def _file_under_2(database: Path) -> _Wrong | None:
    if not _is_sqlite(database):
        return "not a Milvus Lite database", _CORRECT
    if not _is_of_2(database):
        return "an SQLite database of another program", _CORRECT
    return None


def _directory_under_3(database: Path) -> _Wrong | None:
    if _is_of_3(database):
        return None
    names = listed([printable(name) for name in _listed(database)], most=3)
    return (
        f"another program's directory: it contains {names}",
        _CORRECT,
    )


def _file_under_3(database: Path, found: os.stat_result) -> _Wrong:
    if found.st_size == 0:
        return "an empty file; Milvus Lite 3 needs a directory", "delete it, or use another path"
    if not lite_access.allows(database, os.R_OK) or not _is_sqlite(database):
        return "a file, not a Milvus Lite database", _CORRECT
    if not _is_of_2(database):
        return "an SQLite database of another program", _CORRECT
    return (
        "a database of Milvus Lite 2, which version 3 cannot open",
        "use another path, or pip install 'milvus-lite<3' 'setuptools<82' to open it",
    )


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_SQLITE_HEADER)) == _SQLITE_HEADER


def _is_of_2(file: Path) -> bool:
    """Whether an SQLite file has the table that Milvus Lite 2 creates first."""
    try:
        import sqlite3  # noqa: PLC0415 -- few come here, and not every Python has it
    except ImportError:
        return True
    # Immutable: takes no lock and leaves no journal behind.
    uri = f"{file.as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as opened:
            query = "SELECT 1 FROM sqlite_master WHERE name = 'collection_meta'"
            return opened.execute(query).fetchone() is not None
    except sqlite3.Error:
        return False


def _is_of_3(directory: Path) -> bool:
    """Whether a directory has the layout of Milvus Lite 3; other programs have `collections/` too.

    A copy may lack the lock file, and old versions have no `databases/`.
    """
    collections = directory / _COLLECTIONS
    if not collections.is_dir():
        return False
    if (directory / _LOCK_FILE).is_file() or (directory / _DATABASES).is_dir():
        return True
    if not set(_listed(directory)) - _NOBODYS - {_COLLECTIONS}:
        return True
    return any((collections / name / _SCHEMA).is_file() for name in _listed(collections))


def _invalid(
    database: Path, summary: str, advice: str, package: LitePackage | None = None
) -> Finding:
    engine = {"engine": package.version} if package and package.version else {}
    return finding(Cause.LITE_INVALID, summary, advice, path=str(database), **engine)


def _check_access(database: Path, found: os.stat_result | None, package: LitePackage) -> None:
    """Raise `Obstacle` if this user cannot do what the engine has to do there."""
    for place in _used(database, found, package):
        if not lite_access.is_usable(place):
            raise Obstacle(lite_access.denied(place))


def _used(database: Path, found: os.stat_result | None, package: LitePackage) -> Iterator[Path]:
    """What the engine reads and writes, as far as it exists."""
    if found is None or package.major == _SQLITE:
        yield database.parent
    if found is None:
        return
    yield database
    if stat.S_ISDIR(found.st_mode):
        inside = (database / name for name in (_LOCK_FILE, _COLLECTIONS, _DATABASES))
        yield from (place for place in inside if place.exists())


def _check_lock(database: Path, package: LitePackage) -> None:
    """Raise `Obstacle` if another process has the database open.

    Milvus Lite 2 would delete the other's lock file in its attempt; version 3 would take a second.
    """
    lock = lock_file(database, package)
    if package.major == _SQLITE:
        if locks.is_held(lock):
            raise Obstacle(locked(database, package))
    elif locks.holder_pid(lock):
        raise Obstacle(locked(database, package))


def lock_file(database: Path, package: LitePackage) -> Path:
    """What the engine locks to have the database for itself."""
    if package.major == _SQLITE:
        return database.parent / f".{database.name}.lock"
    return database / _LOCK_FILE


def locked(database: Path, package: LitePackage) -> Finding:
    """The finding where another process has the database open."""
    pid = locks.holder_pid(lock_file(database, package))
    who = f"another process, {locks.named(pid)}" if pid else "another process"
    evidence = {"pid": str(pid)} if pid else {}
    return finding(Cause.LITE_LOCKED, f"{database} is locked by {who}", **evidence)

"""What it means that Milvus Lite did not start: its answer, its end, its last words."""

import errno
import os
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers import lite_access, lite_file
from milvusconn_cli.probing.layers.lite_package import LitePackage
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.text import clean

_REFUSED = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOLCK,
    errno.ENOTSUP, errno.EOPNOTSUPP,
}  # fmt: skip
"""What a file system answers that does not let the database be read, written or locked."""
_WRONG_KIND = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
_OF_WORDS = (
    (re.compile(r"(?i)file is not a database|is malformed|is encrypted"), Cause.LITE_INVALID),
    (re.compile(r"(?i)\bdb name\b"), Cause.LITE_INVALID),
    (re.compile(r"(?i)database is locked"), Cause.LITE_LOCKED),
    (
        re.compile(r"(?i)readonly database|unable to open database|disk I/O error|disk is full"),
        Cause.LITE_DENIED,
    ),
)
"""SQLite's words and version 2's own, which come without a number."""
_GLOG = re.compile(r"^[IWEF]\d{8} [\d:.]+ +\d+ \S+\] *(?:\[[^\]]*\] ?)*")
"""What the log of version 2 puts before its words."""
_NO_MODULE = re.compile(r"No module named '?([\w.]+)")
_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)\b")
_NOT_THE_REASON = ("Exception ignored in", "Start milvus-lite failed")
_OF_SIGNALS = {
    "SIGKILL": (
        ": out of memory?",
        "allow more memory; `dmesg` or the container's state shows whether it ran out",
    ),
    "SIGILL": (
        ": this CPU lacks an instruction that it needs",
        "use another machine, or another version of milvus-lite",
    ),
}
"""What a signal suggests, and what to do about it."""
_OF_ANY_SIGNAL = "try another version of milvus-lite, and report it to that project"
_MOST_WORDS = 160
_LAST_LINES = 2


def of_answer(
    database: Path, package: LitePackage, said: Mapping[str, Any], stderr: str
) -> Finding:
    """The finding for what the engine reported instead of an address."""
    words, number = clean(str(said.get("error", ""))), said.get("errno")
    match said.get("kind"):
        case "locked":
            return lite_file.locked(database, package)
        case "import":
            return _not_imported(package, str(said.get("module") or ""), words)
    if number in _REFUSED and _concerns(database, said):
        return _refused(database, int(number))
    if number in _WRONG_KIND and _concerns(database, said):
        summary = f"{database} is not a database of {package.label}: {os.strerror(number)}"
        return finding(Cause.LITE_INVALID, summary, path=str(database))
    if said.get("signal"):
        return of_exit(database, package, -int(said["signal"]), stderr)
    own = words if said.get("type") else ""
    return _of_words(database, package, own or last_words(stderr) or words)


def of_exit(database: Path, package: LitePackage, code: int, stderr: str) -> Finding:
    """The finding for an engine that ended without an answer; `code` as a process has it."""
    words = last_words(stderr)
    if code >= 0:
        return _of_words(database, package, words or f"it exited with code {code}")
    name = _signal_name(-code)
    guess, advice = _OF_SIGNALS.get(name, ("", _OF_ANY_SIGNAL))
    said = f" ({words})" if words else ""
    summary = f"{package.label} was killed by {name} while starting{guess}{said}"
    return finding(Cause.LITE_ENGINE, summary, advice, signal=name)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _concerns(database: Path, said: Mapping[str, Any]) -> bool:
    """Whether the system refused the database, and not the engine's own program.

    A name is not always given; what the engine opens then is the database.
    """
    file = Path(str(said.get("file") or database))
    return file in (database, database.parent) or (
        # What is in it, and the lock and the journal beside it.
        file.is_relative_to(database) or (database.name in file.name)
    )


def _refused(database: Path, number: int) -> Finding:
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return lite_access.denied(database if database.exists() else database.parent)
    summary = f"{database} cannot be written: {os.strerror(number)}"
    if number in (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP):
        summary = f"the file system of {database} cannot lock files: {os.strerror(number)}"
    advice = {
        errno.ENOSPC: "free some space, or use another path",
        errno.EDQUOT: "free some space, or use another path",
    }.get(number, "use a path on a local file system")
    return finding(Cause.LITE_DENIED, summary, advice, path=str(database))


def _not_imported(package: LitePackage, module: str, words: str) -> Finding:
    """The finding for an engine that Python could not import."""
    named = _NO_MODULE.search(words)
    top = (module or (named[1] if named else "")).partition(".")[0]
    if top == "pkg_resources":
        summary = f"{package.label} needs pkg_resources, which setuptools 82 no longer has"
        advice = "pip install 'setuptools<82', or pip install --upgrade 'milvus-lite>=3'"
        return finding(Cause.LITE_ENGINE, summary, advice)
    if top == "milvus_lite" or not package.major:
        summary = f"Milvus Lite is not installed: {words}"
        return finding(Cause.LITE_ENGINE, summary)
    if top == "pymilvus" or "pymilvus" in words:
        summary = f"{package.label} needs pymilvus: {words}"
        return finding(Cause.LITE_ENGINE, summary)
    summary = f"{package.label} cannot be imported: {words}"
    if top:
        return finding(Cause.LITE_ENGINE, summary, f"install {top} in the same environment")
    return finding(Cause.LITE_ENGINE, summary, "reinstall it in the same environment")


def _of_words(database: Path, package: LitePackage, words: str) -> Finding:
    for pattern, cause in _OF_WORDS:
        if not pattern.search(words):
            continue
        if cause is Cause.LITE_LOCKED:
            return lite_file.locked(database, package)
        return finding(cause, f"{package.label}: {words}", path=str(database))
    summary = f"{package.label} did not start: {words or 'it gave no reason'}"
    return finding(Cause.LITE_ENGINE, summary, "see its message above")


def last_words(stderr: str) -> str:
    """What the engine said last, in one line: errors of its log, an exception, or the last lines.

    Empty if it said nothing.
    """
    lines = [clean(line) for line in stderr.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(_NOT_THE_REASON)]
    errors = [_GLOG.sub("", line) for line in lines if re.match(r"[EF]\d{8} ", line)]
    exceptions = [line for line in lines if _EXCEPTION.match(line)]
    if errors:
        return clean("; ".join(errors[-_LAST_LINES:]), _MOST_WORDS)
    if exceptions:
        return clean(exceptions[-1], _MOST_WORDS)
    return clean("; ".join(lines[-_LAST_LINES:]), _MOST_WORDS)

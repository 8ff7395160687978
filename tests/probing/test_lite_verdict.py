"""What is said of a Milvus Lite that did not start, by what it leaves behind."""

import errno
from pathlib import Path
from typing import Any

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.layers.lite_package import LitePackage
from milvusconn_cli.probing.layers.lite_verdict import last_words, of_answer, of_exit

TWO, THREE = LitePackage("2.5.1", 2), LitePackage("3.2.2", 3)
DATABASE = Path("/nowhere/x.db")
LOG = "E20261130 16:51:55.392825 25231 collection_meta.cpp:94] [SERVER][CreateTable][milvus][]"
NEXT = "E20261130 16:51:55.393417 25231 server.cpp:73] [SERVER][main][milvus][]Init milvus failed"
TRACEBACK = """\
Traceback (most recent call last):
  File "engine.py", line 1, in <module>
    start()
  File "engine.py", line 2, in start
    raise ValueError("no")
grpc.RpcError: no\x1b[31m way
Exception ignored in: <function Server.__del__ at 0x7f>
"""


@pytest.mark.parametrize(
    ("stderr", "words"),
    [
        ("", ""),
        ("\n \n", ""),
        ("one\ntwo\nthree\n", "two; three"),
        (f"{LOG}No table, errs: x\n{NEXT}\n", "No table, errs: x; Init milvus failed"),
        (f"I20261130 16:51:55.392825 25231 a.cpp:1] starting\n{NEXT}", "Init milvus failed"),
        (TRACEBACK, "grpc.RpcError: no [31m way"),
        ("x" * 1000, "x" * 159 + "…"),
    ],
    ids=["nothing", "blank", "lines", "log", "levels", "traceback", "long"],
)  # fmt: skip
def test_last_words(stderr: str, words: str) -> None:
    """One line, without control codes, frames and prefixes, and cut."""
    assert last_words(stderr) == words


def answer(kind: str = "failed", **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    return {"kind": kind, "error": "words", **more}


@pytest.mark.parametrize(
    ("said", "cause", "word"),
    [
        (answer(type="OSError", errno=errno.ENOSPC), Cause.LITE_DENIED, "No space left"),
        (answer(type="OSError", errno=errno.EDQUOT), Cause.LITE_DENIED, "cannot be written"),
        (answer(type="DataDirLockedError", errno=errno.ENOLCK), Cause.LITE_DENIED, "cannot lock"),
        (
            answer(type="PermissionError", errno=errno.EACCES, file="/nowhere/.x.db.lock"),
            Cause.LITE_DENIED,
            "permission denied",
        ),
        (
            answer(type="PermissionError", errno=errno.EACCES, file="/nowhere/venv/lib/milvus"),
            Cause.LITE_ENGINE,
            "words",
        ),
        (
            answer(type="FileExistsError", errno=errno.EEXIST, file=str(DATABASE)),
            Cause.LITE_INVALID,
            "is not a database",
        ),
        (answer("locked"), Cause.LITE_LOCKED, "is locked by another process"),
        (answer(signal=9), Cause.LITE_ENGINE, "SIGKILL"),
        (answer(signal=250), Cause.LITE_ENGINE, "signal 250"),
        (answer("import", module="pkg_resources"), Cause.LITE_ENGINE, "setuptools 82"),
        (
            {"kind": "import", "error": "No module named 'pkg_resources'"},
            Cause.LITE_ENGINE,
            "setuptools 82",
        ),
        (answer("import", module="numpy.core"), Cause.LITE_ENGINE, "cannot be imported"),
        (answer("import"), Cause.LITE_ENGINE, "cannot be imported"),
        (answer("import", module="milvus_lite"), Cause.LITE_ENGINE, "is not installed"),
        (answer("import", module="pymilvus.grpc_gen"), Cause.LITE_ENGINE, "needs pymilvus"),
    ],
)
def test_what_the_engine_reports(said: dict[str, Any], cause: Cause, word: str) -> None:
    """The system's number tells the database's fault from the engine's own."""
    found = of_answer(DATABASE, TWO, said, "")

    assert found.cause is cause
    assert word in found.summary
    assert found.advice


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("file is not a database", Cause.LITE_INVALID),
        ("database disk image is malformed", Cause.LITE_INVALID),
        ("Unsupport db name x", Cause.LITE_INVALID),
        ("database is locked", Cause.LITE_LOCKED),
        ("attempt to write a readonly database", Cause.LITE_DENIED),
        ("unable to open database file", Cause.LITE_DENIED),
        ("Address already in use", Cause.LITE_ENGINE),
    ],
)
def test_what_sqlite_says(words: str, cause: Cause) -> None:
    """Version 2 passes on its words without a number."""
    said = {"kind": "failed", "error": "Start milvus-lite failed", "signal": 0}

    assert of_answer(DATABASE, TWO, said, f"{LOG}Failed: {words}\n").cause is cause


def test_an_end_without_a_word() -> None:
    """The exit code is all there is."""
    found = of_exit(DATABASE, THREE, 7, "")

    assert found.cause is Cause.LITE_ENGINE
    assert found.summary == "Milvus Lite 3.2.2 did not start: it exited with code 7"

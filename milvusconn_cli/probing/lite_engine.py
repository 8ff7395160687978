"""A program of its own: run Milvus Lite on a `.db` until standard input ends.

    python lite_engine.py PATH

It prints one line of JSON, `{"uri": …}`, or how it failed: `{"kind": …, "error": …}`, where the
kind is `locked`, `import` or `failed`; with `type`, `errno`, `file` and `module` of the exception,
and `signal` of a program of the engine that was killed. A process apart, because the engine brings
pandas, pyarrow and threads with it, logs tracebacks, and must be gone whenever its prober is, also
when that is killed. It imports nothing of milvusconn: it is started by path.
"""

import errno
import gc
import importlib.util
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

_SOCKET_SECONDS = 30.0
"""How long version 2 may take to listen; its prober's own limit ends it earlier."""
_LOOK_SECONDS = 0.005

_INCOMPLETE = ("ImportError", "ModuleNotFoundError", "AttributeError")
_TAKEN = (errno.EAGAIN, errno.EACCES)
"""What a lock that another process has answers; with others, there can be no locks."""

_Failure = dict[str, str | int | None]


class _LastError(logging.Handler):
    """Keeps the exception that Milvus Lite logs where it should have raised."""

    error: BaseException | None = None
    words = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.words = record.getMessage()
        if record.exc_info:
            self.error = record.exc_info[1]


class _Program(subprocess.Popen[Any]):
    """A program that the engine starts; Milvus Lite 2 is one.

    Milvus Lite takes one that still runs after half a second for one that serves. Here the first
    wait lasts until it listens, which may be earlier, or ends, which may be later.
    """

    started: "list[_Program]" = []  # noqa: RUF012 -- of the process, which runs one engine
    _socket = ""

    def __init__(self, args: Any, *more: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(args, *more, **options)
        if isinstance(args, list | tuple):
            unix = [str(one) for one in args if str(one).startswith("unix:")]
            self._socket = unix[0].removeprefix("unix:") if unix else ""
        self.started.append(self)

    def wait(self, timeout: float | None = None) -> int:
        if not self._socket:
            return super().wait(timeout)
        limit = time.monotonic() + _SOCKET_SECONDS
        while self.poll() is None and time.monotonic() < limit:
            if _listens(self._socket):
                self._socket = ""
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            time.sleep(_LOOK_SECONDS)
        return super().wait(0)


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as dialling, suppress(OSError):
        dialling.connect(path)
        return True
    return False


def main(path: str) -> None:
    """Start, say where, and stay until standard input ends."""
    # What the engine prints is not the answer: that goes where stdout was.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    subprocess.Popen = _Program  # type: ignore[misc]
    threading.Thread(target=_leave_with_prober, daemon=True).start()
    gc.disable()  # its imports make many objects, and no garbage
    said = _start(path)
    gc.enable()
    print(json.dumps(said), file=answer, flush=True)
    threading.Event().wait()


def _start(path: str) -> dict[str, str] | _Failure:
    """Start with as little of pymilvus as version 3 needs; if that is too little, with all of it.

    It needs the protocol that pymilvus has compiled. The rest of pymilvus, with pandas, would take
    as long again as the engine itself.
    """
    protocol_alone = _pymilvus_without_its_client()
    said = _tried(path)
    if protocol_alone and said.get("type") in _INCOMPLETE:
        for name in [*sys.modules]:
            if name.partition(".")[0] in ("pymilvus", "milvus_lite"):
                del sys.modules[name]
        said = _tried(path)
    return said


def _pymilvus_without_its_client() -> bool:
    """Let `pymilvus.grpc_gen` be imported without running `pymilvus/__init__.py`."""
    spec = importlib.util.find_spec("pymilvus")
    if spec is None or not spec.submodule_search_locations:
        return False
    sys.modules["pymilvus"] = importlib.util.module_from_spec(spec)
    return True


def _tried(path: str) -> dict[str, str] | _Failure:
    """Start the engine by the entry point that pymilvus uses."""
    log = _LastError()
    logging.getLogger().addHandler(log)
    try:
        from milvus_lite.server_manager import server_manager_instance  # noqa: PLC0415

        uri = server_manager_instance.start_and_get_uri(path)
    except Exception as error:  # noqa: BLE001 -- whatever it meets, in its own words
        return _failure(error)
    finally:
        logging.getLogger().removeHandler(log)
    if uri is not None:
        return {"uri": uri}
    if log.error is not None:
        return _failure(log.error)
    codes = [program.returncode or 0 for program in _Program.started]
    kind = "locked" if "opened by another program" in log.words else "failed"
    return {"kind": kind, "error": log.words, "signal": -min([0, *codes])}


def _failure(error: BaseException) -> _Failure:
    """An exception as the prober reads it; its cause says more where the system refused."""
    kind = "import" if isinstance(error, ImportError) else "failed"
    system = error.__cause__ if isinstance(error.__cause__, OSError) else error
    number = getattr(system, "errno", None)
    if type(error).__name__ == "DataDirLockedError" and number in (*_TAKEN, None):
        kind = "locked"
    return {
        "kind": kind,
        "type": type(error).__name__,
        "error": str(error) or type(error).__name__,
        "errno": number,
        "file": str(getattr(system, "filename", None) or ""),
        "module": getattr(error, "name", None),
    }


def _leave_with_prober() -> None:
    """Wait for the end of standard input: the prober is done, or dead."""
    while os.read(0, 4096):
        pass
    for program in _Program.started:
        program.terminate()
    engine = sys.modules.get("milvus_lite.server_manager")
    if engine is not None:
        engine.server_manager_instance.release_all()
    # Not by sys.exit: pyarrow's threads take their time, and the next probe wants the lock.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])

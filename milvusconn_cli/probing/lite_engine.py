"""A program of its own: run Milvus Lite on a `.db` until standard input ends.

    python lite_engine.py PATH

It says one line of JSON: `{"uri": …}`, or `{"error": …, "kind": "locked" | "absent" | "failed"}`.
A process apart, because the engine brings pandas, pyarrow and threads with it, logs tracebacks,
and must be gone whenever its prober is, also when that is killed. It imports nothing of
milvusconn: it is started by path.
"""

import json
import logging
import os
import sys
import threading
import time
from pathlib import Path

_SOCKET_SECONDS = 5.0


class _LastError(logging.Handler):
    """Keeps the exception that Milvus Lite logs where it should have raised."""

    error: BaseException | None = None
    words = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.words = record.getMessage()
        if record.exc_info:
            self.error = record.exc_info[1]


def main(path: str) -> None:
    """Start, say where, and stay until standard input ends."""
    # What the engine prints is not the answer: that goes where stdout was.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=_leave_with_prober, daemon=True).start()
    print(json.dumps(_start(path)), file=answer, flush=True)
    threading.Event().wait()


def _start(path: str) -> dict[str, str]:
    try:
        import pymilvus  # noqa: F401, PLC0415 -- Milvus Lite needs it and does not say so
        from milvus_lite.server_manager import server_manager_instance  # noqa: PLC0415
    except ImportError as error:
        return {"kind": "absent", "error": str(error)}
    except Exception as error:  # noqa: BLE001 -- whatever its import meets, in its own words
        return {"kind": "failed", "error": f"{type(error).__name__}: {error}"}
    log = _LastError()
    logging.getLogger().addHandler(log)
    uri = server_manager_instance.start_and_get_uri(path)
    if uri is not None:
        _await_socket(uri)
        return {"uri": uri}
    if log.error is None:
        return {"kind": "failed", "error": log.words or "no error message"}
    kind = "locked" if type(log.error).__name__ == "DataDirLockedError" else "failed"
    return {"kind": kind, "error": str(log.error) or type(log.error).__name__}


def _await_socket(uri: str) -> None:
    """Milvus Lite 2 may name its socket a moment before it is there."""
    if not uri.startswith("unix:"):
        return
    limit = time.monotonic() + _SOCKET_SECONDS
    while not Path(uri.removeprefix("unix:")).exists() and time.monotonic() < limit:
        time.sleep(0.01)


def _leave_with_prober() -> None:
    """Wait for the end of standard input: the prober is done, or dead."""
    sys.stdin.buffer.read()
    engine = sys.modules.get("milvus_lite.server_manager")
    if engine is not None:
        engine.server_manager_instance.release_all()
    # Not by sys.exit: pyarrow's threads take their time, and the next probe wants the lock.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])

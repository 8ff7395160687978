"""What this machine lets us have: too little of it is neither an answer nor the server's fault.

gRPC aborts the process if it cannot have a descriptor, a thread or memory. So what it is going to
need is tried out before it is loaded, and given back.
"""

import _thread
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from milvusconn_cli.errors import LimitError
from milvusconn_cli.system.open_files import limits_of_process, raise_open_file_limit

_FILES = 20
"""Descriptors of one probe: of gRPC, its diagnosis, a secret's command. Measured: 14."""
_USUAL_FILES = 256
_THREADS = 8
"""Threads that gRPC starts at once where there are few cores; with more, it starts more."""
_MOST_CORES = 16
_MEBIBYTE = 1 << 20
_LIBRARY = 64 * _MEBIBYTE
_OF_A_THREAD = 32 * _MEBIBYTE
"""Address space of a thread beyond its stack: on average, half a heap of its own."""
_MAXIMUM_OF_HEAPS = -8
"""glibc's M_ARENA_MAX."""
_USUAL_STACK = 8 * _MEBIBYTE
_SMALLEST_STACK = 128 << 10
"""With 64 KB gRPC's threads overflow; with 96 KB they have been seen to work."""

_WORDS = {
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files on this machine",
    errno.ENOMEM: "out of memory",
    errno.ENOBUFS: "out of memory for sockets",
}
_THREAD_WORDS = "cannot start another thread"
_PROCESS_WORDS = "cannot start another process"
_HINTS = {
    _WORDS[errno.EMFILE]: f"raise the limit: ulimit -n {_USUAL_FILES}",
    _WORDS[errno.ENOMEM]: "free some memory, or raise the limit: ulimit -v unlimited",
    _THREAD_WORDS: "raise the limit: ulimit -u, or pids.max of the container",
    _PROCESS_WORDS: "raise the limit: ulimit -u, or pids.max of the container",
}


def refused(words: str, hint: str | None = None) -> LimitError:
    """The error that says what this machine would not let us have."""
    return LimitError(f"local resource limit reached: {words}", hint or _HINTS.get(words))


def shortage(error: BaseException) -> LimitError | None:
    """The same, if that is what `error` says; None if it says anything else."""
    if isinstance(error, LimitError):
        return error
    words = None
    if isinstance(error, MemoryError):
        words = _WORDS[errno.ENOMEM]
    elif isinstance(error, OSError):
        words = _WORDS.get(error.errno or 0)
    elif isinstance(error, RuntimeError) and "start new thread" in str(error):
        words = _THREAD_WORDS
    return refused(words) if words else None


def raise_if_short(error: BaseException) -> None:
    """Raise `LimitError` if `error` is about this machine's limits; first thing in an `except`."""
    found = shortage(error)
    if found is not None:
        raise found from None


def raise_if_grpc_was_short(details: str) -> None:
    """The same for gRPC's words, which contain the system's."""
    for number, words in _WORDS.items():
        if os.strerror(number) in details:
            raise refused(words)


@contextmanager
def starting_a_process() -> Iterator[None]:
    """`LimitError` where the system has no room for another process."""
    try:
        yield
    except BlockingIOError:
        raise refused(_PROCESS_WORDS) from None


def check_room_for_grpc() -> None:
    """`LimitError` if gRPC would not get what it needs to make one connection."""
    raise_open_file_limit(_USUAL_FILES)
    try:
        _try_files()
        _check_stack()
        _try_memory()
        _try_threads()
    except (OSError, RuntimeError, MemoryError) as error:
        raise_if_short(error)
        raise


def _try_files() -> None:
    held: list[int] = []
    try:
        held.append(os.open(os.devnull, os.O_RDONLY))
        held.extend(os.dup(held[0]) for _ in range(_FILES - 1))
    finally:
        for descriptor in held:
            os.close(descriptor)


def _check_stack() -> None:
    stack = _limit("RLIMIT_STACK")
    if stack is not None and stack < _SMALLEST_STACK:
        words = f"a stack of {stack >> 10} kB is too small"
        raise refused(words, "raise the limit: ulimit -s 8192")


def _try_memory() -> None:
    """Reserve the address space, where it is limited; nothing of it is used."""
    spaces = {name: _limit(name) for name in ("RLIMIT_AS", "RLIMIT_DATA")}
    if not any(spaces.values()):
        return
    import mmap  # noqa: PLC0415 -- few machines limit it

    stacks = _threads() * min(_limit("RLIMIT_STACK") or _USUAL_STACK, _USUAL_STACK)
    needed = {"RLIMIT_AS": stacks + _threads() * _OF_A_THREAD + _LIBRARY, "RLIMIT_DATA": stacks}
    for name, size in needed.items():
        if spaces[name] is None:
            continue
        is_data = name == "RLIMIT_DATA"
        protection = mmap.PROT_READ | (mmap.PROT_WRITE if is_data else 0)
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
        try:
            mmap.mmap(-1, size, flags=flags, prot=protection).close()
        except OSError as error:  # macOS says EINVAL
            raise refused(_WORDS[errno.ENOMEM]) from error
    if spaces["RLIMIT_AS"] is not None:
        _share_one_heap()


def _share_one_heap() -> None:
    """Keep glibc from reserving 64 MB for the heap of each thread.

    Otherwise heaps, which a thread can do without, may take the room of gRPC's next stack, without
    which it aborts: 5 of 54 runs with 480 to 640 MB did, none with one heap.
    """
    import ctypes  # noqa: PLC0415 -- few machines limit the address space

    with suppress(OSError, AttributeError, TypeError):  # another libc
        ctypes.CDLL(None).mallopt(_MAXIMUM_OF_HEAPS, 1)


def _try_threads() -> None:
    """Start as many at once as gRPC will, which aborts after ten seconds without one of them."""
    started: list[_thread.LockType] = []
    go_on = _thread.allocate_lock()
    try:
        with go_on:
            for _ in range(_threads()):
                ended = _thread.allocate_lock()
                ended.acquire()
                _thread.start_new_thread(_wait, (go_on, ended))
                started.append(ended)
    finally:
        for ended in started:
            ended.acquire()


def _wait(go_on: _thread.LockType, ended: _thread.LockType) -> None:
    with go_on:
        ended.release()


def _threads() -> int:
    return max(_THREADS, min(os.cpu_count() or 1, _MOST_CORES) + _THREADS // 2)


def _limit(name: str) -> int | None:
    """A soft limit of this process; None where there is none, or the system does not know it."""
    resource = limits_of_process()
    number = getattr(resource, name, None)
    if resource is None or number is None:
        return None
    soft = None
    with suppress(OSError, ValueError):
        soft, _ = resource.getrlimit(number)
    return None if soft == resource.RLIM_INFINITY else soft

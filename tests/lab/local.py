"""Unix sockets, and Milvus Lite's `.db` files."""

from collections.abc import Iterator
from pathlib import Path

from tests.lab.bench import Bench, MissingError
from tests.lab.fault import SHORT, Client, fault
from tests.servers import faults
from tests.servers.lite import LiteHolder
from tests.servers.speaking_milvus import SpeakingMilvus

SYSFS = Path("/sys")
LITE = 30.0
"""The limit, in seconds, of a probe that starts Milvus Lite."""


@fault("unix-missing", 3, "unix", says="no socket file", advises="path")
def no_socket_file(bench: Bench) -> Iterator[Client]:
    """There is no such socket file."""
    yield Client(("--uri", f"unix:{bench.directory()}/s"))


@fault("unix-refused", 3, "unix", says="nothing is listening", advises="stale")
def stale_socket_file(bench: Bench) -> Iterator[Client]:
    """The socket file of a server that is gone."""
    with faults.stale_unix_socket(bench.directory() / "s") as path:
        yield Client(("--uri", f"unix:{path}"))


@fault("unix-refused", 3, "unix", says="is not a socket", advises="correct the path")
def regular_file(bench: Bench) -> Iterator[Client]:
    """A regular file where a socket should be."""
    path = bench.directory() / "s"
    path.write_text("")
    yield Client(("--uri", f"unix:{path}"))


@fault("silent", 4, "http2", says="no response", limit=SHORT)
def unix_socket_that_never_speaks(bench: Bench) -> Iterator[Client]:
    """A unix socket that accepts, then silence."""
    with faults.unix_silent(bench.directory() / "s") as path:
        yield Client(("--uri", f"unix:{path}"))


@fault("established", 0)
def unix_socket(bench: Bench) -> Iterator[Client]:
    """A Milvus on a unix socket."""
    with SpeakingMilvus(unix=bench.directory() / "s") as server:
        yield Client(("--uri", server.uri))


@fault("lite-missing", 3, "local", says="the directory", advises="mkdir -p")
def directory_of_db_missing(bench: Bench) -> Iterator[Client]:
    """A `.db` in a directory that does not exist."""
    yield Client(("--uri", f"{bench.directory()}/nowhere/milvus.db"))


@fault(
    "lite-locked",
    3,
    "local",
    says="is locked by",
    shows="pid",
    advises="stop that process",
    limit=LITE,
)
def db_held_by_another(bench: Bench) -> Iterator[Client]:
    """A `.db` that another process holds."""
    bench.lite()
    with LiteHolder(bench.directory() / "milvus.db") as holder:
        yield Client(("--uri", str(holder.database)))


@fault("lite-invalid", 3, "local", says="another program", advises="correct the path", limit=LITE)
def db_that_is_no_database(bench: Bench) -> Iterator[Client]:
    """A `.db` that is a file of another program."""
    bench.lite()
    path = bench.directory() / "other.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(4080))
    yield Client(("--uri", str(path)))


@fault("lite-denied", 3, "local", says="/sys", shows="/sys", limit=LITE)
def db_where_nobody_may_write(bench: Bench) -> Iterator[Client]:
    """A `.db` in a directory that nobody may write to."""
    bench.lite()
    if not SYSFS.is_dir():
        raise MissingError("this system has no /sys, where root may not create files either")
    yield Client(("--uri", str(SYSFS / "milvus.db")))


@fault("lite-engine", 3, "local", says="was killed by SIGKILL", limit=LITE, alone=True)
def engine_of_db_killed(bench: Bench) -> Iterator[Client]:
    """A `.db` whose engine is killed while it starts, as for want of memory."""
    bench.lite()
    place = bench.directory()
    (place / "pyarrow.py").write_text("import os; os.kill(os.getpid(), 9)")
    yield Client(("--uri", str(place / "milvus.db")), {"PYTHONPATH": str(place)})


@fault("db-missing", 8, "database", says="no database 'nope'", limit=LITE)
def database_of_lite_missing(bench: Bench) -> Iterator[Client]:
    """A database that Milvus Lite does not have."""
    bench.lite()
    yield Client(("--uri", str(bench.directory() / "milvus.db"), "--db", "nope"))

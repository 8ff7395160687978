"""Probes in a program of their own, for a process in which gRPC cannot run: the child of a fork.

As a program it reads what to probe from standard input, pickled, and writes the reports, pickled.
Both ends are this package, and the pipe between them is private.
"""

import pickle
import subprocess
import sys
from collections.abc import Sequence

from milvusconn_cli.connection.target import Target
from milvusconn_cli.report import Report

_PROGRAM = """\
import sys
sys.path[:] = sys.argv[1:]
from milvusconn_cli.api import worker
worker.main()
"""


def ask(targets: Sequence[Target], limit: float | None) -> list[Report]:
    """A report for each target, in their order."""
    ran = subprocess.run(  # noqa: S603 -- this Python, this package
        [sys.executable, "-c", _PROGRAM, *sys.path],
        input=pickle.dumps((list(targets), limit)),
        stdout=subprocess.PIPE,
        check=True,
    )
    reports: list[Report] = pickle.loads(ran.stdout)  # noqa: S301 -- written by `main`
    return reports


def main() -> None:
    """Answer one `ask`."""
    import asyncio  # noqa: PLC0415 -- only the program needs it

    from milvusconn_cli.probing import fleet  # noqa: PLC0415 -- the same

    targets, limit = pickle.load(sys.stdin.buffer)  # noqa: S301 -- written by `ask`
    reports = asyncio.run(fleet.probe_all(targets, limit))
    sys.stdout.buffer.write(pickle.dumps(reports))
    sys.stdout.buffer.flush()

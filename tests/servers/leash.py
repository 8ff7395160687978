"""Processes that cannot outlive the test run, not even one that is killed with SIGKILL.

This file plays two parts. Imported, it offers `LeashedProcess`. Run as a program, it is the
leash: it starts the command that it was given, and kills it as soon as its standard input
ends. The test run holds the other end of that pipe, and the kernel closes it whatever the
test run dies of. PR_SET_PDEATHSIG would be shorter, but it exists on Linux alone and fires
when the *thread* that started the process ends.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE_SECONDS = 20.0
"""How long a process may take to follow SIGTERM before SIGKILL."""

LOG_TAIL_CHARACTERS = 6000


class ServerFailedError(Exception):
    """A server did not start, ended by itself, or never became ready; says why by its log."""


class LeashedProcess:
    """A running command in a session of its own, so that Ctrl-C reaches pytest alone.

    Its standard output and error are appended to `log`.
    """

    def __init__(
        self, command: Sequence[str], *, directory: Path, environment: Mapping[str, str], log: Path
    ) -> None:
        """Start it; a command that cannot be executed is a `ServerFailedError`."""
        self._log = log
        with log.open("ab") as sink:
            self._log_start = sink.tell()
            self._leash = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                cwd=directory,
                env=dict(environment),
                start_new_session=True,
            )
        self.pid = self._read_pid()

    def _read_pid(self) -> int:
        assert self._leash.stdout is not None
        line = self._leash.stdout.readline()
        if not line:
            self._let_go()
            raise self.failure("could not be executed")
        return int(line)

    @property
    def ended(self) -> bool:
        return self._leash.poll() is not None

    def said(self) -> str:
        """All that it has logged; not what an earlier process logged to the same file."""
        return self._log.read_bytes()[self._log_start :].decode(errors="replace")

    def failure(self, what: str) -> ServerFailedError:
        return ServerFailedError(f"{what}; its log ends:\n{self.said()[-LOG_TAIL_CHARACTERS:]}")

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended already is left in peace."""
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def suspend(self) -> None:
        """SIGSTOP, and wait until all its threads stand still."""
        self.send(signal.SIGSTOP)
        if sys.platform == "linux":
            while not self.ended and not all(map(_stands_still, self._threads())):
                time.sleep(0.001)

    def _threads(self) -> list[Path]:
        return list(Path(f"/proc/{self.pid}/task").glob("*/stat"))

    def kill(self) -> None:
        """SIGKILL, and wait until its sockets and files are free."""
        self.send(signal.SIGKILL)
        self._let_go()

    def stop(self) -> None:
        """SIGTERM, also to a suspended process; SIGKILL where that is not followed."""
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._leash.wait(PATIENCE_SECONDS)
        self.kill()

    def _let_go(self) -> None:
        assert self._leash.stdin is not None
        assert self._leash.stdout is not None
        self._leash.stdin.close()
        self._leash.wait()
        self._leash.stdout.close()


def _stands_still(stat: Path) -> bool:
    # "pid (name) state …", and a name may hold spaces and parentheses. T is stopped by a signal.
    return stat.read_text().rpartition(")")[2].split()[0] == "T"


def _hold(command: Sequence[str]) -> int:
    """Run the command until it ends or standard input does; answer its exit status."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2)
    signal.signal(signal.SIGTERM, lambda *_: program.kill())
    threading.Thread(target=_kill_at_end_of_input, args=[program], daemon=True).start()
    print(program.pid, flush=True)  # noqa: T201 - what LeashedProcess waits for
    status = program.wait()
    return status if status >= 0 else 128 - status


def _kill_at_end_of_input(program: subprocess.Popen[bytes]) -> None:
    # os.read, not sys.stdin: the interpreter cannot shut down while a thread is inside sys.stdin.
    while os.read(0, 1):
        pass
    program.kill()


if __name__ == "__main__":
    sys.exit(_hold(sys.argv[1:]))

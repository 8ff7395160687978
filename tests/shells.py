"""Real shells, each on a terminal of its own and in a fresh home: keys go in.

A line is judged by what the shell makes of it: the `milvusconn` that it finds hands the question of
a TAB to the real program, and otherwise notes the words that it was called with.
"""

import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
TAB, ENTER, CLEAR, LEFT = "\t", "\r", "\x15", "\x1b[D"
LONG = 60.0
"""Seconds after which a shell that says nothing makes its test fail."""
_ROWS, _COLUMNS = 60, 160
_PROMPT = "here> "
_ESCAPES = re.compile(r"\x1b(\[[0-9;?>=]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")

START_UP = {
    "bash": (".bashrc", f"PS1='{_PROMPT}'\n"),
    "zsh": (".zshrc", f"PROMPT='{_PROMPT}'\nunsetopt PROMPT_SP\n"),
    "fish": (
        ".config/fish/config.fish",
        f"function fish_prompt; echo -n '{_PROMPT}'; end; set -g fish_autosuggestion_enabled 0\n",
    ),
}
"""Where each shell reads what it is to do first, and a prompt that a test can wait for."""


class Home:
    """The home of somebody who has just got an account, with the program on the PATH."""

    def __init__(self, directory: Path, program: str | Path = "") -> None:
        self.directory = directory
        self.work = directory / "work"
        self.bin = directory / "bin"
        self._noted = directory / "noted"
        for one in (self.work, self.bin):
            one.mkdir(parents=True)
        command = str(program) or f"{shlex.quote(sys.executable)} -m milvusconn_cli"
        script = self.bin / "milvusconn"
        script.write_text(
            "#!/bin/sh\n"
            f'[ "$1" = __complete ] && exec {command} "$@"\n'
            f"printf '%s\\0' \"$@\" >{self._noted}.new\n"
            f"mv {self._noted}.new {self._noted}\n"
        )
        script.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        """What such an account has set, and nothing of the machine's."""
        return {
            "HOME": str(self.directory),
            "PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin",
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            **{name: text for name, text in os.environ.items() if name.startswith("COVERAGE")},
        }

    def start_up(self, shell: str, *lines: str) -> None:
        """Write the shell's start-up file: the prompt, and these lines."""
        name, before = START_UP[shell]
        file = self.directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(before + "".join(f"{line}\n" for line in lines))

    def registry(self, text: str) -> None:
        """Write the registry, where the program looks for it if nothing says otherwise."""
        file = self.directory / ".config" / "milvusconn" / "connections.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def forget(self) -> None:
        """Forget what the program was last called with."""
        self._noted.unlink(missing_ok=True)

    @property
    def noted(self) -> list[str] | None:
        """The words that the program was last called with; None where it was not."""
        if not self._noted.exists():
            return None
        return self._noted.read_text(encoding="utf-8").split("\0")[:-1]


class Terminal:
    """A shell that a person types at."""

    def __init__(
        self, shell: str, home: Home, environment: Mapping[str, str] | None = None
    ) -> None:
        self._home = home
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (_ROWS, _COLUMNS))
        self._screen = ours
        self._shell = subprocess.Popen(
            ["setsid", "--ctty", shell, "-i"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=home.work,
            env={**home.environment, **(environment or {})},
        )
        os.close(theirs)
        self._said = ""
        self._read_until(_PROMPT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._shell.send_signal(signal.SIGKILL)
        self._shell.wait()
        os.close(self._screen)

    def called(self, keys: str) -> list[str]:
        """Type `keys` and ENTER: the words that the program is called with then."""
        self._home.forget()
        self._type(keys + ENTER)
        self._read_until(_PROMPT)
        noted = self._home.noted
        assert noted is not None, self._said
        return noted

    def shown(self, keys: str) -> str:
        """Type `keys` and wait for the shell to be done with them: what it has shown, as text."""
        before = len(self._said)
        self._type(keys + CLEAR + "echo DO''NE" + ENTER)
        self._read_until(f"DONE.*{_PROMPT}")
        return _ESCAPES.sub("", self._said[before:])

    def _type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def _read_until(self, awaited: str) -> None:
        """Read until `awaited`, an expression, matches what was said since the last time."""
        start, end = len(self._said), time.monotonic() + LONG
        while not re.search(awaited, _ESCAPES.sub("", self._said[start:]), re.DOTALL):
            ready, _, _ = select.select([self._screen], [], [], max(end - time.monotonic(), 0))
            assert ready, f"no {awaited!r} in {self._said[start:]!r}"
            self._said += os.read(self._screen, 65536).decode(errors="replace")


def shell_or_skip(name: str) -> str:
    """The shell's program; without it the test is skipped, but not in CI."""
    program = name.removeprefix("bare ")
    missing = not all(map(shutil.which, (program, "setsid"))) or (
        name == "bash" and not BASH_COMPLETION.exists()
    )
    if missing and os.environ.get("CI"):
        pytest.fail(f"{name} with its completion is not installed")
    if missing:
        pytest.skip(f"{name} with its completion is not installed")
    return program

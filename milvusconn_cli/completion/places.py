"""Where each shell looks for a user's own completion scripts, and what lies there.

Writes one file, whole or not at all, and no file that is not ours; start-up files are never
touched. Where a shell needs a line in one, `Place.needs` says which.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from milvusconn_cli.completion.model import MARK
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.system import atomic_file
from milvusconn_cli.values import positional_value_class

CURRENT, OUTDATED, ABSENT, FOREIGN = "current", "outdated", "absent", "not ours"
_POWERSHELL_LINE = "milvusconn completion show powershell | Out-String | Invoke-Expression"
_PROCESSES = Path("/proc")
_BASH_COMPLETION = tuple(
    map(
        Path,
        (
            "/etc/bash_completion",
            "/etc/profile.d/bash_completion.sh",
            "/usr/local/etc/profile.d/bash_completion.sh",
            "/opt/homebrew/etc/profile.d/bash_completion.sh",
        ),
    )
)
"""What loads bash-completion, where it is not in a directory of XDG_DATA_DIRS."""
_OTHER_NAMES = {"pwsh": "powershell"}


@positional_value_class
class Place:
    """Where one shell's script belongs."""

    shell: str
    path: Path | None
    """None where the shell has no such place."""
    needs: str | None = None
    """The line that a start-up file must hold, and which one that is."""
    packaged: tuple[Path, ...] = ()
    """Where an installer may have put it instead, and the shell looks too."""

    @property
    def found(self) -> Path | None:
        """The file that the shell reads; `path` if there is none yet."""
        places = [self.path, *self.packaged]
        return next((one for one in places if one and os.path.lexists(one)), self.path)

    def state(self, script: str) -> str:
        """Whether `script` is what the shell reads."""
        return _state(self.found, script)

    def put(self, script: str) -> None:
        """Put the script there; `ConfigError` where that cannot be, or is somebody else's file."""
        path = self._own(script)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_file.replace(path, script, mode=0o644)
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror}") from None

    def clear(self, script: str) -> bool:
        """Remove what `put` wrote; False if there is nothing to remove."""
        if _state(self.path, script) == ABSENT:
            return False
        path = self._own(script)
        if path.is_symlink():
            raise ConfigError(
                f"{path} is a link created by an installer", "it is removed with the package"
            )
        try:
            path.unlink()
        except OSError as error:
            raise ConfigError(f"{path} cannot be removed: {error.strerror}") from None
        return True

    def _own(self, script: str) -> Path:
        if self.path is None:
            raise ConfigError(f"{self.shell} has no directory for it", self.needs)
        if _state(self.path, script) == FOREIGN:
            raise ConfigError(
                f"{self.path} already exists and was not written by milvusconn",
                "move it away first",
            )
        return self.path


def place_of(shell: str, environment: Mapping[str, str]) -> Place:
    """The user's own place for that shell's script."""
    return _PLACES[shell](environment)


def guessed_shell(environment: Mapping[str, str]) -> str | None:
    """The shell that this was typed in, else the user's usual one; None where neither is known."""
    names = [environment.get("SHELL", "")]
    with suppress(OSError):  # only Linux tells it so
        names.insert(0, (_PROCESSES / str(os.getppid()) / "comm").read_text(encoding="utf-8"))
    for name in names:
        shell = Path(name.strip()).name.removeprefix("-")
        if _OTHER_NAMES.get(shell, shell) in _PLACES:
            return _OTHER_NAMES.get(shell, shell)
    return None


def _state(path: Path | None, script: str) -> str:
    if path is None or not os.path.lexists(path):
        return ABSENT
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return FOREIGN
    if text == script:
        return CURRENT
    return OUTDATED if MARK in text else FOREIGN


def _bash(environment: Mapping[str, str]) -> Place:
    own = environment.get("BASH_COMPLETION_USER_DIR", "").partition(":")[0]
    directory = Path(own) if own else _data(environment) / "bash-completion"
    packaged = _packaged(environment, "bash-completion/completions/milvusconn")
    path, home = directory / "completions" / "milvusconn", _home(environment)
    needs = None
    start_up = home / ".bashrc"
    if not _has_bash_completion(environment) and not _mentions(start_up, path, _shown(path, home)):
        needs = (
            "bash-completion, which would read it, is not installed;"
            f" without it, {_shown(start_up, home)} needs `. {_shown(path, home)}`"
        )
    return Place("bash", path, needs, packaged)


def _has_bash_completion(environment: Mapping[str, str]) -> bool:
    """Whether the package is there that makes bash look for completions by their names."""
    loaders = _packaged(environment, "bash-completion/bash_completion")
    return any(one.exists() for one in (*_BASH_COMPLETION, *loaders))


def _zsh(environment: Mapping[str, str]) -> Place:
    """A directory of the user's that is on an exported fpath, else the usual one."""
    home = _home(environment)
    for text in environment.get("FPATH", "").split(":"):
        directory = Path(text)
        if text and home in directory.parents and os.access(directory, os.W_OK):
            return Place("zsh", directory / "_milvusconn")
    directory = _data(environment) / "zsh" / "site-functions"
    shown = _shown(directory, home)
    start_up = Path(environment.get("ZDOTDIR") or home) / ".zshrc"
    needs = None
    if not _mentions(start_up, directory, shown):
        needs = f"{_shown(start_up, home)} needs, before compinit:  fpath=({shown} $fpath)"
    packaged = _packaged(environment, "zsh/site-functions/_milvusconn")
    return Place("zsh", directory / "_milvusconn", needs, packaged)


def _fish(environment: Mapping[str, str]) -> Place:
    base = Path(environment.get("XDG_CONFIG_HOME") or _home(environment) / ".config")
    packaged = _packaged(environment, "fish/vendor_completions.d/milvusconn.fish")
    return Place("fish", base / "fish" / "completions" / "milvusconn.fish", packaged=packaged)


def _powershell(_environment: Mapping[str, str]) -> Place:
    return Place("powershell", None, f"put into $PROFILE:  {_POWERSHELL_LINE}")


_SYSTEM_DATA = "/usr/local/share:/usr/share:/opt/homebrew/share"
"""The last one is Homebrew's on Apple's own processors."""
_PLACES: Mapping[str, Callable[[Mapping[str, str]], Place]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "powershell": _powershell,
}


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or Path.home())


def _data(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("XDG_DATA_HOME") or _home(environment) / ".local" / "share")


def _packaged(environment: Mapping[str, str], below: str) -> tuple[Path, ...]:
    """Where packages lay it: the user's own (pipx does so), then the system's."""
    system = environment.get("XDG_DATA_DIRS") or _SYSTEM_DATA
    bases = [_data(environment), *map(Path, filter(None, system.split(":")))]
    return tuple(base / below for base in bases)


def _mentions(start_up: Path, directory: Path, shown: str) -> bool:
    try:
        text = start_up.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    spellings = (str(directory), shown, shown.replace("~", "$HOME", 1))
    return any(one in text for one in spellings)


def _shown(path: Path, home: Path) -> str:
    """A path as a person would write it."""
    return f"~/{path.relative_to(home)}" if home in path.parents else str(path)

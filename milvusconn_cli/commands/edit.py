"""`edit`: the registry file in an editor, checked before it is saved."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer

from milvusconn_cli.cli.open_registry import locate_to_change, warn_about_unknown_keys
from milvusconn_cli.cli.options import Config, Quiet
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.errors import ConfigError, RegistryError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry import file as registry_file

_VARIABLES = ("VISUAL", "EDITOR")
_USUAL_EDITORS = ("sensible-editor", "editor", "nano", "vi", "notepad")
_EMPTY = """\
version = 1

# [connections.prod]
# uri = "https://milvus.example"
# token = { env = "MILVUS_TOKEN" }
"""


def edit(*, quiet: Quiet = False, config: Config = None) -> ExitCode:
    """Edit the registry file in $VISUAL or $EDITOR.

    Works on a private copy. When the editor closes, the copy is checked, and saved only if it is
    valid and the file has not changed in the meantime.
    """
    path = locate_to_change(config, quiet=quiet)
    editor = _editor()
    before = registry_file.text_of(path)
    directory = Path(tempfile.mkdtemp(prefix="milvusconn-"))
    copy = directory / "connections.toml"
    copy.write_text(before or _EMPTY, encoding="utf-8", newline="")
    copy.chmod(0o600)
    after = _edited(editor, copy, before)
    if after in (before, _EMPTY):
        _forget(copy)
        if not quiet:
            print_message(f"{path}: unchanged")
        return ExitCode.OK
    registry = registry_file.checked(after, path, before)
    if not registry_file.replace_text(path, before, after):
        raise RegistryError(
            f"{path} was changed by somebody else in the meantime; it was not saved",
            f"your text is in {copy}",
        )
    _forget(copy)
    if not quiet:
        warn_about_unknown_keys(registry.entries.values())
        print_message(f"{path}: saved")
    return ExitCode.OK


def _edited(editor: Sequence[str], copy: Path, before: str) -> str:
    """The text when the editor is closed on something valid; the mistakes are told one by one."""
    while True:
        _run([*editor, str(copy)])
        try:
            text = copy.read_bytes().decode()
            registry_file.checked(text, copy, before)
        except UnicodeDecodeError:
            mistake = ConfigError("the text is not UTF-8")
        except ConfigError as error:
            mistake = error
        else:
            return text
        if sys.stdin is None or not sys.stdin.isatty():
            raise RegistryError(mistake.message, f"nothing was saved; your text is in {copy}")
        hint = None if mistake.hint and "by hand" in mistake.hint else mistake.hint
        print_message(mistake.message, hint)
        if not typer.confirm("Edit again?", default=True, err=True):
            raise RegistryError("nothing was saved", f"your text is in {copy}")


def _run(command: Sequence[str]) -> None:
    """The editor, which has the terminal and its Ctrl-C to itself."""
    try:
        running = subprocess.Popen(command)  # noqa: S603 -- the user's own
    except OSError as error:
        raise ConfigError(
            f"the editor {command[0]} cannot be started: {error.strerror}", "set EDITOR to another"
        ) from None
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = running.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    if code:
        raise ConfigError(f"the editor failed with exit code {code}", "nothing was saved")


def _editor() -> list[str]:
    """The user's editor, with its options."""
    for name in _VARIABLES:
        said = os.environ.get(name)
        if said:
            try:
                return shlex.split(said)
            except ValueError:
                raise UsageError(f"invalid quoting in ${name}") from None
    has_terminal = sys.stdin is not None and sys.stdin.isatty()
    found = next(filter(None, map(shutil.which, _USUAL_EDITORS)), None) if has_terminal else None
    if found is None:
        missing = "no editor found" if has_terminal else "no terminal for an editor"
        raise UsageError(missing, "`export EDITOR=nano` names one")
    return [found]


def _forget(copy: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(copy.parent)

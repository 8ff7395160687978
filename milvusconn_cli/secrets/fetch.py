"""Where references lead: the variable, file, command or keyring that holds a secret.

Asked only when a probe needs the secret. Errors name the reference, never a value; a command's
stderr is not ours to show, it may echo what it was given.
"""

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.references import (
    FromCommand,
    FromEnvironment,
    FromFile,
    FromKeyring,
    Literal,
    Reference,
    Secret,
)
from milvusconn_cli.system.threads import in_daemon_thread
from milvusconn_cli.text import is_unicode

_REAPING_SECONDS = 0.2
_LONGEST = 65536
"""Bytes that a secret may have; what is longer is the wrong file."""
_SHELL = "/bin/sh"
_WATCH = 'read -r _; kill -s KILL -- "-$1"'
"""Waits for the end of its standard input, and then ends a process group."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


async def fetch(reference: Reference, deadline: Deadline) -> Secret:
    """The secret itself; `SecretError` where it cannot be had before the deadline."""
    if isinstance(reference, Literal):
        return reference.secret
    try:
        async with asyncio.timeout(deadline.remaining()):
            text = await _text(reference)
    except TimeoutError:
        raise SecretError(f"the secret {reference} did not come in time") from None
    if not text:
        raise SecretError(f"the secret {reference} is empty")
    return Secret(text)


async def _text(reference: FromEnvironment | FromFile | FromCommand | FromKeyring) -> str:
    match reference:
        case FromEnvironment(name):
            return _from_environment(name)
        case FromFile(path):
            # In a thread: a named pipe without a writer would stop the whole program.
            return _decoded(await in_daemon_thread(lambda: _read(path)), reference)
        case FromCommand(argv):
            return _decoded(await _run(argv, reference), reference)
        case FromKeyring(service, user):
            return await in_daemon_thread(lambda: _from_keyring(service, user))


def _from_environment(name: str) -> str:
    text = os.environ.get(name)
    if text is None:
        raise SecretError(f"the variable of the secret env:{name} is not set")
    if not is_unicode(text):
        raise SecretError(f"the secret env:{name} is not UTF-8 text")
    return text


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise SecretError(f"the secret file:{path} cannot be read: {_words(error)}") from None


async def _run(argv: tuple[str, ...], reference: FromCommand) -> bytes:
    """What the command writes; it is over, with all that it started, when this is."""
    try:
        process = subprocess.Popen(  # noqa: S603, ASYNC220 -- the user's own; only started here
            argv,
            executable=_located(argv[0]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
        raise SecretError(f"the secret {reference} cannot be run: {_words(error)}") from None
    watcher = _watcher(process.pid)
    try:
        output, code = await in_daemon_thread(lambda: _output(process))
    finally:
        # The whole session: what the command left behind must not hold on to our pipe.
        with suppress(ProcessLookupError, PermissionError):  # sudo's is not ours to kill
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REAPING_SECONDS):
                await in_daemon_thread(lambda: _reap(process, watcher))
    if code:
        raise SecretError(f"the secret {reference} failed with exit code {code}")
    return output


def _located(program: str) -> str:
    """The program's path: a bare name is one of PATH's, and never of the working directory's."""
    import shutil  # noqa: PLC0415 -- only who runs a command

    if "\0" in program:
        raise ValueError("embedded null byte")
    if Path(program).is_absolute():
        return program
    for directory in map(Path, os.get_exec_path()):
        found = shutil.which(directory / program) if directory.is_absolute() else None
        if found:
            return str(found)
    raise FileNotFoundError(None, "No such file or directory in PATH")


def _watcher(group: int) -> subprocess.Popen[bytes] | None:
    """A shell that ends the process group where this program was killed outright.

    It notices by its standard input, which the kernel closes then. PR_SET_PDEATHSIG is Linux's
    alone, is of one process and not of what that starts, and fires when a *thread* ends. None
    where there is no shell.
    """
    try:
        return subprocess.Popen(  # noqa: S603 -- these words and a number
            [_SHELL, "-c", _WATCH, _SHELL, str(group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={},
        )
    except OSError:
        return None


def _reap(process: subprocess.Popen[bytes], watcher: subprocess.Popen[bytes] | None) -> None:
    """End the watcher first: once the command is reaped, its number may become another's."""
    if watcher:
        watcher.kill()
        watcher.wait()
        if watcher.stdin:
            watcher.stdin.close()
    process.wait()


def _output(process: subprocess.Popen[bytes]) -> tuple[bytes, int]:
    """All that it writes and its exit code; of one that writes too much, the beginning, and 0."""
    if process.stdout is None:
        raise AssertionError("the command was started with a pipe")
    with process.stdout as pipe:
        output = pipe.read(_LONGEST + 1)
        return output, 0 if len(output) > _LONGEST else process.wait()


def _from_keyring(service: str, user: str) -> str:
    name = FromKeyring(service, user)
    try:
        import keyring  # noqa: PLC0415 -- an extra, and slow to import
    except ImportError:
        raise SecretError(
            f"the secret {name} needs the keyring package", "pip install 'milvusconn[keyring]'"
        ) from None
    try:
        text = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001 -- backends raise what they like
        raise SecretError(f"the secret {name} cannot be had: {type(error).__name__}") from None
    if text is None:
        raise SecretError(f"the secret {name} is not in the keyring")
    if not is_unicode(str(text)):
        raise SecretError(f"the secret {name} is not UTF-8 text")
    return str(text)


def _words(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _decoded(data: bytes, reference: Reference) -> str:
    """The text, less what editors and commands put there: a mark of UTF-8, one last line break."""
    if len(data) > _LONGEST:
        raise SecretError(f"the secret {reference} is longer than {_LONGEST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        other = ", but UTF-16" if data.startswith(_UTF_16) else ""
        raise SecretError(f"the secret {reference} is not UTF-8 text{other}") from None
    return text.removesuffix("\n").removesuffix("\r")

"""Commands run where names resolve as a test wants, without a packet leaving the machine.

Linux only: a user, mount and network namespace of its own, made by util-linux's `unshare`, holds
nothing but a loopback interface and a name server of ours on 127.0.0.1:53. Listeners of the test
process are not to be reached from there, unix sockets excepted; any address beyond loopback is
ENETUNREACH at once.
"""

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

Resolver = Literal["silent", "unknown", "failing", "absent"] | Mapping[str, Sequence[str]]
"""A name server that never answers, says NXDOMAIN, says SERVFAIL, or is not there at all; or one
that knows these names, each with its IPv4 and IPv6 addresses, and says NXDOMAIN to others."""

_UNSHARE: Final = ("unshare", "--user", "--map-root-user", "--mount", "--net")
_INSIDE: Final = Path(__file__).with_name("resolver.py")


def run_with_resolver(
    command: Sequence[str],
    resolver: Resolver,
    *,
    env: Mapping[str, str] | None = None,
    options: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run `command` with `resolver` as its only name server, and return what it said.

    `options` goes to resolv.conf, e.g. "timeout:1 attempts:1"; without it glibc waits 5 seconds,
    twice. A command that dies of a signal has that signal's negative number as its return code.
    """
    return subprocess.run(
        [*entering(), *_told(resolver, options), *command],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@functools.cache
def namespaces_available() -> str | None:
    """Say why `run_with_resolver` cannot work here; None where it can."""
    if shutil.which(_UNSHARE[0]) is None:
        return "util-linux's unshare is not installed"
    tried = run_with_resolver([sys.executable, "-I", "-c", ""], "unknown")
    if tried.returncode == 0:
        return None
    return (tried.stderr.strip().splitlines() or [f"unshare ended with {tried.returncode}"])[-1]


def entering() -> list[str]:
    """The words before a command that runs it in namespaces of its own."""
    unshare, *flags = _UNSHARE
    return [shutil.which(unshare) or unshare, *flags]  # the command's PATH may not hold it


def _told(resolver: Resolver, options: str) -> list[str]:
    kind, names = (resolver, {}) if isinstance(resolver, str) else ("mapping", _lowered(resolver))
    instructions = json.dumps({"kind": kind, "names": names, "options": options})
    return [sys.executable, "-I", str(_INSIDE), instructions]


def _lowered(names: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name.lower(): list(addresses) for name, addresses in names.items()}

"""What a registry of many aliases costs: `python benchmarks/registry.py [ALIASES ...]`.

Every figure is a multiple of `python -c pass`, measured in turn with it in the same run, the median
of several: single times drift on a busy machine, multiples hold. Each command is a process of its
own, on a registry of its own; no server is dialled.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ALIASES = (10, 1_000, 10_000)
ROUNDS = 7
COMMANDS = {
    "has of an unknown alias": ("has", "nobody"),
    "address": ("address", "a00005"),
    "list --names": ("list", "--names"),
    "show": ("show", "a00005", "-o", "plain"),
    "add": ("add", "new", "--uri", "http://127.0.0.1:19530"),
    "add --replace": ("add", "a00005", "--replace", "--uri", "http://127.0.0.1:19530"),
    "rename": ("rename", "a00005", "renamed"),
    "disconnect": ("disconnect", "a00005"),
    "remove": ("remove", "a00005"),
}
_LIMITS = {("add", 1_000): 60, ("has of an unknown alias", 1_000): 12}
"""What is promised, as multiples."""


def registry(count: int) -> str:
    """A registry as people write it: a comment, a URI, a reference, tags."""
    tables = [
        f"\n# number {number}\n[connections.a{number:05}]\n"
        f'uri = "http://127.0.0.1:{number + 1024}"\n'
        f'user = "root"\npassword = {{ env = "PASSWORD_{number}" }}\ntags = ["all"]\n'
        for number in range(count)
    ]
    return "version = 1\n" + "".join(tables)


def seconds(command: Sequence[str]) -> float:
    """How long the process takes, from start to end."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    ran = subprocess.run(  # noqa: S603 -- our own commands
        command, env=environment, capture_output=True, check=False
    )
    took = time.perf_counter() - start
    if ran.returncode not in (0, 1):  # 1: there is no such alias
        raise SystemExit(ran.stderr.decode())
    return took


def multiple(arguments: Sequence[str], original: Path, copy: Path) -> float:
    """The median multiple of one command, each time on a fresh copy of the registry."""
    found = []
    for _ in range(ROUNDS):
        shutil.copy(original, copy)
        bare = seconds([sys.executable, "-c", "pass"])
        taken = seconds([sys.executable, "-m", "milvusconn_cli", *arguments, "--config", str(copy)])
        found.append(taken / bare)
    return statistics.median(found)


def main() -> int:
    """Print the table; 1 where a promise is not kept."""
    counts = [int(word) for word in sys.argv[1:]] or list(ALIASES)
    kept = True
    print(f"{'x python -c pass':26}" + "".join(f"{count:>10,}" for count in counts))  # noqa: T201
    with tempfile.TemporaryDirectory() as place:
        originals = [Path(place, f"{count}.toml") for count in counts]
        for path, count in zip(originals, counts, strict=True):
            path.write_text(registry(count), encoding="utf-8")
            path.chmod(0o600)
        for name, arguments in COMMANDS.items():
            found = [multiple(arguments, path, Path(place, "copy.toml")) for path in originals]
            print(f"{name:26}" + "".join(f"{one:>10.1f}" for one in found))  # noqa: T201
            kept &= all(
                one <= _LIMITS.get((name, count), one)
                for one, count in zip(found, counts, strict=True)
            )
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())

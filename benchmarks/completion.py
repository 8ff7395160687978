"""How long a TAB waits: the answer to a shell, against a Python that does nothing.

    python benchmarks/completion.py [RUNS]

Builds a wheel and installs it into an environment of its own, compiled, as a user has it; then
runs each question and `python -c pass` in turn, since single times drift on a busy machine, and
prints the medians of both and of their ratio.
"""

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNS = 60
LIMIT = 3.0
"""What a TAB may take, in multiples of `python -c pass`."""
ALIASES = 10


def install(directory: Path) -> Path:
    """The environment's bin, with the wheel in it; dependencies are those of this Python."""
    bins = directory / "environment" / "bin"
    wheels = directory / "wheels"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(  # noqa: S603 -- ours
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT], check=True
    )
    venv.create(bins.parent, with_pip=False)
    (wheel,) = wheels.glob("*.whl")
    own = ["--python", bins / "python"]
    subprocess.run([*pip, *own, "install", "--no-deps", wheel], check=True)  # noqa: S603 -- ours
    compileall.compile_dir(bins.parent, quiet=2)
    return bins


def registry(directory: Path) -> Path:
    """Ten aliases, as people have them."""
    path = directory / "milvusconn" / "connections.toml"
    path.parent.mkdir()
    tables = (
        f'[connections.alias-{number}]\nuri = "https://milvus-{number}.example"\ndb = "default"\n'
        'user = "root"\npassword = { env = "MILVUS_PASSWORD" }\ntags = ["prod", "eu"]\n'
        for number in range(ALIASES)
    )
    path.write_text("version = 1\n" + "".join(tables))
    return path


def seconds(command: Sequence[str | Path], environment: dict[str, str]) -> float:
    """The whole of one process."""
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 -- ours
        command, env=environment, stdout=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - start


def main() -> int:
    """Measure and print; 1 where a TAB takes longer than it may."""
    runs = int(sys.argv[1]) if sys.argv[1:] else RUNS
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        bins, path = install(directory), registry(directory)
        ask = [bins / "milvusconn", "__complete"]
        questions: dict[str, list[str | Path]] = {
            "aliases, where the registry is usually": [*ask, "aliases"],
            "aliases, --config": [*ask, "aliases", "--config", path],
            "tags": [*ask, "tags"],
            "causes": [*ask, "causes"],
        }
        environment = {"HOME": name, "XDG_CONFIG_HOME": name, "PATH": os.environ["PATH"]}
        nothing = [bins / "python", "-c", "pass"]
        times: dict[str, list[tuple[float, float]]] = {what: [] for what in questions}
        for _ in range(runs):
            for what, command in questions.items():
                pair = seconds(nothing, environment), seconds(command, environment)
                times[what].append(pair)
    print(f"{'question':<40} {'python -c pass':>15} {'answer':>9} {'ratio':>6}")  # noqa: T201
    worst = 0.0
    for what, pairs in times.items():
        base, took = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for other, one in pairs)
        worst = max(worst, ratio)
        print(f"{what:<40} {base:>12.1f} ms {took:>6.1f} ms {ratio:>6.2f}")  # noqa: T201
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

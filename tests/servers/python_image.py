"""Images, built by buildah on a machine that may pull none: a base that has this machine's Python.

The base is named like the real one, so a Containerfile need not be changed. It holds the standard
library, the interpreter, a shell and the libraries that these load; and the wheels that pip is
to find, so that a build asks no index.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

Ran = subprocess.CompletedProcess[str]

_TOOLS = ("sh", "ln", "ls", "rm", "env")
_NOT_COPIED = ("test", "tests", "site-packages", "__pycache__", "idlelib", "tkinter", "config-*")
_FOR_EXTENSIONS = ("libstdc++", "libgcc_s", "libpthread", "libdl", "librt", "libutil", "libnss_")
"""Libraries that compiled packages load, or that the resolver does."""
_WHEELS = "/wheels"
_BASE = f"""FROM scratch
COPY root /
ENV PATH=/usr/local/bin:/usr/bin:/bin PIP_NO_INDEX=1 PIP_FIND_LINKS={_WHEELS}
"""


class Buildah:
    """buildah with a store of its own: nothing is pulled, and nothing of the user's is touched."""

    def __init__(self, directory: Path) -> None:
        self._words = (
            "buildah", "--root", f"{directory}/store", "--runroot", f"{directory}/run",
            "--storage-driver", "vfs",
        )  # fmt: skip

    def build(self, context: Path, tag: str) -> Ran:
        """The image that a Containerfile describes, in the form that keeps a health check."""
        how = ("--isolation", "chroot", "--format", "docker", "--pull-never")
        return self._run("build", *how, "-t", tag, str(context))

    def container(self, image: str) -> str:
        """A container of the image."""
        ran = self._run("from", "--pull-never", image)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def run(self, container: str, *words: str, user: str = "65532") -> Ran:
        """A command in it, by default as a user that has no home; the network is this machine's."""
        return self._run("run", "--isolation", "chroot", "--user", user, container, "--", *words)

    def _run(self, *words: str) -> Ran:
        return subprocess.run([*self._words, *words], capture_output=True, text=True, check=False)


def python_base(buildah: Buildah, directory: Path, tag: str, wheels: Iterable[Path]) -> None:
    """An image `tag` that has Python, and from which pip installs the wheels and nothing else."""
    root = directory / "root"
    _copy_python(root)
    (root / _WHEELS.strip("/")).mkdir()
    for wheel in wheels:
        shutil.copy(wheel, root / _WHEELS.strip("/"))
    (directory / "Containerfile").write_text(_BASE)
    built = buildah.build(directory, tag)
    assert built.returncode == 0, built.stderr


def fetch_wheels(requirement: str, directory: Path) -> list[Path]:
    """The wheels that a requirement needs, by pip as it is configured here."""
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(directory)]
    subprocess.run([*words, requirement], check=True, capture_output=True)
    return [*directory.glob("*.whl")]


def _copy_python(root: Path) -> None:
    """The interpreter as `/usr/local/bin/python`, where the real image has it."""
    version = f"python{sysconfig.get_python_version()}"
    library = root / "usr/local/lib" / version
    ignored = shutil.ignore_patterns(*_NOT_COPIED)
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=ignored)
    interpreter = Path(sys.executable).resolve()
    for name in ("python", "python3", version):
        _put(interpreter, root / "usr/local/bin" / name)
    programs = [interpreter, *(library / "lib-dynload").glob("*.so")]
    for tool in _TOOLS:
        path = Path(shutil.which(tool) or f"/bin/{tool}").resolve()
        programs.append(path)
        _put(path, root / "bin" / tool)
    for loaded in {*_loaded(programs), *_for_extensions(interpreter)}:
        _put(loaded, root / str(loaded).lstrip("/"))
    for name in ("tmp", "proc", "sys", "dev", "etc", "root", "opt"):
        (root / name).mkdir(exist_ok=True)
    (root / "tmp").chmod(0o1777)


def _loaded(programs: Sequence[Path]) -> Iterator[Path]:
    """The libraries that programs load, by the names that they ask for."""
    ran = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False)
    yield from map(Path, re.findall(r"(/\S+) \(0x", ran.stdout))


def _for_extensions(interpreter: Path) -> Iterator[Path]:
    (libc,) = {one for one in _loaded([interpreter]) if one.name.startswith("libc.so")}
    for beginning in _FOR_EXTENSIONS:
        yield from libc.parent.glob(f"{beginning}*.so.*")


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy2(os.path.realpath(source), target)

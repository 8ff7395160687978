"""A disk without room, and directories without permission: the registry stays as it was."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.registry.adversity import (
    CHANGES,
    REGISTRY,
    assert_intact,
    assert_refused,
    every_change,
    written,
)

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="made with Linux's mounts")
LIMITED = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
os.execv(sys.executable, [sys.executable, "-m", "milvusconn_cli", *sys.argv[1:]])
"""


@every_change
@pytest.mark.sweep(one_in=3)
def test_no_file_may_be_that_large(command: tuple[str, ...], registry_path: Path) -> None:
    """A limit of the process; it stops the new file in its midst."""
    written(registry_path)

    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, *command], capture_output=True, text=True, check=False
    )

    assert_refused(Ran(ran.returncode, ran.stdout, ran.stderr), "File too large", "nothing was")
    assert_intact(registry_path)


INSIDE = """
import json, os, subprocess, sys
place, options, later, registry, commands = sys.argv[1:]
if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place]).returncode:
    sys.exit(77)
path = os.path.join(place, "connections.toml")
with open(path, "w") as file:
    file.write(registry)
os.chmod(path, 0o600)
if later and subprocess.run(["mount", "-o", later, place]).returncode:
    sys.exit(77)
found = []
for command in json.loads(commands):
    ran = subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", *command, "--config", path],
        capture_output=True, text=True,
    )
    with open(path) as file:
        text = file.read()
    found.append([ran.returncode, ran.stdout, ran.stderr, text, sorted(os.listdir(place))])
json.dump(found, sys.stdout)
"""


@linux_only
@pytest.mark.sweep(one_in=2)
@pytest.mark.parametrize(
    ("options", "later", "word"),
    [
        ("size=20k", "", "No space left on device"),
        ("size=1m,nr_inodes=2", "", "No space left on device"),
        ("size=1m,nr_inodes=3", "", "No space left on device"),
        ("size=1m", "remount,ro", "Read-only file system"),
    ],
    ids=["pages", "no inode for the lock", "no inode for the file", "read-only"],
)
def test_a_file_system_that_takes_no_more(
    options: str, later: str, word: str, tmp_path: Path
) -> None:
    """A small tmpfs of its own: each change is refused, in its words, and nothing has changed."""
    place = tmp_path / "small"
    place.mkdir()
    enter = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    if shutil.which(enter[0]) is None:
        pytest.skip("util-linux's unshare is not installed")

    ran = subprocess.run(
        [
            *enter,
            sys.executable,
            "-c",
            INSIDE,
            place,
            options,
            later,
            REGISTRY,
            json.dumps(CHANGES),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    if ran.returncode == 77 or "unshare" in ran.stderr:
        pytest.skip(f"no mounts here: {ran.stderr.strip()}")
    for code, out, err, text, names in json.loads(ran.stdout):
        assert_refused(Ran(code, out, err), word)
        assert text == REGISTRY
        assert set(names) <= {"connections.toml", ".connections.toml.lock"}

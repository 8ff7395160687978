"""The recipes of docs/recipes.md work to the letter: with a server, and without one."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import transcripts
from tests.servers.milvus import MilvusServer
from tests.transcripts import Block

PAGE = Path(__file__).parent.parent / "docs" / "recipes.md"
SERVER = "localhost:19530"
NOWHERE = "127.0.0.1:1"
PROGRAM = Path(sys.executable).with_name("milvusconn")

Shell = Callable[..., subprocess.CompletedProcess[str]]


def blocks(language: str, heading: str) -> list[Block]:
    """The blocks of a language in one section."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    found = transcripts.blocks(section.partition("\n## ")[0])
    return [block for block in found if block.language == language]


def document(heading: str) -> Any:  # noqa: ANN401 -- of any shape
    (block,) = blocks("yaml", heading)
    return yaml.safe_load(block.text)


@pytest.fixture
def shell(own_place: Path) -> Shell:
    """Runs a command as `sh -c` does, `milvusconn` being on the path."""

    def run(
        command: str, server: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        variables = {
            **os.environ,
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            **{key: text.replace(SERVER, server) for key, text in (environment or {}).items()},
        }
        return subprocess.run(
            ["/bin/sh", "-c", command.replace(SERVER, server)],
            env=variables,
            cwd=own_place,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def limit_of(words: list[str]) -> float:
    """The seconds of `-t`."""
    return float(words[words.index("-t") + 1])


def test_docker_health_check(shell: Shell, milvus: MilvusServer) -> None:
    """0 or 1, which is all that Docker knows; the reason is in the log; Docker does not kill it."""
    (block,) = blocks("dockerfile", "Docker")
    found = re.search(r"--timeout=(\d+)s .*CMD (.*)", block.text.replace("\\\n", " "))
    assert found

    up, down = shell(found[2], f"localhost:{milvus.port}"), shell(found[2], NOWHERE)

    assert (up.returncode, up.stdout) == (0, "True\n")
    assert (down.returncode, down.stdout) == (1, "False\n")
    assert "tcp-refused" in down.stderr
    assert limit_of(shlex.split(found[2])) < float(found[1])


def test_kubernetes_probe(shell: Shell, milvus: MilvusServer) -> None:
    """The command as Kubernetes runs it: no shell, no home, no registry."""
    probe = document("Kubernetes")["readinessProbe"]
    words = probe["exec"]["command"]

    up = shell(f"env -u HOME {shlex.join(words)}", f"localhost:{milvus.port}")
    down = shell(shlex.join(words), NOWHERE)

    assert (up.returncode, up.stdout) == (0, "True\n")
    assert down.returncode == 3
    assert limit_of(words) < probe["timeoutSeconds"] <= probe["periodSeconds"]


def test_github_actions(shell: Shell, milvus: MilvusServer) -> None:
    """Each step's command, in the job's environment; a failing one shows every layer."""
    job = document("GitHub Actions")["jobs"]["test"]
    steps = {step["name"]: step for step in job["steps"] if "name" in step}
    wait = steps["Wait for Milvus"]["run"]
    show = steps["Show every layer if it is not ready"]
    never = shell(wait.replace("-t 120", "-t 1"), NOWHERE, job["env"])

    assert shell(wait, f"localhost:{milvus.port}", job["env"]).returncode == 0
    assert never.returncode == 124
    assert "tcp-refused" in never.stderr
    assert show["if"] == "failure()"
    assert "tcp-refused" in shell(show["run"], NOWHERE, job["env"]).stdout
    port = job["env"]["MILVUS_URI"].rpartition(":")[2]
    assert f"--publish {port}:" in steps["Start Milvus"]["run"]


def test_systemd_unit(shell: Shell, milvus: MilvusServer, tmp_path: Path) -> None:
    """The check before the start; and, where systemd is, its own verdict on the unit."""
    (block,) = blocks("ini", "systemd")
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(block.text)
    name, _, value = unit["Service"]["Environment"].partition("=")
    check = unit["Service"]["ExecStartPre"]

    assert shell(check, f"localhost:{milvus.port}", {name: value}).returncode == 0
    assert shell(check, NOWHERE, {name: value}).returncode == 3
    if shutil.which("systemd-analyze"):
        file = tmp_path / "books.service"
        file.write_text(block.text.replace("=milvusconn ", f"={PROGRAM} "))
        verified = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "books.service" not in verified.stderr, verified.stderr


def test_pre_commit_hook(shell: Shell, own_place: Path) -> None:
    """It takes a file that a client could use, without connecting, and refuses others."""
    (hook,) = document("pre-commit")["repos"][0]["hooks"]
    files = {
        "deploy/connections.toml": ('uri = "https://milvus.example"', 0),
        "connections.toml": ('uri = "milvus.example:443"', 78),
        "other/connections.toml": ("uri = ", 78),
    }

    for name, (text, code) in files.items():
        assert re.search(hook["files"], name)
        file = own_place / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"[connections.prod]\n{text}\n")
        file.chmod(0o644)
        assert shell(f"{hook['entry']} {shlex.quote(name)}", NOWHERE).returncode == code, name
    assert not re.search(hook["files"], "my-connections.toml")


def test_cron_line(shell: Shell, milvus: MilvusServer) -> None:
    """Silent while all is well."""
    (block,) = blocks("sh", "cron")
    variables = {"MILVUS_URI": f"http://{SERVER}"}

    well = shell(block.text, f"localhost:{milvus.port}", variables)
    down = shell(block.text, NOWHERE, variables)

    assert (well.returncode, well.stdout, well.stderr) == (0, "", "")
    assert down.stdout.split("\t")[5] == "tcp-refused"

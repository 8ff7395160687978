"""The README is true: its commands run, in order, and print what it shows.

`UPDATE_TRANSCRIPTS=1 pytest tests/test_readme.py` writes what they print into the README.
"""

import difflib
import os
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import transcripts
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.transcripts import Block, Command, Ran, aligned

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

DAY = timedelta(days=1)
LONGEST_README = 250
"""Lines."""

INSTALL = re.compile(r"^python3 -m venv .* pip install --quiet '(\.\[\w+\])' && (?P<then>.*)$")
"""Installs, then does something: the venv of the tests has it installed, and does the rest."""
NOT_RUN = {
    "python3 -m venv .venv && .venv/bin/pip install --quiet --editable '.[test]' && "
    ".venv/bin/python -m pytest -n 4 --cov": "it would run these tests again; .ci/run runs it",
}
"""Commands that are not run here, each with the reason."""
OTHER_LANGUAGES = {
    "yaml": "CI and Kubernetes are not here; parsed, and the command in it is run",
    "dockerfile": "Docker is not here; parsed, and the command in it is run",
}
"""Blocks that no shell runs, each with the reason."""


@dataclass(frozen=True)
class Place:
    """A newcomer's working directory, and the two servers that the README talks about."""

    directory: Path
    environment: Mapping[str, str]
    local_port: int
    """Where `localhost:19530` really is."""
    prod_port: int
    """Where `milvus.example:443` really is."""

    def run(self, *texts: str) -> list[Ran]:
        """Run commands of the README; their output reads as the README would have it."""
        local = [self._with_ports(text) for text in texts]
        ran = transcripts.run(local, self.directory, self.environment)
        return [Ran(self._as_documented(one.output), one.exit_code) for one in ran]

    def _with_ports(self, text: str) -> str:
        return text.replace("localhost:19530", f"localhost:{self.local_port}").replace(
            "https://milvus.example", f"https://127.0.0.1:{self.prod_port}"
        )

    def _as_documented(self, output: str) -> str:
        return output.replace(f":{self.local_port}", ":19530").replace(
            f"127.0.0.1:{self.prod_port}", "milvus.example:443"
        )


@pytest.fixture
def place(
    own_place: Path,  # noqa: ARG001 -- takes the machine's settings out of the environment
    tmp_path: Path,
    milvus: MilvusServer,
    speaking_milvus: Callable[..., SpeakingMilvus],
    authority: Authority,
    milvus_lite_package: None,  # noqa: ARG001
) -> Place:
    """A home of a newcomer, a Milvus, and one whose certificate expired three days ago."""
    now = datetime.now(UTC)
    expired = authority.issue(
        "milvus.example",
        "127.0.0.1",
        common_name="milvus.example",
        not_before=now - 30 * DAY,
        not_after=now - 3.5 * DAY,
    )
    prod = speaking_milvus(tls=expired)
    work = tmp_path / "clone"
    work.mkdir()
    (work / "ca.pem").write_bytes(authority.ca_file.read_bytes())
    environment = {
        **transcripts.newcomer(tmp_path),
        "MILVUS_PASSWORD": "a secret",
        "GRPC_VERBOSITY": "NONE",  # a Python program's own choice: gRPC logs failed handshakes
    }
    return Place(work, environment, milvus.port, prod.port)


def readme() -> str:
    return README.read_text(encoding="utf-8")


def of_language(*languages: str) -> list[Block]:
    return [block for block in transcripts.blocks(readme()) if block.language in languages]


def executed(command: Command) -> str | None:
    """The part of a command that is run here; None if it is not."""
    if command.text in NOT_RUN:
        return None
    install = INSTALL.match(command.text)
    return install["then"] if install else command.text


def prepare_demo(place: Place) -> list[str]:
    """What makes the first transcript come true, before the reader has installed anything."""
    registry = place.directory.parent / "demo.toml"
    registry.write_text(
        "version = 1\n"
        f'[connections.prod]\nuri = "https://127.0.0.1:{place.prod_port}"\n'
        f'tls = {{ ca = "{place.directory}/ca.pem" }}\n'
        f'[connections.default]\nuri = "http://127.0.0.1:{place.local_port}"\n'
    )
    registry.chmod(0o600)
    return [f"export MILVUSCONN_CONFIG={shlex.quote(str(registry))}", "unset MILVUSCONN_CONFIG"]


def test_commands_run_in_order_and_print_what_the_readme_shows(place: Place) -> None:
    """Every transcript is what a newcomer sees, but for durations and versions."""
    demo, *rest = of_language(*transcripts.RUN)
    shown = [*transcripts.commands(demo)]
    before, after = prepare_demo(place)
    newcomer = [
        command
        for block in rest
        for command in transcripts.commands(block)
        if executed(command) is not None
    ]
    texts = [*(one.text for one in shown), after, *(executed(one) or "" for one in newcomer)]

    _, *ran = place.run(before, *texts)

    del ran[len(shown)]
    wrong = list(differences([*shown, *newcomer], ran))
    if wrong and os.environ.get("UPDATE_TRANSCRIPTS"):
        README.write_text(updated(readme(), [*shown, *newcomer], ran), encoding="utf-8")
    assert not wrong, "\n".join(wrong)


def differences(commands: list[Command], ran: list[Ran]) -> Iterator[str]:
    """What each command did that the README does not show."""
    assert len(commands) == len(ran), "a command ended the shell"
    for command, one in zip(commands, ran, strict=True):
        if command.output is None and one.exit_code != 0:
            yield f"README.md:{command.line}: exit code {one.exit_code}: {one.output}"
        elif command.output is not None:
            yield from _difference(command, one.output)


def _difference(command: Command, output: str) -> Iterator[str]:
    documented, real = command.output or "", output
    if transcripts.comparable(documented).strip() != transcripts.comparable(real).strip():
        diff = difflib.unified_diff(
            documented.splitlines(), real.splitlines(), "README.md", "printed", lineterm=""
        )
        yield f"README.md:{command.line}: {command.text}\n" + "\n".join(diff)


def updated(document: str, commands: list[Command], ran: list[Ran]) -> str:
    """The document with the real output in each transcript that differs."""
    for command, one in zip(commands, ran, strict=True):
        if command.output and [*_difference(command, one.output)]:
            end = "\n" if command.output.endswith("\n\n") else ""
            document = document.replace(
                f"$ {command.text}\n{command.output}",
                f"$ {command.text}\n{aligned(one.output)}{end}",
            )
    return document


def test_the_readme_can_be_read_in_one_sitting() -> None:
    """Reference that grows belongs in docs/."""
    assert len(readme().splitlines()) <= LONGEST_README


def test_every_block_is_run_or_named_with_a_reason() -> None:
    """No block of the README escapes: it runs, or this file says why not and checks it."""
    languages = {block.language for block in transcripts.blocks(readme())}
    texts = {one.text for block in of_language("sh") for one in transcripts.commands(block)}

    assert languages <= {*transcripts.RUN, *OTHER_LANGUAGES}
    assert readme().count("```") == 2 * len(transcripts.blocks(readme()))
    assert set(NOT_RUN) <= texts


def test_extras_that_the_readme_installs_exist() -> None:
    """`pip install '.[lite]'` names an extra of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    named = set(re.findall(r"\.\[(\w+)\]'", readme()))

    assert named
    assert named <= project["optional-dependencies"].keys()


def test_ci_step_passes_with_a_server_and_fails_without(place: Place) -> None:
    """The step's command, in the step's environment, exits 0, and 3 for a port that refuses."""
    (step,) = next(one for one in yaml_blocks() if isinstance(one, list))
    variables = " ".join(
        f"{name}={shlex.quote(value.replace('${{ secrets.MILVUS_TOKEN }}', 'root:Milvus'))}"
        for name, value in step["env"].items()
    )

    up, down = place.run(
        f"env {variables} {step['run']}",
        f"env {variables} MILVUS_URI=http://127.0.0.1:1 {step['run']}",
    )

    assert (up.exit_code, up.output) == (0, "True\n")
    assert (down.exit_code, "tcp-refused" in down.output) == (3, True)


def test_kubernetes_probe_outlives_milvusconn(place: Place) -> None:
    """The probe's command works, and ends before Kubernetes would kill it."""
    probe = next(one for one in yaml_blocks() if isinstance(one, dict))["readinessProbe"]
    command = probe["exec"]["command"]

    (ran,) = place.run(shlex.join(command))

    assert ran == Ran("True\n", 0)
    assert float(command[command.index("-t") + 1]) < probe["timeoutSeconds"]


def test_docker_health_check_outlives_milvusconn(place: Place) -> None:
    """The check's command works in a shell, and ends before Docker would kill it."""
    (block,) = of_language("dockerfile")
    instruction = re.fullmatch(
        r"HEALTHCHECK .*--timeout=(\d+)s .*CMD (.*)\n", block.text.replace("\\\n", " ")
    )
    assert instruction
    command = instruction[2]

    (ran,) = place.run(command)

    assert ran == Ran("True\n", 0)
    words = shlex.split(command)
    assert float(words[words.index("-t") + 1]) < float(instruction[1])


def yaml_blocks() -> list[Any]:
    return [yaml.safe_load(block.text) for block in of_language("yaml")]

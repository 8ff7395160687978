"""Variables arrive in every shell, and in every reader of a file of variables, as they are."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import dotenv
import pytest

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.handover import shells
from milvusconn_cli.handover.shells import SCRIPTS, Shell
from tests.handover.odd import ODD

PRINT = """
import json, os
print(json.dumps({name: text for name, text in os.environ.items() if "MILVUS" in name}))
"""
GIVEN = {f"MILVUS_{number}": text for number, text in enumerate(ODD.values())}
STALE = {"MILVUS_STALE": "of another alias", "MILVUS_0": "the same"}
RUN = {
    "sh": ("sh", Shell.SH, 'eval "$(cat script)"; {print}'),
    "dash": ("dash", Shell.SH, 'eval "$(cat script)"; {print}'),
    "bash": ("bash", Shell.SH, 'eval "$(cat script)"; {print}'),
    "zsh": ("zsh", Shell.SH, 'eval "$(cat script)"; {print}'),
    "busybox": ("busybox", Shell.SH, 'eval "$(cat script)"; {print}'),
    "fish": ("fish", Shell.FISH, "cat script | source; {print}"),
    "pwsh": ("pwsh", Shell.POWERSHELL, "Get-Content -Raw script | Invoke-Expression; {print}"),
}


def variables_in(name: str, directory: Path, script: str, environment: Mapping[str, str]) -> object:
    """What a child of the shell sees, once the shell has run the script."""
    program, _, command = RUN[name]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    (directory / "script").write_text(script, encoding="utf-8", newline="")
    (directory / "print.py").write_text(PRINT)
    words = [program, "sh"] if program == "busybox" else [program]
    option = "-Command" if program == "pwsh" else "-c"
    ran = subprocess.run(
        [*words, option, command.format(print=f"{sys.executable} print.py")],
        cwd=directory,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", RUN)
def test_texts_survive_the_shell(own_place: Path, name: str) -> None:
    script = SCRIPTS[RUN[name][1]](GIVEN, ["MILVUS_STALE", "MILVUS_NEVER_SET"])

    seen = variables_in(name, own_place, script, STALE)

    assert isinstance(seen, dict)
    seen.pop("MILVUSCONN_CONFIG")
    assert seen == GIVEN


def test_dotenv_is_what_pymilvus_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "expanded")
    text = shells.dotenv(GIVEN)

    assert dotenv.dotenv_values(stream=StringIO(text)) == GIVEN


def test_docker_takes_texts_verbatim_and_no_line_break() -> None:
    on_one_line = {name: text for name, text in GIVEN.items() if not {"\n", "\r"} & set(text)}

    assert shells.docker(on_one_line).splitlines() == [
        f"{name}={text}" for name, text in on_one_line.items()
    ]
    with pytest.raises(ConfigError, match="MILVUS_TOKEN contains a line break"):
        shells.docker({"MILVUS_TOKEN": "a\nb"})

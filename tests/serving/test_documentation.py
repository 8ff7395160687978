"""docs/serve.md is true: its requests, its table of metrics, its configurations."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from milvusconn_cli.formats import metrics
from tests import transcripts
from tests.conftest import Milvusconn
from tests.fixtures_servers import _missing
from tests.servers import daemons
from tests.servers.daemons import ProgramMissingError
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.serving.running import Serving

Speak = Callable[..., SpeakingMilvus]
PAGE = (Path(__file__).parents[2] / "docs" / "serve.md").read_text("utf-8")
LISTEN = "127.0.0.1:9633"


@pytest.fixture
def curl() -> None:
    """Skips without curl."""
    try:
        daemons.found("curl")
    except ProgramMissingError:
        _missing("curl")


@pytest.mark.usefixtures("curl")
def test_documented_requests(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Each is run as it stands, on another port, and prints what the page shows."""
    server = speaking_milvus()
    milvusconn("add", "default", f"http://localhost:{server.port}")
    milvusconn("add", "prod", "http://127.0.0.1:1", "--tag", "prod", "--tag", "eu")
    (block,) = [one for one in transcripts.blocks(PAGE) if one.language == "console"]
    wrong = []
    with Serving() as serving:
        for alias in ("default", "prod"):
            serving.get(f"/has/{alias}")

        def here(text: str) -> str:
            return text.replace(LISTEN, serving.address).replace("19530", str(server.port))

        commands = list(transcripts.commands(block))
        for command in commands:
            ran = subprocess.run(
                ["bash", "-c", here(command.text)], capture_output=True, text=True, check=False
            )
            if ran.stdout != here(command.output or ""):
                wrong.append((command.text, ran.stdout, ran.stderr))

    assert wrong == []
    assert len(commands) == len(re.findall(r"^\$ curl", PAGE, re.MULTILINE)) > 5


def test_documented_metrics(milvusconn: Milvusconn) -> None:
    """The page names each metric of ours, with its labels, and no other."""
    milvusconn("add", "dead", "http://127.0.0.1:1")
    with Serving() as serving:
        serving.get("/has/dead")
        text = serving.get("/metrics").text
    exposed = set(re.findall(r"^# TYPE (milvusconn_\w+) ", text, re.MULTILINE))
    table = PAGE.partition("## Metrics")[2].partition("## Kubernetes")[0]
    labels = {
        row[1]: set(re.findall(r"`(\w+)`", row[2]))
        for row in re.finditer(r"^\| `(milvusconn_\w+)` \| ([^|]*)\|", table, re.MULTILINE)
    }

    assert set(re.findall(r"`(milvusconn_\w+)`", table)) == exposed
    for family in metrics.families([]):
        if family.name in labels:
            assert labels[family.name] == set(family.labels) - {"alias", "address", "tags"}


def test_documented_paths(milvusconn: Milvusconn) -> None:
    """Every path of the table exists."""
    milvusconn("add", "ALIAS", "http://127.0.0.1:1")
    table = PAGE.partition("## Endpoints")[2].partition("```")[0]
    paths = re.findall(r"^\| `(/[^`]*)`", table, re.MULTILINE)
    with Serving() as serving:
        found = {path: serving.get(path).status for path in paths}

    assert len(found) == 6
    assert set(found.values()) <= {200, 503}


def test_sharding_gives_each_alias_to_one_process(tmp_path: Path) -> None:
    """promtool accepts the rules of the page."""
    try:
        promtool = daemons.found("promtool")
    except ProgramMissingError:
        _missing("prometheus")
    (text,) = [
        block.text for block in transcripts.blocks(PAGE) if block.text.startswith("relabel_configs")
    ]
    job = {"job_name": "milvus", "http_sd_configs": [{"url": f"http://{LISTEN}/sd"}]}
    configuration = {"scrape_configs": [job | yaml.safe_load(text)]}
    path = tmp_path / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration), "utf-8")

    ran = subprocess.run(
        [promtool, "check", "config", path], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr

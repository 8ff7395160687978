"""A real Prometheus discovers, scrapes and alerts, with the files of docs/serve/."""

import json
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fixtures_servers import _missing
from tests.servers import daemons
from tests.servers.calls import came_true
from tests.servers.daemons import ProgramMissingError
from tests.servers.milvus import MilvusServer
from tests.serving.running import Serving

SHIPPED = Path(__file__).parents[2] / "docs" / "serve"
NOWHERE = "http://127.0.0.1:1"
PATIENCE = 120.0


def program(name: str) -> str:
    """The path of a program of Debian's package `prometheus`."""
    try:
        return daemons.found(name)
    except ProgramMissingError:
        _missing("prometheus")


class Prometheus:
    """The HTTP API of a Prometheus."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/api/v1/"

    @property
    def is_ready(self) -> bool:
        """Whether it answers queries; while it starts it says 503 to all."""
        try:
            self.get("status/buildinfo")
            self.query("vector(1)")
        except urllib.error.HTTPError:
            return False
        return True

    def get(self, path: str, **parameters: str) -> Any:  # noqa: ANN401 -- JSON
        query = urllib.parse.urlencode(parameters)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self._base}{path}?{query}", timeout=PATIENCE) as response:
            document = json.load(response)
        assert document["status"] == "success", document
        return document["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression has now."""
        found: list[dict[str, Any]] = self.get("query", query=expression)["result"]
        return found

    def targets(self, job: str) -> dict[str, str]:
        """The health of each target of a job, by its instance."""
        active = self.get("targets", state="active")["activeTargets"]
        return {
            one["labels"]["instance"]: one["health"]
            for one in active
            if one["labels"]["job"] == job
        }

    def firing(self, name: str) -> dict[str, str]:
        """The summaries of alerts that fire, by alias."""
        return {
            alert["labels"]["alias"]: alert["annotations"]["summary"]
            for alert in self.get("alerts")["alerts"]
            if alert["labels"]["alertname"] == name and alert["state"] == "firing"
        }


@contextmanager
def prometheus_of(serving: Serving, directory: Path) -> Iterator[Prometheus]:
    """Run Debian's Prometheus with the shipped files; only addresses and times are other ones."""
    path = program("prometheus")
    directory.mkdir()
    configuration = (SHIPPED / "prometheus.yml").read_text("utf-8")
    configuration = configuration.replace("127.0.0.1:9633", serving.address)
    configuration = configuration.replace(": 10s", ": 1s").replace(": 30s", ": 1s")
    (directory / "prometheus.yml").write_text(configuration, "utf-8")
    alerts = (SHIPPED / "alerts.yml").read_text("utf-8").replace("for: 1m", "for: 1s")
    (directory / "alerts.yml").write_text(alerts, "utf-8")

    def command(doors: daemons.Doors) -> list[str]:
        return [
            path,
            f"--config.file={directory / 'prometheus.yml'}",
            f"--storage.tsdb.path={directory / 'data'}",
            f"--web.listen-address=127.0.0.1:{doors['port']}",
        ]

    with daemons.listening(directory, command) as doors:
        prometheus = Prometheus(doors["port"])
        eventually(lambda: prometheus.is_ready)
        yield prometheus


def registered(path: Path, **uris: str) -> None:
    path.parent.mkdir(exist_ok=True)
    tables = [f'[connections.{alias}]\nuri = "{uri}"\n' for alias, uri in uris.items()]
    path.write_text("version = 1\n" + "".join(tables), "utf-8")


def eventually(condition: Callable[[], bool]) -> None:
    assert came_true(condition, PATIENCE)


def expressions() -> list[str]:
    """Every query of the dashboard, with its variables filled in as Grafana does."""
    dashboard = json.loads((SHIPPED / "grafana.json").read_text("utf-8"))
    found = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return [one.replace("$alias", ".*").replace("$__rate_interval", "1m") for one in found]


@pytest.mark.slow
def test_alert_fires_when_milvus_is_stopped(
    mortal_milvus: Callable[[], MilvusServer], registry_path: Path, tmp_path: Path
) -> None:
    """Discovered, scraped, shown in the dashboard; then it dies, and the alert names the cause."""
    server = mortal_milvus()
    registered(registry_path, live=server.uri, dead=NOWHERE)
    with Serving() as serving, prometheus_of(serving, tmp_path / "prometheus") as prometheus:
        eventually(lambda: prometheus.targets("milvus") == {"live": "up", "dead": "up"})
        eventually(lambda: prometheus.targets("milvusconn") == {serving.address: "up"})
        eventually(lambda: set(prometheus.firing("MilvusConnectionDown")) == {"dead"})
        up = {one["metric"]["alias"]: one["value"][1] for one in prometheus.query("milvusconn_up")}
        unanswered = [one for one in expressions() if "certificate" not in one]
        eventually(lambda: all(map(prometheus.query, unanswered)))
        names = prometheus.get("label/alias/values")

        server.kill()
        eventually(lambda: "live" in prometheus.firing("MilvusConnectionDown"))
        summary = prometheus.firing("MilvusConnectionDown")["live"]

        registered(registry_path, dead=NOWHERE, added=NOWHERE)
        eventually(lambda: set(prometheus.targets("milvus")) == {"dead", "added"})

    assert up == {"live": "1", "dead": "0"}
    assert names == ["dead", "live"]
    assert summary.startswith(f"live ({server.uri.removeprefix('http://')}) is not established: ")
    assert "tcp-refused" in summary


def test_every_query_of_the_dashboard_is_valid(registry_path: Path, tmp_path: Path) -> None:
    """Also those that have no series yet."""
    registered(registry_path, dead=NOWHERE)
    with Serving() as serving, prometheus_of(serving, tmp_path / "prometheus") as prometheus:
        results = [prometheus.query(one) for one in expressions()]

    assert len(results) == 10


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts-test.yml"),
    ],
    ids=" ".join,
)
def test_promtool(arguments: tuple[str, ...]) -> None:
    """The rules are valid, and alert when they should."""
    ran = subprocess.run(
        [program("promtool"), *arguments],
        cwd=SHIPPED,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "SUCCESS" in ran.stdout


@pytest.mark.parametrize("file", ["kubernetes.yaml", "kubernetes-sidecar.yaml"])
@pytest.mark.parametrize("version", ["1.27", "1.34"])
def test_manifests(file: str, version: str) -> None:
    """By Kubernetes's own schemas, without unknown fields."""
    import kubernetes_validate  # noqa: PLC0415 -- slow

    documents = list(yaml.safe_load_all((SHIPPED / file).read_text("utf-8")))

    for document in documents:
        kubernetes_validate.validate(document, version, strict=True)
    assert "Deployment" in [document["kind"] for document in documents]


def test_registry_in_the_manifest_is_valid(tmp_path: Path) -> None:
    """`milvusconn list` reads the ConfigMap's file."""
    from milvusconn_cli.registry import file as registry_file  # noqa: PLC0415 -- here alone

    config_map, *_ = yaml.safe_load_all((SHIPPED / "kubernetes.yaml").read_text("utf-8"))
    path = tmp_path / "connections.toml"
    path.write_text(config_map["data"]["connections.toml"], "utf-8")

    (entry,) = registry_file.load(path, {}).entries.values()

    assert entry.connection().address == "milvus:19530"


def test_unit_of_systemd() -> None:
    """systemd-analyze finds nothing wrong, where it is installed."""
    path = shutil.which("systemd-analyze")
    if path is None:
        pytest.skip("systemd is not installed")
    unit = SHIPPED / "milvusconn.service"

    ran = subprocess.run(
        [path, "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )

    wrong = [line for line in ran.stderr.splitlines() if "not executable" not in line]
    assert not [line for line in wrong if unit.name in line]

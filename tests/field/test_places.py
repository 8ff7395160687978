"""Where an answer came from: names with several addresses, and what is odd about addresses."""

import json
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.servers import faults
from tests.servers.namespace import namespaces_available
from tests.servers.speaking_milvus import SpeakingMilvus

Row = dict[str, Any]
_INSIDE = Path(__file__).parents[1] / "lab" / "inside.py"
_PORT = 19530
CLOUD = "in01-0123456789abcdef.aws-us-west-2.vectordb.zillizcloud.com"

Ask = Callable[..., Row]


@pytest.fixture
def asked(run_with_resolver: Any, tmp_path: Path) -> Ask:  # noqa: ANN401
    """Run `milvusconn … -o json` where names resolve as told; the row."""
    missing = namespaces_available()
    if missing:
        pytest.skip(missing)

    def ask(
        *arguments: str,
        resolver: Mapping[str, list[str]] | str,
        listeners: Mapping[str, Path] | None = None,
        **environment: str,
    ) -> Row:
        command = [sys.executable, "-m", "milvusconn_cli", *arguments, "-o", "json"]
        held = [
            {"host": host, "port": _PORT, "unix": str(path)}
            for host, path in (listeners or {}).items()
        ]
        told = json.dumps({"listeners": held, "calls": [command]})
        ran = run_with_resolver(
            [sys.executable, str(_INSIDE), told],
            resolver,
            options="timeout:1 attempts:1",
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **environment},
        )
        assert ran.returncode == 0, ran.stderr
        (call,) = json.loads(ran.stdout)
        row: Row = json.loads(call["out"])["connections"][0]
        return row

    return ask


# A name with two addresses


def _hang_up(_: socket.socket) -> None:
    """Accept, and close."""


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(faults.answer_http1(404), id="web-server"),
        pytest.param(_hang_up, id="closes"),
        pytest.param(faults.reset, id="resets"),
    ],
)
def test_another_server_on_the_first_address(
    asked: Ask, tmp_path: Path, other: faults.Behaviour
) -> None:
    """gRPC goes on to the next address; `inspect` shows the one that answered, and no failure."""
    milvus, web = tmp_path / "milvus", tmp_path / "web"
    with SpeakingMilvus(unix=milvus), faults.unix_answering(web, other):
        row = asked(
            "inspect",
            "--uri",
            f"http://both.test:{_PORT}",
            resolver={"both.test": ["127.0.0.1", "::1"]},
            listeners={"127.0.0.1": milvus, "::1": web},
        )

    assert row["established"], row
    assert [step["verdict"] for step in row["steps"]] == ["held"] * len(row["steps"])
    (tcp,) = [step["detail"] for step in row["steps"] if step["layer"] == "tcp"]
    assert tcp.startswith(f"127.0.0.1:{_PORT}"), tcp


def test_a_name_that_resolves_to_no_host(asked: Ask) -> None:
    """A DNS filter answers 0.0.0.0."""
    row = asked(
        "inspect", f"--uri=http://blocked.test:{_PORT}", resolver={"blocked.test": ["0.0.0.0"]}
    )

    assert row["status"] == "tcp-refused"
    assert "DNS filter" in row["advice"]


# Zilliz Cloud: its advice hides no cause


def test_a_cloud_behind_a_dead_proxy(asked: Ask) -> None:
    """The proxy is what is at fault."""
    row = asked(
        "inspect",
        f"--uri=https://{CLOUD}",
        resolver="unknown",
        https_proxy="http://127.0.0.1:9",
    )

    assert row["status"] == "proxy-refused"
    assert "https_proxy" in f"{row['summary']} {row['advice']}"
    assert "Zilliz" not in row["advice"]


def test_a_cloud_whose_secret_is_unset(asked: Ask) -> None:
    """The variable is named."""
    row = asked("inspect", f"--uri=http://{CLOUD}:19530", "--token=env:UNSET", resolver="unknown")

    assert row["status"] == "config-secret"
    assert "UNSET" in row["summary"]
    assert "Zilliz" not in row["advice"]


def test_a_cloud_where_no_name_resolves(asked: Ask) -> None:
    """The resolver is what is at fault."""
    row = asked("inspect", f"--uri=https://{CLOUD}", resolver="failing")

    assert row["status"] == "dns-unavailable"
    assert "Zilliz" not in row["advice"]


def test_a_cluster_that_was_deleted(asked: Ask) -> None:
    """Its name is gone."""
    row = asked("inspect", f"--uri=http://{CLOUD}:19530", resolver="unknown")

    assert row["status"] == "dns-unknown"
    assert "console" in row["advice"]

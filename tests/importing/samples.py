"""Files of other programs, and what `import` makes of each."""

import json
from base64 import b64encode

from tests.conftest import Milvusconn, Ran
from tests.importing.files import SECRET, Tables, text_file


def imported(milvusconn: Milvusconn, name: str, text: str, *arguments: str) -> Ran:
    """What the program does with a file of this content."""
    return milvusconn("import", text_file(name, text), *arguments)


K8S_SECRET = b64encode(SECRET.encode()).decode()


TAKEN: dict[str, tuple[str, str, Tables]] = {
    "dify": (
        ".env",
        (
            f"MILVUS_HOST=10.0.0.5\nMILVUS_PORT=31530\nMILVUS_USER=root\nMILVUS_PASSWORD={SECRET}\n"
            "MILVUS_SECURE=true\nMILVUS_SERVER_PEM_PATH=/ca.pem\nMILVUS_DATABASE=rag\n"
        ),
        {
            "default": {
                "uri": "https://10.0.0.5:31530",
                "db": "rag",
                "user": "root",
                "password": SECRET,
                "tls": {"ca": "/ca.pem"},
            }
        },
    ),
    "tls and server name": (
        ".env",
        "MILVUS_HOST=h\nMILVUS_TLS=1\nMILVUS_SERVER_NAME=milvus.internal\n",
        {"default": {"uri": "https://h:19530", "tls": {"server_name": "milvus.internal"}}},
    ),
    "https and pem": (
        ".env",
        "MILVUS_URI=https://h\nMILVUS_SERVER_PEM_PATH=/ca.pem\n",
        {"default": {"uri": "https://h", "tls": {"ca": "/ca.pem"}}},
    ),
    "http and secure": (
        ".env",
        "MILVUS_URI=http://h\nMILVUS_SECURE=true\n",
        {"default": {"uri": "https://h:19530"}},
    ),
    "FastGPT": (
        ".env",
        f"MILVUS_ADDRESS=https://h:8443\nMILVUS_TOKEN={SECRET}\n",
        {"default": {"uri": "https://h:8443", "token": SECRET}},
    ),
    "DB-GPT": (
        ".env",
        f"MILVUS_URL=10.0.0.5\nMILVUS_PORT=31530\nMILVUS_USERNAME=u\nMILVUS_PASSWORD={SECRET}\n",
        {"default": {"uri": "http://10.0.0.5:31530", "user": "u", "password": SECRET}},
    ),
    "AutoGPT": (
        ".env",
        f"MILVUS_ADDR=h:1\nMILVUS_USERNAME=u\nMILVUS_PASSWORD={SECRET}\nMILVUS_SECURE=True\n",
        {"default": {"uri": "https://h:1", "user": "u", "password": SECRET}},
    ),
    "llama-stack": (
        ".env",
        f"MILVUS_ENDPOINT=http://h:1\nMILVUS_TOKEN={SECRET}\n",
        {"default": {"uri": "http://h:1", "token": SECRET}},
    ),
    "url and API key": (
        ".env",
        f"MILVUS_URL=http://h:1\nMILVUS_API_KEY={SECRET}\n",
        {"default": {"uri": "http://h:1", "token": SECRET}},
    ),
    "Zilliz Cloud": (
        ".env",
        f"ZILLIZ_CLOUD_URI=https://in03.example\nZILLIZ_CLOUD_API_KEY={SECRET}\n",
        {"default": {"uri": "https://in03.example", "token": SECRET}},
    ),
    "Milvus and Zilliz Cloud": (
        ".env",
        f"MILVUS_URI=http://h\nZILLIZ_CLOUD_URI=https://z\nZILLIZ_CLOUD_TOKEN={SECRET}\n",
        {"default": {"uri": "http://h"}, "zilliz": {"uri": "https://z", "token": SECRET}},
    ),
    "Attu": (
        ".env",
        (
            "MILVUS_URL=milvus.example:19530\nROOT_CERT_PATH=/ca\nCERT_CHAIN_PATH=/c\n"
            "PRIVATE_KEY_PATH=/k\nSERVER_NAME=n\n"
        ),
        {
            "default": {
                "uri": "https://milvus.example:19530",
                "tls": {"ca": "/ca", "cert": "/c", "key": "/k", "server_name": "n"},
            }
        },
    ),
    "Attu's servers": (
        ".env",
        "MILVUS_SERVERS=10.0.0.1:1/rag, https://h:443\nMILVUS_DATABASE=other\n",
        {
            "10.0.0.1-1-rag": {"uri": "http://10.0.0.1:1", "db": "rag"},
            "h-443": {"uri": "https://h:443", "db": "other"},
        },
    ),
    "Compose, a table": (
        "compose.yaml",
        (
            "x: &milvus\n  MILVUS_HOST: milvus\n  MILVUS_PORT: 0019531\nservices:\n  api:\n"
            "    image: dify\n    environment:\n      <<: *milvus\n      MILVUS_USER: root\n"
            f"      MILVUS_PASSWORD: {SECRET}\n      MILVUS_SECURE: no\n  db:\n    image: x\n"
        ),
        {"api": {"uri": "http://milvus:0019531", "user": "root", "password": SECRET}},
    ),
    "Compose, a list": (
        "compose.yaml",
        (
            "services:\n  app:\n    build: .\n    environment:\n"
            "      - MILVUS_URI=${PLACE:-http://h:1}\n      - MILVUS_USER=a$$b\n"
            "      - MILVUS_PASSWORD=${A_PASSWORD}\n"
        ),
        {"app": {"uri": "http://h:1", "user": "a$b", "password": {"env": "A_PASSWORD"}}},
    ),
    "Compose, passed through": (
        "compose.yaml",
        "services:\n  app:\n    image: x\n    environment: [MILVUS_URI=http://h, MILVUS_TOKEN]\n",
        {"app": {"uri": "http://h", "token": {"env": "MILVUS_TOKEN"}}},
    ),
    "a ConfigMap and its Secret": (
        "k8s.yaml",
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rag}\ndata:\n  MILVUS_HOST: milvus\n"
            '  MILVUS_PORT: "1"\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: milvus-auth}\n'
            f"data:\n  token: {K8S_SECRET}\n"
        ),
        {"rag": {"uri": "http://milvus:1", "token": SECRET}},
    ),
    "Secrets as JSON": (
        "k8s.json",
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "List",
                "items": [
                    {
                        "apiVersion": "v1",
                        "kind": "Secret",
                        "metadata": {"name": f"milvus-{n}"},
                        "stringData": {"milvus-uri": f"http://h:{n}", "password": SECRET},
                        "data": {"user": b64encode(b"root").decode()},
                    }
                    for n in (1, 2)
                ],
            }
        ),
        {
            f"milvus-{n}": {"uri": f"http://h:{n}", "user": "root", "password": SECRET}
            for n in (1, 2)
        },
    ),
    "MCP": (
        "mcp.json",
        json.dumps(
            {
                "mcpServers": {
                    "milvus": {
                        "command": "uv",
                        "args": ["run", "server.py", "--milvus-uri", "http://h:1"],
                        "env": {"MILVUS_TOKEN": "${env:A_TOKEN}", "MILVUS_DB": "d"},
                    },
                    "other": {"command": "x", "env": {"A": "b"}},
                }
            }
        ),
        {"milvus": {"uri": "http://h:1", "token": {"env": "A_TOKEN"}, "db": "d"}},
    ),
    "Spring, YAML": (
        "application.yaml",
        (
            "spring:\n  ai:\n    vectorstore:\n      milvus:\n        client:\n"
            "          host: ${NOT_SET:h}\n          port: 1\n          username: u\n"
            f"          password: {SECRET}\n        databaseName: d\n"
        ),
        {"default": {"uri": "http://h:1", "user": "u", "password": SECRET, "db": "d"}},
    ),
    "Spring, properties": (
        "application.properties",
        (
            "# ours\nspring.ai.vectorstore.milvus.client.uri = https\\://h\n"
            "spring.ai.vectorstore.milvus.client.secure=true\n"
            f"spring.ai.vectorstore.milvus.client.token: {SECRET}\n"
            "spring.ai.vectorstore.milvus.client.server-pem-path=/ca\n"
        ),
        {"default": {"uri": "https://h", "token": SECRET, "tls": {"ca": "/ca"}}},
    ),
    "Spring, profiles": (
        "application.yml",
        (
            "spring.ai.vectorstore.milvus.client.host: h\n---\nspring:\n  config:\n    activate:\n"
            "      on-profile: prod\n  ai.vectorstore.milvus.client: {secure: true, port: 443}\n"
        ),
        {
            "default": {"uri": "http://h:19530", "user": "root", "password": "milvus"},
            "prod": {"uri": "https://h:443", "user": "root", "password": "milvus"},
        },
    ),
    "milvus-backup": (
        "backup.yaml",
        (
            f"milvus:\n  address: h\n  port: 1\n  user: u\n  password: {SECRET}\n  tlsMode: 2\n"
            "  caCertPath: /ca\n  serverName: n\n  mtlsCertPath: /c\n  mtlsKeyPath: /k\nminio: {}\n"
        ),
        {
            "default": {
                "uri": "https://h:1",
                "user": "u",
                "password": SECRET,
                "tls": {"ca": "/ca", "cert": "/c", "key": "/k", "server_name": "n"},
            }
        },
    ),
    "mem0": (
        "mem0.json",
        json.dumps(
            {
                "vector_store": {
                    "provider": "milvus",
                    "config": {"url": "http://h:1", "token": SECRET, "db_name": "d"},
                }
            }
        ),
        {"default": {"uri": "http://h:1", "token": SECRET, "db": "d"}},
    ),
    "deep-searcher": (
        "config.yaml",
        (
            "provide_settings:\n  vector_db:\n    provider: Milvus\n    config:\n      uri: http://h:1\n"
            "      db: d\n"
        ),
        {"default": {"uri": "http://h:1", "token": "root:Milvus", "db": "d"}},
    ),
    "a table milvus, JSON": (
        "config.json",
        json.dumps(
            {"milvus": {"uri": "http://h:1", "user": "u", "password": SECRET, "db_name": "d"}}
        ),
        {"default": {"uri": "http://h:1", "user": "u", "password": SECRET, "db": "d"}},
    ),
    "a table milvus, TOML": (
        "config.toml",
        f'[milvus]\nhost = "h"\nport = 1\nsecure = true\ntoken = "{SECRET}"\ndb_name = "d"\n',
        {"default": {"uri": "https://h:1", "token": SECRET, "db": "d"}},
    ),
    "a table milvus, YAML": (
        "config.yaml",
        f"milvus:\n  url: h:1\n  apiKey: {SECRET}\n  ssl: true\n",
        {"default": {"uri": "https://h:1", "token": SECRET}},
    ),
    "yami": (
        "profiles.toml",
        (
            f'[profiles.a]\nuri = "http://h:1"\nuser = "u"\npassword = "{SECRET}"\ndatabase = "d"\n'
            "secure = true\ntimeout = 3\n"
        ),
        {
            "a": {
                "uri": "https://h:1",
                "user": "u",
                "password": SECRET,
                "db": "d",
                "timeout": 3.0,
            }
        },
    ),
}
REFUSED: dict[str, tuple[str, str, str]] = {
    "an option and a variable that differ": (
        "mcp.json",
        (
            '{"mcpServers": {"m": {"command": "x", "args": ["--milvus_uri=http://a"],'
            ' "env": {"MILVUS_URI": "http://b"}}}}'
        ),
        "m: --milvus-uri and MILVUS_URI differ",
    ),
    "two ports": (
        ".env",
        "MILVUS_HOST=http://h:21\nMILVUS_PORT=1\n",
        ".env: MILVUS_HOST has a port already, and MILVUS_PORT differs",
    ),
    "TLS files without TLS": (
        ".env",
        "MILVUS_HOST=h\nMILVUS_SERVER_PEM_PATH=/ca\n",
        "MILVUS_SERVER_PEM_PATH needs TLS, but MILVUS_HOST is plaintext",
    ),
    "one certificate of Attu": (
        ".env",
        "MILVUS_URL=h:1\nROOT_CERT_PATH=/ca\n",
        "ROOT_CERT_PATH needs TLS, but MILVUS_URL is plaintext",
    ),
    "a quote that is not closed": (
        ".env",
        'A=1\nMILVUS_URI="http://h\nB=2\n',
        ".env: line 2 could not be read: MILVUS_URI",
    ),
    "a colon": (".env", "MILVUS_URI: http://h\n", "line 1 could not be read: MILVUS_URI"),
    "quotes around a place": (
        "c.yaml",
        "services:\n  a:\n    environment: ['MILVUS_URI=\"http://h:1\"']\n",
        "c.yaml: a: MILVUS_URI has quotes that are part of its value",
    ),
    "a variable that is not set": (
        "c.yaml",
        "services:\n  a:\n    environment: ['MILVUS_URI=${NOT_SET}']\n",
        "a: MILVUS_URI needs the variable NOT_SET, which is not set",
    ),
    "a variable within a variable": (
        "c.yaml",
        "services:\n  a:\n    environment: ['MILVUS_URI=${NOT_SET:-${B}}']\n",
        "a: MILVUS_URI refers to a variable in a form that cannot be imported",
    ),
    "half a secret": (
        "c.yaml",
        f"services:\n  a:\n    environment: ['MILVUS_URI=http://h', 'MILVUS_TOKEN={SECRET}$B']\n",
        "a: MILVUS_TOKEN mixes text and a variable",
    ),
    "a password of a variable in the URI": (
        "c.yaml",
        "services:\n  a:\n    environment: ['MILVUS_URI=http://root:${WITH_SECRET}@h']\n",
        "a: MILVUS_URI takes its user or password from a variable",
    ),
    "what is asked for": (
        "mcp.json",
        (
            '{"servers": {"m": {"command": "x", "env": {"MILVUS_URI": "http://h",'
            ' "MILVUS_TOKEN": "${input:token}"}}}}'
        ),
        "m: MILVUS_TOKEN is asked for when the program starts",
    ),
    "no base64": (
        "k.yaml",
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: m}}\ndata: {{MILVUS_URI: {SECRET}}}\n",
        "Secret m: MILVUS_URI is not base64",
    ),
    "two objects that differ": (
        "k.yaml",
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
            "data: {MILVUS_URI: 'http://h', MILVUS_DB: x}\n---\n"
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {MILVUS_DB: y}\n"
        ),
        "ConfigMap b: MILVUS_DB differs from that of another object",
    ),
    "mutual TLS of milvus-backup without its key": (
        "b.yaml",
        "milvus: {address: h, tlsMode: 2, mtlsCertPath: /c}\n",
        "the key is missing",
    ),
    "a key that stands there twice": (
        "c.yaml",
        f"milvus:\n  uri: http://h\n  token: a\n  token: {SECRET}\n",
        "not YAML: a key that stands there twice (at line 4, column 3)",
    ),
    "a tag that makes an object": (
        "c.yaml",
        f"milvus:\n  uri: !!python/object/apply:os.system ['{SECRET}']\n",
        "not YAML: ",
    ),
    "a password that is an alias to YAML": (
        "c.yaml",
        f"milvus:\n  uri: http://h\n  password: *{SECRET}\n",
        "not YAML: ",
    ),
    "what is no text": (
        "m.json",
        '{"milvus": {"uri": "http://h", "db": "d", "token": ["a"]}}',
        "milvus.token is not text",
    ),
    "no place": ("m.json", '{"milvus": {"user": "u"}}', "milvus does not say where Milvus is"),
}

"""What the tests of `import` and `export` share."""

import json
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from milvusconn_cli.connection.settings import Connection, TlsFiles
from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.file import FromFile
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.secrets.reference import Literal, Secret
from tests.conftest import Milvusconn, Ran

NOWHERE = "http://127.0.0.1:1"
SECRET = "Open-Sesame-77"
Tables = dict[str, Any]


def saved(path: Path) -> Tables:
    """The aliases of a registry, as TOML has them."""
    if not path.exists():
        return {}
    tables: Tables = tomllib.loads(path.read_text("utf-8")).get("connections", {})
    return tables


def write_registry(path: Path, text: str) -> None:
    """Make a registry as its owner would have it: of the user alone."""
    path.parent.mkdir(mode=0o700)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def told(milvusconn: Milvusconn, *arguments: str | Path) -> Ran:
    """An import that goes well."""
    ran = milvusconn("import", *arguments)
    assert ran.code == 0, ran.err
    return ran


def text_file(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def milvus_cli(**connections: Any) -> str:  # noqa: ANN401 -- as JSON has them
    return text_file("milvus.json", json.dumps(connections))


THERE = (
    "# mine\nversion = 1\n\n[connections.one]\nuri = 'http://one:1'   # literal quotes\n"
    'since = 2024-01-01\n\n# the second\n[connections.two]\nuri = "http://two:2"\n'
)


RICH = f"""
[connections.lit]
uri = "https://h"
user = "root"
password = "{SECRET}"
pasword = "{SECRET}-misspelt"
since = 2024-01-01T00:00:00Z
never = nan
more = [{{a = {{b = [1, {{c = 2}}]}}}}]

[connections.ref]
uri = "m.db"

[connections.tok]
uri = "https://h"
token = {{ file = "t" }}
disconnected = true
[connections.tok.tls]
ca = "ca.pem"
"""
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
paths = st.from_regex(r"/[a-z]{1,8}(/[a-z ü']{1,8})?", fullmatch=True).map(Path)
secrets = st.one_of(
    words.map(lambda text: Literal(Secret(text))),
    names.map(FromEnvironment),
    paths.map(FromFile),
    st.builds(
        lambda program, argv: FromCommand((str(program), *argv)),
        names | paths,
        st.lists(words, max_size=2),
    ),
    st.builds(FromKeyring, names, names),
)


credentials = st.one_of(
    st.just(Credentials()),
    st.builds(Credentials, words, st.none(), st.none()),
    st.builds(Credentials, words, secrets, st.none()),
    st.builds(Credentials, st.none(), st.none(), secrets),
)


tls_files = st.one_of(
    st.just(TlsFiles()),
    st.builds(TlsFiles, ca=st.none() | paths),
    st.builds(TlsFiles, ca=st.none() | paths, cert=paths, key=paths, server_name=names),
)


@st.composite
def connections(draw: st.DrawFn) -> Connection:
    """Any settings that a client could use."""
    encrypted = draw(st.booleans())
    port = draw(st.integers(1, 65535))
    uri = f"https://h.example:{port}" if encrypted else f"http://[::1]:{port}/db1"
    return build(
        uri if encrypted else draw(st.sampled_from([uri, "unix:/run/m s.sock", "/d a/m.db"])),
        Path("/"),
        database=draw(st.none() | names),
        credentials=draw(credentials),
        tls_files=draw(tls_files) if encrypted else TlsFiles(),
        timeout=draw(st.none() | st.floats(0.001, 86400.0)),
        description=draw(st.none() | words),
        tags=tuple(draw(st.lists(words, max_size=3))),
        disconnected=draw(st.booleans()),
    )


aliases = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)

"""`import` of milvus_cli's saved connections."""

import json
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.importing.files import (
    NOWHERE,
    SECRET,
    Tables,
    milvus_cli,
    saved,
    told,
)


@pytest.mark.parametrize(
    ("connection", "table"),
    [
        ({"uri": "http://h:1", "token": None, "tlsmode": 0, "cert": None}, {"uri": "http://h:1"}),
        ({"uri": "h:1", "token": ""}, {"uri": "http://h:1"}),
        ({"uri": "h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "http://h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "HTTP://h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "tcp://h:1", "tlsmode": 1}, {"uri": "https://h:1"}),
        ({"uri": "https://h:1", "tlsmode": 0}, {"uri": "https://h:1"}),
        (
            {"uri": "https://h", "tlsmode": 1, "cert": "/ca.pem"},
            {"uri": "https://h", "tls": {"ca": "/ca.pem"}},
        ),
        ({"uri": "http://h:1", "tlsmode": 0, "cert": "/ca.pem"}, {"uri": "http://h:1"}),
        (
            {"uri": "http://h:1", "token": "root:" + SECRET},
            {"uri": "http://h:1", "token": "root:" + SECRET},
        ),
        ({"uri": "unix:/run/m.sock"}, {"uri": "unix:/run/m.sock"}),
        ({"uri": "/data/m.db"}, {"uri": "/data/m.db"}),
    ],
    ids=lambda value: json.dumps(value) if "token" in value else None,
)
def test_milvus_cli(
    milvusconn: Milvusconn, registry_path: Path, connection: Tables, table: Tables
) -> None:
    """Each way in which milvus_cli saves a connection; TLS is never lost on the way."""
    told(milvusconn, milvus_cli(dev={**connection, "last_used": "2026-01-01T00:00:00"}))

    assert saved(registry_path) == {"dev": table}


def test_milvus_cli_from_its_own_place(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Without a file; a relative .db means the working directory, where milvus_cli was run."""
    (Path.home() / ".milvus_cli_connections.json").write_text('{"dev": {"uri": "m.db"}}')

    told(milvusconn, "--from", "milvus-cli")

    assert saved(registry_path)["dev"] == {"uri": str(Path.cwd() / "m.db")}


def test_milvus_cli_calls_a_connection_by_its_uri(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """The name is made fit, and said; what it is made of."""
    uris = ["http://127.0.0.1:19530", "https://a.example/db1", "./m.db"]

    ran = told(milvusconn, milvus_cli(**{uri: {"uri": uri} for uri in uris}))

    assert list(saved(registry_path)) == ["127.0.0.1-19530", "a.example-db1", "m.db"]
    assert "'http://127.0.0.1:19530' is not a valid alias: imported as" in ran.err


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("-o", "json"), ("--replace",)])
def test_a_name_that_holds_a_password_is_told_without_it(
    milvusconn: Milvusconn, registry_path: Path, arguments: tuple[str, ...]
) -> None:
    """It would be in the registry as a name, and in every list of them."""
    uri = f"http://root:{SECRET}@127.0.0.1:1"

    ran = told(milvusconn, milvus_cli(**{uri: {"uri": uri}}), *arguments)

    assert SECRET not in ran.out + ran.err
    assert list(saved(registry_path)) == ([] if "--dry-run" in arguments else ["127.0.0.1-1"])


@pytest.mark.parametrize(
    "connection",
    [{"uri": "ftp://h"}, {"uri": 1}, {}, {"uri": "http://h", "tlsmode": 2}, {"uri": ""}],
)
def test_a_bad_connection_of_that_name_neither(milvusconn: Milvusconn, connection: Tables) -> None:
    """An error names it without the password."""
    file = milvus_cli(**{f"http://root:{SECRET}@h:1": connection})

    ran = milvusconn("import", file, "--from", "milvus-cli")

    assert ran.code == 78
    assert SECRET not in ran.err


@pytest.mark.parametrize(
    "one",
    [
        {"uri": "https://h", "tlsmode": 2},
        {"uri": None},
        {"token": "x"},
        "http://h",
        {"uri": "http://h", "token": 5},
        {"uri": "https://h", "tlsmode": 1, "cert": 5},
        {"uri": "ftp://h"},
    ],
)
def test_what_milvus_cli_would_not_save(
    milvusconn: Milvusconn, registry_path: Path, one: object
) -> None:
    """Refused with the name; the good one beside it is not taken either."""
    ran = milvusconn("import", milvus_cli(good={"uri": NOWHERE}, bad=one), "--from", "milvus-cli")

    assert ran.code == 78
    assert "bad" in ran.err
    assert not registry_path.exists()


def test_mutual_tls(milvusconn: Milvusconn) -> None:
    """What milvus_cli does not keep cannot be taken over; what to do instead is told."""
    ran = milvusconn("import", milvus_cli(dev={"uri": "https://h", "tlsmode": 2}))

    assert ran.err == (
        "milvusconn: milvus.json: 'dev' uses mutual TLS, whose files milvus_cli does not save\n"
        "  hint: add it with `milvusconn add`, and remove it from the file\n"
    )

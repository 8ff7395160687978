"""Causes of the configuration: nothing is dialled."""

import gc
import json
from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.probing.causes.contract import (
    SHORT,
    add,
    found,
)
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer


def write_registry(path: Path, lines: str) -> None:
    """Write `dev` as a person would, past every check."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"version = 1\n\n[connections.dev]\n{lines}\n")


def test_unknown_alias(milvusconn: Milvusconn) -> None:
    """An alias that nobody registered: no, and nothing was dialled."""
    row = found(milvusconn, "no-such-alias")

    assert (row["source"], row["seconds"], row["steps"]) == (None, None, [])


def test_disconnected(milvusconn: Milvusconn, milvus: MilvusServer) -> None:
    """Out of service is out of service, the server being as well as it may."""
    add(milvusconn, "--uri", milvus.uri)
    milvusconn("disconnect", "dev")

    row = found(milvusconn, "disconnected")

    assert (row["seconds"], row["steps"]) == (None, [])
    assert "milvusconn connect dev" in row["advice"]


@pytest.mark.parametrize(
    "uri",
    [
        "localhost:19530", "https//localhost", "http://", "http://{host}:19530",
        "http://localhost:0", "http://localhost:65536", "http://localhost:abc", "ftp://localhost",
        "http://::1:19530", "",
    ],
)  # fmt: skip
def test_hand_written_uri(milvusconn: Milvusconn, registry_path: Path, uri: str) -> None:
    """A URI that no client could use, edited into the file."""
    write_registry(registry_path, f"uri = {json.dumps(uri)}")

    found(milvusconn, "config-uri")


def test_bad_uri_is_answered_with_the_corrected_one(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """The documented example that is illegal gets its legal form."""
    write_registry(registry_path, 'uri = "localhost:19530"')

    assert "http://localhost:19530" in found(milvusconn, "config-uri")["advice"]


@pytest.fixture
def files(authority: Authority, tmp_path: Path) -> dict[str, Path]:
    """PEM files, good and bad, by what they are."""
    ours, other = authority.issue("client.test"), authority.issue("other.test")
    garbage, armour = tmp_path / "garbage.pem", tmp_path / "armour.pem"
    garbage.write_bytes(bytes(range(256)))
    armour.write_text("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n")
    encrypted = tmp_path / "encrypted.pem"
    encrypted.write_text(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nbm90aGluZw==\n-----END ENCRYPTED PRIVATE KEY-----\n"
    )
    return {
        "ca": authority.ca_file,
        "cert": ours.cert,
        "key": ours.key,
        "other key": other.key,
        "garbage": garbage,
        "armour": armour,
        "encrypted": encrypted,
        "nowhere": tmp_path / "nowhere.pem",
        "directory": tmp_path,
    }


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"cert": "cert"}, "key"),
        ({"key": "key"}, "cert"),
        ({"cert": "cert", "key": "other key"}, "other key"),
        ({"cert": "cert", "key": "encrypted"}, "encrypted"),
        ({"cert": "cert", "key": "garbage"}, "garbage"),
        ({"cert": "cert", "key": "cert"}, "cert"),
        ({"cert": "garbage", "key": "key"}, "garbage"),
        ({"cert": "armour", "key": "key"}, "armour"),
        ({"cert": "nowhere", "key": "key"}, "nowhere"),
        ({"ca": "garbage"}, "garbage"),
        ({"ca": "armour"}, "armour"),
        ({"ca": "nowhere"}, "nowhere"),
        ({"ca": "directory"}, "directory"),
    ],
    ids=str,
)
def test_unusable_pem(
    milvusconn: Milvusconn,
    registry_path: Path,
    files: dict[str, Path],
    settings: dict[str, str],
    named: str,
) -> None:
    """TLS files that grpcio would abort on or say nothing of: named, and the process lives."""
    lines = "\n".join(f"{key} = {json.dumps(str(files[name]))}" for key, name in settings.items())
    write_registry(registry_path, f'uri = "https://127.0.0.1:1"\n[connections.dev.tls]\n{lines}')

    row = found(milvusconn, "config-pem")

    words = named if len(settings) == 1 and named in ("cert", "key") else str(files[named])
    assert words in row["summary"]


@pytest.mark.parametrize(
    "lines",
    ["uri = ", "uri = 5", "db = 'x'", "uri = 'http://localhost'\ntimeout = 'long'", "[connections"],
)
def test_malformed_file(milvusconn: Milvusconn, registry_path: Path, lines: str) -> None:
    """What is not TOML, or not of the right type, is exit 78, and stays as it is."""
    write_registry(registry_path, lines)
    before = registry_path.read_bytes()

    ran = milvusconn("has", "dev")

    assert ran.code == 78
    assert registry_path.read_bytes() == before


def test_not_toml_is_named_by_line_and_column(milvusconn: Milvusconn, registry_path: Path) -> None:
    """Nothing can be said of any alias: the file is at fault, and where."""
    write_registry(registry_path, "uri = ")

    ran = milvusconn("has", "dev", "-o", "json")

    assert ran.json["error"]["code"] == 78
    assert "line 4, column 7" in ran.json["error"]["message"]
    assert str(registry_path) in ran.json["error"]["message"]


def test_alias_of_the_wrong_shape(milvusconn: Milvusconn, registry_path: Path) -> None:
    """One alias is malformed: that is its own cause, and others are not affected."""
    write_registry(registry_path, "uri = 5")

    assert "uri" in found(milvusconn, "config-file")["summary"]


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("env:UNSET_PASSWORD", "UNSET_PASSWORD"),
        ("file:/nonexistent/password", "/nonexistent/password"),
        ("command:false", "command:false"),
        ("command:/nonexistent/program", "/nonexistent/program"),
        ("command:true", "empty"),
    ],
)
def test_secret_that_cannot_be_had(milvusconn: Milvusconn, reference: str, words: str) -> None:
    """A reference that leads nowhere is named."""
    add(milvusconn, "--uri", "http://127.0.0.1:1", "--user", "root", "--password", reference)

    assert words in found(milvusconn, "config-secret", SHORT)["summary"]


def test_secret_command_that_hangs(milvusconn: Milvusconn) -> None:
    """It does not outlast the limit, and is gone and reaped when the program answers."""
    # What is left to the garbage collector makes it warn, which fails a test here.
    reference = "command:sleep 600"
    add(milvusconn, "--uri", "http://127.0.0.1:1", "--user", "root", "--password", reference)

    row = found(milvusconn, "config-secret", SHORT)
    gc.collect()

    assert "in time" in row["summary"]

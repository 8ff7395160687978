"""`import` of a .env file."""

from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.importing.files import SECRET, Tables, saved, text_file, told


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("MILVUS_URI=http://h:1", {"uri": "http://h:1"}),
        ('MILVUS_URI="http://h:1"', {"uri": "http://h:1"}),
        ("MILVUS_URI='http://h:1'", {"uri": "http://h:1"}),
        ("export MILVUS_URI=http://h:1", {"uri": "http://h:1"}),
        ("# a comment\n\n  MILVUS_URI = http://h:1  # why\nOTHER=x", {"uri": "http://h:1"}),
        ("MILVUS_URI=http://h:1\r\nMILVUS_TOKEN=a\r\n", {"uri": "http://h:1", "token": "a"}),
        ("\ufeffMILVUS_URI=http://h:1", {"uri": "http://h:1"}),
        ("P=1\nMILVUS_URI=http://h:${P}", {"uri": "http://h:1"}),
        ("MILVUS_URI=http://h:1\nMILVUS_TOKEN=\nMILVUS_DB=''", {"uri": "http://h:1"}),
        ('MILVUS_URI=http://h:1\nMILVUS_TOKEN="a # b"', {"uri": "http://h:1", "token": "a # b"}),
        ("MILVUS_URI=http://h:1\nMILVUS_TOKEN='a\"b c'", {"uri": "http://h:1", "token": 'a"b c'}),
        ("MILVUS_HOST=h", {"uri": "http://h:19530"}),
        ("MILVUS_PORT=1", {"uri": "http://localhost:1"}),
        ("MILVUS_HOST=h\nMILVUS_PORT=1", {"uri": "http://h:1"}),
        ("MILVUS_HOST=::1\nMILVUS_PORT=1", {"uri": "http://[::1]:1"}),
        ("MILVUS_HOST=[::1]", {"uri": "http://[::1]:19530"}),
        ("MILVUS_HOST=https://h:443", {"uri": "https://h:443"}),
        ("MILVUS_HOST=https://h", {"uri": "https://h"}),
        ("MILVUS_HOST=http://h\nMILVUS_PORT=1", {"uri": "http://h:1"}),
        ("MILVUS_HOST=http://h/db\nMILVUS_PORT=1", {"uri": "http://h:1/db"}),
        ("MILVUS_HOST=http://h/db:9\nMILVUS_PORT=1", {"uri": "http://h:1/db:9"}),
        ("MILVUS_HOST=http://BOX/\nMILVUS_PORT=1", {"uri": "http://BOX:1"}),
        ("MILVUS_HOST=http://[::1]\nMILVUS_PORT=1", {"uri": "http://[::1]:1"}),
        ("MILVUS_ADDRESS=h:1\nMILVUS_HOST=other", {"uri": "http://h:1"}),
        ("MILVUS_URI=http://h:1\nMILVUS_ADDRESS=other:2", {"uri": "http://h:1"}),
        (
            "MILVUS_URI=http://h:1\nMILVUS_USER=u\nMILVUS_PASSWORD=p\nMILVUS_DB_NAME=d",
            {"uri": "http://h:1", "db": "d", "user": "u", "password": "p"},
        ),
        (
            "MILVUS_URI=http://h:1\nMILVUS_USERNAME=u\nMILVUS_PASSWORD=p\nMILVUS_DATABASE=d",
            {"uri": "http://h:1", "db": "d", "user": "u", "password": "p"},
        ),
        (
            (
                "MILVUS_URI=http://h:1\nMILVUS_USERNAME=other\nMILVUS_USER=u\nMILVUS_PASSWORD=p\n"
                "MILVUS_DATABASE=last\nMILVUS_DB_NAME=other\nMILVUS_DB=d"
            ),
            {"uri": "http://h:1", "db": "d", "user": "u", "password": "p"},
        ),
    ],
)
def test_dotenv(milvusconn: Milvusconn, registry_path: Path, text: str, table: Tables) -> None:
    """As programs read it; what is empty is not there."""
    Path(".env").write_bytes(text.encode())

    told(milvusconn, ".env")

    assert saved(registry_path) == {"default": table}


def test_dotenv_of_our_own_variables(milvusconn: Milvusconn, registry_path: Path) -> None:
    """One alias each; relative paths are relative to the file."""
    Path("there").mkdir()
    text_file(
        "there/.env",
        "MILVUSCONN_PROD_URI=https://p\nMILVUSCONN_PROD_TOKEN=t\nMILVUSCONN_LITE_URI=m.db\n"
        "MILVUS_URI=usual.db\n",
    )

    told(milvusconn, "there/.env")

    assert saved(registry_path) == {
        "prod": {"uri": "https://p", "token": "t"},
        "lite": {"uri": str(Path.cwd() / "there" / "m.db")},
        "default": {"uri": str(Path.cwd() / "there" / "usual.db")},
    }


def test_dotenv_from_its_own_place(milvusconn: Milvusconn, registry_path: Path) -> None:
    """`--from dotenv` alone is the .env here."""
    text_file(".env", "MILVUS_URI=http://h:1\n")

    told(milvusconn, "--from", "dotenv")

    assert saved(registry_path) == {"default": {"uri": "http://h:1"}}


def test_lines_that_are_none_are_passed_over(
    milvusconn: Milvusconn, registry_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A .env is a shell's file at times; nothing of it is repeated on stderr."""
    file = text_file("x.env", f"MILVUS_URI=http://h:1\nif [ {SECRET} ]; then\n'{SECRET}\n")

    ran = told(milvusconn, file)

    assert SECRET not in ran.out + ran.err
    assert not caplog.records
    assert list(saved(registry_path)) == ["default"]

"""`list`: rows, columns, filters and exit codes."""

import json
import socket
from pathlib import Path

import pytest

from tests.commands.verbs import NOWHERE, Speak, assert_refused, register
from tests.conftest import Milvusconn
from tests.servers import faults
from tests.servers import speaking_milvus as answers


@pytest.mark.usefixtures("one_of_each")
def test_list_shows_every_row_in_order(milvusconn: Milvusconn) -> None:
    """Reachable or not, in the order of the file; it could list, so exit 0."""
    ran = milvusconn("list")

    header, *rows = ran.out.splitlines()
    assert header.split() == [
        *("ALIAS", "ADDRESS", "DB", "TLS", "USER", "STATUS", "SERVER", "TIME", "REASON"),
    ]
    names = milvusconn("list", "--names").out.splitlines()
    assert [row.split()[0] for row in rows] == names
    assert ran.code == 0


@pytest.mark.usefixtures("one_of_each")
def test_list_tells_how_to_see_the_reasons(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the table has no room for them; with the same tags."""
    assert "--failing" not in milvusconn("list").err
    monkeypatch.setenv("COLUMNS", "60")

    narrow = milvusconn("list").err

    assert "hint: `milvusconn list --failing` shows the reasons; `milvusconn inspect " in narrow
    assert "shows the reasons" not in milvusconn("list", "--failing").err
    milvusconn("add", "tagged", NOWHERE, "--tag", "my tag")
    tagged = milvusconn("list", "--tag", "my tag").err
    assert "`milvusconn list --tag 'my tag' --failing` shows the reasons" in tagged


@pytest.mark.usefixtures("one_of_each")
def test_list_by_exit_code(milvusconn: Milvusconn) -> None:
    """That of the gravest row, when it is asked for; the rows are the same."""
    ran = milvusconn("list", "--exit-code", "-o", "json")

    assert (ran.code, ran.json["exit_code"], ran.json["ok"]) == (78, 78, False)
    assert len(ran.json["connections"]) == 8


def test_list_in_plain_text(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """Fields apart by TAB, no header, the version where there is one."""
    server = speaking_milvus(connect=answers.established("v2.6.0"))
    milvusconn("add", "up", "--uri", server.uri, "--user", "root")
    milvusconn("add", "off", "--uri", "https://h", "--db", "books")
    milvusconn("disconnect", "off")

    up, off = milvusconn("list", "-o", "plain").out.splitlines()

    assert up.split("\t")[:7] == ["up", server.address, "default", "-", "root", "established",
                                  "2.6.0"]  # fmt: skip
    assert off.split("\t") == ["off", "h:443", "books", "yes", "-", "disconnected", "-", "-", "-"]


def test_list_in_json(milvusconn: Milvusconn, speaking_milvus: Speak) -> None:
    """A row for each alias, in order."""
    register(milvusconn, "b")
    register(milvusconn, "a", uri=speaking_milvus().uri)

    ran = milvusconn("list", "-o", "json")

    rows = ran.json["connections"]
    assert [(row["alias"], row["status"]) for row in rows] == [
        ("b", "tcp-refused"),
        ("a", "established"),
    ]
    assert (ran.code, ran.json["ok"]) == (0, True)


def test_list_keeps_markup_as_it_is(milvusconn: Milvusconn) -> None:
    """What looks like a colour to the table's maker is text."""
    register(milvusconn, "dev", uri="http://[fe80::1]:19530")

    assert "[fe80::1]:19530" in milvusconn("list", "--no-probe").out


@pytest.mark.parametrize("output", ["table", "plain", "json"])
@pytest.mark.parametrize("option", ["--no-probe", "--names"])
def test_list_without_dialling(milvusconn: Milvusconn, option: str, output: str) -> None:
    """A listener that counts has nothing to count."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        register(milvusconn, "a", "b", uri=f"http://127.0.0.1:{listener.getsockname()[1]}")

        ran = milvusconn("list", option, "-o", output)

        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert ran.code == 0
    assert "a" in ran.out


def test_list_without_probes_has_fewer_columns(milvusconn: Milvusconn) -> None:
    """What only a probe can tell is not there; in JSON it is null."""
    register(milvusconn, "dev")

    table = milvusconn("list", "--no-probe").out
    row = milvusconn("list", "--no-probe", "-o", "json").row

    assert table.splitlines()[0].split() == ["ALIAS", "ADDRESS", "DB", "TLS", "USER"]
    assert (row["alias"], row["established"], row["status"]) == ("dev", None, None)


def test_list_names_in_json_is_json(milvusconn: Milvusconn) -> None:
    """Who asks for JSON gets it."""
    register(milvusconn, "a", "b")

    ran = milvusconn("list", "--names", "-o", "json")

    assert [row["alias"] for row in json.loads(ran.out)["connections"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [(["eu"], "a\nb\n"), (["eu", "prod"], "b\n"), (["us"], "c\n"), (["none"], "")],
)
def test_list_by_tag(milvusconn: Milvusconn, tags: list[str], expected: str) -> None:
    """Those that bear every tag asked for."""
    milvusconn("add", "a", "--uri", NOWHERE, "--tag", "eu")
    milvusconn("add", "b", "--uri", NOWHERE, "--tag", "eu", "--tag", "prod")
    milvusconn("add", "c", "--uri", NOWHERE, "--tag", "us")

    ran = milvusconn("list", "--names", *(word for tag in tags for word in ("--tag", tag)))

    assert (ran.code, ran.out) == (0, expected)


@pytest.mark.parametrize("option", ["--names", "--no-probe"])
def test_list_exit_code_needs_probes(milvusconn: Milvusconn, option: str) -> None:
    """Options that contradict each other are wrong use."""
    assert_refused(milvusconn("list", "--exit-code", option), 2, "--exit-code")


@pytest.mark.parametrize("output", ["table", "plain", "json"])
def test_list_of_nothing(milvusconn: Milvusconn, registry_path: Path, output: str) -> None:
    """No file is no failure, and none is made."""
    ran = milvusconn("list", "-o", output)

    assert ran.code == 0
    assert not registry_path.exists()


def test_list_probes_at_once(milvusconn: Milvusconn) -> None:
    """Many silent servers take the time of one, not the sum."""
    with faults.silent() as place:
        register(milvusconn, *(f"dev{n}" for n in range(20)), uri=f"http://{place.address}")

        rows = milvusconn("list", "-t", "1", "-o", "json").json["connections"]

    assert {row["status"] for row in rows} == {"silent"}
    assert all(row["seconds"] <= 1.5 for row in rows)


def test_list_with_one_bad_alias(milvusconn: Milvusconn, registry_path: Path) -> None:
    """It has its row, and the others theirs."""
    register(milvusconn, "good")
    registry_path.write_text(registry_path.read_text() + '\n[connections.bad]\nuri = "h:1"\n')

    rows = milvusconn("list", "-o", "json").json["connections"]

    assert [(row["alias"], row["status"]) for row in rows] == [
        ("good", "tcp-refused"),
        ("bad", "config-uri"),
    ]

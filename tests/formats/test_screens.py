"""Screens at four widths, kept as files in `screens/`, so that a change of one can be looked at.

`UPDATE_SCREENS=1 pytest tests/formats/test_screens.py` writes them anew.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.formats.renderer import Renderer
from milvusconn_cli.report import (
    Finding,
    Inspection,
    Report,
    Row,
    Server,
    Step,
    Subject,
    Verdict,
    finding,
)

SCREENS = Path(__file__).parent / "screens"
WIDTHS = (60, 80, 120, 200)


def subject(alias: str, address: str, user: str | None = None, scheme: str = "http") -> Subject:
    return Subject(
        alias=alias,
        source="file",
        uri=f"{scheme}://{address}",
        address=address,
        database="default",
        user=user,
        tls=scheme == "https",
    )


def report(
    one: Subject,
    found: Finding | None = None,
    seconds: float | None = 0.021,
    version: str = "2.6.4",
) -> Report:
    server = None if found else Server(version=version, deploy_mode="STANDALONE")
    return Report(subject=one, finding=found, server=server, seconds=seconds)


EXPIRED = finding(
    Cause.TLS_EXPIRED,
    "the certificate of milvus.example expired 3 days ago",
    not_after="2026-11-27T10:00:00Z",
)
SETTINGS_RECEIVED = Step(
    layer=Layer.HTTP2, verdict=Verdict.PASSED, detail="SETTINGS received", seconds=0.0004
)
ROWS: list[Row] = [
    report(subject("dev", "localhost:19530")),
    report(subject("prod", "milvus.example:443", "root", "https"), EXPIRED, 0.03),
    report(
        subject("stage", "10.0.3.7:19530"),
        finding(Cause.STARTING, "Milvus is starting: service not ready: Initializing"),
        1.634,
    ),
    report(subject("old", "10.0.3.8:19530"), finding(Cause.DISCONNECTED), None),
    report(
        subject(
            "cloud", "in03-0123456789abcdef.serverless.gcp-us-west1.vectordb.zillizcloud.com:443",
            "db_admin", "https",
        ),
        seconds=0.187,
    ),
    report(
        subject("生产", "10.0.3.9:19530"),
        finding(Cause.TCP_TIMEOUT, "no answer from 10.0.3.9:19530 for 5 s"),
        5.002,
    ),
    subject("late", "10.0.3.10:19530"),
]  # fmt: skip
FAILING = [row for row in ROWS if isinstance(row, Report) and row.finding]
ESTABLISHED = Report(
    subject=subject("dev", "localhost:19530", "root"),
    server=Server(
        version="2.6.4", deploy_mode="STANDALONE", build_tags="v2.6.4", git_commit="9aceff5a6"
    ),
    steps=(
        Step(layer=Layer.DNS, verdict=Verdict.PASSED, detail="127.0.0.1", seconds=0.0008),
        Step(layer=Layer.TCP, verdict=Verdict.PASSED, detail="127.0.0.1:19530", seconds=0.0005),
        SETTINGS_RECEIVED,
        Step(layer=Layer.GRPC, verdict=Verdict.PASSED, detail="gRPC answered", seconds=0.037),
    ),
    warnings=("credentials are sent unencrypted to 10.0.0.7: use https:// if it supports it",),
    inspection=Inspection(
        databases=("default", "books", "films"), healthy=True, client={"pymilvus": "3.0.2"}
    ),
    seconds=0.047,
)
BROKEN = Report(
    subject=subject("prod", "milvus.example:443", "root", "https"),
    finding=EXPIRED,
    steps=(
        Step(layer=Layer.DNS, verdict=Verdict.PASSED, detail="203.0.113.7", seconds=0.012),
        Step(layer=Layer.TCP, verdict=Verdict.PASSED, detail="203.0.113.7:443", seconds=0.011),
        Step(layer=Layer.TLS, verdict=Verdict.FAILED, detail=EXPIRED.summary, seconds=0.024),
    ),
    inspection=Inspection(
        certificate={"subject": "CN=milvus.example", "not_after": "2026-11-27T10:00:00Z"},
        client={"pymilvus": "not installed"},
    ),
    seconds=0.051,
)
RENDERED: dict[str, Callable[[Renderer], str]] = {
    "list": lambda made: made.rows("list", ROWS, ExitCode.OK),
    "failing": lambda made: made.failing("list", FAILING, ExitCode.OK),
    "inspect": lambda made: made.inspections([ESTABLISHED], ExitCode.OK),
    "inspect-failed": lambda made: made.inspections([BROKEN], ExitCode.TLS),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", RENDERED)
def test_screen(monkeypatch: pytest.MonkeyPatch, name: str, width: int) -> None:
    """As it was looked at; and no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(width))
    drawn = RENDERED[name](renderer(Output.TABLE, color=False))
    kept = SCREENS / f"{name}-{width}.txt"

    if os.environ.get("UPDATE_SCREENS"):
        kept.write_text(drawn, encoding="utf-8")

    assert drawn == kept.read_text(encoding="utf-8")
    assert max(map(cell_len, drawn.splitlines())) <= width


@pytest.mark.parametrize("name", RENDERED)
def test_color_is_never_the_only_carrier(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The text is the same with color; established is green, what may pass yellow, the rest red."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("FORCE_COLOR", "1")
    plain = RENDERED[name](renderer(Output.TABLE, color=False))
    colored = RENDERED[name](renderer(Output.TABLE, color=True))

    assert plain == without_color(colored)
    expected = {"established": 32, "starting": 33, "disconnected": 33, "tls-expired": 31}
    for status, color in expected.items():
        if status in plain:
            assert (
                f"{color}m{status}" in colored
                or f"{color}m✔" in colored
                or (f"{color}m✘" in colored)
            )


def without_color(text: str) -> str:
    import re  # noqa: PLC0415

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_an_ascii_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks in ASCII; an alias that it cannot show is escaped, and the columns stay aligned."""
    monkeypatch.setattr("milvusconn_cli.formats.table.stdout_encoding", lambda: "ascii")
    monkeypatch.setattr("milvusconn_cli.formats.rich_table.stdout_encoding", lambda: "ascii")
    monkeypatch.setenv("COLUMNS", "200")
    made = renderer(Output.TABLE, color=False)

    assert RENDERED["inspect"](made).startswith("[ok] established: localhost:19530")
    assert RENDERED["inspect-failed"](made).startswith("[x] tls-expired: the certificate")
    header, *rows = RENDERED["list"](made).splitlines()
    column = header.index("STATUS")
    statuses = [row[column:].split()[0] for row in rows]
    assert statuses[:3] == ["established", "tls-expired", "starting"]
    assert statuses[5] == "tcp-timeout"
    assert all(row.isascii() for row in rows)


def test_times_are_in_one_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """And end in one column, so that they can be compared at a glance."""
    monkeypatch.setenv("COLUMNS", "200")

    header, *rows = RENDERED["list"](renderer(Output.TABLE, color=False)).splitlines()

    end = header.index("TIME") + len("TIME")
    assert [row[:end].split()[-2:] for row in rows[:3]] == [
        ["21", "ms"],
        ["30", "ms"],
        ["1634", "ms"],
    ]


def test_nothing_is_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason and the advice stand in the verdict alone."""
    monkeypatch.setenv("COLUMNS", "200")
    drawn = RENDERED["inspect-failed"](renderer(Output.TABLE, color=False))

    assert drawn.count(EXPIRED.summary) == 1
    assert drawn.count(EXPIRED.advice) == 1
    assert drawn.count("tls-expired") == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_a_command_is_not_cut_in_two(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """What is pasted is one line; one that is wider than the terminal is left to the terminal."""
    monkeypatch.setenv("COLUMNS", str(width))
    commands = ("milvusconn set films --db NAME", f"milvusconn set {'a' * 60} --db NAME")

    for command in commands:
        advice = f"create the database, or choose another with --db: `{command}`"
        found = report(subject("films", "h:1"), finding(Cause.DB_MISSING, advice=advice))
        drawn = renderer(Output.TABLE, color=False).inspections([found], ExitCode.NO_DATABASE)
        assert f"`{command}`" in drawn

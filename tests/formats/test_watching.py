"""Spark lines, lines for changes, and the living table."""

import json

import pytest
from rich.console import Console

from milvusconn_cli.causes import Cause
from milvusconn_cli.formats import watching as words
from milvusconn_cli.formats.rich_live import LiveTable
from milvusconn_cli.report import Report, Server, Subject, finding


def report(alias: str, cause: Cause | None = None) -> Report:
    return Report(
        subject=Subject(alias=alias, address=f"{alias}.example:19530"),
        finding=finding(cause) if cause else None,
        server=None if cause else Server(version="2.6.0"),
        seconds=0.012,
    )


def line(row: Report | Subject, **more: object) -> words.Line:
    known = {"beats": [0.01, 0.02, None], "before": None, "changed": None, "is_recent": False}
    return words.Line(row=row, **{**known, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("beats", "shown", "in_ascii"),
    [
        ([], "", ""),
        ([0.01], "▁", "_"),
        ([0.01, 0.02, 0.04, 0.08], "▁▂▃▄", "_.:-"),
        ([0.01, None, 0.011, 100.0], "▁×▁█", "_x_#"),
        ([None, None], "××", "xx"),
        ([0.0, 0.0], "▁▁", "__"),
    ],
)
def test_spark(beats: list[float | None], shown: str, in_ascii: str) -> None:
    """A step is a doubling."""
    assert words.spark(beats) == shown
    assert words.spark(beats, ascii_only=True) == in_ascii


def test_change_as_a_line_and_as_json() -> None:
    down = report("dev\tx", Cause.TCP_REFUSED)

    text = words.changed_line(down, "established", "2026-01-31T12:00:00Z")
    row = json.loads(words.changed_json(down, "established", "2026-01-31T12:00:00Z"))

    assert text.count("\n") == 1
    assert text.split("\t") == [
        "2026-01-31T12:00:00Z",
        "dev x",
        "established",
        "tcp-refused",
        "connection refused: nothing is listening\n",
    ]
    assert (row["at"], row["before"], row["status"]) == (
        "2026-01-31T12:00:00Z", "established", "tcp-refused",
    )  # fmt: skip


def drawn(
    lines: list[words.Line], monkeypatch: pytest.MonkeyPatch, width: int, height: int = 24
) -> list[str]:
    """The lines of the table on a screen of that size."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("LINES", str(height))
    table = LiveTable(color=False)
    table._console = Console(width=width, height=height, record=True, no_color=True)
    table._live.console = table._console
    with table:
        table.show(lines, "1 established, 1 tcp-refused")
    return [one.rstrip() for one in table._console.export_text().splitlines()]


MANY = [
    line(report("dev")),
    line(report("prod", Cause.TCP_REFUSED), before="established", changed="12:00:00"),
    line(Subject(alias="unknown")),
]


def test_wide_screen_has_all_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = drawn(MANY, monkeypatch, 200)

    assert shown[0].split() == [
        "ALIAS", "ADDRESS", "STATUS", "SERVER", "TIME", "LAST", "CHANGED", "REASON",
    ]  # fmt: skip
    assert "12:00:00, was established" in shown[2]
    assert "nothing is listening" in shown[2]
    assert shown[4] == "3 aliases: 1 established, 1 tcp-refused"


def test_narrow_screen_has_the_important_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = drawn(MANY, monkeypatch, 60)

    assert all(len(one) <= 60 for one in shown)
    assert shown[0].split() == ["ALIAS", "STATUS", "TIME", "LAST", "CHANGED"]
    assert shown[2].endswith("  12:00:00, was established")
    assert len(shown) == 5, "no line is folded"


def test_screen_without_room_for_the_status_before_has_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = drawn(MANY, monkeypatch, 36)

    assert shown[0].split() == ["ALIAS", "STATUS", "LAST", "CHANGED"]
    assert shown[2].endswith("  12:00:00")


@pytest.mark.parametrize("width", [10, 20, 33, 47, 80, 120])
def test_no_line_is_too_wide(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    assert all(len(one) <= width for one in drawn(MANY, monkeypatch, width))


def test_low_screen_has_what_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line(report(f"a{number}")) for number in range(100)]
    lines[50] = line(report("down", Cause.TCP_REFUSED))
    lines[70] = line(report("back"), is_recent=True, before="slow", changed="12:00:00")

    shown = drawn(lines, monkeypatch, 120, height=6)

    assert [one.split()[0] for one in shown[1:-1]] == ["a0", "down", "back"]
    assert shown[-1].startswith("100 aliases: ")
    assert shown[-1].endswith("; 3 shown")

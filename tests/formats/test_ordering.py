"""Rows in the order of people, and the failing ones first."""

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.formats import ordering
from milvusconn_cli.formats.ordering import SortKey
from milvusconn_cli.report import Report, Row, Subject, finding


def row(alias: str, cause: Cause | None = None, **more: float | None) -> Report:
    """A report; established where there is no cause."""
    subject = Subject(alias=alias, address=f"{alias}.example:19530")
    return Report(
        subject=subject, finding=finding(cause) if cause else None, seconds=more.get("seconds")
    )


def aliases(rows: list[Row]) -> list[str]:
    return [one.subject.alias if isinstance(one, Report) else one.alias for one in rows]


def test_no_key_changes_nothing() -> None:
    """The order of the file stays."""
    assert aliases(ordering.ordered([row("b"), row("a")], None)) == ["b", "a"]


@pytest.mark.parametrize("key", [SortKey.ALIAS, SortKey.ADDRESS])
def test_numbers_within_text_count_as_numbers(key: SortKey) -> None:
    """`m2` comes before `m10`, `m02` beside `m2`, capitals where small letters are."""
    rows = [row(alias) for alias in ("m10", "B", "m2", "a", "m1000000000000000000000", "m02")]

    assert aliases(ordering.ordered(rows, key)) == [
        "a", "B", "m2", "m02", "m10", "m1000000000000000000000",
    ]  # fmt: skip


def test_a_number_of_any_length_is_sorted() -> None:
    """Python refuses to read numbers of more than 4,300 digits."""
    long = "9" * 5000

    assert aliases(ordering.ordered([row(long), row("1")], SortKey.ALIAS)) == ["1", long]


def test_without_an_address_comes_last() -> None:
    """What could not be read has no place."""
    rows: list[Row] = [Subject(alias="lost"), row("dev")]

    assert aliases(ordering.ordered(rows, SortKey.ADDRESS)) == ["dev", "lost"]


def test_by_status_the_gravest_comes_first() -> None:
    """In the order of the exit codes, equal causes together, then what is well, then unknown."""
    rows: list[Row] = [
        Subject(alias="unknown"),
        row("up"),
        row("down", Cause.TCP_REFUSED),
        row("hung", Cause.SILENT),
        row("lost", Cause.DNS_UNKNOWN),
        row("down-too", Cause.TCP_REFUSED),
        row("expired", Cause.TLS_EXPIRED),
    ]

    assert aliases(ordering.ordered(rows, SortKey.STATUS)) == [
        "expired", "lost", "down", "down-too", "hung", "up", "unknown",
    ]  # fmt: skip


def test_by_time_the_slowest_comes_first() -> None:
    """What was not dialled has taken no time."""
    rows = [row("off"), row("fast", seconds=0.01), row("slow", seconds=4.0)]

    assert aliases(ordering.ordered(rows, SortKey.TIME)) == ["slow", "fast", "off"]


def test_failing_leaves_out_what_is_established() -> None:
    """And nothing else: of what is unknown nobody can say that it is well."""
    rows: list[Row] = [Subject(alias="unknown"), row("up"), row("down", Cause.TCP_REFUSED)]

    assert aliases(ordering.failing(rows)) == ["down", "unknown"]


def test_counted_says_established_first() -> None:
    """Then the gravest, each with its number."""
    rows: list[Row] = [
        row("a", Cause.SILENT), row("b"), Subject(alias="c"), row("d", Cause.TLS_EXPIRED), row("e"),
    ]  # fmt: skip

    assert ordering.counted(rows) == "2 established, 1 tls-expired, 1 silent, 1 not known"


def test_counted_says_nothing_of_nothing() -> None:
    """No rows, no words."""
    assert ordering.counted([]) == ""

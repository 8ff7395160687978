"""A wait in words: what the line on a terminal says, and in which order."""

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.formats import waiting as words
from milvusconn_cli.report import Row, Subject
from tests.monitoring.scripts import report

UP, REFUSED, UNKNOWN = report(None, "up"), report(Cause.TCP_REFUSED, "dev"), Subject(alias="new")


@pytest.mark.parametrize(
    ("rows", "down", "shown"),
    [
        ([UNKNOWN], False, "4 s of 60 s: new: no result yet"),
        (
            [REFUSED],
            False,
            "4 s of 60 s: dev: tcp-refused: connection refused: nothing is listening",
        ),
        ([UP], True, "4 s of 60 s: up: established"),
        ([UP, REFUSED], False, "4 s of 60 s: 1 of 2 established: dev tcp-refused"),
        ([UP, UNKNOWN], False, "4 s of 60 s: 1 of 2 established: new unknown"),
        ([UP, UP], False, "4 s of 60 s: 2 of 2 established"),
        ([UP, REFUSED, UNKNOWN], True, "4 s of 60 s: 1 of 3 down: up established and new unknown"),
        ([REFUSED] * 5, False, f"4 s of 60 s: 0 of 5 established: {'dev tcp-refused, ' * 3}2 more"),
    ],
)
def test_time_comes_first_and_what_is_waited_for_last(
    rows: list[Row],
    down: bool,  # noqa: FBT001 -- a parameter
    shown: str,
) -> None:
    said = words.living(rows, 4.2, 60.0, down=down)

    assert said == shown.replace(", 2 more", " and 2 more")

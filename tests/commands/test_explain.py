"""`explain`: what the table of causes says, for people and for programs."""

import pytest

from milvusconn_cli.causes import Cause
from tests.conftest import Milvusconn


@pytest.mark.parametrize("cause", list(Cause), ids=lambda cause: cause.label)
def test_each_cause_is_explained(milvusconn: Milvusconn, cause: Cause) -> None:
    """Meaning, signs, remedy and exit code, each in full."""
    ran = milvusconn("explain", cause.label, "-o", "plain")

    told = dict(line.split("\t") for line in ran.out.splitlines())
    assert ran.code == 0
    assert told["Meaning"] == cause.summary
    assert told["Symptoms"] == cause.shows
    assert told["Fix"] == cause.advice
    assert told["Exit code"] == str(int(cause.exit_code))


def test_all_causes_are_listed(milvusconn: Milvusconn) -> None:
    """A line each, in the order of the table."""
    ran = milvusconn("explain", "-o", "plain")

    assert [line.split("\t")[0] for line in ran.out.splitlines()] == [one.label for one in Cause]


def test_all_causes_as_json(milvusconn: Milvusconn) -> None:
    """The envelope, with `causes`."""
    document = milvusconn("explain", "-o", "json").json

    assert len(document["causes"]) == len(Cause)
    assert document["causes"][0].keys() == {
        "cause", "layer", "exit_code", "meaning", "shows", "advice",
    }  # fmt: skip


def test_a_cause_that_there_is_not(milvusconn: Milvusconn) -> None:
    """Wrong use, with the nearest name."""
    ran = milvusconn("explain", "tls-expird")

    assert (ran.code, ran.out) == (2, "")
    assert "did you mean tls-expired?" in ran.err

"""`has` agrees with a real MilvusClient, or says how that client would fare.

Over all combinations, with the versions of the table in docs/client-differences.md, which
`python benchmarks/client_differences.py` writes from the same data.
"""

from pathlib import Path

import pytest

from tests.handover.combinations import combinations
from tests.handover.fakes import running
from tests.handover.verdicts import VERSIONS, documented, judge_all, ours
from tests.servers.certificates import Authority
from tests.servers.environments import python_with_pymilvus

PAGE = Path(__file__).parent.parent.parent / "docs" / "client-differences.md"


def test_there_are_some_400_combinations() -> None:
    made = list(combinations())

    assert len(made) > 400
    assert len({one.group for one in made}) > 100


def test_what_is_refused_says_how_the_client_reads_it(authority: Authority, tmp_path: Path) -> None:
    """Those of the odd places that a client would accept; no client is needed to tell."""
    accepted = {"a query", "a fragment", "a space before the URI", "no host"}

    with running(authority, tmp_path) as fakes:
        told = {one.group: ours(fakes, one).told for one in combinations() if one.group in accepted}

    assert told.keys() == accepted
    assert all("MilvusClient" in words for words in told.values()), told


@pytest.mark.slow
@pytest.mark.timeout(1800)  # the first run makes an environment
@pytest.mark.parametrize(
    "version", [pytest.param(one, marks=pytest.mark.xdist_group(one)) for one in VERSIONS]
)
def test_client_agrees_or_the_difference_is_told(
    authority: Authority, tmp_path: Path, version: str
) -> None:
    rows = documented(PAGE.read_text(encoding="utf-8"), version)

    judged = judge_all(authority, tmp_path, python_with_pymilvus(version), rows)

    differing = [one for one in judged if one.differs]
    assert [one for one in differing if not one.is_told(version)] == []
    assert {one.group for one in differing} == rows

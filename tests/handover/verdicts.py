"""What milvusconn says of a combination, and whether a real client agrees."""

import re
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from milvusconn_cli.api import loop, settings
from milvusconn_cli.api.errors import MilvusException
from milvusconn_cli.connection.target import Target
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.report import Subject
from tests.handover.combinations import Combination, combinations
from tests.handover.fakes import Fakes, running
from tests.servers.certificates import Authority
from tests.servers.client_program import ClientProgram, Fate

VERSIONS = ("2.4.15", "2.5.18", "2.6.17", "3.0.2")
CLIENT = "MilvusClient"
"""A warning that contains it says how that client would fare."""
_SCOPE = re.compile(r"(?P<which>before|of) pymilvus (?P<version>\d+\.\d+)(?P<later> and later)?")
_SECONDS = 5
_CLIENT_SECONDS = 1
"""Versions before 2.6 wait for all of it where they fail."""
_PATIENT_SECONDS = 15
"""For what comes out otherwise than expected, which may be due to a slow machine."""
_AT_ONCE = 8
"""Clients, each with servers of its own; they wait most of the time."""


class Ours(NamedTuple):
    """What milvusconn says."""

    established: bool
    status: str
    told: str
    """Its warnings, or the message of an error."""
    database: str | None = None
    """That it asked for; None if it asked nobody."""


@dataclass(frozen=True)
class Judged:
    """One combination, with what both make of it."""

    combination: Combination
    ours: Ours
    client: Fate
    database: str | None
    """That the client's first call asked for; None if it made none."""

    @property
    def group(self) -> str:
        """The row of the table."""
        return self.combination.group

    @property
    def differs(self) -> bool:
        """Whether the client fares otherwise: connects, and calls in that database, or not."""
        connects = self.client.connected and self.client.called
        return (
            self.ours.established != connects
            or (self.client.connected and not self.client.called)
            or self.is_elsewhere
        )

    @property
    def is_elsewhere(self) -> bool:
        """Whether both connect, but use different databases."""
        return self.ours.established and self.client.called and self.database != self.ours.database

    def is_told(self, version: str) -> bool:
        """Whether milvusconn says how the client of this version fares."""
        return any(_is_about(sentence, version) for sentence in self.ours.told.split("; "))


def _is_about(sentence: str, version: str) -> bool:
    """Whether it says something of this version of the client, or of all."""
    found = _SCOPE.search(sentence)
    if CLIENT not in sentence or not found or "later versions" in sentence:
        return CLIENT in sentence
    this, named = _minor(version), _minor(found["version"])
    if found["which"] == "before":
        return this < named
    return this >= named if found["later"] else this == named


def _minor(version: str) -> tuple[int, int]:
    major, minor, *_ = version.split(".")
    return int(major), int(minor)


def ours(fakes: Fakes, combination: Combination, seconds: float = _SECONDS) -> Ours:
    """Check these settings as they are, without a registry."""
    given = {**fakes.settings(combination), "timeout": max(seconds, _SECONDS)}
    try:
        connection = settings.read(given).connection()
    except (MilvusException, MilvusconnError) as error:
        return Ours(established=False, status="refused", told=error.message)
    target = Target(subject=Subject(alias="a"), connection=connection)
    (report,) = loop.probe_all([target], None)
    database = fakes.take_database("Connect")
    return Ours(report.established, report.status, "; ".join(report.warnings), database)


def judge_all(
    authority: Authority, directory: Path, python: Path, expected: Collection[str]
) -> list[Judged]:
    """Ask both about every combination; groups that are `expected` to differ are as in the page.

    What surprises is asked again, with patience.
    """

    def judge_these(these: Sequence[Combination], seconds: float) -> list[Judged]:
        def work(number: int) -> list[Judged]:
            place = directory / f"{seconds}-{number}"
            place.mkdir()
            with running(authority, place) as fakes, ClientProgram(python) as client:
                return [_judge(fakes, one, client, seconds) for one in these[number::_AT_ONCE]]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(chain.from_iterable(pool.map(work, range(_AT_ONCE))))

    every = list(combinations())
    judged = {id(one.combination): one for one in judge_these(every, _CLIENT_SECONDS)}
    surprises = _surprises(list(judged.values()), expected)
    again = judge_these([one.combination for one in surprises], _PATIENT_SECONDS)
    judged |= {id(one.combination): one for one in again}
    return [judged[id(one)] for one in every]


def _judge(fakes: Fakes, combination: Combination, client: ClientProgram, seconds: float) -> Judged:
    fate = client.ask({**fakes.settings(combination), "timeout": seconds})
    database = fakes.take_database("ShowCollections")
    return Judged(combination, ours(fakes, combination, seconds), fate, database)


def _surprises(judged: Sequence[Judged], expected: Collection[str]) -> list[Judged]:
    """Those that differ unexpectedly; and all of a group where none does as expected.

    And those elsewhere: a call that the client before gave up may have arrived late.
    """
    differing = {one.group for one in judged if one.differs}
    lost = set(expected) - differing
    return [
        one
        for one in judged
        if one.group in lost or one.is_elsewhere or (one.differs and one.group not in expected)
    ]


def documented(page: str, version: str) -> set[str]:
    """The groups that a page of the table says to differ with this version."""
    header, *rows = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in page.splitlines()
        if line.startswith("|") and "---" not in line
    ]
    if version not in header:
        return set()
    column = header.index(version)
    return {row[0] for row in rows if row[column] != "agrees"}

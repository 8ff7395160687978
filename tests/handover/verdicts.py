"""What milvusconn says of a combination, and whether a real client agrees."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from milvusconn_cli.api import loop, settings
from milvusconn_cli.api.errors import MilvusException
from milvusconn_cli.connection.target import Target
from milvusconn_cli.errors import MilvusconnError
from milvusconn_cli.report import Subject
from tests.handover.combinations import Combination
from tests.handover.fakes import Fakes
from tests.servers.client_program import ClientProgram, Fate

VERSIONS = ("2.6.17", "3.0.2")
CLIENT = "MilvusClient"
"""A warning that contains it says how that client would fare."""
_SECONDS = 5
_CLIENT_SECONDS = 3
"""Versions before 2.6 wait for all of it where they fail."""


class Ours(NamedTuple):
    """What milvusconn says."""

    established: bool
    status: str
    told: str
    """Its warnings, or the message of an error."""


@dataclass(frozen=True)
class Judged:
    """One combination, with what both make of it."""

    group: str
    settings: str
    ours: Ours
    client: Fate

    @property
    def differs(self) -> bool:
        """Whether the client fares otherwise: it connects and its first call works, or not."""
        return self.ours.established != (self.client.connected and self.client.called) or (
            self.client.connected and not self.client.called
        )

    @property
    def is_told(self) -> bool:
        """Whether milvusconn says how the client fares."""
        return CLIENT in self.ours.told


def ours(fakes: Fakes, combination: Combination) -> Ours:
    """Check these settings as they are, without a registry."""
    given = {**fakes.settings(combination), "timeout": _SECONDS}
    try:
        connection = settings.read(given).connection()
    except (MilvusException, MilvusconnError) as error:
        return Ours(established=False, status="refused", told=error.message)
    target = Target(subject=Subject(alias="a"), connection=connection)
    (report,) = loop.probe_all([target], None)
    return Ours(report.established, report.status, "; ".join(report.warnings))


def judge(fakes: Fakes, combination: Combination, client: ClientProgram) -> Judged:
    """Ask both."""
    fate = client.ask({**fakes.settings(combination), "timeout": _CLIENT_SECONDS})
    shown = str(dict(combination.settings))
    return Judged(combination.group, shown, ours(fakes, combination), fate)


def documented(page: str, version: str) -> set[str]:
    """The groups that a page of the table says to differ with this version."""
    header, *rows = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in page.splitlines()
        if line.startswith("|") and "---" not in line
    ]
    column = header.index(version)
    return {row[0] for row in rows if row[column] != "agrees"}

"""Write docs/client-differences.md: where MilvusClient reads the same settings differently.

    python benchmarks/client_differences.py

Asks real clients, one version after the other, about every combination of the tests. The first
run makes an environment for each version.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["GRPC_VERBOSITY"] = "NONE"  # the servers are in this process

from tests.handover.verdicts import (  # noqa: E402 -- after the path
    VERSIONS,
    Judged,
    documented,
    judge_all,
)
from tests.servers.certificates import Authority  # noqa: E402 -- the same
from tests.servers.environments import python_with_pymilvus  # noqa: E402 -- the same

PAGE = ROOT / "docs" / "client-differences.md"
INTRO = """\
# Where MilvusClient reads the same settings differently

{total} combinations of settings were tried with pymilvus's `MilvusClient` and with milvusconn, on
servers that check what they receive. In {agreeing} of them, all versions agree: both connect and
the first call works in the same database, or neither does. The table lists the others; where the
server makes a difference (whether it wants credentials, has databases, uses TLS), a cell lists all
that happens. milvusconn reports each difference in a warning or an error. With the arguments from
`connections.kwargs(ALIAS)` or from `milvusconn show ALIAS --as pymilvus`, the client does what the
alias says.
Written by `python benchmarks/client_differences.py`.

| settings | milvusconn | {versions} | milvusconn says |
|---|---|{rules}---|
"""


def main() -> None:
    """Ask, and write the page."""
    judged: dict[str, list[Judged]] = {}
    before = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        authority = Authority(Path(name, "authority"))
        for version in VERSIONS:
            directory = Path(name, version)
            directory.mkdir()
            python, expected = python_with_pymilvus(version), documented(before, version)
            judged[version] = judge_all(authority, directory, python, expected)
            sys.stderr.write(f"{version}: {sum(one.differs for one in judged[version])}\n")
    PAGE.write_text(page(judged, {name: "…"}), encoding="utf-8")


def page(judged: Mapping[str, Sequence[Judged]], texts: Mapping[str, str]) -> str:
    """The page; `texts` are replaced in it."""
    rows = list(zip(*judged.values(), strict=True))
    agreeing = sum(not any(one.differs for one in row) for row in rows)
    groups: dict[str, list[tuple[Judged, ...]]] = {}
    for row in rows:
        if any(one.differs for one in row):
            groups.setdefault(row[0].group, []).append(row)
    head = INTRO.format(
        total=len(rows),
        agreeing=agreeing,
        versions=" | ".join(judged),
        rules="---|" * len(judged),
    )
    text = head + "".join(_row(group, found) for group, found in groups.items())
    for old, new in texts.items():
        text = text.replace(old, new)
    return text


def _row(group: str, found: Sequence[tuple[Judged, ...]]) -> str:
    """One line: what each version does where it differs, which may depend on the server."""
    fates = [
        _either(_fate(one) for one in versions if one.differs) or "agrees"
        for versions in zip(*found, strict=True)
    ]
    differing = [one for row in found for one in row if one.differs]
    told = dict.fromkeys(part for one in differing for part in _told(one))
    cells = [group, _either(map(_verdict, differing)), *fates, "; ".join(told) or "**nothing**"]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _either(texts: Iterable[str]) -> str:
    return " or: ".join(dict.fromkeys(texts))


def _told(one: Judged) -> Sequence[str]:
    """What milvusconn says; a port is another one each time."""
    told = re.sub(r"(127\.0\.0\.1|\[::1\]|localhost):\d{4,5}", r"\1:PORT", one.ours.told)
    return told.split("; ")


def _verdict(one: Judged) -> str:
    return "established" if one.ours.established else one.ours.status


def _fate(one: Judged) -> str:
    if not one.client.connected:
        return "fails"
    if one.is_elsewhere:
        return "connects, to another database"
    return "connects" if one.client.called else "connects, first call fails"


if __name__ == "__main__":
    main()

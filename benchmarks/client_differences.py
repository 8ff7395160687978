"""Write docs/client-differences.md: where MilvusClient reads the same settings differently.

    python benchmarks/client_differences.py

Asks real clients, one version after the other, about every combination of the tests. The first
run makes an environment for each version.
"""

import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["GRPC_VERBOSITY"] = "NONE"  # the servers are in this process

from tests.handover.combinations import combinations  # noqa: E402 -- after the path
from tests.handover.fakes import running  # noqa: E402 -- the same
from tests.handover.verdicts import VERSIONS, Judged, judge  # noqa: E402 -- the same
from tests.servers.certificates import Authority  # noqa: E402 -- the same
from tests.servers.client_program import ClientProgram  # noqa: E402 -- the same
from tests.servers.environments import python_with_pymilvus  # noqa: E402 -- the same

PAGE = ROOT / "docs" / "client-differences.md"
INTRO = """\
# Where MilvusClient reads the same settings differently

{total} combinations of settings were tried with pymilvus's `MilvusClient` and with milvusconn, on
servers that check what they receive. In {agreeing} of them, all versions agree: both connect and
the first call works, or neither does. The table lists the others; milvusconn reports each in
a warning or an error. With the arguments from `connections.kwargs(ALIAS)` or from
`milvusconn show ALIAS --as pymilvus`, the client does what the alias says.
Written by `python benchmarks/client_differences.py`.

| settings | milvusconn | {versions} | milvusconn says |
|---|---|{rules}---|
"""


def main() -> None:
    """Ask, and write the page."""
    judged: dict[str, list[Judged]] = {}
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with running(Authority(directory / "authority"), directory) as fakes:
            for version in VERSIONS:
                with ClientProgram(python_with_pymilvus(version)) as client:
                    judged[version] = [judge(fakes, one, client) for one in combinations()]
                sys.stderr.write(f"{version}: {sum(one.differs for one in judged[version])}\n")
        texts = {str(directory): "…"}
    PAGE.write_text(page(judged, texts), encoding="utf-8")


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
    return re.sub(r"(127\.0\.0\.1|\[::1\]|localhost):\d{4,5}", r"\1:PORT", text)


def _row(group: str, found: Sequence[tuple[Judged, ...]]) -> str:
    """One line: what each version does where it differs."""
    fates = []
    for versions in zip(*found, strict=True):
        differing = [one for one in versions if one.differs]
        fates.append(_fate(differing[0]) if differing else "agrees")
    first = next(one for row in found for one in row if one.differs)
    cells = [group, _verdict(first), *fates, first.ours.told or "**nothing**"]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _verdict(one: Judged) -> str:
    return "established" if one.ours.established else one.ours.status


def _fate(one: Judged) -> str:
    if not one.client.connected:
        return "fails"
    return "connects" if one.client.called else "connects, first call fails"


if __name__ == "__main__":
    main()

"""Which tests share a worker, when pytest-xdist spreads them (`pytest -n 4`).

A worker starts the servers that its tests ask for. Tests that share a real Milvus stay together,
so that each server is started once; all others go by file, or by an `xdist_group` of their own.
"""

import pytest

SERVERS = (
    "milvus_with_mutual_tls",
    "milvus_with_tls",
    "milvus_with_authorization",
    "milvus",
    "milvus_lite_server",
)
"""Session fixtures that take seconds to start."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test into a group, if it is in none; xdist keeps a group in one worker."""
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue
        item.add_marker(pytest.mark.xdist_group(_group(item)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop where xdist ignores the groups: every worker would start every server."""
    if getattr(session.config.option, "loadgroup", False):
        ungrouped = [item.nodeid for item in session.items if "@" not in item.nodeid]
        assert not ungrouped, f"pytest-xdist ignores the groups: {ungrouped[0]}"


def _group(item: pytest.Item) -> str:
    fixtures = set(getattr(item, "fixturenames", ()))
    server = next((name for name in SERVERS if name in fixtures), None)
    file = item.nodeid.partition("::")[0]
    return f"{server} {file}" if server == "milvus" else server or file

"""Sweeps: tests with very many cases, of which a sample is enough for an everyday run.

`@pytest.mark.sweep(one_in=8)` on a parametrized test leaves every eighth case as it is and marks
the others `slow`: `pytest` runs the sample, `pytest -m slow` the rest, `.ci/run` both.
"""

from collections import Counter

import pytest


@pytest.hookimpl(tryfirst=True)  # before -m looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all but every nth case of a sweep."""
    seen: Counter[str] = Counter()
    for item in items:
        sweep = item.get_closest_marker("sweep")
        if sweep is None:
            continue
        test = item.nodeid.partition("[")[0]
        if seen[test] % sweep.kwargs["one_in"]:
            item.add_marker(pytest.mark.slow)
        seen[test] += 1

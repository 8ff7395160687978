"""Fixtures of the tests of the Python interface."""

import pytest

from milvusconn_cli import Connections


@pytest.fixture(params=["file", "memory"])
def connections(request: pytest.FixtureRequest) -> Connections:
    """Over the test's own registry file, and over one in memory."""
    return Connections() if request.param == "file" else Connections.in_memory()

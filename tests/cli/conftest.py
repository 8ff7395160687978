"""Fixtures of the tests of the command line."""

import pytest

from tests.cli.programs import NOWHERE
from tests.conftest import run_program


@pytest.fixture
def dev() -> None:
    """An alias that refuses, in each test's registry."""
    assert run_program(["add", "dev", "--uri", NOWHERE]).code == 0

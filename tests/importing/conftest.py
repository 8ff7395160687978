"""Fixtures of the tests of `import` and `export`."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importing.files import THERE, write_registry


@pytest.fixture
def standard_input(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.BytesIO]:
    """What the program reads from `-`."""
    data = io.BytesIO()
    with io.TextIOWrapper(data) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield data
        monkeypatch.undo()


@pytest.fixture
def there(registry_path: Path) -> Path:
    """A registry that a person wrote."""
    write_registry(registry_path, THERE)
    return registry_path

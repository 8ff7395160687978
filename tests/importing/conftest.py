"""Fixtures of the tests of `import` and `export`."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importing.files import (
    THERE,
)


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
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(THERE)
    registry_path.chmod(0o600)
    return registry_path

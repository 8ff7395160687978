"""Fixtures of the tests of the keyring."""

from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest

from tests.secrets.rings import Ring


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Ring]]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    monkeypatch.setattr(Ring, "entries", {})
    monkeypatch.setattr(Ring, "asked", [])
    monkeypatch.setattr(Ring, "fails_at", None)
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield Ring
    keyring.set_keyring(before)

"""A malformed registry is reported without its secrets."""

from pathlib import Path

import pytest

from tests.secrecy.canaries import API_KEY, NOWHERE, Watch


@pytest.mark.parametrize(
    "line",
    [
        f"password = {API_KEY}",
        f'password = "{API_KEY}',
        f'password = "{API_KEY}" {API_KEY}',
        f"'{API_KEY}' {API_KEY}",
        f'password = "{API_KEY}\\q"',
        f'pasword = "{API_KEY}"',
        f'tokens = ["{API_KEY}"]',
        f'token = ["{API_KEY}"]',
        f'token = {{ value = "{API_KEY}" }}',
        f'token = {{ env = ["{API_KEY}"] }}',
        f'token = {{ file = "x", literal = "{API_KEY}" }}',
        f'user = "root"\npassword = "{API_KEY}"\npassword = "{API_KEY}"',
        f'user = ["{API_KEY}"]',
        f'tls = "{API_KEY}"',
        f'[connections.dev.tls]\nkeyy = "{API_KEY}"',
        f'[[connections]]\ntoken = "{API_KEY}"',
    ],
)
def test_a_registry_that_is_wrong(watch: Watch, registry_path: Path, line: str) -> None:
    """The complaint names the place or the key, and not what stands there."""
    registry_path.parent.mkdir(mode=0o700)
    text = f'version = 1\n[connections.dev]\nuri = "{NOWHERE}"\n{line}\n'
    for arguments in (
        *(("has", "dev"), ("has", "dev", "-o", "json"), ("list", "--no-probe"), ("list",)),
        *(("show", "dev"), ("connect", "dev"), ("address", "dev"), ("inspect", "dev")),
        *(("rename", "dev", "new"), ("add", "dev", "--uri", NOWHERE, "--replace"), ("export",)),
    ):
        registry_path.write_text(text)
        registry_path.chmod(0o600)
        watch(*arguments)


def test_numbers_are_no_secrets(watch: Watch, registry_path: Path) -> None:
    """A password without its quotes is a number: refused, and not repeated."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(
        f'[connections.dev]\nuri = "{NOWHERE}"\nuser = "root"\npassword = 73190264855\n'
    )
    registry_path.chmod(0o600)

    for arguments in (("has", "dev", "-o", "json"), ("show", "dev"), ("connect", "dev")):
        ran = watch(*arguments)
        assert ran.code == 78
        assert "73190264855" not in ran.out + ran.err

"""Which causes end a wait at once."""

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.monitoring.permanence import is_down, is_permanent
from tests.monitoring.scripts import report

TIME_MAY_FIX = {
    "busy", "dns-unavailable", "dns-unknown", "gateway-upstream", "lite-engine", "lite-locked",
    "lite-missing", "proxy-failed", "proxy-refused", "rpc-failed", "silent", "slow", "starting",
    "stopping", "tcp-closed", "tcp-refused", "tcp-timeout", "tcp-unreachable",
    "tls-not-yet-valid", "unhealthy", "unix-missing", "unix-refused",
}  # fmt: skip
SAYS_NOTHING_OF_THE_SERVER = {
    "config-file", "config-pem", "config-secret", "config-uri", "internal-error", "machine-limit",
    "no-such-alias",
}  # fmt: skip


@pytest.mark.parametrize("cause", Cause, ids=lambda cause: cause.label)
def test_permanent(cause: Cause) -> None:
    """A wrong password, port, certificate or database stays wrong; a server may come up."""
    assert is_permanent(cause) is (cause.label not in TIME_MAY_FIX)


@pytest.mark.parametrize("cause", Cause, ids=lambda cause: cause.label)
def test_down(cause: Cause) -> None:
    """An alias that could not be probed is not known to be down."""
    assert is_down(report(cause)) is (cause.label not in SAYS_NOTHING_OF_THE_SERVER)


def test_established_is_not_down() -> None:
    assert not is_down(report(None))

"""A pytest plugin: the fixture `milvus_connection` waits for an alias, or says why not.

pytest loads it by its entry point, where milvusconn is installed. Nothing is dialled, and nothing
but this file is imported, before a test asks for the fixture.
"""

import argparse
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from milvusconn_cli.api import ConnectionReport, Connections

_ALIAS, _TIMEOUT, _MISSING = "milvus_alias", "milvus_timeout", "milvus_missing"
_ACTIONS = ("skip", "fail")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_TRANSIENT = frozenset(
    (
        "silent",
        "starting",
        "unhealthy",
        "stopping",
        "busy",
        "slow",
        "rpc-failed",
        "gateway-upstream",
        "tls-not-yet-valid",
        "dns-unknown",
        "dns-unavailable",
    )
)
_TRANSIENT_LAYERS = ("tcp", "proxy", "unix")
"""Causes that time can fix; with any other, waiting is in vain."""


class MilvusConnection:
    """An established connection: its alias, and what a client needs.

    Attributes:
        alias: The alias.
        report: The check that found it established.
    """

    def __init__(self, alias: str, connections: "Connections", report: "ConnectionReport") -> None:
        self.alias = alias
        self.report = report
        self._connections = connections
        self._clients: list[Any] = []

    @property
    def kwargs(self) -> dict[str, Any]:
        """The arguments of `MilvusClient`. Contains the secret."""
        return self._connections.kwargs(self.alias)

    def client(self, **more: Any) -> Any:  # noqa: ANN401 -- pymilvus's
        """Make a `MilvusClient`, which is closed at the end of the session."""
        made = self._connections.client(self.alias, **more)
        self._clients.append(made)
        return made

    def close(self) -> None:
        """Close the clients."""
        while self._clients:
            self._clients.pop().close()


class _Clock(Protocol):
    """Where the time comes from: the module `time`, or a test's."""

    def monotonic(self) -> float: ...
    def sleep(self, seconds: float, /) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, on the command line and in the configuration file."""
    group = parser.getgroup("milvusconn", "Milvus connections")
    group.addoption("--milvus-alias", metavar="ALIAS", help="Alias of `milvus_connection`.")
    group.addoption(
        "--milvus-timeout",
        metavar="SECONDS",
        type=_seconds,
        help="No check starts later. Default: 60.",
    )
    group.addoption(
        "--milvus-missing",
        choices=_ACTIONS,
        help="What to do with tests without a connection: skip (default) or fail.",
    )
    parser.addini(_ALIAS, "Alias of `milvus_connection`.", default="")
    parser.addini(_TIMEOUT, "Seconds after which no further check starts.", default="60")
    parser.addini(_MISSING, "What tests do that have no connection: skip or fail.", default="skip")


def pytest_configure(config: pytest.Config) -> None:
    """Reject what the configuration file sets to something without a meaning."""
    if (action := config.getini(_MISSING)) not in _ACTIONS:
        raise pytest.UsageError(f"{_MISSING}: {action!r} is neither skip nor fail")
    try:
        _seconds(config.getini(_TIMEOUT))
    except argparse.ArgumentTypeError as error:
        raise pytest.UsageError(f"{_TIMEOUT}: {error}") from None


@pytest.fixture(scope="session")
def milvus_connection(request: pytest.FixtureRequest) -> Iterator[MilvusConnection]:
    """The connection of an alias, established; the test is skipped, or fails, if it is not.

    The alias is `--milvus-alias`, `milvus_alias` in the configuration file, `$MILVUSCONN_ALIAS`,
    or `default`. Waits up to `--milvus-timeout` seconds for what time can fix.
    """
    found = _connection(request.config)
    if isinstance(found, MilvusConnection):
        yield found
        found.close()
        return
    if _setting(request.config, _MISSING) == "fail":
        pytest.fail(found, pytrace=False)
    pytest.skip(found)


def _connection(config: pytest.Config) -> MilvusConnection | str:
    """The connection, waited for once in a session; or in words why there is none."""
    known = config.stash.get(_KNOWN, None)
    if known is None:
        known = _wait(_alias(config), float(_setting(config, _TIMEOUT)), time)
        config.stash[_KNOWN] = known
    return known


_KNOWN: pytest.StashKey[MilvusConnection | str] = pytest.StashKey()


def _seconds(text: str) -> float:
    """A time limit; one that is no number would never end."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not seconds >= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def _alias(config: pytest.Config) -> str:
    return _setting(config, _ALIAS) or os.environ.get("MILVUSCONN_ALIAS") or "default"


def _setting(config: pytest.Config, name: str) -> str:
    """The command line's, else the configuration file's."""
    given = config.getoption(f"--{name.replace('_', '-')}")
    return str(config.getini(name) if given is None else given)


def _wait(alias: str, seconds: float, clock: _Clock) -> MilvusConnection | str:
    """Check until it is established, time is up, or time cannot help."""
    from milvusconn_cli.api import ConnectionConfigException, connections  # noqa: PLC0415 -- late

    start, pause = clock.monotonic(), _FIRST_PAUSE
    while True:
        try:
            # Not cut short where little time is left: what is slow would look like what is down.
            report = connections.report(alias)
        except ConnectionConfigException as error:
            return f"{alias}: {error.message}"
        if report.established:
            return MilvusConnection(alias, connections, report)
        is_transient = report.cause in _TRANSIENT or report.layer in _TRANSIENT_LAYERS
        left = seconds - (clock.monotonic() - start)
        if not is_transient or left <= 0:
            waited = f" (after {seconds:g} s)" if is_transient else ""
            advice = f"; {report.advice}" if report.advice else ""
            return f"{alias}: {report.cause}: {report.summary}{waited}{advice}"
        clock.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE)

"""`serve`: answers over HTTP for every alias, for as long as it runs."""

import ipaddress
import signal
from importlib.util import find_spec
from typing import Annotated

import typer

from milvusconn_cli.cli.open_registry import locate, open_registry
from milvusconn_cli.cli.options import Config, Quiet, Timeout
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.typer_adapter import Refused
from milvusconn_cli.connection.uri import parse_address
from milvusconn_cli.errors import ConfigError, UriError, UsageError
from milvusconn_cli.exits import ExitCode

_DEFAULT_LISTEN = "127.0.0.1:9633"
_LONGEST_INTERVAL = 3600.0
_MOST_PROBES = 4096


def _interval(seconds: float) -> float:
    if 0 <= seconds <= _LONGEST_INTERVAL:
        return seconds
    raise Refused(f"expected 0 to {_LONGEST_INTERVAL:.0f} seconds")


def _most(probes: int | None) -> int | None:
    if probes is None or 1 <= probes <= _MOST_PROBES:
        return probes
    raise Refused(f"expected 1 to {_MOST_PROBES}")


ListenOn = Annotated[
    str,
    typer.Option("--listen", metavar="HOST:PORT", help="Where to listen."),
]
MinInterval = Annotated[
    float,
    typer.Option(
        "--min-interval",
        metavar="SECONDS",
        help="Shortest time between two probes of an alias.",
        callback=_interval,
    ),
]
MaxProbes = Annotated[
    int | None,
    typer.Option(
        "--max-probes",
        metavar="NUMBER",
        help="Maximum concurrent probes. Default: what the open files limit allows.",
        callback=_most,
    ),
]


def serve(
    *,
    listen: ListenOn = _DEFAULT_LISTEN,
    min_interval: MinInterval = 1.0,
    max_probes: MaxProbes = None,
    timeout: Timeout = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Serve health checks and Prometheus metrics over HTTP.

    /has/ALIAS for health checks, /metrics, /probe and /sd for Prometheus, and a status page on /.
    Only registered aliases are probed. The registry is reloaded when its file changes, or on
    SIGHUP.
    """
    _check_extra()
    host, port = _place(listen)
    registry = open_registry(config, quiet=quiet)
    if not (quiet or _is_loopback(host)):
        print_message(
            f"--listen {host} lets others on the network read aliases, addresses and states",
            "use 127.0.0.1, or a firewall or proxy that lets only your monitoring in",
        )
    from milvusconn_cli.cli import runner  # noqa: PLC0415 -- brings asyncio

    def tell(message: str, hint: str | None) -> None:
        if not quiet:
            print_message(message, hint)

    came = runner.serve(
        (host, port),
        registry,
        locate(config),
        tell,
        limit=timeout,
        min_interval=min_interval,
        most=max_probes,
    )
    # Asked to stop, and stopped in order: that is success for who runs services.
    return ExitCode.INTERRUPTED if came == signal.SIGINT else ExitCode.OK


def _check_extra() -> None:
    for package in ("aiohttp", "prometheus_client"):
        if find_spec(package) is None:
            raise ConfigError(
                f"serve needs the package {package}", "`pip install 'milvusconn[serve]'`"
            )


def _place(listen: str) -> tuple[str, int]:
    """Host and port; port 0 is any that is free."""
    host, _, port = listen.rpartition(":")
    try:
        if port == "0":
            return parse_address(f"{host}:1")[0], 0
        return parse_address(listen)
    except UriError:
        raise UsageError(
            "invalid --listen: expected HOST:PORT", f"such as {_DEFAULT_LISTEN} or [::1]:9633"
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

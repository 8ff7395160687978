"""The options of what takes its time: `wait`, `connect --wait`, `ping`, `list --watch`."""

from typing import Annotated

import typer

from milvusconn_cli.cli.typer_adapter import Refused

_LONGEST = 31_536_000.0
"""A year, which no wait survives anyway."""


def _positive(seconds: float | None) -> float | None:
    if seconds is None or 0 < seconds <= _LONGEST:
        return seconds
    raise Refused("expected a number of seconds above 0")


def _not_negative(seconds: float | None) -> float | None:
    return seconds if seconds == 0 else _positive(seconds)


WaitLimit = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        "-t",
        metavar="SECONDS",
        help="Total time to wait. Default: 60.",
        callback=_positive,
    ),
]
Interval = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="Longest pause between probes; starts at 0.1 and grows. Default: 2.",
        callback=_positive,
    ),
]
Stable = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", help="How long the state must last. Default: 0.", callback=_not_negative
    ),
]
Down = Annotated[bool, typer.Option("--down", help="Wait until the connection is down.")]
Patient = Annotated[
    bool, typer.Option("--patient", help="Keep waiting on causes that time cannot fix.")
]
ConnectWait = Annotated[
    float | None,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        help="Wait up to this long until it is connected.",
        callback=_positive,
    ),
]


def _at_least_one(count: int | None) -> int | None:
    if count is None or count >= 1:
        return count
    raise Refused("expected a whole number from 1")


Watch = Annotated[
    float | None,
    typer.Option(
        metavar="[SECONDS]",
        help="Keep probing each alias at this interval. Default: 10.",
        callback=_positive,
    ),
]
Count = Annotated[
    int | None,
    typer.Option(
        "--count",
        "-c",
        metavar="COUNT",
        help="Stop after this many probes. Default: until Ctrl-C.",
        callback=_at_least_one,
    ),
]
PingInterval = Annotated[
    float | None,
    typer.Option(
        "--interval",
        "-i",
        metavar="SECONDS",
        help="Time between the starts of two probes. Default: 1.",
        callback=_positive,
    ),
]
Within = Annotated[
    float | None,
    typer.Option(
        "--within",
        "-w",
        metavar="SECONDS",
        help="Stop after this long.",
        callback=_positive,
    ),
]
Reuse = Annotated[
    bool,
    typer.Option("--reuse", help="Keep one connection, like pymilvus; report what breaks it."),
]
OnlySummary = Annotated[bool, typer.Option("--quiet", "-q", help="Print only the summary.")]

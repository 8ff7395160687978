"""A series of probes as text: a line each, then the summary and a histogram. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from milvusconn_cli.report import ESTABLISHED, Report
from milvusconn_cli.text import printable

_BAR = 40
_PERCENTILES = ("min", "p50", "p95", "p99", "max")


class Summary(NamedTuple):
    """What is said of a series in the end; times in seconds."""

    name: str
    statuses: Mapping[str, int]
    seconds: float
    times: Sequence[float] | None
    """min, p50, p95, p99 and max of the established ones."""
    cuts: Mapping[str, int]
    """How often each kind of end befell a connection that was to be kept."""
    histogram: Sequence[tuple[float, float, int]]
    """Lower and upper edge in seconds, and how many are between them."""


def line(number: int, report: Report, seconds: float) -> str:
    """`3: established, 2.1 ms`, or the cause and what was seen."""
    state = f"{report.status}: {report.finding.summary}" if report.finding else ESTABLISHED
    return f"{number}: {printable(state)}, {milliseconds(seconds)}\n"


def plain_line(number: int, report: Report, seconds: float) -> str:
    """Number, status and milliseconds, separated by tabs."""
    return f"{number}\t{report.status}\t{seconds * 1000:.3f}\n"


def cut_line(label: str, words: str) -> str:
    """How a connection ended that was to be kept."""
    return f"   connection lost: {label}: {printable(words)}\n"


def summary(told: Summary) -> str:
    """How many were lost and why, and how long the others took."""
    sent = sum(told.statuses.values())
    answered = told.statuses.get(ESTABLISHED, 0)
    lost = 100 * (sent - answered) / sent if sent else 0.0
    causes = [
        f"{count} {status}" for status, count in told.statuses.items() if status != ESTABLISHED
    ]
    lines = [f"{told.name}: {sent} sent, {answered} established, {lost:.3g} % lost"]
    lines[0] += f" ({', '.join(causes)})" if causes else ""
    lines[0] += f", {told.seconds:.1f} s"
    if told.times:
        figures = " / ".join(f"{one * 1000:.1f}" for one in told.times)
        lines.append(f"{' / '.join(_PERCENTILES)} = {figures} ms")
    if told.cuts:
        named = ", ".join(f"{count} × {kind}" for kind, count in told.cuts.items())
        lines.append(f"connection lost: {named}")
    return "".join(f"{printable(one)}\n" for one in lines)


def histogram(told: Summary) -> str:
    """A bar for each range of times."""
    return "".join(_bars(told.histogram))


def as_values(told: Summary) -> dict[str, object]:
    """The summary for JSON, times in seconds."""
    sent = sum(told.statuses.values())
    answered = told.statuses.get(ESTABLISHED, 0)
    figures = [round(one, 6) for one in told.times] if told.times else [None] * 5
    return {
        "sent": sent,
        "established": answered,
        "lost": sent - answered,
        "statuses": dict(told.statuses),
        "seconds": round(told.seconds, 3),
        "times": dict(zip(_PERCENTILES, figures, strict=True)),
        "connections_lost": dict(told.cuts),
    }


def milliseconds(seconds: float) -> str:
    """`2.1 ms`: one unit, so that the lines of a series can be compared."""
    return f"{seconds * 1000:.1f} ms"


def _bars(buckets: Sequence[tuple[float, float, int]]) -> Iterator[str]:
    most = max((count for _, _, count in buckets), default=0)
    labels = [f"≤ {milliseconds(to)}" for _, to, _ in buckets]
    width = max(map(len, labels), default=0)
    digits = len(str(most))
    for label, (_, _, count) in zip(labels, buckets, strict=True):
        bar = "█" * round(_BAR * count / most)
        yield (
            f"{label:>{width}}  {count:>{digits}}  {bar or ('▏' if count else '')}".rstrip() + "\n"
        )

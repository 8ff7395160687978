"""Percentiles and a histogram of what was measured. Pure."""

import math
from collections.abc import Sequence
from typing import NamedTuple

_BUCKETS = 10


class Times(NamedTuple):
    """How long answers took, in seconds."""

    least: float
    p50: float
    p95: float
    p99: float
    most: float


class Bucket(NamedTuple):
    """How many samples are above `above` and at most `to`; the first has those that are `above`."""

    above: float
    to: float
    number: int


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` of all do not exceed (nearest rank).

    `ordered` is not empty and ascending. The result is always one of the samples.
    """
    rank = math.ceil(round(percent * len(ordered) / 100, 9))  # 99.9 is no exact number
    return ordered[max(rank, 1) - 1]


def times(samples: Sequence[float]) -> Times | None:
    """The percentiles; None without samples."""
    if not samples:
        return None
    ordered = sorted(samples)
    return Times(
        ordered[0],
        percentile(ordered, 50),
        percentile(ordered, 95),
        percentile(ordered, 99),
        ordered[-1],
    )


def histogram(samples: Sequence[float], buckets: int = _BUCKETS) -> list[Bucket]:
    """The samples in buckets of equal ratio, from the least to the most."""
    found = times(samples)
    if found is None:
        return []
    least, most = max(found.least, 1e-6), max(found.most, 1e-6)
    if most <= least * 1.01:
        return [Bucket(found.least, found.most, len(samples))]
    ratio = (most / least) ** (1 / buckets)
    edges = [least * ratio**number for number in range(buckets)] + [most]
    counts = [0] * buckets
    for sample in samples:
        place = int(math.log(max(sample, least) / least) / math.log(ratio))
        place = min(place, buckets - 1)
        # A sample on an edge belongs below it; rounding may put it on either side.
        while place and sample <= edges[place]:
            place -= 1
        while place < buckets - 1 and sample > edges[place + 1]:
            place += 1
        counts[place] += 1
    return [Bucket(edges[place], edges[place + 1], count) for place, count in enumerate(counts)]

"""Percentiles of known samples, and histograms that lose none."""

import random
import statistics as standard

import pytest
from hypothesis import given
from hypothesis import strategies as some

from milvusconn_cli.monitoring.statistics import histogram, percentile, times

SAMPLES = some.lists(some.floats(1e-5, 100), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("samples", "p50", "p95", "p99"),
    [
        ([15, 20, 35, 40, 50], 35, 50, 50),
        (list(range(1, 101)), 50, 95, 99),
        (list(range(1, 1001)), 500, 950, 990),
        ([7], 7, 7, 7),
        ([1, 2], 1, 2, 2),
        ([1] * 99 + [1000], 1, 1, 1),
        ([1] * 98 + [1000] * 2, 1, 1, 1000),
    ],
)
def test_known_samples(samples: list[float], p50: float, p95: float, p99: float) -> None:
    """Nearest rank: the smallest sample that so many per cent do not exceed."""
    shuffled = random.Random(1).sample(samples, len(samples))  # noqa: S311 -- an order

    found = times(shuffled)

    assert found == (min(samples), p50, p95, p99, max(samples))


@given(SAMPLES, some.sampled_from([1, 25, 50, 90, 95, 99, 99.9, 100]))
def test_definition(samples: list[float], percent: float) -> None:
    """It is a sample; so many do not exceed it, and of the next smaller one that is not so."""
    found = percentile(sorted(samples), percent)

    assert found in samples
    assert sum(one <= found for one in samples) >= percent * len(samples) / 100 - 1e-9
    assert sum(one < found for one in samples) < percent * len(samples) / 100


def test_against_the_standard_library() -> None:
    """Where both are defined alike: the median of an odd number."""
    samples = [random.Random(number).random() for number in range(999)]  # noqa: S311 -- samples

    assert percentile(sorted(samples), 50) == standard.median(samples)


def test_nothing_measured() -> None:
    assert times([]) is None
    assert histogram([]) == []


@given(SAMPLES)
def test_histogram_counts_every_sample_in_its_bucket(samples: list[float]) -> None:
    buckets = histogram(samples)

    assert sum(one.number for one in buckets) == len(samples)
    assert buckets[-1].to == pytest.approx(max(samples))
    for place, bucket in enumerate(buckets):
        lower = -1 if place == 0 else bucket.above
        upper = bucket.to if place < len(buckets) - 1 else max(samples)
        assert sum(lower < one <= upper for one in samples) == bucket.number


def test_equal_samples_are_one_bucket() -> None:
    assert [one.number for one in histogram([0.002] * 5)] == [5]

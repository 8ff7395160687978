"""Metrics as prometheus_client exposes them: of aliases, and of this process itself."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from milvusconn_cli.formats import metrics
from milvusconn_cli.registry.keeper import Keeper
from milvusconn_cli.report import Row
from milvusconn_cli.serving.board import Board
from milvusconn_cli.serving.throttle import Throttle


class Exposition:
    """Renders metrics in the format that a scraper accepts."""

    def __init__(self, board: Board, throttle: Throttle, keeper: Keeper) -> None:
        self._board = board
        self._all = CollectorRegistry()
        self._all.register(_Rows(board.rows))
        self._all.register(_Ages(board))
        self._all.register(_Program(board, throttle, keeper))
        ProcessCollector(registry=self._all)
        PlatformCollector(registry=self._all)
        GCCollector(registry=self._all)

    def of_all(self, accept: str) -> tuple[bytes, str]:
        """All metrics, and their content type."""
        return _encoded(self._all, accept)

    def of_one(self, row: Row, accept: str) -> tuple[bytes, str]:
        """The metrics of one alias."""
        registry = CollectorRegistry()
        registry.register(_Rows(lambda: [row]))
        return _encoded(registry, accept)


def _encoded(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _Rows(Collector):
    """The metrics of rows, as they are when somebody asks."""

    def __init__(self, rows: Callable[[], Iterable[Row]]) -> None:
        self._rows = rows

    def collect(self) -> Iterator[Metric]:
        for family in metrics.families(self._rows()):
            gauge = GaugeMetricFamily(family.name, family.help, labels=family.labels)
            for labels, value in family.samples.items():
                gauge.add_metric(labels, value)
            yield gauge

    def describe(self) -> Iterator[Metric]:
        """Nothing: to register is not to collect."""
        return iter(())


class _Ages(Collector):
    """When each alias was probed."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        gauge = GaugeMetricFamily(
            "milvusconn_probe_timestamp_seconds",
            "When the last probe of the alias ended, in seconds since 1970.",
            labels=["alias", "address", "tags"],
        )
        family = metrics.Family("", "", ("alias", "address", "tags"))
        for alias in self._board.registry.entries:
            result = self._board.result(alias)
            if result:
                family.add(result.wall, *metrics.alias_labels(result.report.subject))
        for labels, value in family.samples.items():
            gauge.add_metric(labels, value)
        yield gauge

    def describe(self) -> Iterator[Metric]:
        """Nothing, as above."""
        return iter(())


class _Program(Collector):
    """What is worth knowing of this process."""

    def __init__(self, board: Board, throttle: Throttle, keeper: Keeper) -> None:
        self._board = board
        self._throttle = throttle
        self._keeper = keeper

    def collect(self) -> Iterator[Metric]:
        for name, text, value in (
            ("aliases", "Number of aliases in the registry.", len(self._board.registry.entries)),
            ("probes_in_flight", "Number of probes under way.", self._throttle.running),
            (
                "registry_reload_success",
                "Whether the registry could be read when it last changed.",
                int(self._keeper.is_current),
            ),
            (
                "registry_reload_success_timestamp_seconds",
                "When the registry was last read, in seconds since 1970.",
                self._keeper.read_at,
            ),
        ):
            yield GaugeMetricFamily(f"milvusconn_{name}", text, value=value)
        yield CounterMetricFamily(
            "milvusconn_probes", "Number of probes that have ended.", value=self._board.probes
        )

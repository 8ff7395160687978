"""`prometheus`: the text format that node_exporter's textfile collector reads."""

from collections.abc import Sequence

from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import metrics
from milvusconn_cli.formats.probes_only import ProbesOnly
from milvusconn_cli.report import Row


class Format(ProbesOnly):
    """The metrics of `serve`, once."""

    def rows(self, command: str, rows: Sequence[Row], exit_code: ExitCode) -> str:
        return metrics.text_of(metrics.families(rows))

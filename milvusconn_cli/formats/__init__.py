"""The output formats: one `Renderer` a file, and none of them prints.

A format is imported only when it is chosen: JSON takes a moment to load, and rich, which only
rich_table.py imports, takes as long as a probe.
"""

from enum import Enum
from importlib import import_module

from milvusconn_cli.formats.renderer import Renderer


class Output(Enum):
    """What `--output` takes; each is a module of this package with a class `Format`."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class ProbeOutput(Enum):
    """The same for verbs that probe: some formats can only show results of probes."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PROMETHEUS = "prometheus"
    NAGIOS = "nagios"
    JUNIT = "junit"
    GITHUB = "github"


AnyOutput = Output | ProbeOutput


def renderer(output: AnyOutput, *, color: bool = True) -> Renderer:
    """The renderer of a format; `color` allows escape sequences if stdout shows them."""
    made: Renderer = import_module(f"{__name__}.{output.value}").Format(color=color)
    return made


def templated(template: str) -> Renderer:
    """The renderer of `--format`; `UsageError` where the template is not valid."""
    from milvusconn_cli.formats.template import Format  # noqa: PLC0415 -- only when it is chosen

    return Format(template)

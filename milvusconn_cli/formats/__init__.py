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


def renderer(output: Output, *, color: bool = True) -> Renderer:
    """The renderer of a format; `color` allows escape sequences if stdout shows them."""
    made: Renderer = import_module(f"{__name__}.{output.value}").Format(color=color)
    return made

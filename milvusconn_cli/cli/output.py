"""The renderer that the options of a call choose."""

from milvusconn_cli.errors import UsageError
from milvusconn_cli.formats import AnyOutput, renderer, templated
from milvusconn_cli.formats.renderer import Renderer


def chosen_renderer(
    output: AnyOutput | None, template: str | None, default: AnyOutput, *, no_color: bool
) -> Renderer:
    """The format of `--output`, or the template of `--format`."""
    if template is None:
        return renderer(output or default, color=not no_color)
    if output is not None:
        raise UsageError("use either --output or --format, not both")
    return templated(template)

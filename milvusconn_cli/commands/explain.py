"""`explain`: what a cause means, its symptoms, and how to fix it."""

from milvusconn_cli.causes import Cause
from milvusconn_cli.cli.options import CauseName, ChosenOutput, NoColor
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.disclosure import nearest
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer


def explain(
    cause: CauseName = None, *, output: ChosenOutput = None, no_color: NoColor = False
) -> ExitCode:
    """Explain a cause, or list all.

    Its meaning, its symptoms, how to fix it, and its exit code.
    """
    chosen = renderer(output or Output.TABLE, color=not no_color)
    write(chosen.cause(_named(cause)) if cause else chosen.causes(list(Cause)))
    return ExitCode.OK


def _named(label: str) -> Cause:
    for cause in Cause:
        if cause.label == label:
            return cause
    near = nearest(label, [cause.label for cause in Cause])
    if near is None:
        raise UsageError("no such cause", "`milvusconn explain` lists all")
    raise UsageError(f"no cause {label!r}", f"did you mean {near}?")

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

    Shows its meaning, its symptoms, how to fix it, and its exit code. If CAUSE is an exit code or
    a layer, lists its causes.
    """
    chosen = renderer(output or Output.TABLE, color=not no_color)
    meant = _named(cause) if cause else list(Cause)
    write(chosen.cause(meant[0]) if len(meant) == 1 else chosen.causes(meant))
    return ExitCode.OK


def _named(text: str) -> list[Cause]:
    """The cause of that name, else those of an exit code, of a layer, or of a family."""
    label = text.lower()
    for matches in (
        lambda cause: cause.label == label,
        lambda cause: str(int(cause.exit_code)) == label,
        lambda cause: cause.layer.value == label or cause.label.startswith(f"{label}-"),
    ):
        found = [cause for cause in Cause if matches(cause)]
        if found:
            return found
    if label.isdecimal():
        raise UsageError("no cause has this exit code", "`milvusconn help exit-codes` lists all")
    near = nearest(label, [cause.label for cause in Cause])
    if near is None:
        raise UsageError("no such cause", "`milvusconn explain` lists all")
    raise UsageError(f"no cause {text!r}", f"did you mean {near}?")

"""`explain`: what a cause means, how it shows, and how to mend it."""

from milvusconn_cli import formats
from milvusconn_cli.causes import Cause
from milvusconn_cli.cli.options import CauseName, ChosenOutput, NoColor
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.disclosure import nearest
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output

_HEADER = ("CAUSE", "LAYER", "EXIT", "MEANING")


def explain(
    cause: CauseName = None, *, output: ChosenOutput = None, no_color: NoColor = False
) -> ExitCode:
    """Explain a cause, or list all.

    What it means, how it shows, how to mend it, and its exit code.
    """
    chosen = output or Output.TABLE
    told = [_named(cause)] if cause else list(Cause)
    if chosen is Output.JSON:
        write(formats.causes(told))
    elif cause:
        write(formats.grid(("CAUSE", told[0].label), _facts(told[0]), chosen, color=not no_color))
    else:
        rows = [_row(one) for one in told]
        write(formats.grid(_HEADER, rows, chosen, color=not no_color))
    return ExitCode.OK


def _named(label: str) -> Cause:
    for cause in Cause:
        if cause.label == label:
            return cause
    near = nearest(label, [cause.label for cause in Cause])
    if near is None:
        raise UsageError("there is no such cause", "`milvusconn explain` lists all")
    raise UsageError(f"there is no cause {label!r}", f"did you mean {near}?")


def _row(cause: Cause) -> tuple[str, ...]:
    return cause.label, cause.layer.value, str(int(cause.exit_code)), cause.summary


def _facts(cause: Cause) -> list[tuple[str, str]]:
    return [
        ("means", cause.summary),
        ("shows", cause.shows),
        ("mend", cause.advice),
        ("layer", cause.layer.value),
        ("exit code", str(int(cause.exit_code))),
    ]

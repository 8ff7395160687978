"""`list`: all aliases, probed at once, one row each."""

from milvusconn_cli import formats
from milvusconn_cli.commands.asking import ask, tell_warnings
from milvusconn_cli.commands.opening import open_registry
from milvusconn_cli.commands.options import (
    ByGravest,
    ChosenOutput,
    Config,
    Names,
    NoColor,
    NoProbe,
    Quiet,
    Tags,
    Timeout,
)
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode, gravest
from milvusconn_cli.formats import Output
from milvusconn_cli.stdout import write
from milvusconn_cli.text import printable


def list_(
    *,
    tag: Tags = None,
    names: Names = False,
    no_probe: NoProbe = False,
    exit_code: ByGravest = False,
    timeout: Timeout = None,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """List all aliases, probed at once.

    One row each, in the order of the file. Exits with 0 when it could list, whatever it found;
    see --exit-code.
    """
    if exit_code and (names or no_probe):
        raise UsageError("--exit-code needs the probes that --names and --no-probe leave out")
    registry = open_registry(config, quiet=quiet)
    entries = registry.tagged(tag or ())
    chosen = output or Output.TABLE
    if names and chosen is not Output.JSON:
        return _print("".join(f"{printable(entry.alias)}\n" for entry in entries), quiet=quiet)
    if no_probe or names:
        subjects = [entry.subject for entry in entries]
        return _print(formats.settings(subjects, chosen, "list", color=not no_color), quiet=quiet)
    reports = ask(registry, [entry.alias for entry in entries], timeout)
    answer = gravest(one.exit_code for one in reports) if exit_code else ExitCode.OK
    _print(formats.rows(reports, chosen, "list", answer, color=not no_color), quiet=quiet)
    for report in () if quiet else reports:
        tell_warnings(report)
    return answer


def _print(text: str, *, quiet: bool) -> ExitCode:
    if not quiet:
        write(text)
    return ExitCode.OK

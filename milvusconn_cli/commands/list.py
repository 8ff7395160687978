"""`list`: all aliases, probed at once, one row each."""

import shutil
from collections.abc import Sequence

from milvusconn_cli import formats
from milvusconn_cli.cli.open_registry import open_registry
from milvusconn_cli.cli.options import (
    ByGravest,
    ChosenOutput,
    Config,
    Failing,
    Names,
    NoColor,
    NoProbe,
    Quiet,
    Sort,
    Tags,
    Timeout,
)
from milvusconn_cli.cli.probing import (
    ask,
    exit_code_of,
    interrupted,
    tell_interruption,
    tell_warnings,
)
from milvusconn_cli.cli.stderr import tell
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, ordering
from milvusconn_cli.formats.ordering import SortKey
from milvusconn_cli.registry.aliases import Entry
from milvusconn_cli.report import Row, Subject
from milvusconn_cli.text import printable


def list_(
    *,
    tag: Tags = None,
    names: Names = False,
    no_probe: NoProbe = False,
    failing: Failing = False,
    sort: Sort = None,
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
    if names or no_probe:
        _check_needs_no_probe(sort, failing=failing, exit_code=exit_code)
    registry = open_registry(config, quiet=quiet)
    entries = registry.tagged(tag or ())
    chosen = output or Output.TABLE
    if names or no_probe:
        if names and chosen is not Output.JSON:
            return _print(_names(entries, sort), quiet=quiet)
        subjects = ordering.ordered([entry.subject for entry in entries], sort)
        return _print(formats.settings(subjects, chosen, "list", color=not no_color), quiet=quiet)
    rows = ask(registry, [entry.alias for entry in entries], timeout, quiet=quiet)
    answer = exit_code_of(rows) if exit_code or interrupted(rows) else ExitCode.OK
    shown = ordering.ordered(ordering.failing(rows) if failing else rows, sort)
    _print(formats.rows(shown, chosen, "list", answer, color=not no_color), quiet=quiet)
    if not quiet:
        tell_warnings(shown)
        if chosen is Output.TABLE and (failing or _is_long(shown)):
            tell(f"{len(rows)} aliases: {ordering.counted(rows)}")
        tell_interruption(rows)
    return answer


def _names(entries: Sequence[Entry], sort: SortKey | None) -> str:
    """One a line; their settings are read only where they have a say in the order."""
    by_settings = sort is SortKey.ADDRESS
    subjects = [entry.subject if by_settings else Subject(entry.alias) for entry in entries]
    return "".join(f"{printable(one.alias)}\n" for one in ordering.ordered(subjects, sort))


def _check_needs_no_probe(sort: SortKey | None, *, failing: bool, exit_code: bool) -> None:
    """Refuse what only a probe can tell, where none is wanted."""
    asked = {
        "--exit-code": exit_code,
        "--failing": failing,
        f"--sort {sort.value}" if sort else "": sort in ordering.NEEDS_PROBES,
    }
    for option, is_asked in asked.items():
        if is_asked:
            raise UsageError(f"{option} needs the probes that --names and --no-probe leave out")


def _is_long(rows: Sequence[Row]) -> bool:
    """Whether a table's first rows are out of sight when its last one is there."""
    return len(rows) >= shutil.get_terminal_size().lines


def _print(text: str, *, quiet: bool) -> ExitCode:
    if not quiet:
        write(text)
    return ExitCode.OK

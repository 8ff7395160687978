"""`list`: all aliases, probed at once, one row each."""

import shutil
from collections.abc import Sequence

from milvusconn_cli.cli.open_registry import open_registry
from milvusconn_cli.cli.options import (
    BySeverity,
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
    print_interruption,
    print_warnings,
)
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.cli.time_options import Watch
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, ordering, renderer
from milvusconn_cli.formats.ordering import SortKey
from milvusconn_cli.registry.aliases import Entry
from milvusconn_cli.registry.lookup import resolve
from milvusconn_cli.report import Row, Subject


def list_(
    *,
    tag: Tags = None,
    names: Names = False,
    no_probe: NoProbe = False,
    failing: Failing = False,
    sort: Sort = None,
    exit_code: BySeverity = False,
    watch: Watch = None,
    timeout: Timeout = None,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """List all aliases, checked concurrently.

    One row each, in the order of the file. Exits 0 if the listing worked, whatever the results;
    see --exit-code. With --watch it goes on: a living table, or a line for each change in a pipe.
    """
    if watch:
        _check_can_be_watched(names=names, no_probe=no_probe, exit_code=exit_code, quiet=quiet)
    if names or no_probe:
        _check_needs_no_probe(sort, failing=failing, exit_code=exit_code)
    registry = open_registry(config, quiet=quiet)
    entries = registry.tagged(tag or ())
    chosen = renderer(output or Output.TABLE, color=not no_color)
    if names:
        subjects = _sorted(entries, sort, whole=chosen.names_show_settings)
        return _print(chosen.names("list", subjects), quiet=quiet)
    if no_probe:
        return _print(chosen.subjects("list", _sorted(entries, sort, whole=True)), quiet=quiet)
    if watch:
        from milvusconn_cli.cli import watching  # noqa: PLC0415 -- brings JSON

        judged = [resolve(registry, entry.alias) for entry in entries]
        shown_as = watching.Shown(output, failing=failing, sort=sort, color=not no_color)
        return watching.watch(judged, shown_as, period=watch, timeout=timeout)
    rows = ask(registry, [entry.alias for entry in entries], timeout, quiet=quiet)
    answer = exit_code_of(rows) if exit_code or interrupted(rows) else ExitCode.OK
    shown = ordering.ordered(ordering.failing(rows) if failing else rows, sort)
    _print(chosen.rows("list", shown, answer), quiet=quiet)
    if not quiet:
        print_warnings(shown)
        if output in (None, Output.TABLE) and (failing or _is_long(shown)):
            print_message(f"{len(rows)} aliases: {ordering.counted(rows)}")
        print_interruption(rows)
    return answer


def _sorted(entries: Sequence[Entry], sort: SortKey | None, *, whole: bool) -> list[Subject]:
    """The aliases in order; their settings are read only if `whole` or the order asks for them."""
    is_read = whole or sort is SortKey.ADDRESS
    subjects = [entry.subject if is_read else Subject(alias=entry.alias) for entry in entries]
    return ordering.ordered(subjects, sort)


def _check_needs_no_probe(sort: SortKey | None, *, failing: bool, exit_code: bool) -> None:
    """Refuse what only a probe can tell, where none is wanted."""
    asked = {
        "--exit-code": exit_code,
        "--failing": failing,
        f"--sort {sort.value}" if sort else "": sort in ordering.NEEDS_PROBES,
    }
    for option, is_asked in asked.items():
        if is_asked:
            raise UsageError(f"{option} needs probes, which --names and --no-probe skip")


def _check_can_be_watched(*, names: bool, no_probe: bool, exit_code: bool, quiet: bool) -> None:
    """Refuse what makes no sense of a list that does not end."""
    asked = {
        "--names": names,
        "--no-probe": no_probe,
        "--exit-code": exit_code,
        "--quiet": quiet,
    }
    for option, is_asked in asked.items():
        if is_asked:
            raise UsageError(f"use either --watch or {option}, not both")


def _is_long(rows: Sequence[Row]) -> bool:
    """Whether a table's first rows are out of sight when its last one is there."""
    return len(rows) >= shutil.get_terminal_size().lines


def _print(text: str, *, quiet: bool) -> ExitCode:
    if not quiet:
        write(text)
    return ExitCode.OK

"""`list`: all aliases, probed at once, one row each."""

import shlex
import shutil
from collections.abc import Sequence
from functools import partial

from milvusconn_cli.causes import Cause
from milvusconn_cli.cli.open_registry import locate, open_registry
from milvusconn_cli.cli.options import (
    BySeverity,
    ChosenProbeOutput,
    Config,
    Failing,
    ListQuietly,
    Names,
    NoColor,
    NoProbe,
    NoProgress,
    Sort,
    Tags,
    Template,
    Timeout,
)
from milvusconn_cli.cli.output import chosen_renderer
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
from milvusconn_cli.connection.target import Judged
from milvusconn_cli.disclosure import quoted
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, ProbeOutput, ordering
from milvusconn_cli.formats.ordering import SortKey
from milvusconn_cli.registry.aliases import Entry, Registry
from milvusconn_cli.registry.lookup import resolve
from milvusconn_cli.report import Report, Row, Subject
from milvusconn_cli.system.environment_info import shown_path
from milvusconn_cli.text import as_argument


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
    output: ChosenProbeOutput = None,
    format_: Template = None,
    quiet: ListQuietly = False,
    no_color: NoColor = False,
    no_progress: NoProgress = False,
    config: Config = None,
) -> ExitCode:
    """List all aliases, checked concurrently.

    One row each, in the order of the file. Exits 0 if the listing worked, whatever the results;
    see --exit-code. --watch keeps probing: it updates a table on a terminal, and prints a line for
    each change in a pipe.
    """
    if watch:
        _check_can_be_watched(names=names, no_probe=no_probe, exit_code=exit_code, quiet=quiet)
        _check_format_can_go_on(output, format_)
    chosen = chosen_renderer(output, format_, ProbeOutput.TABLE, no_color=no_color)
    if names or no_probe:
        _check_needs_no_probe(sort, failing=failing, exit_code=exit_code)
    registry = open_registry(config, quiet=quiet)
    entries = registry.tagged(tag or ())
    if not entries and not quiet:
        print_message(*_nothing(registry, tag or (), config))
    # Names alone say nothing of a connection, so nothing is connected for them.
    is_table = output in (None, ProbeOutput.TABLE) and format_ is None
    only_names = quiet and is_table
    needs_probes = failing or exit_code or sort in ordering.NEEDS_PROBES
    if names or no_probe or (only_names and not needs_probes):
        is_whole = no_probe and not names
        subjects = _sorted(entries, sort, whole=is_whole or chosen.names_show_settings)
        show = chosen.subjects if is_whole and not only_names else chosen.names
        write(show("list", subjects))
        return ExitCode.OK
    select = partial(_judged, tags=tag or ())
    if watch:
        from milvusconn_cli.cli import watching  # noqa: PLC0415 -- brings JSON

        shown_as = watching.Shown(
            _WATCHABLE.get(output) if output else None,
            failing=failing,
            sort=sort,
            color=not no_color,
        )
        source = watching.Source(locate(config), select)
        return watching.watch(registry, source, shown_as, period=watch, timeout=timeout)
    rows = ask(select(registry), timeout, progress=not (quiet or no_progress))
    answer = exit_code_of(rows) if exit_code or interrupted(rows) else ExitCode.OK
    shown = ordering.ordered(ordering.failing(rows) if failing else rows, sort)
    if only_names:
        write(chosen.names("list", [ordering.subject_of(row) for row in shown]))
    else:
        text = (chosen.failing if failing else chosen.rows)("list", shown, answer)
        write(text)
    if not quiet:
        if not chosen.tells_reasons:
            print_warnings(shown)
        if is_table and rows:
            tells_why = failing or "REASON" in text.partition("\n")[0]
            _summarize(rows, tag or (), is_wanted=failing or _is_long(shown), tells_why=tells_why)
        print_interruption(rows)
    return ExitCode(chosen.exit_code(rows, answer))


def _judged(registry: Registry, tags: Sequence[str]) -> list[Judged]:
    """What is to be probed."""
    return [resolve(registry, entry.alias) for entry in registry.tagged(tags)]


def _nothing(registry: Registry, tags: Sequence[str], config: Config) -> tuple[str, str]:
    """Why there is nothing to list, and what to do about it."""
    if registry.entries:
        shown = " and ".join(f"tag{quoted(tag)}" for tag in tags)
        return f"no alias has the {shown}", "`milvusconn list` shows all aliases"
    path = locate(config)
    state = "has no aliases" if path.exists() else "does not exist"
    return f"{shown_path(path)} {state}", "`milvusconn add ALIAS URI` adds an alias"


def _summarize(
    rows: Sequence[Row], tags: Sequence[str], *, is_wanted: bool, tells_why: bool
) -> None:
    """How many there are of each status, and how to learn more.

    `tells_why` says whether the table had room for the reasons.
    """
    failing = ordering.failing(rows)
    if not is_wanted and not failing:
        return
    aliases = f"{len(rows)} alias{'es' if len(rows) > 1 else ''}"
    worst = next((row for row in failing if isinstance(row, Report)), None)
    hint = (
        None
        if worst is None
        else f"`milvusconn inspect {as_argument(worst.subject.alias)}` shows every layer"
    )
    if hint and not tells_why:
        words = shlex.join(
            ["list", *(word for tag in tags for word in ("--tag", tag)), "--failing"]
        )
        hint = f"`milvusconn {words}` shows the reasons; {hint}"
    if worst and worst.finding and worst.finding.cause is Cause.DISCONNECTED:
        hint = f"`milvusconn connect {as_argument(worst.subject.alias)}` reconnects it"
    print_message(f"{aliases}: {ordering.counted(rows)}", hint)


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


_WATCHABLE = {
    ProbeOutput.TABLE: Output.TABLE,
    ProbeOutput.PLAIN: Output.PLAIN,
    ProbeOutput.JSON: Output.JSON,
    ProbeOutput.JSONL: Output.JSON,
}
"""The formats that can go on: one change is one line."""


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


def _check_format_can_go_on(output: ProbeOutput | None, template: object) -> None:
    """Refuse a format that has no lines for single changes."""
    if template is not None or output not in (None, *_WATCHABLE):
        raise UsageError("--watch prints a table, text or JSON: use -o plain or -o json")


def _is_long(rows: Sequence[Row]) -> bool:
    """Whether a table's first rows are out of sight when its last one is there."""
    return len(rows) >= shutil.get_terminal_size().lines

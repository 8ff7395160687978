"""`import`: register the aliases that are kept elsewhere, all or none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from milvusconn_cli import foreign_file, formats, registry_change, registry_file, secret_store
from milvusconn_cli.commands.keeping import Store, StoreIn, keeping, tell_of_left_behind
from milvusconn_cli.commands.opening import complain_of_keys, locate_to_change
from milvusconn_cli.commands.options import (
    ChosenOutput,
    Config,
    DryRun,
    NoColor,
    Quiet,
    Replace,
)
from milvusconn_cli.connection import Connection
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.foreign import Source
from milvusconn_cli.formats import Output, envelope
from milvusconn_cli.messages import tell
from milvusconn_cli.registry import Entry, Registry, acceptable, shown
from milvusconn_cli.settings import Table, read, unknown_to, write
from milvusconn_cli.stdout import write as write_out
from milvusconn_cli.surroundings import here
from milvusconn_cli.text import listed

_REGISTER, _REPLACE, _KEEP, _TAKEN = "register", "replace", "keep", "refuse"
_WORDS = {_REGISTER: "registered", _REPLACE: "replaced", _KEEP: "is so already"}

File = Annotated[
    str | None, typer.Argument(metavar="[FILE]", help="What to import; - is standard input.")
]
From = Annotated[
    Source | None,
    typer.Option(
        "--from",
        metavar="FORM",
        help="milvusconn, milvus-cli, yami, dotenv or environment; else told by the file.",
    ),
]


@dataclass(frozen=True)
class _Step:
    """What becomes of one alias: `register`, `replace`, `keep`, or `refuse`."""

    action: str
    entry: Entry


def import_(
    file: File = None,
    *,
    source: From = None,
    dry_run: DryRun = False,
    replace: Replace = False,
    store: StoreIn = Store.FILE,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """Register the aliases of FILE, all of them or none.

    Of an export, or of milvus_cli, yami, a .env file or the environment (--from).
    """
    path = locate_to_change(config, quiet=quiet)
    registered = registry_file.load(path, {})
    found = _named(foreign_file.find(file, source), registered, quiet=quiet)
    if not quiet:
        complain_of_keys(found.values())
    given = {alias: entry.connection() for alias, entry in found.items()}
    steps = _steps(_tables(given, found), registered, replace=replace)
    if dry_run:
        return _show(steps, output, quiet=quiet, color=not no_color)
    _refuse_taken(steps)
    new = {step.entry.alias for step in steps if step.action != _KEEP}
    done: list[_Step] = []
    replaced: list[Entry] = []

    to_be_kept = {alias: one for alias, one in given.items() if alias in new}
    with keeping(to_be_kept, store, path, quiet=quiet) as kept:
        tables = _tables({**given, **kept}, found)

        def decide(registry: Registry) -> list[registry_change.Change]:
            done[:] = _steps(tables, registry, replace=replace)
            _refuse_taken(done)
            replaced[:] = [registry.get(one.entry.alias) for one in done if one.action == _REPLACE]
            return _changes(done)

        left = registry_file.change(path, decide)
    if not quiet:
        tell_of_left_behind(replaced, left)
        _tell_of_lost(replaced, left)
    return _tell(done, output, quiet=quiet)


def _named(found: Iterable[Entry], registry: Registry, *, quiet: bool) -> dict[str, Entry]:
    """Every alias's settings, under the name that it can have here."""
    given: dict[str, Entry] = {}
    for entry in found:
        known = registry.entries.get(entry.alias)
        alias = entry.alias if known else acceptable(entry.alias)
        if alias in given:
            raise ConfigError(f"two of the connections would be named {alias}", "rename one there")
        given[alias] = entry
        if alias != entry.alias and not quiet:
            tell(f"{shown(entry.alias)!r} cannot be the name of a new alias: it becomes {alias}")
    return given


def _tables(connections: Mapping[str, Connection], found: Mapping[str, Entry]) -> dict[str, Table]:
    """What is to be written for each alias, with the keys of it that mean nothing here."""
    return {
        alias: {**write(connection), **unknown_to(found[alias].table)}
        for alias, connection in connections.items()
    }


def _steps(tables: Mapping[str, Table], registry: Registry, *, replace: bool) -> list[_Step]:
    """What becomes of each alias in this registry."""
    base, steps = here(), []
    for alias, table in tables.items():
        current = registry.entries.get(alias)
        if current is None:
            steps.append(_Step(_REGISTER, Entry(alias, table, base)))
        elif _same(current, table):
            steps.append(_Step(_KEEP, current))
        else:
            kept = {**unknown_to(current.table), **table}
            steps.append(_Step(_REPLACE if replace else _TAKEN, Entry(alias, kept, base)))
    return steps


def _same(current: Entry, table: Table) -> bool:
    """Whether the alias has these settings, and more that means nothing here at most."""
    more = unknown_to(current.table)
    try:
        now = secret_store.agreeing(write(read(current.table, current.base)), table)
    except ConfigError:
        return False
    return {**more, **now} == {**more, **table}


def _changes(steps: Iterable[_Step]) -> list[registry_change.Change]:
    new = {step.entry.alias: step.entry.table for step in steps if step.action == _REGISTER}
    other = {step.entry.alias: step.entry.table for step in steps if step.action == _REPLACE}
    changes = [registry_change.adding(new)] if new else []
    return [*changes, registry_change.replacing(other)] if other else changes


def _refuse_taken(steps: Iterable[_Step]) -> None:
    taken = [step.entry.alias for step in steps if step.action == _TAKEN]
    if taken:
        verb = "is an alias" if len(taken) == 1 else "are aliases"
        raise ConfigError(
            f"{listed(taken)} {verb} already, with other settings; nothing was imported",
            "`--replace` puts the imported settings in the place of their own",
        )


def _show(steps: list[_Step], output: Output | None, *, quiet: bool, color: bool) -> ExitCode:
    """What would be done; the exit code is that of doing it."""
    taken = [step.entry.alias for step in steps if step.action == _TAKEN]
    answer = ConfigError.exit_code if taken else ExitCode.OK
    if quiet:
        return answer
    if output is Output.JSON:
        write_out(envelope.document("import", _rows(steps), answer, dry_run=True))
    else:
        fates = [(step.entry.subject, step.action) for step in steps]
        write_out(formats.plan(fates, "WOULD", output or Output.TABLE, color=color))
    if taken:
        tell(f"{listed(taken)}: there already, with other settings", "--replace would replace them")
    return answer


def _tell(steps: list[_Step], output: Output | None, *, quiet: bool) -> ExitCode:
    if quiet:
        return ExitCode.OK
    if output is Output.JSON:
        write_out(envelope.document("import", _rows(steps), ExitCode.OK, dry_run=False))
        return ExitCode.OK
    for step in steps:
        tell(f"{step.entry.alias}: {_WORDS[step.action]}: {step.entry.subject.address}")
    return ExitCode.OK


def _tell_of_lost(replaced: Iterable[Entry], registry: Registry) -> None:
    """An export without its secrets may have come back to where they were."""
    for entry in replaced:
        for field in ("password", "token"):
            if field in entry.table and field not in registry.get(entry.alias).table:
                tell(f"{entry.alias}: its {field} is gone: what was imported has none")


def _rows(steps: list[_Step]) -> list[dict[str, object]]:
    return [envelope.unprobed(step.entry.subject, action=step.action) for step in steps]

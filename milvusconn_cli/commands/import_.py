"""`import`: register the aliases that are kept elsewhere, all or none."""

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import count
from typing import Annotated

import typer

from milvusconn_cli.cli.open_registry import locate_to_change, warn_about_unknown_keys
from milvusconn_cli.cli.options import ChosenOutput, Config, DryRun, NoColor, Quiet, Replace
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import write as write_out
from milvusconn_cli.cli.store_secrets import Store, StoreIn, storing_secrets, warn_about_left_behind
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import Table, read, unknown_to, write
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.formats.renderer import Planned
from milvusconn_cli.importing import Source, files
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import keyring as keyring_store
from milvusconn_cli.registry.aliases import (
    LONGEST_ALIAS,
    Entry,
    Registry,
    acceptable,
    shown,
)
from milvusconn_cli.secrets import SOURCES
from milvusconn_cli.secrets.reference import Literal
from milvusconn_cli.system.environment_info import here
from milvusconn_cli.text import listed
from milvusconn_cli.values import positional_value_class

_ADD, _REPLACE, _KEEP, _TAKEN = "add", "replace", "keep", "refuse"
_TRUST_HINT = "use it only if you trust the file's author; --dry-run shows each reference"
_CODE_HINT = (
    "commands run, and files are read, at the next probe: use it only if you trust the file's"
    " author; --dry-run shows each reference"
)
_WORDS = {_ADD: "added", _REPLACE: "replaced", _KEEP: "unchanged"}

File = Annotated[
    str | None, typer.Argument(metavar="[FILE]", help="File to import; - is standard input.")
]
From = Annotated[
    Source | None,
    typer.Option(
        "--from",
        metavar="FORM",
        help=f"{', '.join(one.value for one in Source)}. Default: detected.",
    ),
]


AllowReferences = Annotated[
    bool,
    typer.Option(
        "--allow-references",
        help="Import references to secrets (env, keyring) from FILE.",
    ),
]
AllowCommands = Annotated[
    bool,
    typer.Option(
        "--allow-commands",
        help="Import all references to secrets, including commands and files.",
    ),
]


@positional_value_class
class _Step:
    """What becomes of one alias: `add`, `replace`, `keep`, or `refuse`."""

    action: str
    entry: Entry


@positional_value_class
class _Secrets:
    """Where the secret of each alias comes from, and whose references nobody has allowed."""

    origins: Mapping[str, str]
    foreign: Mapping[str, str]
    """The kind of each reference that the file's author wrote."""

    def refusal(self, aliases: Iterable[str]) -> tuple[str, str]:
        """Which aliases bring what, what allows it, and what it would do."""
        names = list(aliases)
        acts_here = any(SOURCES[self.foreign[alias]].acts_here for alias in names)
        option = "--allow-commands" if acts_here else "--allow-references"
        message = f"{self.words(names)}: references to secrets need {option}"
        return message, _CODE_HINT if acts_here else _TRUST_HINT

    def unallowed(self, steps: Iterable[_Step]) -> list[str]:
        """The aliases that would bring one in; one that is there already does not."""
        names = [step.entry.alias for step in steps if step.action != _KEEP]
        return [alias for alias in names if alias in self.foreign]

    def judged(self, step: _Step) -> _Step:
        """The step, or a refusal in its place."""
        return _Step(_TAKEN, step.entry) if self.unallowed([step]) else step

    def origin_of(self, step: _Step) -> str | None:
        """Where the alias's secret comes from; None where it has none."""
        return self.origins.get(step.entry.alias)

    def words(self, aliases: Iterable[str]) -> str:
        """Aliases, each with the kind of its reference."""
        return listed([f"{alias} ({self.foreign[alias]})" for alias in aliases], most=20)


def import_(
    file: File = None,
    *,
    source: From = None,
    dry_run: DryRun = False,
    replace: Replace = False,
    allow_references: AllowReferences = False,
    allow_commands: AllowCommands = False,
    store: StoreIn = Store.FILE,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """Import all aliases from FILE, or none.

    Reads an export, a .env file, the environment, or the configuration of another program
    (--from). Settings that are not imported are named on stderr.
    """
    path = locate_to_change(config, quiet=quiet)
    registered = registry_file.load(path, {})
    kept_there = files.find(file, source)
    found = _named(kept_there.entries, registered, quiet=quiet)
    if not quiet:
        for note in kept_there.notes:
            print_message(f"{kept_there.name}: {note.message}", note.hint)
        warn_about_unknown_keys(found.values())
    given = {alias: entry.connection() for alias, entry in found.items()}
    allowed = _allowed(references=allow_references, commands=allow_commands)
    secrets = _secrets(given, allowed if kept_there.has_our_form else None)
    steps = _steps(_tables(given, found), registered, replace=replace)
    if dry_run:
        return _show(steps, secrets, output, quiet=quiet, color=not no_color)
    _refuse(steps, secrets)
    new = {step.entry.alias for step in steps if step.action != _KEEP}
    done: list[_Step] = []
    replaced: list[Entry] = []

    to_be_kept = {alias: one for alias, one in given.items() if alias in new}
    with storing_secrets(to_be_kept, store, path, quiet=quiet) as kept:
        tables = _tables({**given, **kept}, found)

        def decide(registry: Registry) -> list[edits.Change]:
            done[:] = _steps(tables, registry, replace=replace)
            _refuse(done, secrets)
            replaced[:] = [registry.get(one.entry.alias) for one in done if one.action == _REPLACE]
            return _changes(done)

        left = registry_file.change(path, decide)
    if not quiet:
        warn_about_left_behind(replaced, left)
        _tell_of_lost(replaced, left)
    return _print_result(done, secrets, output, quiet=quiet)


def _named(found: Sequence[Entry], registry: Registry, *, quiet: bool) -> dict[str, Entry]:
    """Every alias's settings, under the name that it can have here; no two get the same."""
    given: dict[str, Entry] = {}
    own = {entry.alias for entry in found if acceptable(entry.alias) == entry.alias}
    for entry in found:
        known = registry.entries.get(entry.alias)
        alias = entry.alias if known else acceptable(entry.alias)
        if alias in given or (alias in own and alias != entry.alias):
            alias = _distinct(alias, {*given, *own})
        given[alias] = entry
        if alias != entry.alias and not quiet:
            why = "occurs twice" if entry.alias in own else "is not a valid alias"
            print_message(f"{shown(entry.alias)!r} {why}: imported as {alias}")
    return given


def _distinct(alias: str, taken: Container[str]) -> str:
    """The name with the first number that makes it another one."""
    numbered = (f"{alias[: LONGEST_ALIAS - 1 - len(str(n))]}-{n}" for n in count(2))
    return next(name for name in numbered if name not in taken)


def _allowed(*, references: bool, commands: bool) -> frozenset[str]:
    """The kinds of references that may be imported."""
    return frozenset(
        kind
        for kind, source in SOURCES.items()
        if commands or (references and not source.acts_here)
    )


def _secrets(connections: Mapping[str, Connection], allowed: frozenset[str] | None) -> _Secrets:
    """`allowed` are kinds of references; None where the file's author wrote none of them."""
    secrets = {alias: one.secret for alias, one in connections.items() if one.secret}
    return _Secrets(
        {alias: secret.origin for alias, secret in secrets.items()},
        {
            alias: secret.kind
            for alias, secret in secrets.items()
            if allowed is not None
            and not isinstance(secret, Literal)
            and secret.kind not in allowed
        },
    )


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
            steps.append(_Step(_ADD, Entry(alias, table, base)))
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
        now = keyring_store.agreeing(write(read(current.table, current.base)), table)
    except ConfigError:
        return False
    return {**more, **now} == {**more, **table}


def _changes(steps: Iterable[_Step]) -> list[edits.Change]:
    new = {step.entry.alias: step.entry.table for step in steps if step.action == _ADD}
    other = {step.entry.alias: step.entry.table for step in steps if step.action == _REPLACE}
    changes = [edits.adding(new)] if new else []
    return [*changes, edits.replacing(other)] if other else changes


def _refuse(steps: Sequence[_Step], secrets: _Secrets) -> None:
    """Nothing is imported where one of the aliases cannot be, or may not."""
    unallowed = secrets.unallowed(steps)
    if unallowed:
        message, hint = secrets.refusal(unallowed)
        raise ConfigError(f"{message}; nothing was imported", hint)
    existing = [step.entry.alias for step in steps if step.action == _TAKEN]
    if existing:
        verb = "exists" if len(existing) == 1 else "exist"
        raise ConfigError(
            f"{listed(existing)} already {verb}, with other settings; nothing was imported",
            "use --replace to overwrite their settings",
        )


def _show(
    steps: list[_Step], secrets: _Secrets, output: Output | None, *, quiet: bool, color: bool
) -> ExitCode:
    """What would be done; the exit code is that of doing it."""
    existing = [step.entry.alias for step in steps if step.action == _TAKEN]
    unallowed = secrets.unallowed(steps)
    answer = ConfigError.exit_code if existing or unallowed else ExitCode.OK
    shown_steps = [secrets.judged(step) for step in steps]
    chosen = renderer(output or Output.TABLE, color=color)
    write_out(chosen.plan(_planned(shown_steps, secrets), answer))
    if unallowed and not quiet:
        print_message(*secrets.refusal(unallowed))
    if existing and not quiet:
        print_message(
            f"{listed(existing)}: already exists, with other settings",
            "use --replace to overwrite their settings",
        )
    return answer


def _print_result(
    steps: list[_Step], secrets: _Secrets, output: Output | None, *, quiet: bool
) -> ExitCode:
    text = renderer(output or Output.PLAIN).imported(_planned(steps, secrets))
    if text:
        write_out(text)
    for step in () if text or quiet else steps:
        secret = secrets.origin_of(step)
        words = f"{step.entry.alias}: {_WORDS[step.action]}: {step.entry.subject.address}"
        print_message(f"{words}, secret: {secret}" if secret else words)
    return ExitCode.OK


def _tell_of_lost(replaced: Iterable[Entry], registry: Registry) -> None:
    """An export without its secrets may have come back to where they were."""
    for entry in replaced:
        for field in ("password", "token"):
            if field in entry.table and field not in registry.get(entry.alias).table:
                print_message(
                    f"{entry.alias}: its {field} was removed: the imported settings have none"
                )


def _planned(steps: list[_Step], secrets: _Secrets) -> list[Planned]:
    return [Planned(one.entry.subject, one.action, secrets.origin_of(one)) for one in steps]

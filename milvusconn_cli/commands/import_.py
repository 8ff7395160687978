"""`import`: register the aliases that are kept elsewhere, all or none."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from milvusconn_cli import foreign, formats, registry_change, registry_file
from milvusconn_cli.commands.keeping import Store, StoreIn, keeping, tell_of_left_behind
from milvusconn_cli.commands.opening import locate_to_change
from milvusconn_cli.commands.options import (
    ChosenOutput,
    Config,
    DryRun,
    NoColor,
    Quiet,
    Replace,
)
from milvusconn_cli.connection import Connection
from milvusconn_cli.errors import ConfigError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.foreign import Source
from milvusconn_cli.formats import Output, envelope
from milvusconn_cli.messages import tell
from milvusconn_cli.registry import Entry, Registry, acceptable, shown
from milvusconn_cli.settings import Table, read, unknown_to, write
from milvusconn_cli.stdout import write as write_out
from milvusconn_cli.text import followed, listed

STANDARD_INPUT = "-"
_WORDS = {"register": "registered", "replace": "replaced", "keep": "is so already"}
_REPLACE, _TAKEN = "replace", "refuse"

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
    here = registry_file.load(path, {})
    found = _named(_found(file, source), here, quiet=quiet)
    given = {alias: entry.connection() for alias, entry in found.items()}
    if dry_run:
        steps = _steps(_tables(given, found), here, replace=replace)
        return _show(steps, output, quiet=quiet, color=not no_color)
    done: list[_Step] = []
    replaced: list[Entry] = []

    with keeping(given, store, path, quiet=quiet) as kept:
        tables = _tables(kept, found)

        def decide(registry: Registry) -> list[registry_change.Change]:
            done[:] = _steps(tables, registry, replace=replace)
            _refuse([step.entry.alias for step in done if step.action == _TAKEN])
            replaced[:] = [registry.get(one.entry.alias) for one in done if one.action == _REPLACE]
            return _changes(done)

        left = registry_file.change(path, decide)
    if not quiet:
        tell_of_left_behind(replaced, left)
    return _tell(done, output, quiet=quiet)


def _found(file: str | None, source: Source | None) -> list[Entry]:
    """The aliases that are kept there; `ConfigError` where there is none."""
    here = Path.cwd()
    if source is Source.ENVIRONMENT:
        if file is not None:
            raise UsageError("--from environment and a file are given: it is one or the other")
        name, found = "the environment", foreign.of_variables(os.environ, here, referring=True)
    else:
        place = file or _usual_place(source)
        name = "standard input" if place == STANDARD_INPUT else shown(place)
        try:
            found = _in_file(_text(place), Path(place).absolute().parent, source)
        except ConfigError as error:
            raise ConfigError(f"{name}: {error.message}", error.hint) from None
    if not found:
        raise ConfigError(f"{name} holds no connection")
    return found


def _in_file(text: str, base: Path, source: Source | None) -> list[Entry]:
    form = source or foreign.recognised(text)
    if form is None:
        raise ConfigError(
            "it is of no form that is known here", "--from says which one it is meant to be"
        )
    if form is Source.DOTENV:
        return foreign.of_variables(_dotenv(text), base, referring=False)
    if form is not Source.MILVUSCONN:
        base = Path.cwd()  # milvus_cli and yami leave relative paths to where they are run
    return foreign.of_text(form, text, base, os.environ)


def _usual_place(source: Source | None) -> str:
    match source:
        case Source.MILVUS_CLI:
            return _in_home("~/.milvus_cli_connections.json")
        case Source.YAMI:
            return _in_home(f"{os.environ.get('YAMI_CONFIG_DIR') or '~/.yami'}/profiles.toml")
        case Source.DOTENV:
            return ".env"
        case _:
            raise UsageError(
                "there is nothing to import from",
                "name a file, - for standard input, or --from environment",
            )


def _in_home(place: str) -> str:
    return str(followed(place) or place)


def _text(place: str) -> str:
    try:
        if place == STANDARD_INPUT:
            return sys.stdin.buffer.read().decode("utf-8-sig") if sys.stdin else ""
        return Path(place).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("it is not UTF-8 text") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"it cannot be read: {reason}") from None


def _dotenv(text: str) -> dict[str, str]:
    """The variables that a `.env` file sets, `${NAME}` in them filled in."""
    import logging  # noqa: PLC0415 -- for this alone
    from io import StringIO  # noqa: PLC0415 -- for this alone

    import dotenv  # noqa: PLC0415 -- for this alone

    # It warns on stderr of lines that it cannot read; those that we need are missed soon enough.
    logging.getLogger("dotenv").setLevel(logging.ERROR)
    values = dotenv.dotenv_values(stream=StringIO(text))
    return {name: value for name, value in values.items() if value}


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
    steps = []
    for alias, table in tables.items():
        current = registry.entries.get(alias)
        base = Path.cwd()
        if current is None:
            steps.append(_Step("register", Entry(alias, table, base)))
        elif _same(current, table):
            steps.append(_Step("keep", current))
        else:
            kept = {**unknown_to(current.table), **table}
            steps.append(_Step(_REPLACE if replace else _TAKEN, Entry(alias, kept, base)))
    return steps


def _same(current: Entry, table: Table) -> bool:
    """Whether the alias has these settings, and more that means nothing here at most."""
    more = unknown_to(current.table)
    try:
        return {**more, **write(read(current.table, current.base))} == {**more, **table}
    except ConfigError:
        return False


def _changes(steps: Iterable[_Step]) -> list[registry_change.Change]:
    new = {step.entry.alias: step.entry.table for step in steps if step.action == "register"}
    changes = [
        registry_change.replacing(step.entry.alias, step.entry.table)
        for step in steps
        if step.action == _REPLACE
    ]
    return [registry_change.adding(new), *changes] if new else changes


def _refuse(taken: list[str]) -> None:
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


def _rows(steps: list[_Step]) -> list[dict[str, object]]:
    return [envelope.unprobed(step.entry.subject, action=step.action) for step in steps]

"""`connect`: establish a connection, and keep its settings once it held."""

from pathlib import Path
from typing import NoReturn

from milvusconn_cli.cli.changing import REPLACE_HINT, already_exists
from milvusconn_cli.cli.connection_options import ConnectionOptions, settings_as_options
from milvusconn_cli.cli.open_registry import locate, open_registry, warn_about_hard_links
from milvusconn_cli.cli.options import (
    ChosenOutput,
    Config,
    NoColor,
    NoProgress,
    OptionalAlias,
    OptionalUri,
    Quiet,
    Replace,
    Timeout,
)
from milvusconn_cli.cli.probing import print_reasons, print_warnings, probe
from milvusconn_cli.cli.selection import alias_and_uri
from milvusconn_cli.cli.settings_change import dropped
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.cli.store_secrets import Store, StoreIn, storing_secrets, warn_about_left_behind
from milvusconn_cli.cli.time_options import ConnectWait
from milvusconn_cli.cli.waiting import Terms, wait_for
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import Table, unknown_to
from milvusconn_cli.connection.tables import write as to_table
from milvusconn_cli.connection.target import Target
from milvusconn_cli.errors import AliasError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import renderer
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import keyring as keyring_store
from milvusconn_cli.registry.aliases import FILE, OPTIONS, Entry, Registry, checked_new_alias, typed
from milvusconn_cli.registry.lookup import in_service, resolve_entry
from milvusconn_cli.report import Report, Row


@settings_as_options
def connect(
    alias: OptionalAlias = None,
    place: OptionalUri = None,
    *,
    given: ConnectionOptions,
    timeout: Timeout = None,
    wait: ConnectWait = None,
    replace: Replace = False,
    store: StoreIn = Store.FILE,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    no_progress: NoProgress = False,
    config: Config = None,
) -> ExitCode:
    """Connect ALIAS, and save its settings on success.

    Also reconnects an alias that `disconnect` disconnected. On failure, nothing changes.
    """
    asked, uri = alias_and_uri(alias, place, has_place=given.has_place)
    connection = given.connection(timeout, uri) if uri or given.anything else None
    registry = open_registry(config, quiet=quiet, asked=[asked])
    intent = _Intent(asked, connection, replace=replace)
    entry = intent.entry(registry, locate(config).parent)
    row, exit_code = _establish(
        entry, timeout, wait, quiet=quiet, progress=not (quiet or no_progress)
    )
    if exit_code is ExitCode.OK:
        intent.save(registry, locate(config), store, quiet=quiet)
    if not quiet:
        if isinstance(row, Report) and (row.established or not wait):
            _print_result(row)
        if output is not None:
            write(renderer(output, color=not no_color).rows("connect", [row], exit_code))
    return exit_code


class _Intent:
    """What is to be established under a name, and what is to be kept of it."""

    def __init__(self, alias: str, connection: Connection | None, *, replace: bool) -> None:
        self._alias = alias
        self._replace = replace
        self._connection = connection

    def entry(self, registry: Registry, base: Path) -> Entry:
        """The settings given now, else those that are registered; refused where they conflict."""
        known = registry.entries.get(self._alias)
        if self._connection is None:
            return in_service(known) if known else self._unknown()
        table = to_table(self._connection)
        self._changes(known if known and known.source == FILE else None, table)
        return Entry(self._alias if known else typed(self._alias), table, base, OPTIONS)

    def save(self, registry: Registry, path: Path, store: Store, *, quiet: bool) -> None:
        """Keep the settings that held, and end a `disconnect`; nothing is written for nothing."""
        known = registry.entries.get(self._alias)
        if self._connection is None or (known and self._is_as_given(known)):
            if known and known.disconnected:
                self._save(path, None)
            return
        if not quiet:
            warn_about_hard_links(path)
        with storing_secrets({self._alias: self._connection}, store, path, quiet=quiet) as kept:
            table = to_table(kept[self._alias])
            before, left = self._save(path, table)
        if not quiet:
            warn_about_left_behind(before, left)
            lost = (
                dropped(before[0].table, {**unknown_to(before[0].table), **table}) if before else []
            )
            if lost:
                print_message(f"{self._alias}: replaced; dropped: {', '.join(lost)}")

    def _is_as_given(self, known: Entry) -> bool:
        """Whether the file has these settings already, wherever it keeps the secret."""
        if self._connection is None or known.source != FILE:
            return False
        whole = {**to_table(self._connection), **unknown_to(known.table)}
        return keyring_store.agreeing(in_service(known).table, whole) == whole

    def _save(self, path: Path, table: Table | None) -> tuple[list[Entry], Registry]:
        """The previous entry, if any, and the registry afterwards."""
        before: list[Entry] = []

        def decide(registry: Registry) -> list[edits.Change]:
            known = registry.entries.get(self._alias)
            before[:] = [known] if known else []
            return self._changes(known, table)

        return before, registry_file.change(path, decide)

    def _changes(self, current: Entry | None, table: Table | None) -> list[edits.Change]:
        """What has to change in the file for this to be registered and in service."""
        if current is None:
            return [edits.adding({checked_new_alias(self._alias): table})] if table else []
        if table is not None:
            whole = {**table, **unknown_to(current.table)}
            if keyring_store.agreeing(in_service(current).table, whole) != whole:
                if not self._replace:
                    raise already_exists(self._alias, REPLACE_HINT)
                return [edits.replacing({self._alias: whole})]
        return [edits.reconnecting(self._alias)] if current.disconnected else []

    def _unknown(self) -> NoReturn:
        told = typed(self._alias)
        raise AliasError(
            f"no alias {told!r}: pass its settings to connect",
            f"`milvusconn connect {told if told == self._alias else 'ALIAS'} URI`",
        )


def _establish(
    entry: Entry, timeout: float | None, wait: float | None, *, quiet: bool, progress: bool
) -> tuple[Row, ExitCode]:
    """The last report and the exit code; with `wait`, what fails is told already."""
    judged = resolve_entry(entry)
    if wait:
        terms = Terms(limit=wait, probe_limit=timeout)
        waited = wait_for([lambda: judged], terms, quiet=quiet, says_success=False)
        return waited.rows[0], waited.exit_code
    report = probe(judged, timeout, progress=progress) if isinstance(judged, Target) else judged
    return report, report.exit_code


def _print_result(report: Report) -> None:
    if not report.established:
        print_reasons([report])
        return
    print_warnings([report])
    label = report.server.label if report.server else ""
    server = f", Milvus {label}" if label else ""
    print_message(f"{report.subject.alias}: established: {report.subject.address}{server}")

"""`add`: register an alias, and open no connection."""

from milvusconn_cli.cli.changing import REPLACE_HINT, already_exists, conclude
from milvusconn_cli.cli.connection_options import ConnectionOptions, settings_as_options
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import (
    ChosenOutput,
    Config,
    OptionalUri,
    Quiet,
    Replace,
    RequiredAlias,
    Timeout,
)
from milvusconn_cli.cli.selection import alias_and_uri
from milvusconn_cli.cli.settings_change import dropped
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.store_secrets import Store, StoreIn, storing_secrets, warn_about_left_behind
from milvusconn_cli.connection import tls_files as pem
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT
from milvusconn_cli.connection.tables import Table, unknown_to, write
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.probing import advice
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import keyring as keyring_store
from milvusconn_cli.registry.aliases import Entry, Registry, checked_new_alias
from milvusconn_cli.registry.lookup import in_service


@settings_as_options
def add(
    alias: RequiredAlias,
    place: OptionalUri = None,
    *,
    given: ConnectionOptions,
    timeout: Timeout = None,
    replace: Replace = False,
    store: StoreIn = Store.FILE,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Save the settings of ALIAS without connecting.

    Refuses an existing name, unless --replace is given.
    """
    alias, uri = alias_and_uri(alias, place, has_place=given.has_place)
    connection = given.connection(timeout, uri)
    pem.load_within(connection.timeout or DEFAULT_TIMEOUT, connection.tls_files)
    path = locate_to_change(config, quiet=quiet)
    replaced: list[Entry] = []
    words: list[str] = []
    with storing_secrets({alias: connection}, store, path, quiet=quiet) as kept:
        table = write(kept[alias])

        def decide(registry: Registry) -> list[edits.Change]:
            replaced.clear()
            words[:] = [f"added: {connection.address}"]
            if alias not in registry:
                return [edits.adding({checked_new_alias(alias): table})]
            known = registry.get(alias)
            whole = table | unknown_to(known.table)
            is_same = keyring_store.agreeing(in_service(known).table, whole) == whole
            if is_same and not (replace and known.disconnected):
                words[:] = ["unchanged"]
                return []
            if not replace:
                raise already_exists(alias, REPLACE_HINT)
            replaced[:] = [known]
            words[:] = [_replaced(known.table, whole, connection.address)]
            return [edits.replacing({alias: whole})]

        left = registry_file.change(path, decide)
    if not quiet:
        warn_about_left_behind(replaced, left)
    for remark in () if quiet else advice.of_settings(connection):
        print_message(f"{alias}: {remark}")
    added = Entry(alias, table, path.parent)
    return conclude("add", [(added, words[0])], output, quiet=quiet)


def _replaced(before: Table, after: Table, address: str) -> str:
    """What was done, and the settings that the alias has no longer."""
    lost = dropped(before, after)
    return f"replaced: {address}" + (f"; dropped: {', '.join(lost)}" if lost else "")

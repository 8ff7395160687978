"""`add`: register an alias, and open no connection."""

from milvusconn_cli.cli.changing import REPLACE_HINT, already_exists, conclude
from milvusconn_cli.cli.connection_options import ConnectionOptions, settings_as_options
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import ChosenOutput, Config, Quiet, Replace, RequiredAlias, Timeout
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.store_secrets import Store, StoreIn, storing_secrets, warn_about_left_behind
from milvusconn_cli.connection import tls_files as pem
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT
from milvusconn_cli.connection.tables import unknown_to, write
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.probing import advice
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Entry, Registry, checked_new_alias


@settings_as_options
def add(
    alias: RequiredAlias,
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
    connection = given.connection(timeout)
    pem.load_within(connection.timeout or DEFAULT_TIMEOUT, connection.tls_files)
    path = locate_to_change(config, quiet=quiet)
    replaced: list[Entry] = []
    with storing_secrets({alias: connection}, store, path, quiet=quiet) as kept:
        table = write(kept[alias])

        def decide(registry: Registry) -> list[edits.Change]:
            if alias not in registry:
                return [edits.adding({checked_new_alias(alias): table})]
            if not replace:
                raise already_exists(alias, REPLACE_HINT)
            replaced[:] = [registry.get(alias)]
            return [edits.replacing({alias: table | unknown_to(replaced[0].table)})]

        left = registry_file.change(path, decide)
    if not quiet:
        warn_about_left_behind(replaced, left)
    for remark in () if quiet else advice.of_settings(connection):
        print_message(f"{alias}: {remark}")
    added = Entry(alias, table, path.parent)
    return conclude("add", [(added, f"added: {connection.address}")], output, quiet=quiet)

"""`add`: register an alias, and open no connection."""

from milvusconn_cli import pem, registry_change, registry_file, remarks
from milvusconn_cli.commands.given import Given, settings_as_options
from milvusconn_cli.commands.keeping import Store, StoreIn, keeping, tell_of_left_behind
from milvusconn_cli.commands.opening import locate_to_change
from milvusconn_cli.commands.options import (
    ChosenOutput,
    Config,
    Quiet,
    Replace,
    RequiredAlias,
    Timeout,
)
from milvusconn_cli.commands.outcome import REPLACE_HINT, conclude, taken
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.messages import tell
from milvusconn_cli.registry import Entry, Registry, checked_new_alias
from milvusconn_cli.settings import unknown_to, write


@settings_as_options
def add(
    alias: RequiredAlias,
    *,
    given: Given,
    timeout: Timeout = None,
    replace: Replace = False,
    store: StoreIn = Store.FILE,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Register ALIAS; opens no connection.

    A name that exists is refused, unless --replace is given.
    """
    connection = given.connection(timeout)
    pem.load(connection.tls_files)
    path = locate_to_change(config, quiet=quiet)
    replaced: list[Entry] = []
    with keeping({alias: connection}, store, path, quiet=quiet) as kept:
        table = write(kept[alias])

        def decide(registry: Registry) -> list[registry_change.Change]:
            if alias not in registry:
                return [registry_change.adding({checked_new_alias(alias): table})]
            if not replace:
                raise taken(alias, REPLACE_HINT)
            replaced[:] = [registry.get(alias)]
            return [registry_change.replacing({alias: table | unknown_to(replaced[0].table)})]

        left = registry_file.change(path, decide)
    if not quiet:
        tell_of_left_behind(replaced, left)
    for remark in () if quiet else remarks.of_settings(connection):
        tell(f"{alias}: {remark}")
    added = Entry(alias, table, path.parent)
    return conclude("add", [(added, f"registered: {connection.address}")], output, quiet=quiet)

"""`copy`: register an alias's settings under another name too."""

from milvusconn_cli.cli.changing import already_exists, conclude, in_file
from milvusconn_cli.cli.connection_options import ConnectionOptions, settings_as_options
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import (
    ChosenOutput,
    Config,
    NewAlias,
    Quiet,
    RequiredAlias,
    Timeout,
)
from milvusconn_cli.cli.settings_change import Changes, applied, in_words
from milvusconn_cli.connection.tables import read
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Registry, checked_new_alias
from milvusconn_cli.registry.lookup import in_service
from milvusconn_cli.text import as_argument


@settings_as_options
def copy(
    alias: RequiredAlias,
    new: NewAlias,
    *,
    given: ConnectionOptions,
    timeout: Timeout = None,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Copy ALIAS to a new name.

    References to secrets remain references; a copy is never disconnected. Connection options
    change the copy, such as --db for another database.
    """
    changes = Changes(given, None, (), timeout)

    told: list[str] = []

    def decide(registry: Registry) -> list[edits.Change]:
        entry = in_service(in_file(registry, alias))
        steps = changes.steps(entry.table, entry.base)
        table = applied(entry.table, steps)
        if steps:
            read(table, entry.base)
        told[:] = [in_words(entry.table, steps, entry.base)] if steps else []
        if new in registry:
            raise already_exists(new, f"delete it first: `milvusconn remove {as_argument(new)}`")
        return [edits.adding({checked_new_alias(new): table})]

    copied = registry_file.change(locate_to_change(config, quiet=quiet), decide).get(new)
    words = "; ".join([f"copied from {alias}", *told])
    return conclude("copy", [(copied, words)], output, quiet=quiet)

"""`inspect`: every layer of a connection, timed, with evidence."""

from milvusconn_cli.cli.connection_options import ConnectionOptions, settings_as_options
from milvusconn_cli.cli.open_registry import open_registry
from milvusconn_cli.cli.options import (
    ChosenOutput,
    Config,
    NoColor,
    NoCreate,
    OptionalAlias,
    Quiet,
    Timeout,
    alias_or_default,
)
from milvusconn_cli.cli.probing import creating, inspect_one, print_reasons
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.connection.tables import write as to_table
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.registry.aliases import OPTIONS, Entry
from milvusconn_cli.registry.lookup import in_service, resolve_entry
from milvusconn_cli.system.environment_info import here


@settings_as_options
def inspect(
    alias: OptionalAlias = None,
    *,
    given: ConnectionOptions,
    no_create: NoCreate = False,
    timeout: Timeout = None,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """Check every layer of a connection, with timing and evidence.

    Takes an ALIAS, or --uri without a registry. Checks disconnected aliases too.
    """
    if alias and given.anything:
        raise UsageError("use either an alias or settings, not both")
    entry = (
        _of_settings(given, timeout)
        if given.anything
        else _of_registry(alias_or_default(alias), config, quiet=quiet)
    )
    report = inspect_one(creating(resolve_entry(entry), create=not no_create), timeout)
    if not quiet:
        write(renderer(output or Output.TABLE, color=not no_color).inspection(report))
        print_reasons([report])
    return report.exit_code


def _of_registry(alias: str, config: Config, *, quiet: bool) -> Entry:
    """An alias's entry, in service or not."""
    return in_service(open_registry(config, quiet=quiet, asked=[alias]).get(alias))


def _of_settings(given: ConnectionOptions, timeout: float | None) -> Entry:
    """An entry that is in no registry, called by its address."""
    connection = given.connection(timeout)
    return Entry(connection.address, to_table(connection), here(), OPTIONS)

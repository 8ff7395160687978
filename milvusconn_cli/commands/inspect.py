"""`inspect`: every layer of a connection, timed, with evidence."""

from milvusconn_cli.cli.connection_options import AdHocOptions, ad_hoc_settings_as_options
from milvusconn_cli.cli.options import (
    AliasesOrUris,
    ChosenOutput,
    Config,
    EveryAlias,
    NoColor,
    NoCreate,
    NoProgress,
    Quiet,
    Tags,
    Timeout,
)
from milvusconn_cli.cli.probing import How, ask, exit_code_of, print_interruption, print_reasons
from milvusconn_cli.cli.selection import Judged, Wanted, judge
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.registry.lookup import in_service, resolve, resolve_entry


@ad_hoc_settings_as_options
def inspect(
    aliases: AliasesOrUris = None,
    *,
    given: AdHocOptions,
    every: EveryAlias = False,
    tag: Tags = None,
    no_create: NoCreate = False,
    timeout: Timeout = None,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    no_progress: NoProgress = False,
    config: Config = None,
) -> ExitCode:
    """Check every layer of a connection, with timing and evidence.

    Takes aliases, disconnected ones too, or URIs, which need no registry. The connection options
    are for a URI.
    """
    wanted = Wanted(words=aliases or (), every=every, tags=tag or (), given=given, timeout=timeout)
    judged = judge(wanted, config, quiet=quiet, resolved=_in_service_or_not)
    rows = ask(
        judged, timeout, how=How.IN_FULL, create=not no_create, progress=not (quiet or no_progress)
    )
    exit_code = exit_code_of(rows)
    write(renderer(output or Output.TABLE, color=not no_color).inspections(rows, exit_code))
    if not quiet:
        # The table has the reasons, and begins with them.
        if output not in (None, Output.TABLE):
            print_reasons(rows)
        print_interruption(rows)
    return exit_code


def _in_service_or_not(registry: Registry, alias: str) -> Judged:
    """`disconnect` is about `has`: who inspects wants to know."""
    entry = registry.find(alias)
    return resolve_entry(in_service(entry)) if entry else resolve(registry, alias)

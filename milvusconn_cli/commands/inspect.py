"""`inspect`: every layer of a connection, timed, with evidence."""

from milvusconn_cli.cli.connection_options import AdHocOptions, ad_hoc_settings_as_options
from milvusconn_cli.cli.options import (
    AliasesOrUris,
    ChosenProbeOutput,
    Config,
    EveryAlias,
    NoColor,
    NoCreate,
    NoProgress,
    Quiet,
    Tags,
    Template,
    Timeout,
)
from milvusconn_cli.cli.output import chosen_renderer
from milvusconn_cli.cli.probing import How, ask, exit_code_of, print_interruption, print_reasons
from milvusconn_cli.cli.selection import Wanted, judge
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.connection.target import Judged
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import ProbeOutput
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
    output: ChosenProbeOutput = None,
    format_: Template = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    no_progress: NoProgress = False,
    config: Config = None,
) -> ExitCode:
    """Check every layer of a connection, with timing and evidence.

    Also works for disconnected aliases. A URI needs no registry; connection options apply only to a
    URI.
    """
    chosen = chosen_renderer(output, format_, ProbeOutput.TABLE, no_color=no_color)
    wanted = Wanted(
        words=aliases or (),
        every=every,
        tags=tag or (),
        given=given,
        timeout=timeout,
        create=not no_create,
    )
    judged = judge(wanted, config, quiet=quiet, resolved=_in_service_or_not)
    rows = ask(judged, timeout, how=How.IN_FULL, progress=not (quiet or no_progress))
    exit_code = exit_code_of(rows)
    write(chosen.inspections(rows, exit_code))
    if not quiet:
        # The table has the reasons, and begins with them.
        is_table = output in (None, ProbeOutput.TABLE) and format_ is None
        if not (is_table or chosen.tells_reasons):
            print_reasons(rows)
        print_interruption(rows)
    return ExitCode(chosen.exit_code(rows, exit_code))


def _in_service_or_not(registry: Registry, alias: str) -> Judged:
    """`disconnect` is about `has`: who inspects wants to know."""
    entry = registry.find(alias)
    return resolve_entry(in_service(entry)) if entry else resolve(registry, alias)

"""`has`: whether aliases exist and their connections are established."""

from milvusconn_cli.cli.connection_options import AdHocOptions, ad_hoc_settings_as_options
from milvusconn_cli.cli.options import (
    AliasesOrUris,
    AnswerQuietly,
    ChosenProbeOutput,
    Config,
    EveryAlias,
    Healthy,
    NoColor,
    NoCreate,
    NoProgress,
    Tags,
    Template,
    Timeout,
)
from milvusconn_cli.cli.output import chosen_renderer
from milvusconn_cli.cli.probing import How, ask, exit_code_of, print_interruption, print_reasons
from milvusconn_cli.cli.selection import Wanted, judge
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import ProbeOutput


@ad_hoc_settings_as_options
def has(
    aliases: AliasesOrUris = None,
    *,
    given: AdHocOptions,
    every: EveryAlias = False,
    tag: Tags = None,
    healthy: Healthy = False,
    no_create: NoCreate = False,
    timeout: Timeout = None,
    output: ChosenProbeOutput = None,
    format_: Template = None,
    quiet: AnswerQuietly = False,
    no_color: NoColor = False,
    no_progress: NoProgress = False,
    config: Config = None,
) -> ExitCode:
    """Check whether ALIAS or URI is connected.

    Connects to the server and prints True or False. The exit code tells you why not; with several
    aliases, the most severe code wins. Connection options apply only to a URI.
    """
    chosen = chosen_renderer(output, format_, ProbeOutput.PLAIN, no_color=no_color)
    wanted = Wanted(
        words=aliases or (),
        every=every,
        tags=tag or (),
        given=given,
        timeout=timeout,
        create=not no_create,
    )
    judged = judge(wanted, config, quiet=quiet)
    how = How.HEALTHY if healthy else How.CONNECTED
    rows = ask(judged, timeout, how=how, progress=not (quiet or no_progress))
    exit_code = exit_code_of(rows)
    if not quiet:
        # Every alias there is may be one: a script that asks for all wants the name even then.
        write(chosen.answers(rows, exit_code, named=wanted.may_be_many))
        if not chosen.tells_reasons:
            print_reasons(rows)
        print_interruption(rows)
    return ExitCode(chosen.exit_code(rows, exit_code))

"""`address`: where an alias points to."""

from milvusconn_cli.cli.open_registry import open_registry
from milvusconn_cli.cli.options import ChosenOutput, Config, OptionalAlias, Quiet, alias_or_default
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer


def address(
    alias: OptionalAlias = None,
    *,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Print the address of ALIAS, without connecting.

    That is host:port, unix:PATH, or the path of the .db file.
    """
    asked = alias_or_default(alias)
    entry = open_registry(config, quiet=quiet, asked=[asked]).get(asked)
    text = renderer(output or Output.PLAIN).address(entry.subject, entry.connection().address)
    if not quiet:
        write(text)
    return ExitCode.OK

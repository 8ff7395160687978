"""`address`: where an alias points to."""

from milvusconn_cli.cli.options import AliasOrUri, ChosenOutput, Config, Quiet, alias_or_default
from milvusconn_cli.cli.selection import entry_of
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer


def address(
    alias: AliasOrUri = None,
    *,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Print the address of ALIAS, without connecting.

    That is host:port, unix:PATH, or the path of the .db file.
    """
    entry = entry_of(alias_or_default(alias), config, quiet=quiet)
    text = renderer(output or Output.PLAIN).address(entry.subject, entry.connection().address)
    write(text)
    return ExitCode.OK

"""`address`: where an alias points to."""

from milvusconn_cli.commands.opening import open_registry
from milvusconn_cli.commands.options import Config, OptionalAlias, default_alias
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.stdout import write


def address(alias: OptionalAlias = None, *, config: Config = None) -> ExitCode:
    """Print where ALIAS points to; dials nothing.

    That is host:port, unix:PATH, or the path of the .db.
    """
    entry = open_registry(config).get(alias or default_alias())
    write(f"{entry.connection().address}\n")
    return ExitCode.OK

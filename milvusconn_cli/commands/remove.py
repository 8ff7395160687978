"""`remove`: forget aliases."""

from milvusconn_cli import registry_change
from milvusconn_cli.commands.opening import locate
from milvusconn_cli.commands.options import Aliases, ChosenOutput, Config, Force, Quiet
from milvusconn_cli.commands.outcome import Deed, conclude
from milvusconn_cli.exits import ExitCode

_DEED = Deed(lambda entry: registry_change.removing(entry.alias), "removed")


def remove(
    aliases: Aliases,
    *,
    force: Force = False,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Forget ALIAS and its settings.

    Nothing happens to the server.
    """
    done = _DEED.do(aliases, locate(config), force=force)
    return conclude("remove", done, output, quiet=quiet)

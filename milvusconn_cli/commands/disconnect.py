"""`disconnect`: take aliases out of service; their settings stay."""

from milvusconn_cli.cli.changing import Action, conclude
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import Aliases, ChosenOutput, Config, Force, Quiet
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry import edits

_ACTION = Action(
    lambda aliases: [edits.disconnecting(alias) for alias in aliases],
    "disconnected",
    lambda entry: entry.disconnected,
    "already disconnected",
)


def disconnect(
    aliases: Aliases,
    *,
    force: Force = False,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Disconnect ALIAS, but keep its settings.

    `has` prints False, without connecting, until `connect` reconnects it.
    """
    done, _ = _ACTION.do(aliases, locate_to_change(config, quiet=quiet), force=force)
    return conclude("disconnect", done, output, quiet=quiet)

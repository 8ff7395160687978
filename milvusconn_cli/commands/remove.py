"""`remove`: forget aliases."""

from milvusconn_cli.cli.changing import Action, conclude
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import Aliases, ChosenOutput, Config, Force, Quiet
from milvusconn_cli.cli.store_secrets import warn_about_left_behind
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry import edits

_ACTION = Action(lambda aliases: [edits.removing(*aliases)], "removed")


def remove(
    aliases: Aliases,
    *,
    force: Force = False,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Delete ALIAS and its settings.

    The server is not affected.
    """
    done, left = _ACTION.do(aliases, locate_to_change(config, quiet=quiet), force=force)
    if not quiet:
        warn_about_left_behind([entry for entry, _ in done], left)
    return conclude("remove", done, output, quiet=quiet)

"""`copy`: register an alias's settings under another name too."""

from milvusconn_cli import registry_change, registry_file
from milvusconn_cli.commands.opening import locate_to_change
from milvusconn_cli.commands.options import ChosenOutput, Config, NewAlias, Quiet, RequiredAlias
from milvusconn_cli.commands.outcome import conclude, in_file, taken
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.foregone import in_service
from milvusconn_cli.registry import Registry, checked_new_alias


def copy(
    alias: RequiredAlias,
    new: NewAlias,
    *,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Register ALIAS's settings under another name too.

    References to secrets stay references; the copy is in service.
    """

    def decide(registry: Registry) -> list[registry_change.Change]:
        table = in_service(in_file(registry, alias)).table
        if new in registry:
            raise taken(new, f"`milvusconn remove {new}` frees the name")
        return [registry_change.adding({checked_new_alias(new): table})]

    copied = registry_file.change(locate_to_change(config, quiet=quiet), decide).get(new)
    return conclude("copy", [(copied, f"is a copy of {alias}")], output, quiet=quiet)

"""`rename`: give an alias another name."""

from milvusconn_cli import registry_change, registry_file
from milvusconn_cli.commands.opening import locate_to_change
from milvusconn_cli.commands.options import ChosenOutput, Config, NewAlias, Quiet, RequiredAlias
from milvusconn_cli.commands.outcome import conclude, in_file, taken
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry import Registry, checked_new_alias


def rename(
    alias: RequiredAlias,
    new: NewAlias,
    *,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Give ALIAS another name; it keeps its place."""

    def decide(registry: Registry) -> list[registry_change.Change]:
        in_file(registry, alias)
        if new in registry:
            raise taken(new, f"`milvusconn remove {new}` frees the name")
        return [registry_change.renaming(alias, checked_new_alias(new))]

    renamed = registry_file.change(locate_to_change(config, quiet=quiet), decide).get(new)
    return conclude("rename", [(renamed, f"was {alias}")], output, quiet=quiet)

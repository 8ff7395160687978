"""`rename`: give an alias another name."""

from milvusconn_cli.cli.changing import already_exists, conclude, in_file
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import ChosenOutput, Config, NewAlias, Quiet, RequiredAlias
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Registry, checked_new_alias
from milvusconn_cli.text import as_argument


def rename(
    alias: RequiredAlias,
    new: NewAlias,
    *,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Rename ALIAS, keeping its position in the file."""

    def decide(registry: Registry) -> list[edits.Change]:
        in_file(registry, alias)
        if new in registry:
            raise already_exists(new, f"delete it first: `milvusconn remove {as_argument(new)}`")
        return [edits.renaming(alias, checked_new_alias(new))]

    renamed = registry_file.change(locate_to_change(config, quiet=quiet), decide).get(new)
    return conclude("rename", [(renamed, f"renamed from {alias}")], output, quiet=quiet)

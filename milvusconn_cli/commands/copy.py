"""`copy`: register an alias's settings under another name too."""

from milvusconn_cli.cli.changing import already_exists, conclude, in_file
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import ChosenOutput, Config, NewAlias, Quiet, RequiredAlias
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Registry, checked_new_alias
from milvusconn_cli.registry.lookup import in_service
from milvusconn_cli.text import as_argument


def copy(
    alias: RequiredAlias,
    new: NewAlias,
    *,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Save ALIAS's settings under a second name.

    References to secrets remain references; the copy is never disconnected.
    """

    def decide(registry: Registry) -> list[edits.Change]:
        table = in_service(in_file(registry, alias)).table
        if new in registry:
            raise already_exists(new, f"delete it first: `milvusconn remove {as_argument(new)}`")
        return [edits.adding({checked_new_alias(new): table})]

    copied = registry_file.change(locate_to_change(config, quiet=quiet), decide).get(new)
    return conclude("copy", [(copied, f"copied from {alias}")], output, quiet=quiet)

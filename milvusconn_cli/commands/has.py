"""`has`: whether aliases exist and their connections are established."""

from milvusconn_cli.cli.open_registry import open_registry
from milvusconn_cli.cli.options import (
    ChosenOutput,
    Config,
    EveryAlias,
    NoColor,
    NoCreate,
    OptionalAliases,
    Quiet,
    Timeout,
    default_alias,
)
from milvusconn_cli.cli.probing import ask, exit_code_of, print_interruption, print_reasons
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.errors import AliasError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.registry.aliases import Registry


def has(
    aliases: OptionalAliases = None,
    *,
    every: EveryAlias = False,
    no_create: NoCreate = False,
    timeout: Timeout = None,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """Check whether ALIAS is connected.

    Connects to the server and prints True or False. The exit code tells you why not; with several
    aliases, the most severe code wins.
    """
    asked = None if every else aliases or [default_alias()]
    registry = open_registry(config, quiet=quiet, asked=asked)
    names = _every(registry, aliases) if asked is None else asked
    rows = ask(registry, names, timeout, quiet=quiet, create=not no_create)
    exit_code = exit_code_of(rows)
    if not quiet:
        # Every alias there is may be one: a script that asks for all wants the name even then.
        named = every or len(rows) > 1
        chosen = renderer(output or Output.PLAIN, color=not no_color)
        write(chosen.answers(rows, exit_code, named=named))
        print_reasons(rows)
        print_interruption(rows)
    return exit_code


def _every(registry: Registry, aliases: list[str] | None) -> list[str]:
    """All aliases, of which none may be named besides."""
    if aliases:
        raise UsageError("use either --all or aliases, not both")
    if not registry.entries:
        # Exit 0 would say that all is well.
        raise AliasError("no aliases", "add one with `milvusconn add ALIAS --uri …`")
    return list(registry.entries)

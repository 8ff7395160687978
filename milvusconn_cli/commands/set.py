"""`set`: change some settings of an alias, and leave the others as they are."""

from milvusconn_cli.cli.changing import conclude, in_file
from milvusconn_cli.cli.connection_options import ConnectionOptions, settings_as_options
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import (
    ChosenOutput,
    Config,
    OptionalUri,
    Quiet,
    RequiredAlias,
    Timeout,
)
from milvusconn_cli.cli.settings_change import Changes, Step, ToUnset, applied, in_words
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.store_secrets import Store, StoreIn, storing_secrets, warn_about_left_behind
from milvusconn_cli.connection import tls_files as pem
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT, Connection
from milvusconn_cli.connection.tables import read, write
from milvusconn_cli.errors import UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.probing import advice
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Entry, Registry


@settings_as_options
def set_(
    alias: RequiredAlias,
    place: OptionalUri = None,
    *,
    given: ConnectionOptions,
    unset: ToUnset = None,
    timeout: Timeout = None,
    store: StoreIn = Store.FILE,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    config: Config = None,
) -> ExitCode:
    """Change settings of ALIAS without connecting.

    Only the given settings change. The result is checked as a whole, and what changed is printed,
    without secrets.
    """
    changes = Changes(given, place, unset or (), timeout)
    if not changes.anything:
        raise UsageError("nothing to change", "`milvusconn set --help` lists the settings")
    path = locate_to_change(config, quiet=quiet)
    before = in_file(registry_file.load(path, {}), alias)
    wanted = _checked(changes, before)
    done: list[tuple[Entry, list[Step]]] = []

    def decide(registry: Registry, kept: Connection | None = None) -> list[edits.Change]:
        entry = in_file(registry, alias)
        steps = changes.steps(entry.table, entry.base)
        read(applied(entry.table, steps), entry.base)
        steps = [_kept(step, kept) for step in steps]
        done[:] = [(entry, steps)]
        return [step.change(alias) for step in steps]

    if changes.has_secret and wanted.literal_secrets:
        with storing_secrets({alias: wanted}, store, path, quiet=quiet) as kept:
            left = registry_file.change(path, lambda registry: decide(registry, kept[alias]))
    else:
        left = registry_file.change(path, decide)
    ((entry, steps),) = done
    if not quiet:
        warn_about_left_behind([entry], left)
        for remark in advice.of_settings(wanted) if steps else ():
            print_message(f"{alias}: {remark}")
    words = in_words(entry.table, steps, entry.base) or "unchanged"
    return conclude("set", [(left.get(alias), words)], output, quiet=quiet)


def _checked(changes: Changes, entry: Entry) -> Connection:
    """The settings after the change; `ConfigError` where no client could use them."""
    steps = changes.steps(entry.table, entry.base)
    connection = read(applied(entry.table, steps), entry.base)
    if any(step.keys[0] == "tls" for step in steps):
        pem.load_within(connection.timeout or DEFAULT_TIMEOUT, connection.tls_files)
    return connection


def _kept(step: Step, kept: Connection | None) -> Step:
    """The step, with the reference to the keyring in the place of a secret that is kept there."""
    key = step.keys[0]
    if kept is None or step.value is None or key not in ("password", "token"):
        return step
    return Step(step.keys, write(kept)[key])

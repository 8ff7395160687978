"""Where a literal secret is kept: the registry file, or the system's keyring; and saying so."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.errors import RegistryError, SecretError
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import keyring as keyring_store
from milvusconn_cli.registry.aliases import Entry, Registry
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.text import listed


class Store(Enum):
    """What `--store` takes."""

    FILE = "file"
    KEYRING = "keyring"


StoreIn = Annotated[
    Store,
    typer.Option(
        "--store", metavar="PLACE", help="Where to store a literal secret: file or keyring."
    ),
]
Connections = Mapping[str, Connection]


@contextmanager
def storing_secrets(
    given: Connections, store: Store, path: Path, *, quiet: bool
) -> Iterator[Connections]:
    """The connections as they are to be registered within the `with` block, and then a word on it.

    If the keyring is unavailable, their secrets are saved in the file after all, with a warning
    even if quiet.
    """
    stack, kept, failure = ExitStack(), given, None
    if store is Store.KEYRING:
        try:
            stack, kept = _in_keyring(given, path)
        except SecretError as error:
            failure = error
    with stack:
        yield kept
    literals = [alias for alias, one in kept.items() if one.literal_secrets]
    if literals and (failure or not quiet):
        _warn_about_literals(literals, path, failure)


def _in_keyring(given: Connections, path: Path) -> tuple[ExitStack, Connections]:
    """All in the keyring, and what takes them out again; or none, where one cannot be kept."""
    # What writes the file: a signal during an import ends the process, and leaves entries behind.
    import filelock  # noqa: F401, PLC0415 -- only who writes needs it
    import tomlkit  # noqa: F401, PLC0415 -- the same

    def is_needed(entry: FromKeyring) -> bool:
        try:
            return entry in _referred_to(registry_file.load(path, {}))
        except RegistryError:
            return True  # nobody knows; better one entry too many

    with ExitStack() as storing:
        kept = {
            alias: storing.enter_context(keyring_store.stored(alias, connection, is_needed))
            for alias, connection in given.items()
        }
        return storing.pop_all(), kept


def warn_about_left_behind(gone: Iterable[Entry], registry: Registry) -> None:
    """What the keyring keeps for aliases that are gone, unless one that is left refers to it."""
    needed = _referred_to(registry)
    for entry in gone:
        for reference in keyring_store.ours_in(entry.table):
            if reference not in needed:
                words = shlex.join(("keyring", "del", reference.service, reference.user))
                print_message(
                    f"{entry.alias}: its secret remains in the keyring: {reference}",
                    f"delete it with `{words}`",
                )


def _referred_to(registry: Registry) -> set[FromKeyring]:
    """Our entries of the keyring that some alias needs."""
    entries = registry.entries.values()
    return {reference for entry in entries for reference in keyring_store.ours_in(entry.table)}


def _warn_about_literals(aliases: Sequence[str], path: Path, failure: SecretError | None) -> None:
    place = f"the secret of {listed(list(aliases))} is stored in plain text in {path}"
    if failure:
        print_message(f"{failure.message}: {place}", failure.hint)
    else:
        print_message(f"{place}; use env:, file: or --store keyring instead")

"""Where a literal secret is kept: the registry file, or the system's keyring; and saying so."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from milvusconn_cli import secret_store
from milvusconn_cli.connection import Connection
from milvusconn_cli.errors import SecretError
from milvusconn_cli.messages import tell
from milvusconn_cli.registry import Entry, Registry
from milvusconn_cli.text import listed


class Store(Enum):
    """What `--store` takes."""

    FILE = "file"
    KEYRING = "keyring"


StoreIn = Annotated[
    Store, typer.Option("--store", metavar="PLACE", help="Of a literal secret: file or keyring.")
]
Connections = Mapping[str, Connection]


@contextmanager
def keeping(given: Connections, store: Store, path: Path, *, quiet: bool) -> Iterator[Connections]:
    """The connections as they are to be registered within the `with` block, and then a word on it.

    Where the keyring cannot be had, their secrets are kept in the file after all.
    """
    stack, kept = ExitStack(), given
    if store is Store.KEYRING:
        try:
            stack, kept = _in_keyring(given)
        except SecretError as error:
            if not quiet:
                tell(f"{error.message}: secrets are kept in the registry file", error.hint)
    with stack:
        yield kept
    if not quiet:
        _tell_of_literals([alias for alias, one in kept.items() if one.literal_secrets], path)


def _in_keyring(given: Connections) -> tuple[ExitStack, Connections]:
    """All in the keyring, and what takes them out again; or none, where one cannot be kept."""
    with ExitStack() as storing:
        kept = {
            alias: storing.enter_context(secret_store.stored(alias, connection))
            for alias, connection in given.items()
        }
        return storing.pop_all(), kept


def tell_of_left_behind(gone: Iterable[Entry], registry: Registry) -> None:
    """What the keyring keeps for aliases that are gone, unless one that is left refers to it."""
    needed = {
        reference
        for entry in registry.entries.values()
        for reference in secret_store.ours_in(entry.table)
    }
    for entry in gone:
        for reference in secret_store.ours_in(entry.table):
            if reference not in needed:
                words = shlex.join(("keyring", "del", reference.service, reference.user))
                tell(
                    f"{entry.alias}: its secret stays in the keyring: {reference}",
                    f"`{words}` forgets it",
                )


def _tell_of_literals(aliases: Sequence[str], path: Path) -> None:
    if aliases:
        place = f"{listed(list(aliases))}: the secret itself lies in {path}"
        tell(f"{place}; a reference or --store keyring keeps it out of there")

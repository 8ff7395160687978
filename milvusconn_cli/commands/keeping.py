"""Where a literal secret is kept: the registry file, or the system's keyring; and saying so."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from milvusconn_cli import secret_store
from milvusconn_cli.connection import Connection
from milvusconn_cli.errors import SecretError
from milvusconn_cli.messages import tell
from milvusconn_cli.registry import Entry
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
    with ExitStack() as stack:
        kept = dict(given)
        if store is Store.KEYRING:
            try:
                for alias, connection in given.items():
                    kept[alias] = stack.enter_context(secret_store.stored(alias, connection))
            except SecretError as error:
                kept = dict(given)
                tell(f"{error.message}: secrets are kept in the registry file", error.hint)
        yield kept
    if not quiet:
        _tell_of_literals([alias for alias, one in kept.items() if one.literal_secrets], path)


def tell_of_left_behind(entry: Entry) -> None:
    """What the keyring keeps for an alias that is gone: another may refer to it too."""
    for reference in secret_store.ours_in(entry.table):
        tell(
            f"{entry.alias}: its secret stays in the keyring: {reference}",
            f"`keyring del {reference.service} {reference.user}` forgets it",
        )


def _tell_of_literals(aliases: Sequence[str], path: Path) -> None:
    if aliases:
        place = f"{listed(list(aliases))}: the secret itself lies in {path}"
        tell(f"{place}; a reference or --store keyring keeps it out of there")

"""What `connect` and `add_connection` want of an alias, and what has to change for it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from milvusconn_cli.api.errors import ConnectionConfigException
from milvusconn_cli.api.settings import Given
from milvusconn_cli.connection import tls_files as pem
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT, Connection
from milvusconn_cli.connection.tables import Table, unknown_to, write
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import keyring as keyring_store
from milvusconn_cli.registry.aliases import (
    FILE,
    OPTIONS,
    Entry,
    Registry,
    checked_new_alias,
    typed,
)
from milvusconn_cli.registry.lookup import in_service

_REPLACE_HINT = (
    "pass replace=True to overwrite the saved settings; Connections.in_memory() saves none"
)


class Intent:
    """One alias, what is given of it, and, once it was looked up, what it is to be."""

    def __init__(self, alias: str, given: Given) -> None:
        self._alias = alias
        self._given = given
        self._connection: Connection | None = None
        self.entry = Entry(alias, {}, Path())
        """What to connect; set by `look_up`."""

    @property
    def has_to_save(self) -> bool:
        """Whether the registry may have to change for this."""
        return self._connection is not None or self.entry.source == FILE

    def check(self) -> None:
        """Read what is given, for an alias that is not to be connected."""
        self._connection = self._given.connection()
        seconds = self._connection.timeout or DEFAULT_TIMEOUT
        pem.load_within(seconds, self._connection.tls_files)

    def look_up(self, registry: Registry, base: Path) -> None:
        """Find what is to be connected; `ConnectionConfigException` where settings conflict."""
        known = registry.find(self._alias)
        if not self._given.anything:
            self.entry = in_service(known) if known else self._unknown()
            return
        if self._given.uri is not None:
            self._connection = self._given.connection()
        elif known is None:
            self._unknown()
        else:
            self._complete(known)
        table = self._table
        if known is not None and known.source == FILE:
            self._changes(known, table)
        shown = self._alias if known else typed(self._alias)
        self.entry = Entry(shown, table, base, OPTIONS)

    def adding(self, registry: Registry) -> Sequence[edits.Change]:
        """What registers the settings; a `disconnect` stays."""
        current = registry.entries.get(self._alias)
        return self._changes(current, self._table)

    def connecting(self, registry: Registry) -> Sequence[edits.Change]:
        """What registers the settings, and puts the alias back into service."""
        current = registry.entries.get(self._alias)
        changes = self._changes(current, self._table) if self._connection else []
        if not changes and current is not None and current.disconnected:
            return [edits.reconnecting(self._alias)]
        return changes

    @property
    def _table(self) -> Table:
        return write(self._connection) if self._connection else {}

    def _complete(self, known: Entry) -> None:
        connection, differs = self._given.completing(in_service(known).connection())
        if differs and not self._given.replaces:
            raise self._differs()
        self._connection = connection
        # What an alias has already is replaced by itself and more.
        self._given = replace(self._given, replaces=True)

    def _changes(self, current: Entry | None, table: Table) -> Sequence[edits.Change]:
        if current is None:
            return [edits.adding({checked_new_alias(self._alias): table})]
        whole = {**table, **unknown_to(current.table)}
        if _same(in_service(current).table, whole):
            return []
        if not self._given.replaces:
            raise self._differs()
        return [edits.replacing({self._alias: whole})]

    def _differs(self) -> ConnectionConfigException:
        return ConnectionConfigException(
            f"Alias of {typed(self._alias)!r} already creating connections, "
            "but the configure is not the same as passed in.",
            _REPLACE_HINT,
        )

    def _unknown(self) -> Entry:
        raise ConnectionConfigException(
            "You need to pass in the configuration of the connection named"
            f" {typed(self._alias)!r} .",
            f"connections.connect({typed(self._alias)!r}, uri=…)",
        )


def _same(known: Table, given: Mapping[str, object]) -> bool:
    """Whether an alias has these settings already, wherever it keeps the secret."""
    return keyring_store.agreeing(known, given) == given

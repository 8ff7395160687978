"""milvus_cli 1.2: `~/.milvus_cli_connections.json`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.connection.tables import Table
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import checked_text, read_json, with_scheme
from milvusconn_cli.importing.source import Importer, Variables
from milvusconn_cli.registry.aliases import Entry, shown

_ONE_WAY_TLS, _MUTUAL_TLS = 1, 2
"""milvus_cli's `tlsmode`; it has no way to say the second's certificate and key."""


class MilvusCli(Importer):
    """`{NAME: {uri, token, tlsmode, cert, last_used}}`."""

    mark: ClassVar[str | None] = r"\A\s*\{"

    def usual_file(self, environment: Variables) -> str | None:
        """In the home directory."""
        return "~/.milvus_cli_connections.json"

    def recognizes(self, document: Mapping[str, Any], text: str) -> bool:
        """Every member has a URI."""
        return bool(document) and all(
            isinstance(one, dict) and "uri" in one for one in document.values()
        )

    def read(self, text: str, base: Path, environment: Variables) -> list[Entry]:
        """One alias a member."""
        return [Entry(alias, table, base) for alias, table in _tables(read_json(text))]


def _tables(saved: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    """`{NAME: {uri, token, tlsmode, cert, last_used}}`; a connection without a name has its URI."""
    for name, one in saved.items():
        if not isinstance(one, dict) or not isinstance(one.get("uri"), str):
            raise ConfigError(f"{shown(name)!r} is not a connection as milvus_cli saves it")
        mode = one.get("tlsmode")
        if mode == _MUTUAL_TLS:
            raise ConfigError(
                f"{shown(name)!r} uses mutual TLS, whose files milvus_cli does not save",
                "add it with `milvusconn add`, and remove it from the file",
            )
        table: dict[str, object] = {"uri": with_scheme(one["uri"], tls=mode == _ONE_WAY_TLS)}
        token = checked_text(one.get("token", ""), f"{shown(name)!r}: its token")
        if token:
            table["token"] = token
        if one.get("cert") and mode == _ONE_WAY_TLS:
            table["tls"] = {"ca": one["cert"]}
        yield name, table

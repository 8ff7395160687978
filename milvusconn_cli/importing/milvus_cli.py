"""milvus_cli 1.2: `~/.milvus_cli_connections.json`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.connection.variables import Note, with_scheme
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import checked_text, read_json
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables, not_imported
from milvusconn_cli.registry.aliases import Entry, shown

KEYS = frozenset(("uri", "token", "tlsmode", "cert", "last_used"))
"""What milvus_cli saves."""
_ONE_WAY_TLS, _MUTUAL_TLS = 1, 2
"""milvus_cli's `tlsmode`; it has no way to say the second's certificate and key."""


class MilvusCli(Importer):
    """`{NAME: {uri, token, tlsmode, cert, last_used}}`."""

    mark: ClassVar[str | None] = r"\A\s*\{"

    def usual_file(self, environment: Variables) -> str | None:
        """In the home directory."""
        return "~/.milvus_cli_connections.json"

    def recognizes(self, documents: Documents, text: str) -> bool:
        """JSON, and every member has a URI."""
        members = [one for document in documents for one in document.values()]
        has_uris = all(isinstance(one, dict) and "uri" in one for one in members)
        return bool(members) and has_uris and text.lstrip().startswith("{")

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias a member."""
        saved = read_json(text)
        entries = [Entry(name, _table(name, one), base) for name, one in saved.items()]
        notes = (note for name, one in saved.items() for note in _left_out(name, one))
        return Read(entries=entries, notes=tuple(notes))


def _table(name: str, one: object) -> dict[str, object]:
    """A connection without a name has its URI for one."""
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
    return table


def _left_out(name: str, one: Mapping[str, Any]) -> Iterator[Note]:
    """What is saved with the connection and not used by milvus_cli either."""
    rest = [key for key, value in one.items() if key not in KEYS and value]
    if one.get("cert") and one.get("tlsmode") != _ONE_WAY_TLS:
        rest.append("cert (tlsmode is not 1)")
    if rest:
        yield not_imported(rest).about(shown(name))

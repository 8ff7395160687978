"""What the arguments of a call mean: aliases and URIs.

An argument that names an alias is that alias. Any other that has the form of a URI is one: it is
probed without being in a registry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from milvusconn_cli.cli.connection_options import AdHocOptions
from milvusconn_cli.cli.open_registry import open_registry
from milvusconn_cli.cli.options import default_alias
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import write as to_table
from milvusconn_cli.connection.target import Target
from milvusconn_cli.connection.uri import is_uri
from milvusconn_cli.errors import UsageError
from milvusconn_cli.registry.aliases import OPTIONS, Entry, Registry
from milvusconn_cli.registry.lookup import resolve, resolve_entry
from milvusconn_cli.report import Report
from milvusconn_cli.system.environment_info import here

Judged = Report | Target


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a call is about, as it was typed."""

    words: Sequence[str] = ()
    given: AdHocOptions
    timeout: float | None = None


def judge(wanted: Wanted, config: Path | None, *, quiet: bool) -> list[Judged]:
    """What to probe, in the order asked for, and what is answered without a probe."""
    given = wanted.given
    if given.has_place and wanted.words:
        raise UsageError("the address is given twice", "use either the argument or the option")
    words = wanted.words or ([] if given.anything else [default_alias()])
    if not words:
        return [_of_connection(given.connection(wanted.timeout))]
    registry = (
        Registry({})
        if all(map(is_uri, words))
        else open_registry(config, quiet=quiet, asked=list(words))
    )
    uris = {word for word in words if is_uri(word) and word not in registry}
    if given.anything and len(uris) < len(words):
        raise UsageError("connection options are for URIs; an alias has its own settings")
    return [
        _of_connection(replace(given, uri=word).connection(wanted.timeout))
        if word in uris
        else resolve(registry, word)
        for word in words
    ]


def _of_connection(connection: Connection) -> Judged:
    """What to probe for a connection that is in no registry; it is called by its address."""
    entry = Entry(connection.address, to_table(connection), here(), OPTIONS)
    return resolve_entry(entry)

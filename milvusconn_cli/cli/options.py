"""The options that mean the same everywhere, as types of parameters."""

import os
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from milvusconn_cli.cli.invocation import Invocation
from milvusconn_cli.cli.pasting import remember_config
from milvusconn_cli.cli.stderr import forbid_color
from milvusconn_cli.cli.typer_adapter import Refused
from milvusconn_cli.connection.tables import LONGEST_TIMEOUT
from milvusconn_cli.formats import AnyOutput, Output, ProbeOutput
from milvusconn_cli.formats.ordering import SortKey
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS
from milvusconn_cli.system.environment_info import shown_path

ALIAS_VARIABLE = "MILVUSCONN_ALIAS"


def default_alias() -> str:
    """The alias that is meant where none is named."""
    return os.environ.get(ALIAS_VARIABLE) or DEFAULT_ALIAS


def alias_or_default(alias: str | None) -> str:
    """The alias that an optional argument means."""
    return default_alias() if alias is None else alias


def remember(context: typer.Context, output: Enum | None) -> str | None:
    """Let an error of this call come out in the format that was asked for.

    Answers the text again: typer converts what a callback answers a second time.
    """
    invocation = context.obj
    if isinstance(invocation, Invocation):
        known: dict[str, AnyOutput] = {one.value: one for one in (*ProbeOutput, *Output)}
        invocation.output = known.get(output.value, Output.PLAIN) if output else Output.PLAIN
        invocation.command = context.info_name
    return output.value if output else None


def _in_range(seconds: float | None) -> float | None:
    if seconds is None or 0 < seconds <= LONGEST_TIMEOUT:
        return seconds
    raise Refused(f"expected more than 0 and at most {LONGEST_TIMEOUT:.0f} seconds")


def _forbid_color(forbidden: bool) -> bool:  # noqa: FBT001 -- typer's callback
    forbid_color(forbidden=forbidden)
    return forbidden


def _remember_config(config: Path | None) -> Path | None:
    if config is not None:
        # What is no file may have been a secret, and is not repeated.
        text = str(config)
        remember_config(text if shown_path(text) == text else "FILE")
    return config


OptionalAlias = Annotated[
    str | None,
    typer.Argument(metavar="[ALIAS]", help="Alias. Default: $MILVUSCONN_ALIAS, else `default`."),
]
OptionalUri = Annotated[
    str | None, typer.Argument(metavar="[URI]", help="Where to connect to; the same as --uri.")
]
AliasOrUri = Annotated[
    str | None,
    typer.Argument(
        metavar="[ALIAS|URI]", help="Alias or URI. Default: $MILVUSCONN_ALIAS, else `default`."
    ),
]
AliasesOrUris = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ALIAS|URI]...",
        help="Aliases, patterns such as 'prod-*', or URIs. Default: $MILVUSCONN_ALIAS, else"
        " `default`.",
    ),
]
RequiredAlias = Annotated[str, typer.Argument(metavar="ALIAS", help="Alias.")]
Aliases = Annotated[list[str], typer.Argument(metavar="ALIAS...", help="One or more aliases.")]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Registry file.", callback=_remember_config),
]
ChosenOutput = Annotated[
    Output | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        help="Output format: table, plain, json, jsonl or csv.",
        callback=remember,
    ),
]
ChosenProbeOutput = Annotated[
    ProbeOutput | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        help="Output format: table, plain, json, jsonl, csv, prometheus, nagios, junit or github.",
        callback=remember,
    ),
]
Template = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="TEMPLATE", help="One line per alias, such as '{alias} {status}'."
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        "-t",
        metavar="SECONDS",
        help="Total time per probe. Default: 5.",
        callback=_in_range,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no messages, only data.")]
AnswerQuietly = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing; use the exit code.")
]
ListQuietly = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print no messages, and only the names.")
]
NoColor = Annotated[
    bool,
    typer.Option("--no-color", help="Disable color, like NO_COLOR.", callback=_forbid_color),
]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="Show no progress while waiting.")]
Force = Annotated[bool, typer.Option("--force", help="Ignore missing aliases.")]
Replace = Annotated[bool, typer.Option("--replace", help="Overwrite an existing alias.")]
EveryAlias = Annotated[bool, typer.Option("--all", help="Check every alias.")]
NoCreate = Annotated[
    bool, typer.Option("--no-create", help="Do not create a `.db` that does not exist.")
]
Healthy = Annotated[bool, typer.Option("--healthy", help="Also ask Milvus whether it is healthy.")]
NewAlias = Annotated[str, typer.Argument(metavar="NEW", help="New name.")]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Only aliases with this tag; repeatable."),
]
Names = Annotated[
    bool, typer.Option("--names", help="Only the names, one per line; does not connect.")
]
NoProbe = Annotated[bool, typer.Option("--no-probe", help="Only the settings; does not connect.")]
BySeverity = Annotated[
    bool, typer.Option("--exit-code", help="Exit with the code of the most severe row.")
]
Failing = Annotated[
    bool, typer.Option("--failing", help="Only failing aliases, most severe first.")
]
Sort = Annotated[
    SortKey | None,
    typer.Option("--sort", metavar="KEY", help="Sort by alias, address, status or time."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, without changing it.")
]
CauseName = Annotated[
    str | None, typer.Argument(metavar="[CAUSE]", help="A cause, an exit code or a layer.")
]

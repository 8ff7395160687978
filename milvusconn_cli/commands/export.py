"""`export`: the aliases of the file, to be imported elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from enum import Enum
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

from milvusconn_cli.cli.changing import file_already_exists
from milvusconn_cli.cli.open_registry import locate_to_change
from milvusconn_cli.cli.options import Config, DryRun, NoColor, Quiet, Tags, remember
from milvusconn_cli.cli.selection import matching
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import write as write_out
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import Table, unknown_to, write
from milvusconn_cli.errors import ConfigError, OutputError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import cells, envelope, table
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Entry, Registry
from milvusconn_cli.report import Subject
from milvusconn_cli.secrets import SOURCES
from milvusconn_cli.system import atomic_file
from milvusconn_cli.system.environment_info import shown_path
from milvusconn_cli.text import followed, listed
from milvusconn_cli.values import positional_value_class

_PERMISSION = "import needs --allow-commands: the secret is a {kind}"
_LEFT_OUT, _REFERENCE, _PLAIN, _NONE = "left out", "reference", "in plain text", "-"


class Form(Enum):
    """What `--output` takes here."""

    TOML = "toml"
    JSON = "json"


SelectedAliases = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ALIAS]...", help="Aliases, or patterns such as 'prod-*'. Default: all."
    ),
]
ChosenForm = Annotated[
    Form,
    typer.Option(
        "--output", "-o", metavar="FORMAT", help="Output format: toml or json.", callback=remember
    ),
]
To = Annotated[
    Path | None,
    typer.Option("--to", metavar="FILE", help="Write to FILE, readable by its owner only."),
]
IncludeSecrets = Annotated[
    bool, typer.Option("--include-secrets", help="Include literal secrets, in plain text.")
]
ReplaceFile = Annotated[bool, typer.Option("--replace", help="Overwrite an existing FILE.")]


@positional_value_class
class _Valid:
    """An alias to export, its settings read once."""

    entry: Entry
    connection: Connection

    @property
    def alias(self) -> str:
        return self.entry.alias

    @property
    def subject(self) -> Subject:
        return self.entry.subject_of(self.connection)

    def table(self, *, whole: bool) -> Table:
        """The alias's settings, its paths absolute.

        A key that means nothing here may be a misspelt `password`: it goes only where secrets do.
        """
        if whole:
            return {**write(self.connection), **unknown_to(self.entry.table)}
        return write(self.connection.without_literal_secrets())

    @property
    def acting(self) -> str | None:
        """The kind of its secret if that runs or reads something where it is imported."""
        secret = self.connection.secret
        kind = secret.kind if secret and self.connection.has_secret else ""
        return kind if kind in SOURCES and SOURCES[kind].acts_here else None

    def fate(self, *, whole: bool) -> str:
        """What becomes of the alias's secret."""
        if self.connection.literal_secrets:
            return _PLAIN if whole else _LEFT_OUT
        return _REFERENCE if self.connection.has_secret else _NONE


def export(
    aliases: SelectedAliases = None,
    *,
    tag: Tags = None,
    include_secrets: IncludeSecrets = False,
    to: To = None,
    replace: ReplaceFile = False,
    dry_run: DryRun = False,
    output: ChosenForm = Form.TOML,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """Print the aliases of the registry file, for `import` on another machine.

    References to secrets are exported as they are; secrets stored in the file are left out.
    """
    path = locate_to_change(config, quiet=quiet)
    selected = _selected(registry_file.load(path, {}), aliases or (), tag or ())
    private = include_secrets and not dry_run
    target = None if to is None else _target(to, replace=replace, private=private)
    if target is not None and target == path.resolve():
        raise UsageError(f"{to} is the registry file", "export to another file")
    # What is asked for by name has to be valid; of all, what can be exported is.
    valid, invalid = _checked(selected, is_named=bool(aliases))
    answer = ConfigError.exit_code if invalid else ExitCode.OK
    tables = {one.alias: one.table(whole=include_secrets) for one in valid}
    left_out = [
        one.alias for one in valid if not include_secrets and one.connection.literal_secrets
    ]
    if dry_run:
        text = _plan(valid, output, answer, whole=include_secrets, color=not no_color)
    elif output is Form.JSON:
        text = _document(valid, answer, {"registry": _as_json(edits.document(tables))})
    else:
        text = edits.rendered(tables, _comments(valid))
    if target is not None and not dry_run:
        try:
            atomic_file.replace(target, text)
        except OSError as error:
            raise OutputError(f"{shown_path(target)} cannot be written: {error.strerror}") from None
        if not quiet:
            print_message(f"{to}: written")
    else:
        write_out(text)
    if not quiet:
        _tell_what_is_missing(left_out, invalid)
    return answer


def _tell_what_is_missing(left_out: list[str], invalid: Mapping[str, ConfigError]) -> None:
    """Name the secrets and the aliases that were not exported."""
    if left_out:
        print_message(
            f"not exported: the secret of {listed(left_out)}",
            "use --include-secrets to export it too",
        )
    for wrong in invalid.values():
        print_message(f"not exported: {wrong.message}", wrong.hint)


def _checked(
    entries: Sequence[Entry], *, is_named: bool
) -> tuple[list[_Valid], dict[str, ConfigError]]:
    """The aliases that a client can use, and what is wrong with each other one.

    Raises `ConfigError` for the first of those if they were asked for by name.
    """
    valid: list[_Valid] = []
    invalid: dict[str, ConfigError] = {}
    for entry in entries:
        try:
            valid.append(_Valid(entry, entry.connection()))
        except ConfigError as error:
            if is_named:
                raise
            invalid[entry.alias] = error
    return valid, invalid


def _selected(registry: Registry, aliases: Sequence[str], tags: Sequence[str]) -> list[Entry]:
    tagged = registry.tagged(tags)
    if not aliases:
        return tagged
    words = dict.fromkeys(one for word in aliases for one in matching(registry, word) or [word])
    named = [registry.get(alias) for alias in words]
    return [entry for entry in named if entry in tagged]


def _plan(
    valid: Sequence[_Valid], form: Form, answer: ExitCode, *, whole: bool, color: bool
) -> str:
    if form is Form.JSON:
        return _document(valid, answer, {"dry_run": True})
    lines = [(*cells.of_subject(one.subject), one.fate(whole=whole)) for one in valid]
    return table.Format(color=color).grid((*cells.SETTINGS_HEADER, "SECRET"), lines)


def _document(valid: Sequence[_Valid], answer: ExitCode, more: Mapping[str, object]) -> str:
    rows = [envelope.unprobed(one.subject) for one in valid]
    return envelope.document(
        "export", rows, answer, None, **more, needs_allow_commands=list(_comments(valid))
    )


def _comments(valid: Sequence[_Valid]) -> dict[str, str]:
    """What whoever imports an alias has to know, by alias."""
    return {one.alias: _PERMISSION.format(kind=one.acting) for one in valid if one.acting}


def _as_json(value: object) -> object:
    """The same in what JSON can say: a date of somebody else's key is text there."""
    match value:
        case dict():
            return {key: _as_json(one) for key, one in value.items()}
        case list():
            return [_as_json(one) for one in value]
        case float() if not isfinite(value):
            return str(value)
        case date() | time():
            return value.isoformat()
        case _:
            return value


def _target(to: Path, *, replace: bool, private: bool) -> Path:
    """The file itself that is to be written; `ConfigError` where it must not, else `OutputError`.

    One that is there, and gets secrets, is its owner's alone before they are in it.
    """
    path = followed(str(to)) or to
    try:
        if not path.exists():
            return path.resolve()
        if not path.is_file():
            raise ConfigError(f"{shown_path(path)} is not a regular file")
        if not replace:
            raise file_already_exists(path)
        if private:
            path.chmod(0o600)
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        reason = error.strerror if isinstance(error, OSError) else "symlink loop"
        raise OutputError(f"{shown_path(path)} cannot be written: {reason}") from None

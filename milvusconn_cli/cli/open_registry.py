"""Opening the registry, and what there is to complain of in it, each once."""

import os
from collections.abc import Iterable
from pathlib import Path

from milvusconn_cli.cli.stderr import tell
from milvusconn_cli.connection.tables import unknown_keys
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Detour, Entry, Registry


def locate(config: Path | None) -> Path:
    """The registry file that `--config` and the environment mean."""
    return registry_file.locate(config, os.environ)


def locate_to_change(config: Path | None, *, quiet: bool) -> Path:
    """The same, with the complaint that others may read what will be written there."""
    path = locate(config)
    if not quiet:
        _complain_of_mode(path)
        warn_about_hard_links(path)
    return path


def open_registry(config: Path | None, *, quiet: bool = False) -> Registry:
    """All aliases; complaints on stderr, unless quiet."""
    path = locate(config)
    registry = registry_file.load(path, os.environ)
    if not quiet:
        _complain_of_mode(path)
        complain_of_keys(registry.entries.values())
        _tell_shadowing(registry)
    return registry


def _complain_of_mode(path: Path) -> None:
    mode = registry_file.loose_mode(path)
    if mode:
        tell(f"{path} has mode {mode}: other users can read its secrets", f"chmod 600 {path}")


def warn_about_hard_links(path: Path) -> None:
    """Say that a change replaces the file: other names of it keep the old content."""
    names = registry_file.hard_links(path)
    if names > 1:
        tell(
            f"{path} has {names} hard links: a change is seen under this name only",
            "use symbolic links instead",
        )


def complain_of_keys(entries: Iterable[Entry]) -> None:
    """Name each key that means nothing here, with the nearest one that does."""
    for entry in entries:
        for key, nearest in unknown_keys(entry.table):
            hint = f"did you mean `{nearest}`?" if nearest else None
            tell(f"{entry.alias}: unknown setting `{key}` (ignored)", hint)


def _tell_shadowing(registry: Registry) -> None:
    for alias, entry in registry.entries.items():
        if entry.shadows:
            verb = "overrides" if len(entry.variables) == 1 else "override"
            tell(f"{alias}: {', '.join(entry.variables)} {verb} the file")
        if entry.detour:
            _tell_detour(entry, entry.detour)


def _tell_detour(entry: Entry, detour: Detour) -> None:
    """A secret goes where nobody may have meant it to go."""
    variable = entry.variable_of("uri") or ""
    stem = variable.removesuffix("URI")
    unencrypted = "" if detour.encrypted else ", unencrypted"
    instead = f", not to {detour.meant_for}" if detour.meant_for else ""
    tell(
        f"{entry.alias}: {variable} sends the file's {detour.setting} to"
        f" {detour.uri}{unencrypted}{instead}",
        f"set {stem}TOKEN, or {stem}USER and {stem}PASSWORD, for that server",
    )

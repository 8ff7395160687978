"""Open the registry, and warn about what is wrong with it."""

import os
from collections.abc import Container, Iterable
from pathlib import Path

from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.connection.tables import unknown_keys
from milvusconn_cli.disclosure import quoted, suggestion
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import (
    DEFAULT_ALIAS,
    ENVIRONMENT,
    TOP_LEVEL,
    Detour,
    Entry,
    Registry,
    with_environment,
)
from milvusconn_cli.system.environment_info import here
from milvusconn_cli.text import as_argument

_DOTENV = ".env"
_LONGEST_DOTENV = 65536
_PLACES = ("MILVUS_URI", "MILVUS_ADDRESS", "MILVUS_HOST")


def locate(config: Path | None) -> Path:
    """The registry file that `--config` and the environment mean."""
    return registry_file.locate(config, os.environ)


def locate_to_change(config: Path | None, *, quiet: bool) -> Path:
    """The same, with warnings about the file that is about to be changed."""
    path = locate(config)
    if not quiet:
        _warn_about_mode(path)
        warn_about_hard_links(path)
    return path


def open_registry(
    config: Path | None, *, quiet: bool = False, asked: Container[str] | None = None
) -> Registry:
    """All aliases; warnings go to stderr, unless quiet.

    What the environment does is told of the aliases that are asked for, or of all.
    """
    path = locate(config)
    registry = registry_file.load(path, os.environ)
    if not quiet:
        _warn_about_mode(path)
        _warn_about_unknown_tables(registry)
        warn_about_unknown_keys(registry.entries.values())
        _warn_about_overrides(registry, asked)
        if asked is None or DEFAULT_ALIAS in asked:
            _tell_what_is_not_used(registry)
    return registry


def _tell_what_is_not_used(registry: Registry) -> None:
    """Variables that look as if they said where `default` is, and do not."""
    for note in registry.notes:
        print_message(note.message, note.hint)
    default = registry.entries.get(DEFAULT_ALIAS)
    beside = None if default and default.source == ENVIRONMENT else _place_in_dotenv(default)
    if beside:
        print_message(
            f"{beside} of {_DOTENV} is not read",
            f"`milvusconn import {_DOTENV}` saves it; `set -a; . ./{_DOTENV}` exports it",
        )


def _place_in_dotenv(default: Entry | None) -> str | None:
    """The variable by which a `.env` here says where Milvus is, if there is one.

    None, too, where the alias `default` is there already: it may have been imported.
    """
    try:
        with (here() / _DOTENV).open("rb") as file:
            text = file.read(_LONGEST_DOTENV).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    if not any(name in text for name in _PLACES):
        return None
    from milvusconn_cli.system import dotenv_values  # noqa: PLC0415 -- few directories have one

    said = dotenv_values.values(text, os.environ)
    meant = with_environment(Registry({}), said, here()).find(DEFAULT_ALIAS)
    if meant and default and meant.subject.address == default.subject.address:
        return None
    return next((name for name in _PLACES if said.get(name)), None)


def _warn_about_mode(path: Path) -> None:
    mode = registry_file.loose_mode(path)
    if mode:
        print_message(
            f"{path} has mode {mode}: other users can read its secrets",
            f"`chmod 600 {as_argument(str(path))}`",
        )


def warn_about_hard_links(path: Path) -> None:
    """Say that a change replaces the file: other names of it keep the old content."""
    names = registry_file.hard_links(path)
    if names > 1:
        print_message(
            f"{path} has {names} hard links: a change is seen under this name only",
            "use symbolic links instead",
        )


def _warn_about_unknown_tables(registry: Registry) -> None:
    """Warn about keys at the file's top level: one may be a misspelt `connections`."""
    for key in registry.unknown:
        print_message(
            f"unknown key{quoted(key)} at the top of the registry (ignored)",
            suggestion(key, TOP_LEVEL),
        )


def warn_about_unknown_keys(entries: Iterable[Entry]) -> None:
    """Warn about unknown settings, with the nearest known one."""
    for entry in entries:
        for key, nearest in unknown_keys(entry.table):
            hint = f"did you mean `{nearest}`?" if nearest else None
            print_message(f"{entry.alias}: unknown setting `{key}` (ignored)", hint)


def _warn_about_overrides(registry: Registry, asked: Container[str] | None) -> None:
    for alias, entry in registry.entries.items():
        if asked is not None and alias not in asked:
            continue
        if entry.shadows and entry.variables:
            verb = "overrides" if len(entry.variables) == 1 else "override"
            print_message(f"{alias}: {', '.join(entry.variables)} {verb} the file")
        if entry.detour:
            _warn_about_detour(entry, entry.detour)


def _warn_about_detour(entry: Entry, detour: Detour) -> None:
    """Warn that a secret goes to another server than the file says."""
    variable = entry.variable_of("uri") or ""
    stem = variable.removesuffix("URI")
    unencrypted = "" if detour.encrypted else ", unencrypted"
    instead = f", not to {detour.meant_for}" if detour.meant_for else ""
    print_message(
        f"{entry.alias}: {variable} sends the file's {detour.setting} to"
        f" {detour.uri}{unencrypted}{instead}",
        f"set {stem}TOKEN, or {stem}USER and {stem}PASSWORD, for that server",
    )

"""Aliases as an immutable value: which there are, where each comes from, which are asked for.

Pure. The file's side is registry_file.py; the environment's variables come in as a mapping.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import Table, read
from milvusconn_cli.connection.uri import (
    ParsedUri,
    TcpEndpoint,
    anchored,
    parse,
    split_credentials,
    without_credentials,
)
from milvusconn_cli.disclosure import is_word, place
from milvusconn_cli.errors import AliasError, ConfigError, ShapeError
from milvusconn_cli.report import Subject
from milvusconn_cli.text import MASK, clean
from milvusconn_cli.values import positional_value_class

if TYPE_CHECKING:
    from milvusconn_cli.connection.variables import Note

DEFAULT_ALIAS = "default"
FILE = "file"
ENVIRONMENT = "environment"
OPTIONS = "options"
TOP_LEVEL = ("version", "connections")
_URI = "uri"

LONGEST_ALIAS = 64
_NEW_ALIAS = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_ALIAS - 1}}}", re.ASCII)
_KEPT = ("timeout", "description", "tags", "disconnected")
_SECRETS = ("token", "password")
_USUAL = "MILVUS_"
"""What the variables of other programs begin with; ours do not."""
_IN_VARIABLES = (_URI, "token", "user", "password", "db")
_VARIABLE = re.compile(f"MILVUSCONN_(.+)_({'|'.join(_IN_VARIABLES).upper()})")
_WITH_CREDENTIALS = re.compile(r":(//)?.*@", re.DOTALL)
_STEM = re.compile(r"[A-Z0-9_]+", re.ASCII)


class Detour(NamedTuple):
    """A secret of the file that a URI of the environment sends to another place."""

    setting: str
    """`password` or `token`."""
    uri: str
    """Where it goes; both without credentials."""
    meant_for: str | None
    """Where the file would send it; None where its own URI is not valid."""
    encrypted: bool


@positional_value_class
class Entry:
    """One alias's settings as they were found, not yet checked."""

    alias: str
    table: Table
    base: Path
    """The directory that relative paths are relative to."""
    source: str = FILE
    variables: tuple[str, ...] = ()
    """The environment variables that had a say."""
    shadows: bool = False
    """Whether they override what the file says."""
    detour: Detour | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    """The variable of each setting, where its name does not end in the setting's."""
    contradiction: ConfigError | None = None
    """Why variables make no settings at all."""

    def connection(self) -> Connection:
        """The settings, checked; `ConfigError` naming the alias where they are not valid."""
        try:
            return self.read()
        except ConfigError as error:
            raise type(error)(f"{shown(self.alias)}: {error.message}", error.hint) from None

    def read(self) -> Connection:
        """The settings, checked; `ConfigError` where they are not valid."""
        if self.contradiction is not None:
            raise self.contradiction
        return read(self.table, self.base)

    def variable_of(self, key: str) -> str | None:
        """The environment variable that a setting comes from."""
        if key in self.origins:
            return self.origins[key]
        ending = f"_{key.upper()}"
        return next((name for name in self.variables if name.endswith(ending)), None)

    @property
    def disconnected(self) -> bool:
        """Whether it is out of service."""
        return self.table.get("disconnected") is True

    @property
    def subject(self) -> Subject:
        """What can be said of the alias, its settings valid or not."""
        try:
            return self.subject_of(self.read())
        except ConfigError:
            return Subject(alias=self.alias, source=self.source)

    def subject_of(self, connection: Connection) -> Subject:
        """The same, where the settings have been read already."""
        return Subject(
            alias=self.alias,
            source=self.source,
            uri=connection.uri,
            address=connection.address,
            database=connection.effective_database,
            user=connection.user,
            tls=connection.tls,
            # What was only typed may have been meant for another option.
            description=None if self.source == OPTIONS else connection.description,
            tags=() if self.source == OPTIONS else connection.tags,
        )


@positional_value_class
class Registry:
    """All aliases, in the file's order, then those that only the environment knows."""

    entries: Mapping[str, Entry]
    notes: "tuple[Note, ...]" = ()
    """What the environment says of `default` and is not used."""
    unknown: tuple[str, ...] = ()
    """The file's keys at its top level that mean nothing here."""

    def __contains__(self, alias: str) -> bool:
        return self.find(alias) is not None

    def find(self, alias: str) -> Entry | None:
        """The alias's entry; None if there is none.

        A variable cannot tell `-` and `.` from `_`, so an alias of the environment has them all.
        """
        found = self.entries.get(alias)
        if found is not None:
            return found
        stem = variable_stem(alias)
        for entry in self.entries.values():
            if entry.source == ENVIRONMENT and variable_stem(entry.alias) == stem:
                return None if entry.shadows else replace(entry, alias=alias)
        return None

    def get(self, alias: str) -> Entry:
        """The alias's entry; `AliasError` with the nearest name if there is none."""
        entry = self.find(alias)
        if entry is None:
            hint = self.nearest(alias) or "`milvusconn list --names` lists all"
            raise AliasError(f"no alias {typed(alias)!r}", hint)
        return entry

    def suggestion(self, alias: str) -> str:
        """What to type instead of an alias that does not exist."""
        is_new = typed(alias) == alias and _NEW_ALIAS.fullmatch(alias)
        adding = f"`milvusconn add {alias} URI` adds it; " if is_new else ""
        return self.nearest(alias) or f"{adding}`milvusconn list` shows all aliases"

    def nearest(self, alias: str) -> str | None:
        """A hint with the alias that may have been meant; None if none is like it."""
        near = get_close_matches(alias, self.entries, n=1)
        return f"did you mean {shown(near[0])}?" if near else None

    def tagged(self, tags: Iterable[str]) -> list[Entry]:
        """The entries that bear every one of `tags`; all where none is asked for."""
        wanted = set(tags)
        return [entry for entry in self.entries.values() if wanted <= _tags(entry)]


def read_document(document: Mapping[str, object], base: Path) -> Registry:
    """The registry that a parsed file holds; `ShapeError` where it is not one."""
    version = document.get("version", 1)
    if version != 1 or isinstance(version, bool):
        raise ShapeError(
            f"unknown registry version {_as_text(version)}; this milvusconn reads version 1",
            ("version",),
        )
    tables = document.get("connections", {})
    if not isinstance(tables, dict):
        raise ShapeError("`connections` must be a table", ("connections",))
    for alias, table in tables.items():
        if not isinstance(table, dict):
            raise ShapeError(
                f"`connections.{shown(alias)}` must be a table", ("connections", alias)
            )
    entries = {alias: Entry(alias, table, base) for alias, table in tables.items()}
    return Registry(entries, unknown=tuple(key for key in document if key not in TOP_LEVEL))


def _as_text(value: object) -> str:
    try:
        return clean(repr(value))
    except ValueError:
        return "of thousands of digits"  # Python shows no such number


def with_environment(registry: Registry, environment: Mapping[str, str], base: Path) -> Registry:
    """`registry` with what the environment adds and overrides.

    `MILVUSCONN_<ALIAS>_URI`, `_TOKEN`, `_USER`, `_PASSWORD`, `_DB` make or override an alias.
    `MILVUS_*` are the alias `default`, over the file's: what a program started here would use.
    """
    entries = dict(registry.entries)
    own = _said(environment)
    notes: tuple[Note, ...] = ()
    if any(name.startswith(_USUAL) for name in environment):
        from milvusconn_cli.connection import variables  # noqa: PLC0415 -- only who sets some

        usual = variables.of_environment(environment)
        # Where our own variables say where `default` is, the others are another place's.
        stand_in, notes = _stand_in(usual, entries.get(DEFAULT_ALIAS), base)
        if _URI in own.get(variable_stem(DEFAULT_ALIAS), {}):
            notes = tuple(_overruled(stand_in))
        elif stand_in is not None:
            entries[DEFAULT_ALIAS] = stand_in
        notes = (*notes, *variables.notes_of_environment(usual))
    if own:
        stems = {alias: variable_stem(alias) for alias in entries}
        known = set(stems.values())
        for stem, settings in own.items():
            if stem not in known and _URI in settings and _STEM.fullmatch(stem):
                alias = stem.lower()
                stems[alias], entries[alias] = stem, Entry(alias, {}, base, ENVIRONMENT)
        for alias, stem in stems.items():
            if stem in own:
                entries[alias] = _override(entries[alias], stem, own[stem], base)
    return replace(registry, entries=entries, notes=notes)


def acceptable(name: str) -> str:
    """The alias that a name from elsewhere becomes: itself, or what is nearest to it."""
    if _NEW_ALIAS.fullmatch(name):
        return name
    place = shown(name).rpartition("://")[2].removeprefix(f"{MASK}@")
    words = re.findall(r"[A-Za-z0-9._]+", place, re.ASCII)
    return "-".join(words).lstrip("._-")[:LONGEST_ALIAS] or "imported"


def shown(name: str) -> str:
    """A name as it can be told.

    Elsewhere a connection without a name is called by its URI, password and all. What is typed
    and names nothing is shown by `typed`.
    """
    return without_credentials(name) if _WITH_CREDENTIALS.search(name) else name


def typed(alias: str) -> str:
    """An argument that names no alias, as a message may show it: a secret may have been typed.

    A valid name is shown as it is, a URI without its credentials, and anything else as `***`.
    """
    if not alias or (_NEW_ALIAS.fullmatch(alias) and is_word(alias)):
        return alias
    return place(alias) if "://" in alias or "@" in alias else MASK


def without_passwords(words: str) -> str:
    """What a parser says, which may repeat such names."""
    return _WITH_CREDENTIALS.sub(rf":\1{MASK}@", words)


def checked_new_alias(alias: str) -> str:
    """A name that a new alias may have; `ConfigError` otherwise."""
    if _NEW_ALIAS.fullmatch(alias):
        return alias
    raise ConfigError(
        "invalid alias name",
        "use at most 64 letters, digits, '.', '_' or '-', starting with a letter or digit",
    )


def _said(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the environment says of aliases: the setting's text, by key, by the alias's stem."""
    said: dict[str, dict[str, str]] = {}
    for name, text in environment.items():
        found = _VARIABLE.fullmatch(name)
        if found and text:
            said.setdefault(found[1], {})[found[2].lower()] = text
    return said


def _override(entry: Entry, stem: str, said: Mapping[str, str], base: Path) -> Entry:
    variables = tuple(f"MILVUSCONN_{stem}_{key.upper()}" for key in _IN_VARIABLES if key in said)
    anchored_uri = {_URI: _anchored(said[_URI], base)} if _URI in said else {}
    table = _yielding(entry.table, said) | {**said, **anchored_uri}
    overruled = {entry.origins.get(key) for key in said}
    before = (name for name in entry.variables if name not in overruled)
    is_of_file = entry.source == FILE
    return replace(
        entry,
        table=table,
        source=ENVIRONMENT,
        variables=(*before, *variables),
        shadows=is_of_file or entry.shadows,
        detour=_detour(entry, table, said) if is_of_file else None,
        origins={key: name for key, name in entry.origins.items() if key not in said},
    )


def _detour(entry: Entry, table: Table, said: Mapping[str, str]) -> Detour | None:
    """What a URI of the environment does to a secret of the file; None where it is not sent."""
    setting = next((key for key in _SECRETS if key in table and key not in said), None)
    before, after = _parsed(entry.table, entry.base), _parsed(table, entry.base)
    if _URI not in said or setting is None or after is None or after.has_credentials:
        return None
    if before and before.endpoint == after.endpoint:
        return None
    encrypted = not isinstance(after.endpoint, TcpEndpoint) or after.endpoint.tls
    return Detour(setting, after.text, before.text if before else None, encrypted)


def _parsed(table: Table, base: Path) -> ParsedUri | None:
    uri = table.get(_URI)
    try:
        return parse(uri, base) if isinstance(uri, str) else None
    except ConfigError:
        return None


def _yielding(table: Table, said: Mapping[str, str]) -> dict[str, object]:
    """The table without the credentials that those of the environment take the place of."""
    if not said.keys() & {"token", "user", "password"}:
        return dict(table)
    kept = dict(table)
    uri = kept.get("uri")
    if isinstance(uri, str):
        kept["uri"], userinfo = split_credentials(uri)
        kept |= {key: text for key, text in userinfo.items() if key not in kept}
    for key in ("user", "password") if "token" in said else ("token",):
        kept.pop(key, None)
    return kept


def _anchored(uri: str, base: Path) -> str:
    """A path of the environment is the caller's; one that is no URI is refused when it is read."""
    try:
        return anchored(uri, base)
    except ConfigError:
        return uri


def _stand_in(
    usual: Mapping[str, str], of_file: Entry | None, base: Path
) -> "tuple[Entry | None, tuple[Note, ...]]":
    """`default` as `MILVUS_*` say it, with what they have no words for; None if they say nothing.

    None of the file's credentials or certificates goes with it: they are another server's.
    """
    from milvusconn_cli.connection.variables import understand  # noqa: PLC0415 -- the same

    kept = {key: text for key, text in of_file.table.items() if key in _KEPT} if of_file else {}
    entry = Entry(DEFAULT_ALIAS, kept, base, ENVIRONMENT, shadows=of_file is not None)
    try:
        given = understand(usual)
    except ConfigError as error:
        return replace(entry, contradiction=error), ()
    if given is None:
        return None, ()
    table = {**kept, **given.table()}
    found = replace(entry, table=table, variables=given.names, origins=given.origins)
    return found, given.notes


def _overruled(stand_in: Entry | None) -> "Iterator[Note]":
    """What `MILVUS_*` would say, if our own variable did not."""
    from milvusconn_cli.connection.variables import not_used  # noqa: PLC0415 -- the same

    if stand_in is not None and stand_in.variables:
        yield not_used([stand_in.variables[0]], "MILVUSCONN_DEFAULT_URI is set")


def variable_stem(alias: str) -> str:
    """How an alias is written in the names of its variables."""
    return alias.replace("-", "_").replace(".", "_").upper()


def _tags(entry: Entry) -> set[str]:
    tags = entry.table.get("tags")
    return {tag for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else set()

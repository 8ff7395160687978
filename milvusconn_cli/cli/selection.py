"""What the arguments of a call mean: aliases, patterns of aliases, and URIs.

An argument that names an alias is that alias. Any other that has the form of a URI is one: it is
probed without being in a registry, which then need not even be readable.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from milvusconn_cli.causes import Cause
from milvusconn_cli.cli.connection_options import GIVEN_TWICE, AdHocOptions
from milvusconn_cli.cli.open_registry import locate, open_registry
from milvusconn_cli.cli.options import default_alias
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import build
from milvusconn_cli.connection.tables import write as to_table
from milvusconn_cli.connection.target import Judged, Target, of_config_error
from milvusconn_cli.connection.uri import is_uri
from milvusconn_cli.disclosure import is_word, quoted
from milvusconn_cli.errors import AliasError, ConfigError, RegistryError, UsageError
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import OPTIONS, Entry, Registry, typed
from milvusconn_cli.registry.lookup import meant_uri, resolve, resolve_entry
from milvusconn_cli.report import Report, Subject, finding
from milvusconn_cli.system.environment_info import here
from milvusconn_cli.values import value_class

_PATTERN = re.compile(r"[*?\[]")


@value_class
class Wanted:
    """What a call is about, as it was typed."""

    words: Sequence[str] = ()
    every: bool = False
    tags: Sequence[str] = ()
    given: AdHocOptions
    timeout: float | None = None
    create: bool = True
    """Whether a Milvus Lite database that does not exist is created."""

    @property
    def may_be_many(self) -> bool:
        """Whether the answers need names, even if there is only one."""
        return self.every or bool(self.tags) or len(self.words) > 1 or _has_pattern(self.words)

    def check(self) -> None:
        """`UsageError` where the options and arguments do not go together."""
        if self.every and (self.words or self.tags):
            other = "aliases" if self.words else "--tag"
            raise UsageError(f"use either --all or {other}, not both")
        if self.tags and self.words:
            raise UsageError("use either --tag or aliases, not both")
        if self.given.anything and (self.every or self.tags):
            option = "--all" if self.every else "--tag"
            raise UsageError(f"{option} takes each alias's own settings", _CHANGE_AN_ALIAS)
        if self.given.has_place and self.words:
            raise UsageError(*GIVEN_TWICE)


_CHANGE_AN_ALIAS = "`milvusconn set` changes the settings of an alias"


def judge(
    wanted: Wanted,
    config: Path | None,
    *,
    quiet: bool,
    resolved: Callable[[Registry, str], Judged] = resolve,
) -> list[Judged]:
    """What to probe, in the order asked for, and what is answered without a probe.

    `resolved` says what becomes of an alias.
    """
    judged = _judged(wanted, config, quiet=quiet, resolved=resolved)
    return [creating(one, create=wanted.create) for one in judged]


def creating(judged: Judged, *, create: bool) -> Judged:
    """The same, which may or may not create a Milvus Lite database that does not exist."""
    return replace(judged, create=create) if isinstance(judged, Target) else judged


def _judged(
    wanted: Wanted,
    config: Path | None,
    *,
    quiet: bool,
    resolved: Callable[[Registry, str], Judged],
) -> list[Judged]:
    wanted.check()
    if wanted.given.has_place:
        return [_of_connection(wanted.given.connection(wanted.timeout))]
    if wanted.every or wanted.tags:
        registry = open_registry(config, quiet=quiet)
        return [resolved(registry, alias) for alias in _several(registry, wanted)]
    words = wanted.words or ([] if wanted.given.anything else [default_alias()])
    if not words:
        wanted.given.connection(wanted.timeout)  # raises: the address is missing
    registry, uris = _told_apart(words, config, quiet=quiet)
    if wanted.given.anything and len(uris) < len(words):
        alias = next(word for word in words if word not in uris)
        raise UsageError(
            "connection options are for URIs; an alias has its own settings", _instead(alias)
        )
    ad_hoc = _probed(list(dict.fromkeys(uris)), wanted)
    return [
        one
        for word in words
        for one in ([ad_hoc[word]] if word in uris else _of_alias(registry, word, resolved))
    ]


def entry_of(word: str, config: Path | None, *, quiet: bool) -> Entry:
    """The entry of an alias, or one that is in no registry for a URI."""
    registry, uris = _told_apart([word], config, quiet=quiet)
    return _entry(build(word, here())) if uris else registry.get(word)


def alias_and_uri(alias: str | None, uri: str | None, *, has_place: bool) -> tuple[str, str | None]:
    """The two arguments of `add` and `connect`; a URI alone is the default alias's."""
    if alias is None:
        return default_alias(), None
    if not is_uri(alias):
        return alias, uri
    if uri is None and has_place:
        raise UsageError(*GIVEN_TWICE)
    if uri is None:
        return default_alias(), alias
    if is_uri(uri):
        return alias, uri
    raise UsageError("the alias comes first, then the URI", "swap the two arguments")


def _told_apart(
    words: Sequence[str], config: Path | None, *, quiet: bool
) -> tuple[Registry, set[str]]:
    """The registry, and which of the words are URIs."""
    formed = {word for word in words if is_uri(word)}
    if len(formed) < len(set(words)):
        registry = open_registry(config, quiet=quiet, asked=_Asked(words))
    else:
        try:
            registry = registry_file.load(locate(config), {})
        except RegistryError:
            registry = Registry({})
    return registry, {word for word in formed if word not in registry}


class _Asked:
    """The aliases that arguments name, patterns included."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def __contains__(self, alias: object) -> bool:
        return any(alias == word or _matches(str(alias), word) for word in self._words)


def _several(registry: Registry, wanted: Wanted) -> list[str]:
    """Every alias, or those with the tags; an error if there is none: exit 0 would mislead."""
    if not registry.entries:
        raise AliasError("no aliases", "`milvusconn add ALIAS URI` adds an alias")
    aliases = [entry.alias for entry in registry.tagged(wanted.tags)]
    if not aliases:
        tags = " and ".join(f"tag{quoted(tag)}" for tag in wanted.tags)
        raise AliasError(f"no alias has the {tags}", "`milvusconn list` shows all aliases")
    return aliases


def matching(registry: Registry, word: str) -> list[str]:
    """The alias that an argument names, or all that match the pattern that it is."""
    if word in registry:
        return [word]
    return [alias for alias in registry.entries if _matches(alias, word)]


def _of_alias(
    registry: Registry, word: str, resolved: Callable[[Registry, str], Judged]
) -> Iterator[Judged]:
    """What an argument stands for: one alias, or all that match a pattern."""
    aliases = matching(registry, word)
    for alias in aliases:
        yield resolved(registry, alias)
    if not aliases and not _has_pattern([word]):
        yield resolved(registry, word)
    elif not aliases:
        shown = quoted(word, lambda text: is_word(_PATTERN.sub("", text.replace("]", ""))))
        yield Report(
            subject=Subject(alias=word if shown else typed(word)),
            finding=finding(
                Cause.NO_SUCH_ALIAS,
                f"no alias matches{shown or ' the pattern'}",
                "`milvusconn list --names` lists all aliases",
            ),
        )


def _has_pattern(words: Sequence[str]) -> bool:
    return any(_PATTERN.search(word) and not is_uri(word) and not meant_uri(word) for word in words)


def _matches(alias: str, word: str) -> bool:
    return _has_pattern([word]) and fnmatchcase(alias, word)


def _probed(uris: Sequence[str], wanted: Wanted) -> dict[str, Judged]:
    """What to probe for each URI; one that is not valid is answered already."""
    if not uris:
        return {}
    credentials = wanted.given.credentials()
    judged: dict[str, Judged] = {}
    for uri in uris:
        try:
            built = wanted.given.connection_to(uri, credentials, wanted.timeout)
        except ConfigError as error:
            subject = Subject(alias=typed(uri), source=OPTIONS)
            judged[uri] = Report(subject=subject, finding=of_config_error(error))
        else:
            judged[uri] = _of_connection(built)
    return judged


def _of_connection(connection: Connection) -> Judged:
    return resolve_entry(_entry(connection))


def _entry(connection: Connection) -> Entry:
    """An entry that is in no registry, called by its address."""
    return Entry(connection.address, to_table(connection), here(), OPTIONS)


def _instead(alias: str) -> str:
    """How an alias gets other settings."""
    shown = typed(alias)
    name = alias if shown == alias else "ALIAS"
    return f"`milvusconn set {name} --token env:NAME` changes the alias, for example"

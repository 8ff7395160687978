"""The variables that programs read: of the environment, of a `.env` file, of a container.

Pure. connection/variables.py has the table of names.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from milvusconn_cli.connection import variables as table
from milvusconn_cli.connection.variables import Given, Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing import attu, dotenv
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables, not_imported
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry, Registry, with_environment
from milvusconn_cli.values import value_class

OWN_PREFIX = "MILVUSCONN_"
CLOUD_ALIAS = "zilliz"
_OWN_PLACE = "MILVUSCONN_DEFAULT_URI"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"", re.DOTALL)
_HARMLESS = ("user", "password", "token", "db")
"""Settings that reach the server as they are, quotes and all: it will say no."""

Secret = Callable[[str], object]
"""What is kept of a secret, by the name of its variable."""


class Dotenv(Importer):
    """A `.env` file."""

    is_about_its_directory: ClassVar[bool] = True
    mark: ClassVar[str | None] = rf"^{dotenv.NAME}\s*[=:]"

    def usual_file(self, environment: Variables) -> str | None:
        """In the working directory."""
        return ".env"

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By the names of its variables."""
        return re.search(rf"^{dotenv.NAME}\s*=", text, re.MULTILINE) is not None

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """A secret that is a variable of the environment refers to it; others are filled in."""
        lines = dotenv.read(text)
        said = dotenv.but_for_secrets(lines.variables, environment)
        found = connections(said, base, lambda name: dotenv.secret(name, said[name]))
        return Read(entries=found.entries, notes=(*lines.notes, *found.notes))


class Environment(Importer):
    """The environment itself."""

    def recognizes(self, documents: Documents, text: str) -> bool:
        """No file is."""
        return False

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """Secrets are referred to by the names of their variables."""
        return connections(environment, base, lambda name: {"env": name})


def connections(
    variables: Variables, base: Path, secret: Secret, default: str = DEFAULT_ALIAS
) -> Read:
    """The aliases that variables make: ours, and `default` of those that programs read.

    `ConfigError` where one of them changes where or how safely to connect, and cannot be kept.
    """
    entries = list(_own(variables, base, secret))
    notes: list[Note] = []
    is_taken = bool(variables.get(_OWN_PLACE)) and default == DEFAULT_ALIAS
    for found, alias in _usual(variables, default):
        given = found.given
        notes += [*(given.notes if given else ()), *found.notes]
        if given is None:
            continue
        if is_taken and alias == default:
            # Where our own variables say where `default` is, these are another place's secrets.
            notes.append(table.not_used([given.names[0]], f"{_OWN_PLACE} is set"))
            continue
        entries.append(Entry(alias, given.table(_keeping(given, secret)), base))
        is_taken = is_taken or alias == default
    for alias, given in attu.servers(variables):
        entries.append(Entry(alias, given.table(_keeping(given, secret)), base))
        notes += given.notes
    notes += _of_other_programs(variables)
    return Read(entries=entries, notes=tuple(notes))


def mentions(variables: Mapping[str, object]) -> bool:
    """Whether any of these variables is one that is read here."""
    return any(name.startswith((OWN_PREFIX, *table.PREFIXES)) for name in variables)


@value_class
class _Found:
    """What the variables of one prefix say."""

    given: Given | None
    notes: Sequence[Note]


def _own(variables: Variables, base: Path, secret: Secret) -> Iterator[Entry]:
    ours = {name: text for name, text in variables.items() if name.startswith(OWN_PREFIX)}
    for alias, entry in with_environment(Registry({}), ours, base).entries.items():
        kept = {key: _own_value(entry, key, text, secret) for key, text in entry.table.items()}
        yield Entry(alias, kept, base)


def _own_value(entry: Entry, key: str, text: object, secret: Secret) -> object:
    variable = entry.variable_of(key) if key in table.SECRETS else None
    return secret(variable) if variable else text


def _usual(variables: Variables, default: str) -> Iterator[tuple[_Found, str]]:
    """What `MILVUS_*` says, then what Zilliz Cloud's variables do."""
    usual = table.of_environment(variables)
    if attu.SERVERS in usual:
        yield _Found(given=None, notes=list(attu.notes_of_others(usual))), default
        usual = {}
    has_place = False
    if _has_port_alone(usual) and default == DEFAULT_ALIAS:
        usual = {**usual, "HOST": "localhost"}
    if usual:
        more, names = attu.tls(variables, usual)
        found = _understood({**usual, **more}, lambda name: names.get(name, table.prefixed(name)))
        has_place = found.given is not None
        yield found, default
    for prefix in table.CLOUD_PREFIXES:
        split = ((table.split_prefix(name), text) for name, text in variables.items())
        said = {found[1]: text for found, text in split if found and found[0] == prefix}
        if said:
            yield _understood(said, prefix.__add__), CLOUD_ALIAS if has_place else default


def _has_port_alone(usual: Mapping[str, str]) -> bool:
    """Whether a port is all that says where: programs then take this machine."""
    port = usual.get("PORT", "")
    return port.isdigit() and not any(usual.get(one) for one in table.names_of(*table.PLACES))


def _understood(said: Mapping[str, str], label: table.Label) -> _Found:
    _check_quotes(said, label)
    notes = [*_quoted_values(said, label), *_left_out(said, label)]
    given = table.understand(said, label, table.WIDE)
    if given is None:
        notes += table.notes_of_no_place(said, label, table.WIDE)
    return _Found(given=given, notes=notes)


def _keeping(given: Given, secret: Secret) -> Callable[[str, str], object]:
    def value(setting: str, text: str) -> object:
        return secret(given.origins[setting]) if setting in table.SECRETS else text

    return value


def _left_out(said: Mapping[str, str], label: table.Label) -> Iterator[Note]:
    """One note that names everything that is set and not taken."""
    names = sorted(table.unread(said, table.WIDE))
    if names:
        known = next(filter(None, map(table.meant, names)), None)
        hint = f"did you mean {label(known)}?" if known else None
        yield not_imported([label(one) for one in names], hint)


def _of_other_programs(variables: Variables) -> Iterator[Note]:
    """One note that names the variables of Milvus in a form that is not read, such as Spring's."""
    names = sorted(
        name
        for name in variables
        if "MILVUS" in name.upper().split("_") and not name.startswith(table.PREFIX)
    )
    if names:
        yield not_imported(names)


def _check_quotes(said: Mapping[str, str], label: table.Label) -> None:
    """Quotes that became part of a value: the program itself could not connect with them."""
    for setting, names in table.WIDE.items():
        for name in names:
            if setting not in _HARMLESS and _QUOTED.fullmatch(said.get(name, "")):
                raise ConfigError(
                    f"{label(name)} has quotes that are part of its value",
                    "remove the quotes, or put them around NAME=VALUE as a whole",
                )


def _quoted_values(said: Mapping[str, str], label: table.Label) -> Iterator[Note]:
    for name in sorted(table.names_of(*_HARMLESS)):
        if _QUOTED.fullmatch(said.get(name, "")):
            yield Note(message=f"{label(name)} has quotes that are part of its value")

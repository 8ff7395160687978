"""Tables of settings in other programs' configurations, read by the one table of names. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from milvusconn_cli.connection import variables as table
from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import as_text, checked_text
from milvusconn_cli.importing.placeholders import PLAIN, Syntax
from milvusconn_cli.importing.source import Read, Variables, not_imported
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry
from milvusconn_cli.text import is_unicode
from milvusconn_cli.values import value_class

_KNOWN = table.names_of(*table.WIDE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


@value_class
class Section:
    """One table of settings, and how its program reads it."""

    settings: Mapping[str, Any]
    path: str
    """Where it stands, for messages: `vector_store.config`."""
    environment: Variables
    syntax: Syntax | None = PLAIN
    """How it refers to variables; None where it does not."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Names of the table for keys that have others here."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What the program takes where a setting is not there, by the names of the table."""
    taken: Sequence[str] = ()
    """Keys that the caller reads."""

    def read(self) -> tuple[dict[str, object], tuple[Note, ...]]:
        """The alias's table; `ConfigError` where a setting cannot be kept, or no place is said."""
        said = self._texts()
        with_defaults = {**self._needed_defaults(said), **said}
        given = table.understand(with_defaults, self._label, table.WIDE)
        if given is None:
            raise ConfigError(f"{self.path} does not say where Milvus is")
        secrets = {setting: self._secret(setting, given) for setting in table.SECRETS}
        made = given.table(lambda setting, text: secrets.get(setting) or text)
        return made, (*given.notes, *self._left_out())

    def as_default(self, base: Path) -> Read:
        """The alias `default` with these settings; relative paths are relative to `base`."""
        made, notes = self.read()
        return Read(entries=[Entry(DEFAULT_ALIAS, made, base)], notes=notes)

    def _texts(self) -> dict[str, str]:
        """The settings by the names of the table; variables filled in, but for those of secrets."""
        said: dict[str, str] = {}
        secrets, places = table.names_of(*table.SECRETS), table.names_of(*table.PLACES)
        for key, value in self.settings.items():
            name = self._name(key)
            if name not in _KNOWN or value is None:
                continue
            text = as_text(value)
            if text is None or not is_unicode(text):
                raise ConfigError(f"{self.path}.{key} is not text")
            is_kept = self.syntax is None or name in secrets
            said[name] = (
                text
                if is_kept
                else self._syntax.filled(
                    text, self.environment, f"{self.path}.{key}", is_place=name in places
                )
            )
        return said

    @property
    def _syntax(self) -> Syntax:
        return self.syntax or PLAIN

    def _needed_defaults(self, said: Mapping[str, str]) -> dict[str, str]:
        """The program's defaults for the settings of which nothing is said under any name."""
        rows = list(table.WIDE.values())
        return {
            name: text
            for name, text in self.defaults.items()
            if not any(said.get(one) for row in rows if name in row for one in row)
        }

    def _secret(self, setting: str, given: table.Given) -> object:
        text = given.texts.get(setting)
        if text is None or self.syntax is None:
            return text
        return self.syntax.secret(text, self.environment, given.origins[setting])

    def _name(self, key: str) -> str:
        """`dbName`, `db-name` and `db_name` are DB_NAME."""
        return self.renamed.get(key) or "_".join(_WORD.findall(key)).upper()

    def _label(self, name: str) -> str:
        """What the source calls a setting."""
        said = (key for key in self.settings if self._name(key) == name)
        return f"{self.path}.{next(said, name.lower())}"

    def _left_out(self) -> Iterator[Note]:
        rest = [
            f"{self.path}.{key}"
            for key, value in self.settings.items()
            if self._name(key) not in _KNOWN and key not in self.taken and value not in (None, "")
        ]
        if rest:
            yield not_imported(rest)


def string_map(value: object, what: str) -> dict[str, str]:
    """A table of names and texts, such as an environment; `ConfigError` if it is not one."""
    if not isinstance(value, Mapping):
        raise ConfigError(f"{what} is not a table")
    return {
        str(key): checked_text(as_text(one), f"{what}.{key}")
        for key, one in value.items()
        if one is not None
    }

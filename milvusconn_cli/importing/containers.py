"""The environments of containers and servers, as aliases: one each, of the same name. Pure."""

from collections.abc import Mapping
from pathlib import Path

from milvusconn_cli.connection import variables as table
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.placeholders import Syntax
from milvusconn_cli.importing.source import Read, Variables
from milvusconn_cli.importing.variables import connections
from milvusconn_cli.values import value_class


@value_class
class Container:
    """An environment that a file gives to a program."""

    name: str
    environment: Mapping[str, str]

    def read(self, syntax: Syntax | None, ours: Variables, base: Path) -> Read:
        """Its aliases; variables are filled in from our own environment, but for secrets."""
        try:
            said = self.environment if syntax is None else self._filled(syntax, ours)
            found = connections(
                said, base, lambda name: self._secret(said[name], name, syntax, ours), self.name
            )
        except ConfigError as error:
            raise type(error)(f"{self.name}: {error.message}", error.hint) from None
        notes = tuple(note.about(self.name) for note in found.notes)
        return Read(entries=found.entries, notes=notes)

    def _filled(self, syntax: Syntax, ours: Variables) -> dict[str, str]:
        """The variables that are read here, filled in where they are no secrets."""
        secrets, places = table.names_of(*table.SECRETS), table.names_of(*table.PLACES)
        filled = {}
        for name, text in self.environment.items():
            found = table.split_prefix(name)
            if found is None or found[1] in secrets:
                filled[name] = text
            else:
                filled[name] = syntax.filled(text, ours, name, is_place=found[1] in places)
        return filled

    @staticmethod
    def _secret(text: str, name: str, syntax: Syntax | None, ours: Variables) -> object:
        return text if syntax is None else syntax.secret(text, ours, name)


def joined(reads: list[Read]) -> Read:
    """What several sources say, as one."""
    return Read(
        entries=[entry for one in reads for entry in one.entries],
        notes=tuple(note for one in reads for note in one.notes),
    )

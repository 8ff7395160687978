"""The edits of a registry, as values: each told of the parsed document and of the text.

Pure. registry_file.py makes them, and proves that both tellings agree.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from milvusconn_cli.connection.tables import Table
from milvusconn_cli.registry import text as registry_text
from milvusconn_cli.values import positional_value_class

if TYPE_CHECKING:
    import tomlkit.items

Document = dict[str, Any]


@positional_value_class
class Change:
    """One edit, told twice: on the parsed document, and on the text. Both must agree."""

    apply: Callable[[Document], None]
    edit: Callable[[str], str]


def adding(tables: Mapping[str, Table], comments: Mapping[str, str] | None = None) -> Change:
    """Register aliases at the end of the file, with a line of comment above those that have one."""
    above = {alias: f"# {words}\n" for alias, words in (comments or {}).items()}

    def apply(document: Document) -> None:
        if not document:
            document["version"] = 1
        aliases = document.setdefault("connections", {})
        aliases.update({alias: dict(table) for alias, table in tables.items()})

    def edit(text: str) -> str:
        if next(registry_text.statements(text), None) is None:
            text = registry_text.with_line(text, "version = 1")
        blocks = (above.get(alias, "") + _render(alias, tables[alias]) for alias in tables)
        return registry_text.adding(text, *blocks)

    return Change(apply, edit)


def replacing(tables: Mapping[str, Table]) -> Change:
    """Give aliases other settings, each in its place."""

    def apply(document: Document) -> None:
        document["connections"].update({alias: dict(table) for alias, table in tables.items()})

    def edit(text: str) -> str:
        rendered = {
            alias: (_render(alias, table), _inline(table)) for alias, table in tables.items()
        }
        return registry_text.replacing(text, rendered)

    return Change(apply, edit)


def document(tables: Mapping[str, Table]) -> Document:
    """A registry of these aliases alone, as it is parsed."""
    made: Document = {}
    adding(tables).apply(made)
    return made


def rendered(tables: Mapping[str, Table], comments: Mapping[str, str] | None = None) -> str:
    """The same as the text of a file, with a line of comment above the aliases that have one."""
    return adding(tables, comments).edit("")


def removing(*aliases: str) -> Change:
    """Forget aliases."""

    def apply(document: Document) -> None:
        for alias in aliases:
            del document["connections"][alias]

    def edit(text: str) -> str:
        return registry_text.removing(text, *aliases)

    return Change(apply, edit)


def renaming(old: str, new: str) -> Change:
    """Give an alias another name, in its place."""

    def apply(document: Document) -> None:
        tables = document["connections"]
        renamed = {new if alias == old else alias: table for alias, table in tables.items()}
        tables.clear()
        tables.update(renamed)

    return Change(apply, lambda text: registry_text.renaming(text, old, new))


def disconnecting(alias: str) -> Change:
    """Take an alias out of service."""

    def apply(document: Document) -> None:
        document["connections"][alias]["disconnected"] = True

    return Change(apply, lambda text: registry_text.disconnecting(text, alias))


def reconnecting(alias: str) -> Change:
    """Put an alias back into service."""

    def apply(document: Document) -> None:
        document["connections"][alias].pop("disconnected", None)

    return Change(apply, lambda text: registry_text.reconnecting(text, alias))


def setting(alias: str, keys: registry_text.Path, value: object) -> Change:
    """Give an alias's table a key with this value; `keys` has two for one of `tls`."""

    def apply(document: Document) -> None:
        table = document["connections"][alias]
        for key in keys[:-1]:
            table = table.setdefault(key, {})
        table[keys[-1]] = value

    return Change(
        apply, lambda text: registry_text.setting(text, alias, keys, _item(value).as_string())
    )


def unsetting(alias: str, keys: registry_text.Path) -> Change:
    """Take a key out of an alias's table."""

    def apply(document: Document) -> None:
        table = document["connections"][alias]
        for key in keys[:-1]:
            table = table.get(key, {})
        table.pop(keys[-1], None)

    return Change(apply, lambda text: registry_text.unsetting(text, alias, keys))


def _render(alias: str, table: Table) -> str:
    """The alias's tables as text: its own keys, inline tables for references, then `tls`."""
    import tomlkit  # noqa: PLC0415 -- only who writes needs it

    own, tls = tomlkit.document(), tomlkit.document()
    for key, value in table.items():
        if key == "tls" and isinstance(value, Mapping):
            for name, one in value.items():
                tls.add(name, _item(one))
        else:
            own.add(key, _item(value))
    header = f"connections.{registry_text.key_text(alias)}"
    rendered = f"[{header}]\n{tomlkit.dumps(own)}"
    return rendered + (f"\n[{header}.tls]\n{tomlkit.dumps(tls)}" if tls else "")


def _inline(table: Table) -> str:
    """The alias's table as one inline table, for the place of one that had no header."""
    return _item(table).as_string()


def _item(value: object) -> "tomlkit.items.Item":
    """A value that stays on its line: a table in it is an inline one, at any depth."""
    import tomlkit  # noqa: PLC0415 -- only who writes needs it

    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, one in value.items():
            table.add(key, _item(one))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        array.extend(map(_item, value))
        return array
    return tomlkit.item(value)

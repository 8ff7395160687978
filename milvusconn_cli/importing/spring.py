"""Spring AI's `spring.ai.vectorstore.milvus`, in YAML or properties. Pure.

What Spring does decides: it sends `root` and `milvus` where nothing else is said, and reads `uri`,
`token` and the TLS files only with `secure`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.connection import variables as table
from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import as_text, read_yaml_tables, table_at
from milvusconn_cli.importing.placeholders import SPRING
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables, not_imported
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry
from milvusconn_cli.text import listed
from milvusconn_cli.values import value_class

_PREFIX = "spring.ai.vectorstore.milvus"
_PROPERTY = re.compile(rf"^\s*{re.escape(_PREFIX)}\.", re.MULTILINE)
_DEFAULT_PLACE = {"HOST": "localhost", "PORT": "19530"}
_CREDENTIALS = {"USERNAME": "root", "PASSWORD": "milvus"}
_SECURE_ONLY = frozenset(
    ("uri", "token", "clientkeypath", "clientpempath", "capempath", "serverpempath", "servername")
)
"""Keys that Spring reads with `secure` alone."""
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_UNESCAPED_END = re.compile(r"(?:[^\\=:\s]|\\.)*")


@value_class
class _Setting:
    """A setting as it is written."""

    key: str
    """Below the prefix."""
    value: object


class Spring(Importer):
    """`application.yaml` and `application.properties`; a profile is an alias of its own."""

    mark: ClassVar[str | None] = rf"^\s*{re.escape(_PREFIX)}\."

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By its prefix."""
        return any(_flat(one) for one in documents) or _PROPERTY.search(text) is not None

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """`default`, and an alias for each profile that says something else."""
        is_yaml = _PROPERTY.search(text) is None or re.search(
            r"^spring\s*:\s*$", text, re.MULTILINE
        )
        documents = read_yaml_tables(text) if is_yaml else [read_properties(text)]
        entries: list[Entry] = []
        notes: list[Note] = []
        usual: dict[str, _Setting] = {}
        for document in documents:
            profile, own = _profile(document), _flat(document)
            if not profile:
                usual |= own
            elif own:
                entry, told = _entry(profile, {**usual, **own}, environment, base)
                entries.append(entry)
                notes += told
        if usual:
            entry, told = _entry(DEFAULT_ALIAS, usual, environment, base)
            entries.insert(0, entry)
            notes = [*told, *notes]
        return Read(entries=entries, notes=tuple(notes))


def _profile(document: Mapping[str, Any]) -> str | None:
    """The profile that a document is for: `spring.config.activate.on-profile`."""
    nested = table_at(document, "spring", "config", "activate").get("on-profile")
    older = table_at(document, "spring").get("profiles")
    for found in (nested, document.get("spring.config.activate.on-profile"), older):
        if isinstance(found, str):
            return found
    return None


def _flat(document: Mapping[str, Any]) -> dict[str, _Setting]:
    """The settings below the prefix, by their keys in Spring's relaxed form: `client.capempath`."""
    found: dict[str, _Setting] = {}
    for path, value in _leaves(document, ""):
        key = path.removeprefix(f"{_PREFIX}.")
        found[_relaxed(key)] = _Setting(key=key, value=value)
    return found


def _relaxed(key: str) -> str:
    """`client-pem-path`, `clientPemPath` and `client_pem_path` are one key to Spring."""
    return re.sub("[-_]", "", key).lower()


def _leaves(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, object]]:
    """Each value with its dotted path; no deeper than the prefix and its settings are."""
    for key, one in value.items():
        whole = f"{path}.{key}" if path else str(key)
        is_on_the_way = f"{_PREFIX}.".startswith(f"{whole}.") or whole.startswith(f"{_PREFIX}.")
        if isinstance(one, Mapping):
            if is_on_the_way:
                yield from _leaves(one, whole)
        elif one is not None and whole.startswith(f"{_PREFIX}."):
            yield whole, one


def _entry(
    alias: str, flat: Mapping[str, _Setting], environment: Variables, base: Path
) -> tuple[Entry, list[Note]]:
    client = {
        one.key.partition(".")[2]: one.value
        for relaxed, one in flat.items()
        if relaxed.startswith("client.")
    }
    if "databasename" in flat:
        client[flat["databasename"].key] = flat["databasename"].value
    notes = []
    if not _is_secure(flat, environment):
        vain = [key for key in client if _relaxed(key) in _SECURE_ONLY and client[key]]
        client = {key: value for key, value in client.items() if key not in vain}
        if vain:
            note = Note(message=f"not used without client.secure: {listed(vain, 20)}")
            notes.append(note.about(alias))
    section = Section(
        settings=client,
        path=f"{_PREFIX}.client",
        environment=environment,
        syntax=SPRING,
        defaults={
            **({} if client.get("uri") else _DEFAULT_PLACE),
            **({} if client.get("token") else _CREDENTIALS),
        },
    )
    made, told = section.read()
    others = [
        one.key
        for relaxed, one in flat.items()
        if not relaxed.startswith("client.") and relaxed != "databasename"
    ]
    if others:
        notes.append(not_imported(sorted(others)).about(alias))
    return Entry(alias, made, base), [*told, *notes]


def _is_secure(flat: Mapping[str, _Setting], environment: Variables) -> bool:
    name = f"{_PREFIX}.client.secure"
    said = flat["client.secure"].value if "client.secure" in flat else "false"
    text = SPRING.filled(as_text(said) or "false", environment, name)
    return table.is_truth(text, name)


def read_properties(text: str) -> dict[str, str]:
    """A `.properties` file as Java reads it: keys and texts, dotted; the last of two keys wins."""
    found: dict[str, str] = {}
    for line in _logical_lines(text):
        end = _UNESCAPED_END.match(line)
        key = end[0] if end else ""
        rest = line[len(key) :].lstrip(" \t\f")
        if rest[:1] in ("=", ":"):
            rest = rest[1:].lstrip(" \t\f")
        found[_unescaped(key)] = _unescaped(rest)
    return found


def _logical_lines(text: str) -> Iterator[str]:
    """Lines without comments; a backslash at the end goes on in the next."""
    whole = ""
    for line in text.splitlines():
        plain = line.lstrip(" \t\f")
        if not whole and (not plain or plain[0] in "#!"):
            continue
        slashes = len(plain) - len(plain.rstrip("\\"))
        if slashes % 2:
            whole += plain[:-1]
            continue
        yield whole + plain
        whole = ""
    if whole:
        yield whole


def _unescaped(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)

    decoded = _ESCAPE.sub(plain, text)
    try:
        return decoded.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ConfigError("invalid Unicode (half of a surrogate pair)") from None

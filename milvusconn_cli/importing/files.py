"""Files in which other programs keep connections, and the environment: found and told apart."""

import codecs
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError, UsageError
from milvusconn_cli.importing import IMPORTERS, Source
from milvusconn_cli.importing.documents import read_tables, tables_in
from milvusconn_cli.importing.variables import mentions
from milvusconn_cli.registry.aliases import Entry
from milvusconn_cli.system import limits
from milvusconn_cli.system.environment_info import here, shown_path
from milvusconn_cli.text import followed
from milvusconn_cli.values import value_class

STANDARD_INPUT = "-"
_LONGEST = 2**25
"""Bytes; a hundred thousand aliases have fewer."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KNOWN = ", ".join(one.value for one in Source if one is not Source.ENVIRONMENT)


@value_class
class Found:
    """The aliases that are kept somewhere."""

    entries: Sequence[Entry]
    has_our_form: bool
    """Whether their references to secrets are those that the file's author wrote."""
    name: str
    """What the place is called in messages."""
    notes: tuple[Note, ...]
    """What it says besides, and is not imported."""


def find(file: str | None, source: Source | None) -> Found:
    """The aliases of a file or of the environment; `ConfigError` if it has none."""
    if source is Source.ENVIRONMENT:
        if file is not None:
            raise UsageError("use either --from environment or a file, not both")
        name = "the environment"
        found = _read(source, "", here(), name)
    else:
        place = file or _usual_place(source)
        name = "standard input" if place == STANDARD_INPUT else shown_path(place)
        try:
            found = _in_file(_text(place), (here() / place).parent, source, name)
        except ConfigError as error:
            raise ConfigError(f"{name}: {error.message}", error.hint) from None
    if not found.entries:
        raise ConfigError(f"{name} contains no connections")
    for entry in found.entries:
        try:
            entry.connection()
        except ConfigError as error:
            raise ConfigError(f"{name}: {error.message}", error.hint) from None
    return found


def _in_file(text: str, base: Path, source: Source | None, name: str) -> Found:
    form = source or recognized(text)
    if form is None:
        unreadable = _unreadable(text)
        raise ConfigError(
            f"unrecognized format{unreadable}", f"known: {_KNOWN}; use --from to name the format"
        )
    # Our own files and .env files are about their directory; other programs leave relative paths
    # to where they are run.
    return _read(form, text, base if IMPORTERS[form].is_about_its_directory else here(), name)


def _read(source: Source, text: str, base: Path, name: str) -> Found:
    importer = IMPORTERS[source]
    read = importer.read(text, base, os.environ)
    return Found(
        entries=read.entries, has_our_form=importer.has_our_form, name=name, notes=read.notes
    )


def recognized(text: str) -> Source | None:
    """Whose form a file's text has; None if it is nobody's that is known here."""
    documents = tables_in(text)
    for one, how in IMPORTERS.items():
        if how.recognizes(documents, text):
            return one
    for one, how in IMPORTERS.items():
        if not documents and how.mark and re.search(how.mark, text, re.MULTILINE):
            return one
    # `MILVUS_URI: …` is YAML to the letter, and meant as a line of a .env file.
    is_meant = any(map(mentions, documents)) and not text.lstrip().startswith("{")
    return Source.DOTENV if is_meant else None


def _unreadable(text: str) -> str:
    """Where a text is broken that is like JSON, TOML or YAML; empty where it is like none."""
    if not re.search(r"^\s*([{\[]|[\w.\"'-]+\s*[:=])", text, re.MULTILINE):
        return ""
    try:
        read_tables(text)
    except ConfigError as error:
        return f"; {error.message}"
    return ""


def _usual_place(source: Source | None) -> str:
    place = IMPORTERS[source].usual_file(os.environ) if source else None
    if place is None:
        raise UsageError(
            "nothing to import",
            "pass a file, - for standard input, or --from environment",
        )
    return _in_home(place)


def _in_home(place: str) -> str:
    return str(followed(place) or place)


def _text(place: str) -> str:
    try:
        if place == STANDARD_INPUT:
            data = sys.stdin.buffer.read(_LONGEST + 1) if sys.stdin else b""
        else:
            with Path(place).open("rb") as file:
                data = file.read(_LONGEST + 1)
        if len(data) > _LONGEST:
            raise ConfigError(f"longer than {_LONGEST} bytes")
        # PowerShell 5 writes UTF-16 where it redirects.
        return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("not UTF-8 text") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        limits.raise_if_short(error)
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"cannot be read: {reason}") from None

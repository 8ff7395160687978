"""Files in which other programs keep connections, and the environment: found and told apart."""

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from milvusconn_cli.errors import ConfigError, UsageError
from milvusconn_cli.importing import IMPORTERS, Source
from milvusconn_cli.importing.documents import read_json, read_toml
from milvusconn_cli.registry.aliases import Entry
from milvusconn_cli.system.environment_info import here, shown_path
from milvusconn_cli.text import followed

STANDARD_INPUT = "-"
_LONGEST = 2**25
"""Bytes; a hundred thousand aliases have fewer."""


class Found(NamedTuple):
    """The aliases that are kept somewhere."""

    entries: list[Entry]
    has_our_form: bool
    """Whether their references to secrets are those that the file's author wrote."""


def find(file: str | None, source: Source | None) -> Found:
    """The aliases of a file or of the environment; `ConfigError` if it has none."""
    if source is Source.ENVIRONMENT:
        if file is not None:
            raise UsageError("use either --from environment or a file, not both")
        name = "the environment"
        found = _read(source, "", here())
    else:
        place = file or _usual_place(source)
        name = "standard input" if place == STANDARD_INPUT else shown_path(place)
        try:
            found = _in_file(_text(place), (here() / place).parent, source)
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


def _in_file(text: str, base: Path, source: Source | None) -> Found:
    form = source or recognized(text)
    if form is None:
        raise ConfigError("unrecognized format", "use --from to name the format")
    # Our own files and .env files are about their directory; other programs leave relative paths
    # to where they are run.
    is_about_its_directory = form in (Source.MILVUSCONN, Source.DOTENV)
    return _read(form, text, base if is_about_its_directory else here())


def _read(source: Source, text: str, base: Path) -> Found:
    importer = IMPORTERS[source]
    return Found(importer.read(text, base, os.environ), importer.has_our_form)


def recognized(text: str) -> Source | None:
    """Whose form a file's text has; None if it is nobody's that is known here."""
    document: Mapping[str, Any] = {}
    for read in (read_json, read_toml):
        with suppress(ConfigError):
            document = document or read(text)
    found = (one for one, how in IMPORTERS.items() if how.recognizes(document, text))
    meant = (
        one
        for one, how in IMPORTERS.items()
        if not document and how.mark and re.search(how.mark, text, re.MULTILINE)
    )
    return next(found, None) or next(meant, None)


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
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("not UTF-8 text") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"cannot be read: {reason}") from None

"""Files in which other programs keep connections, and the environment: found and told apart."""

import os
import sys
from pathlib import Path

from milvusconn_cli import foreign
from milvusconn_cli.errors import ConfigError, UsageError
from milvusconn_cli.foreign import Source
from milvusconn_cli.registry import Entry
from milvusconn_cli.surroundings import here, shown_path
from milvusconn_cli.text import followed

STANDARD_INPUT = "-"
_LONGEST = 2**25
"""Bytes; a hundred thousand aliases have fewer."""


def find(file: str | None, source: Source | None) -> list[Entry]:
    """The aliases that are kept there; `ConfigError` where there is none."""
    directory = here()
    if source is Source.ENVIRONMENT:
        if file is not None:
            raise UsageError("--from environment and a file are given: it is one or the other")
        name, found = "the environment", foreign.of_variables(os.environ, directory, referring=True)
    else:
        place = file or _usual_place(source)
        name = "standard input" if place == STANDARD_INPUT else shown_path(place)
        try:
            found = _in_file(_text(place), (directory / place).parent, source)
        except ConfigError as error:
            raise ConfigError(f"{name}: {error.message}", error.hint) from None
    if not found:
        raise ConfigError(f"{name} holds no connection")
    for entry in found:
        try:
            entry.connection()
        except ConfigError as error:
            raise ConfigError(f"{name}: {error.message}", error.hint) from None
    return found


def _in_file(text: str, base: Path, source: Source | None) -> list[Entry]:
    form = source or foreign.recognised(text)
    if form is None:
        raise ConfigError(
            "it is of no form that is known here", "--from says which one it is meant to be"
        )
    if form is Source.DOTENV:
        return foreign.of_variables(_dotenv(text), base, referring=False)
    if form is not Source.MILVUSCONN:
        base = here()  # milvus_cli and yami leave relative paths to where they are run
    return foreign.of_text(form, text, base, os.environ)


def _usual_place(source: Source | None) -> str:
    match source:
        case Source.MILVUS_CLI:
            return _in_home("~/.milvus_cli_connections.json")
        case Source.YAMI:
            return _in_home(f"{os.environ.get('YAMI_CONFIG_DIR') or '~/.yami'}/profiles.toml")
        case Source.DOTENV:
            return ".env"
        case _:
            raise UsageError(
                "there is nothing to import from",
                "name a file, - for standard input, or --from environment",
            )


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
            raise ConfigError(f"it is longer than {_LONGEST} bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("it is not UTF-8 text") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"it cannot be read: {reason}") from None


def _dotenv(text: str) -> dict[str, str]:
    """The variables that a `.env` file sets, `${NAME}` in them filled in."""
    import logging  # noqa: PLC0415 -- for this alone
    from io import StringIO  # noqa: PLC0415 -- for this alone

    import dotenv  # noqa: PLC0415 -- for this alone

    # It warns on stderr of lines that it cannot read; those that we need are missed soon enough.
    logging.getLogger("dotenv").setLevel(logging.ERROR)
    values = dotenv.dotenv_values(stream=StringIO(text))
    return {name: value for name, value in values.items() if value}

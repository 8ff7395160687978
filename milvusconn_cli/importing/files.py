"""Files in which other programs keep connections, and the environment: found and told apart."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

from milvusconn_cli.errors import ConfigError, UsageError
from milvusconn_cli.importing import foreign
from milvusconn_cli.importing.foreign import Source
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
    """The aliases that are kept there; `ConfigError` where there is none."""
    directory = here()
    if source is Source.ENVIRONMENT:
        if file is not None:
            raise UsageError("use either --from environment or a file, not both")
        name = "the environment"
        found = Found(foreign.of_variables(os.environ, directory), has_our_form=False)
    else:
        place = file or _usual_place(source)
        name = "standard input" if place == STANDARD_INPUT else shown_path(place)
        try:
            found = _in_file(_text(place), (directory / place).parent, source)
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
    form = source or foreign.recognised(text)
    if form is None:
        raise ConfigError("unrecognized format", "use --from to name the format")
    if form is Source.DOTENV:
        return Found(foreign.of_dotenv(text, os.environ, base), has_our_form=False)
    is_ours = form is Source.MILVUSCONN
    # milvus_cli and yami leave relative paths to where they are run.
    directory = base if is_ours else here()
    return Found(foreign.of_text(form, text, directory, os.environ), is_ours)


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
                "nothing to import",
                "pass a file, - for standard input, or --from environment",
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
            raise ConfigError(f"longer than {_LONGEST} bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("not UTF-8 text") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"cannot be read: {reason}") from None

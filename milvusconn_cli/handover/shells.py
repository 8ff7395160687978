"""Variables as each shell and each file of variables takes them. Pure.

Every text survives: quotes, spaces, `$` and line breaks are data, never syntax.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from milvusconn_cli.errors import ConfigError

Script = Callable[[Mapping[str, str], Sequence[str]], str]
"""From variables to set and names to clear to text."""


class Shell(Enum):
    """What `--shell` takes."""

    SH = "sh"
    FISH = "fish"
    POWERSHELL = "powershell"


def sh(given: Mapping[str, str], clear: Sequence[str]) -> str:
    """POSIX shells: `eval "$(milvusconn env)"`."""
    lines = [f"unset {' '.join(clear)}"] if clear else []
    lines += [f"export {name}={shlex.quote(text)}" for name, text in given.items()]
    return _text(lines)


def fish(given: Mapping[str, str], clear: Sequence[str]) -> str:
    """fish: `milvusconn env --shell fish | source`."""
    lines = [f"set -e {name}" for name in clear]
    lines += [f"set -gx {name} {_in_fish(text)}" for name, text in given.items()]
    return _text(lines)


def powershell(given: Mapping[str, str], clear: Sequence[str]) -> str:
    """PowerShell: `milvusconn env --shell powershell | Out-String | Invoke-Expression`."""
    lines = [f"Remove-Item Env:{name} -ErrorAction SilentlyContinue" for name in clear]
    lines += [f"$env:{name} = {_in_powershell(text)}" for name, text in given.items()]
    return _text(lines)


def dotenv(given: Mapping[str, str]) -> str:
    """A `.env` file as python-dotenv reads it, which pymilvus and most Python programs use."""
    return _text([f"{name}={_in_dotenv(text)}" for name, text in given.items()])


def docker(given: Mapping[str, str]) -> str:
    """A file for `docker run --env-file`, which takes any text but a line break."""
    for name, text in given.items():
        if "\n" in text or "\r" in text:
            raise ConfigError(f"{name} contains a line break, which Docker's env files cannot")
    return _text([f"{name}={text}" for name, text in given.items()])


SCRIPTS: Mapping[Shell, Script] = {
    Shell.SH: sh,
    Shell.FISH: fish,
    Shell.POWERSHELL: powershell,
}


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _in_fish(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _in_powershell(text: str) -> str:
    """Typographic quotes end a string there too; each is doubled."""
    return f"'{''.join(one * 2 if one in _QUOTES else one for one in text)}'"


_QUOTES = "'\u2018\u2019\u201a\u201b"


def _in_dotenv(text: str) -> str:
    """`${` would be expanded whatever the quotes: `${:-$}` stands for the `$` of it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "${:-$}{")
    return f"'{escaped}'"

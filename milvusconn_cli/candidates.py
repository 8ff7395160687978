"""What a shell asks for at a TAB: aliases, tags and causes, one a line, a TAB before what it is.

    milvusconn __complete KIND [--config FILE] [--] [WORD...]

WORDs are those that the line holds already and that are not to be offered again. Made to be
imported in a moment, so it reads the TOML itself and checks no setting. Dials nothing, follows no
reference to a secret, and never complains: where something is wrong there is nothing to offer.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence

QUESTION = "__complete"
_CONFIG_OPTION = "--config"
_CONFIG_VARIABLE = "MILVUSCONN_CONFIG"
_DEFAULT_ALIAS = "default"
_BEFORE, _AFTER = "MILVUSCONN_", "_URI"
_USUAL = ("MILVUS_URI", "MILVUS_ADDRESS", "MILVUS_HOST")
_SCHEMES = ("http", "https", "tcp", "grpc")
_MANY_DOTS = 16
"""In one line: then a key may be too deep to be parsed."""
_MOST_TO_TELL = 60
"""Characters of a description: what a line of a terminal can hold beside a name."""

Candidate = tuple[str, str]
"""A word, and what is told about it."""
Tables = Mapping[str, Mapping[str, object]]


def answer(asked: Sequence[str]) -> None:
    """Print what there is to offer; nothing at all where that cannot be told."""
    try:
        kind, config, given = _read(asked)
        offered = [one for one in _KINDS[kind](config) if one[0] not in given]
        text = "".join(_line(*one) for one in offered if _fits_on_a_line(one[0]))
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 -- no word of it helps somebody who types
        return


def _read(asked: Sequence[str]) -> tuple[str, str | None, set[str]]:
    """The kind, the registry file if one is named, and the words that are there already."""
    kind, *words = asked
    config = None
    while words and words[0].startswith("-"):
        option, equals, value = words.pop(0).partition("=")
        if option == "--":
            break
        if option == _CONFIG_OPTION:
            config = value if equals else words.pop(0)
    return kind, config, set(words)


def _aliases(config: str | None) -> Iterator[Candidate]:
    tables = _tables(config)
    uris = {alias: table.get("uri") for alias, table in tables.items()}
    uris |= _uris_of_environment({_stem(alias): alias for alias in uris})
    usual = next((os.environ[name] for name in _USUAL if os.environ.get(name)), None)
    if usual and not os.environ.get(f"{_BEFORE}{_stem(_DEFAULT_ALIAS)}{_AFTER}"):
        uris[_DEFAULT_ALIAS] = usual
    for alias, uri in uris.items():
        yield alias, _place(uri)


def _tags(config: str | None) -> Iterator[Candidate]:
    seen: dict[str, list[str]] = {}
    for alias, table in _tables(config).items():
        tags = table.get("tags", [])
        texts = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
        for tag in texts:
            seen.setdefault(tag, []).append(alias)
    for tag, aliases in seen.items():
        yield tag, ", ".join(aliases)


def _causes(_config: str | None) -> Iterator[Candidate]:
    from milvusconn_cli.causes import Cause  # noqa: PLC0415 -- for this kind alone

    for cause in Cause:
        yield cause.label, cause.summary


_KINDS = {"aliases": _aliases, "tags": _tags, "causes": _causes}


def _tables(config: str | None) -> Tables:
    """The aliases of the file; raises where a registry of this shape could not be read."""
    said = config or os.environ.get(_CONFIG_VARIABLE) or _usual_place()
    path = os.path.expanduser(said)  # noqa: PTH111 -- pathlib is slow to import
    if not os.path.lexists(path):
        return {}
    if not os.path.isfile(path):  # noqa: PTH113 -- the same; a named pipe would be waited for
        raise ValueError(path)
    import tomllib  # noqa: PLC0415 -- half of the time that all this takes

    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 -- the same
        text = file.read()
    if any(line.count(".") >= _MANY_DOTS for line in text.split("\n")):
        from milvusconn_cli.toml_nesting import too_deep  # noqa: PLC0415 -- hardly ever needed

        if too_deep(text) is not None:
            raise ValueError(path)
    document = tomllib.loads(text)
    tables = document.get("connections", {})
    version = document.get("version", 1)
    if version is True or version != 1 or not all(isinstance(one, dict) for one in tables.values()):
        raise ValueError(path)
    return dict(tables)


def _usual_place() -> str:
    """Where the registry is if nothing says so: platformdirs' answer.

    On Linux that is a rule of two lines, and importing platformdirs for it would take as long
    again as all the rest does.
    """
    said, home = os.environ.get("XDG_CONFIG_HOME", ""), os.environ.get("HOME", "")
    if sys.platform == "linux" and home.startswith("/") and said[:1] in ("", "/"):
        return f"{said or f'{home}/.config'}/milvusconn/connections.toml"
    from platformdirs import user_config_dir  # noqa: PLC0415

    return f"{user_config_dir('milvusconn')}/connections.toml"


def _uris_of_environment(alias_of: Mapping[str, str]) -> dict[str, str]:
    """What `MILVUSCONN_<ALIAS>_URI` makes or overrides; an alias of its own is in small letters.

    registry.py has the rules, and is slow to import; the tests hold both against each other.
    """
    uris = {}
    for name, uri in os.environ.items():
        stem = name.removeprefix(_BEFORE).removesuffix(_AFTER)
        if uri and name == f"{_BEFORE}{stem}{_AFTER}" and (stem in alias_of or _is_stem(stem)):
            uris[alias_of.get(stem, stem.lower())] = uri
    return uris


def _stem(alias: str) -> str:
    """How an alias is written in the name of a variable."""
    return alias.replace("-", "_").replace(".", "_").upper()


def _is_stem(stem: str) -> bool:
    letters = stem.replace("_", "A")
    return letters.isascii() and letters.isalnum() and letters == letters.upper()


def _place(uri: object) -> str:
    """A URI without what comes before its last `@`, which may be a password."""
    if not isinstance(uri, str):
        return ""
    before, at, place = uri.rpartition("@")
    scheme, separator, _ = before.partition("://")
    known = at and separator and scheme.lower() in _SCHEMES
    return f"{scheme}://{place}" if known else place


def _line(word: str, told: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in told[:_MOST_TO_TELL])
    return f"{word}\t{shown}\n" if shown.strip() else f"{word}\n"


def _fits_on_a_line(word: str) -> bool:
    """Control codes could not be typed again, and a line break would make two of one."""
    return bool(word) and word.isprintable()

"""Words from outside, made fit: to print (a server's words are data), and to be paths."""

from pathlib import Path

ELLIPSIS = "…"
MASK = "***"
"""What stands for a secret."""


def host_and_port(host: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets: as gRPC and URIs write it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def clean(words: str, limit: int = 200) -> str:
    """`words` on one line, without anything that is not printable, at most `limit` characters.

    Control codes, line breaks, bidirectional overrides and lone surrogates each become a space;
    runs of spaces become one.
    """
    if len(words) <= limit and words.isprintable():
        return " ".join(words.split())
    # Cut before cleaning too: a hostile peer may send megabytes, and each character costs a look.
    head = words[: 4 * limit]
    printable = "".join(letter if letter.isprintable() else " " for letter in head)
    line = " ".join(printable.split())
    if len(line) <= limit and len(head) == len(words):
        return line
    return line[: limit - 1].rstrip() + ELLIPSIS


def printable(words: str) -> str:
    """The same, however long: for what would be another thing if it were cut."""
    return clean(words, len(words))


def shortened(words: str, limit: int = 1000) -> str:
    """The same text, but no more than `limit` characters of it."""
    return words if len(words) <= limit else words[: limit - 1] + ELLIPSIS


def clean_bytes(data: bytes, limit: int = 80) -> str:
    r"""The same for bytes that should be text: what is not UTF-8 shows as `\\x..`."""
    head = data[: 4 * limit]
    cut = ELLIPSIS if len(head) < len(data) else ""
    return clean(head.decode("utf-8", "backslashreplace") + cut, limit)


def listed(words: list[str], most: int = 5) -> str:
    """`a, b and c`, or `a, b, c and 7 more` past `most`."""
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    if len(words) < 2:  # noqa: PLR2004 -- one or none needs no joining
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def followed(text: str) -> Path | None:
    """A path, `~` and `~user` followed; None where there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return None


def as_argument(word: str) -> str:
    """A word as it is typed in a shell: quoted, and after `--` if it looks like an option."""
    import shlex  # noqa: PLC0415 -- only hints need it

    return f"-- {shlex.quote(word)}" if word.startswith("-") else shlex.quote(word)


def encodable(words: str, encoding: str) -> str:
    """What an output of that encoding can show; the rest is escaped, never a reason to fail."""
    return words if words.isascii() else words.encode(encoding, "backslashreplace").decode(encoding)


def is_unicode(text: str) -> bool:
    """Whether `text` can be encoded: bytes that were not UTF-8 come as lone surrogates."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)

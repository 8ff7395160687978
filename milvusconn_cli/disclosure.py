"""Whether a value that was typed may be shown in a message. Pure.

A secret can be typed into any option or argument by mistake, and CI logs keep what is printed. So
an error names the option and what it takes, and repeats of the value only the pieces that cannot
be a secret: short words of the alphabet that belongs there. Everything else becomes `***`.
"""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from milvusconn_cli.text import MASK

_LONGEST_WORD = 64
_WORD = re.compile(r"([\w~.][\w.-]*)?")
_RUN = re.compile(r"[A-Za-z0-9]{20,}")
_CHANGE = re.compile(r"[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])")
_MOST_CHANGES = 3
"""Between letters and digits in one run: `milvus2prod` has two, a random key has many."""
_PORT = re.compile(r"[-+.0-9]{0,8}|[a-z]{1,3}")
_OF_IPV6 = re.compile(r"[0-9A-Fa-f.]{0,15}(%\w{1,15})?")
_SCHEME = re.compile(
    r"(?i)(?:https?|tcps?|grpcs?|unix|wss?|ftps?|file|sqlite|tls|ssl|milvuss?|dns)"
    r"(?::/{0,3}|/{1,3})"
)
_SCHEME_NAME = re.compile(r"[a-z+]{0,10}")
_TEMPLATE = re.compile(r"\$?[{<\[]{1,2}[A-Za-z_ -]{1,32}[}>\]]{1,2}|\$[A-Z_]{1,32}")
_HEXTET = re.compile(r"[0-9A-Fa-f]{0,4}")
_DELIMITERS = ("/", ":", "[", "]")
_TYPO = re.compile(r"[A-Za-z_-]{2,24}")


def is_word(text: str) -> bool:
    """Whether `text` is a short word of letters, digits, `.`, `_` and `-`, and no random key."""
    return len(text) <= _LONGEST_WORD and bool(_WORD.fullmatch(text)) and not _is_random(text)


def quoted(text: str, is_harmless: Callable[[str], bool] = is_word) -> str:
    """` 'text'`, to follow a noun in a message; nothing where `text` may be a secret."""
    return f" {text!r}" if is_harmless(text) else ""


def is_port(text: str) -> bool:
    """Whether `text` is nearly a port: a short number, or letters too few to be a secret."""
    return bool(_PORT.fullmatch(text))


def is_scheme(text: str) -> bool:
    """Whether `text` is made of small letters, and no longer than a URI's scheme."""
    return bool(_SCHEME_NAME.fullmatch(text))


def is_template(text: str) -> bool:
    """Whether `text` is a name in braces or angle brackets, such as `${MILVUS_HOST}`."""
    return bool(_TEMPLATE.fullmatch(text))


def is_ip_address(text: str) -> bool:
    """Whether every piece of `text` could stand in an IP address, in brackets or not."""
    return all(map(_OF_IPV6.fullmatch, re.split(r"[\[\]:]+", text)))


def place(text: str) -> str:
    """A URI, `HOST:PORT` or name without its credentials, with each odd piece replaced by `***`."""
    scheme = _SCHEME.match(text)
    _, at, rest = text[scheme.end() if scheme else 0 :].rpartition("@")
    whole, mark, query = _without_query(rest)
    pieces = re.split(r"([/:\[\]])", whole)
    shown = [
        piece if _fits(piece, before) else MASK
        for before, piece in zip(["", *pieces], pieces, strict=False)
    ]
    start = (scheme[0] if scheme else "") + (f"{MASK}@" if at else "")
    return start + "".join(shown) + mark + (MASK if query else "")


def masked_path(text: str) -> str:
    """A path with each segment that may be a secret replaced by `***`."""
    return "/".join(one if is_word(one) else MASK for one in text.split("/"))


def nearest(typed: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that `typed` is a misspelling of, if it is one.

    `cutoff`, from 0 to 1, is how alike they have to be.
    """
    if not _TYPO.fullmatch(typed):
        return None
    return next(iter(get_close_matches(typed.lower(), list(known), n=1, cutoff=cutoff)), None)


def suggestion(typed: str, known: Iterable[str]) -> str | None:
    """A hint with the known word that is meant, in backticks; None where there is none."""
    near = nearest(typed, known)
    return f"did you mean `{near}`?" if near else None


def _fits(piece: str, before: str) -> bool:
    """Whether a piece of a URI may be shown after the delimiter `before`."""
    if before == "[":
        return bool(_OF_IPV6.fullmatch(piece)) or piece in _DELIMITERS
    if before == ":":
        return piece in ("", "/", "[") or is_port(piece) or bool(_HEXTET.fullmatch(piece))
    return piece in _DELIMITERS or is_word(piece.strip())


def _without_query(text: str) -> tuple[str, str, str]:
    """What comes before the first `?` or `#`, that mark, and the rest."""
    mark = re.search("[?#]", text)
    return (text[: mark.start()], mark[0], text[mark.end() :]) if mark else (text, "", "")


def _is_random(text: str) -> bool:
    return any(len(_CHANGE.findall(run)) > _MOST_CHANGES for run in _RUN.findall(text))

"""Keys that are nested absurdly deep, found before tomllib parses them. Pure.

tomllib takes memory in proportion to the square of a dotted key's parts: 40 KB of `a.a.a.…` take
2.4 GB. No registry, and no file that connections are imported from, nests its keys like that.
"""

import re

DEEPEST = 16
"""Parts that a key may have."""
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')"""
_TOKEN = rf'''
      """(?:[^"\\]|\\.|"(?!""))*"""  | \'\'\'(?:[^']|'(?!''))*\'\'\'   # strings of several lines
    | \#[^\n]*
    | =[ \t]*[A-Za-z0-9_.:+-]+                                        # a value, not a key
    | (?P<key>{_PART}(?:[ \t]*\.[ \t]*{_PART})*)
    | .
    '''
_DOT = rf"{_PART}|(?P<dot>\.)"


def too_deep(text: str) -> int | None:
    """Where a key of a TOML text begins that has more than `DEEPEST` parts; None if none has.

    Linear in the length of the text, also if it is no TOML.
    """
    if not is_suspect(text):
        return None
    # Compiled here: hardly any text comes this far, and it takes as long as an import.
    dots = re.compile(_DOT)
    for token in re.finditer(_TOKEN, text, re.VERBOSE | re.DOTALL):
        key = token["key"]
        if key and sum(part["dot"] is not None for part in dots.finditer(key)) >= DEEPEST:
            return token.start()
    return None


def is_suspect(text: str) -> bool:
    """Whether a line has so many dots that `too_deep` has to look at it closely."""
    return any(line.count(".") >= DEEPEST for line in text.split("\n"))

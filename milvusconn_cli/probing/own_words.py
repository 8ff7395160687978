"""What this program itself can say: the texts in its code, but for docstrings.

Of the modules that are loaded, since no other has said anything. Read from the compiled code, which
is complete by construction: nobody has to keep a list.
"""

import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import SourceFileLoader
from types import CodeType

_PACKAGE = __name__.partition(".")[0]
_OPTIMIZED = 0x1
"""CO_OPTIMIZED: a function's code, not a module's or a class's."""
_HAS_DOCSTRING = 0x4000000
"""CO_HAS_DOCSTRING; before Python 3.13 the first constant was the docstring, or None."""


def holding(words: str) -> list[str]:
    """The texts of ours that these words are a part of."""
    loaded = [name for name in sorted(sys.modules) if name.startswith(f"{_PACKAGE}.")]
    return [text for name in loaded for text in _texts_of(name) if words in text]


@cache
def _texts_of(name: str) -> frozenset[str]:
    module = sys.modules[name]
    code = _code_of(name)
    classes = [one for one in vars(module).values() if isinstance(one, type)]
    docstrings = {module.__doc__, *(one.__doc__ for one in classes)}
    return frozenset(_texts_in(code)) - docstrings if code else frozenset()


def _code_of(name: str) -> CodeType | None:
    """The compiled code of a module that is loaded; None where it cannot be had."""
    spec = sys.modules[name].__spec__
    get_code = getattr(spec and spec.loader, "get_code", None)
    if get_code is None and spec is not None and spec.origin:  # pytest's loader of plugins has none
        get_code = SourceFileLoader(name, spec.origin).get_code
    code: CodeType | None = get_code(name) if get_code else None
    return code


def _texts_in(code: CodeType) -> Iterator[str]:
    is_documented = code.co_flags & _HAS_DOCSTRING or sys.version_info < (3, 13)
    first = 1 if code.co_flags & _OPTIMIZED and is_documented else 0
    for constant in code.co_consts[first:]:
        yield from _texts(constant)


def _texts(constant: object) -> Iterator[str]:
    if isinstance(constant, str):
        yield constant
    elif isinstance(constant, CodeType):
        yield from _texts_in(constant)
    elif isinstance(constant, tuple | frozenset):
        for one in constant:
            # A call's keywords lie there too, and are not said.
            if not isinstance(one, str) or not one.isidentifier():
                yield from _texts(one)

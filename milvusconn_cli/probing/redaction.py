"""What a peer says back: a secret in its words is taken out, in whatever form it comes.

Pure. A server may echo the `authorization` header, decoded or not, in any field of any answer, and
a log of CI keeps what is printed. So a report is gone through as a whole before anybody prints it;
only what the settings themselves say (`Subject`) stays as it is, and the words of our own in which
a peer's are told: a mask in the midst of those would tell what stands there.
"""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing import own_words
from milvusconn_cli.report import Report
from milvusconn_cli.secrets.reference import Secret
from milvusconn_cli.text import ELLIPSIS, MASK, printable

_DEPLOY_MODES = frozenset(("standalone", "distributed", "cluster", "embedded"))
"""Each Milvus says one of them: they are as good as words of our own."""
_TELLING = 4
"""Characters; what is shorter turns up by itself in any text, and to mask it would point at it."""


def redacted(report: Report, user: str | None, secrets: Iterable[Secret]) -> Report:
    """The report without the secrets that were sent; its subject is ours, and stays."""
    forms = _all_forms(user, secrets)
    if not forms:
        return report
    told: Report = _without(report, forms)
    return replace(told, subject=report.subject)


def redacted_words(words: str, secret: Secret) -> str:
    """The same for a few words of one who was told one secret."""
    forms = _all_forms(None, [secret])
    return _masked(words, forms) if forms else words


def _all_forms(user: str | None, secrets: Iterable[Secret]) -> list[str]:
    """The longest first: one may be a part of another."""
    forms = {form for text in _texts(user, secrets) for form in _forms(text)}
    return sorted(forms, key=len, reverse=True)


def _without(value: Any, forms: list[str]) -> Any:  # noqa: ANN401 -- any field
    if isinstance(value, str):
        return _masked(value, forms)
    if is_dataclass(value) and not isinstance(value, type):
        told = {one.name: _without(getattr(value, one.name), forms) for one in fields(value)}
        return replace(value, **told)
    if isinstance(value, tuple):
        return tuple(_without(one, forms) for one in value)
    if isinstance(value, Mapping):
        return {key: _without(one, forms) for key, one in value.items()}
    return value


def _masked(text: str, forms: list[str]) -> str:
    masked = text
    for form in forms:
        if form in masked:
            masked = _masked_but_for_ours(masked, form)
    # Words that were too long end in the midst of whatever was there.
    for cut in re.finditer(ELLIPSIS, masked):
        head = masked[: cut.start()]
        length = max(_longest_start(head, form) for form in forms)
        if length >= _TELLING:
            return _masked(f"{head[:-length]}{MASK}{masked[cut.start() :]}", forms)
    return masked


def _masked_but_for_ours(text: str, form: str) -> str:
    """`form` masked wherever it is not a part of a whole text of ours."""
    ours = [
        (start, start + len(own)) for own in own_words.holding(form) for start in _places(own, text)
    ]

    def told(found: re.Match[str]) -> str:
        is_ours = any(start <= found.start() and found.end() <= end for start, end in ours)
        return found[0] if is_ours else MASK

    return re.sub(re.escape(form), told, text)


def _places(words: str, text: str) -> Iterator[int]:
    """Where in the text these words begin."""
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)


def _longest_start(head: str, form: str) -> int:
    """How many characters of the form's beginning `head` ends in."""
    lengths = range(min(len(head), len(form)), _TELLING - 1, -1)
    return next((length for length in lengths if head.endswith(form[:length])), 0)


def _texts(user: str | None, secrets: Iterable[Secret]) -> Iterator[str]:
    """What was sent, as a whole and the secret part of it."""
    for secret in secrets:
        text = secret.reveal()
        if text != user:  # whose name is told: a mask in its place would tell this one too
            yield text
        _, colon, password = text.partition(":")
        if user:
            yield f"{user}:{text}"
        elif colon:
            yield password


def _forms(text: str) -> Iterator[str]:
    """The text as it may come back: itself, cleaned, escaped, percent-encoded, in base64."""
    if len(text) < _TELLING or text.lower() in _our_own_words():
        return
    percent = (quote(text, safe=""), quote(text), quote_plus(text))
    # Some write their hexadecimal digits small, and some then all the letters.
    small = (re.sub("%..", lambda code: code[0].lower(), one) for one in percent)
    as_json = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    escaped = (*as_json, repr(text)[1:-1], text.replace("'", "\\'"))
    yield from (text, printable(text), *percent, *small, percent[0].lower(), *escaped)
    data = text.encode()
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(data).decode()
        for before in range(3):
            # The characters that the text alone decides, wherever it stands in what was encoded.
            first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
            yield encode(bytes(before) + data).decode()[first:last]


@cache
def _our_own_words() -> frozenset[str]:
    """Whoever has one of these for a password: masking it where we say it would tell."""
    told = " ".join(f"{one.summary} {one.advice} {one.shows} {one.label}" for one in Cause)
    return frozenset(re.findall(r"\w+", told.lower())) | _DEPLOY_MODES

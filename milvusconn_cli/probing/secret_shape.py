"""What is odd about a secret that a server rejects: its shape, and none of its text. Pure."""

import re
from collections.abc import Iterable

from milvusconn_cli.causes import Cause
from milvusconn_cli.report import Finding, finding
from milvusconn_cli.secrets.reference import Secret

_REJECTED = (Cause.AUTH_REJECTED, Cause.AUTH_APIKEY)
_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("^\ufeff", "begins with a byte order mark", "remove it"),
    (
        r"^\s*(?:.*:)?\$(?:\{[^}]*\}|\([^)]*\)|[A-Z_]+)\s*$|\{\{.*\}\}",
        "looks like an unfilled placeholder",
        "set the variable before the secret is read",
    ),
    (
        r"(?s)^\s*([\"'`]).*\1\s*$",
        "has quotes around it",
        "remove the quotes from the value",
    ),
    (r"[\r\n]", "contains a line break", "remove the line break"),
    (r"^\s|\s$", "has spaces around it", "remove the spaces"),
    (r"(?i)^Bearer ", "begins with `Bearer`", "pass only the token"),
    (r"[\u200b-\u200f\u2060\ufeff]", "contains invisible characters", "retype it"),
)
"""The pattern of each shape, compiled when a secret was rejected; its name; what to do about it."""


def described(found: Finding, secrets: Iterable[Secret], name: str) -> Finding:
    """The finding with the shape of the secret that was rejected, where that is odd.

    `name` is what the settings call it: token or password.
    """
    if found.cause not in _REJECTED:
        return found
    for secret in secrets:
        text = secret.reveal()
        for pattern, words, advice in _SHAPES:
            if re.search(pattern, text):
                summary = f"{found.summary}; the {name} {words}"
                return finding(found.cause, summary, advice, **found.evidence)
    return found

"""References as they are typed and stored. Pure."""

from pathlib import Path

from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets import SOURCES
from milvusconn_cli.secrets.reference import Literal, Reference


def from_text(text: str) -> Reference:
    """What `--password` and `--token` say: `env:NAME`, `file:PATH`, …, or the secret itself.

    `literal:TEXT` is for a secret that looks like a reference.
    """
    kind, colon, rest = text.partition(":")
    if colon and kind == Literal.kind:
        return Literal.from_text(rest)
    source = SOURCES.get(kind) if colon else None
    return source.from_text(rest) if source else Literal.from_text(text)


def from_toml(value: object, base: Path) -> Reference:
    """What the registry file says: a string is the secret itself, a table of one key refers.

    Paths, a program's too, are relative to `base`, the file's directory. `SecretError` for any
    other shape.
    """
    if isinstance(value, str):
        return Literal.from_text(value)
    if isinstance(value, dict) and len(value) == 1:
        ((kind, said),) = value.items()
        source = SOURCES.get(kind)
        reference = source.from_toml(said, base) if source else None
        if reference is not None:
            return reference
    forms = ", ".join(source.toml_form for source in SOURCES.values())
    raise SecretError(f"a secret must be text or one of {forms}")

"""The bytes of a file or command as a secret's text. Pure."""

from milvusconn_cli.errors import SecretError

LONGEST = 65536
"""Bytes that a secret may have; what is longer is the wrong file."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def decoded(data: bytes, name: str) -> str:
    """The text, less what editors and commands add: a byte order mark, one trailing line break.

    `name` is the reference, for the `SecretError` that it raises if this is no UTF-8 text.
    """
    if len(data) > LONGEST:
        raise SecretError(f"the secret {name} is longer than {LONGEST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        other = ", but UTF-16" if data.startswith(_UTF_16) else ""
        raise SecretError(f"the secret {name} is not UTF-8 text{other}") from None
    return text.removesuffix("\n").removesuffix("\r")


def reason_of(error: OSError | ValueError) -> str:
    """Why the system refused, in its own words."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

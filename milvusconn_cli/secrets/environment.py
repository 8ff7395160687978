"""`env:NAME`: a secret in an environment variable."""

import os
from pathlib import Path
from typing import ClassVar, Self

from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.reference import Reference, not_empty
from milvusconn_cli.text import is_unicode
from milvusconn_cli.values import positional_value_class


@positional_value_class
class FromEnvironment(Reference):
    """The value of an environment variable."""

    name: str
    kind: ClassVar[str] = "env"
    toml_form: ClassVar[str] = "{ env = … }"

    def __str__(self) -> str:
        return f"env:{self.name}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """`NAME`."""
        return cls(not_empty(text, "env:NAME"))

    @classmethod
    def from_toml(cls, value: object, base: Path) -> Self | None:  # noqa: ARG003 -- no path
        """`{ env = "NAME" }`."""
        return cls(not_empty(value, "env")) if isinstance(value, str) else None

    def to_toml(self) -> dict[str, object]:
        """`{ env = "NAME" }`."""
        return {"env": self.name}

    async def fetch(self) -> str:
        """The variable's value."""
        text = os.environ.get(self.name)
        if text is None:
            hint = f"`export {self.name}=…`" if self.name.isidentifier() else None
            raise SecretError(f"environment variable {self.name} is not set", hint)
        if not is_unicode(text):
            raise SecretError(f"the secret {self} is not UTF-8 text")
        return text

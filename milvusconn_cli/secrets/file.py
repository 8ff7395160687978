"""`file:PATH`: a secret in a file."""

from pathlib import Path
from typing import ClassVar, Self

from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.decoding import LONGEST, decoded, reason_of
from milvusconn_cli.secrets.reference import Reference, not_empty, path_of
from milvusconn_cli.system import limits
from milvusconn_cli.values import positional_value_class


@positional_value_class
class FromFile(Reference):
    """The content of a file, less one trailing line break."""

    path: Path
    kind: ClassVar[str] = "file"
    toml_form: ClassVar[str] = "{ file = … }"
    acts_here: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"file:{self.path}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """`PATH`, relative to the working directory."""
        return cls(path_of(not_empty(text, "file:PATH"), "file").absolute())

    @classmethod
    def from_toml(cls, value: object, base: Path) -> Self | None:
        """`{ file = "PATH" }`."""
        if not isinstance(value, str):
            return None
        return cls(base / path_of(not_empty(value, "file"), "file"))

    def to_toml(self) -> dict[str, object]:
        """`{ file = "PATH" }`."""
        return {"file": str(self.path)}

    async def fetch(self) -> str:
        """The file's text."""
        from milvusconn_cli.system.threads import in_daemon_thread  # noqa: PLC0415 -- asyncio

        # In a thread: a named pipe without a writer would stop the whole program.
        return decoded(await in_daemon_thread(self._read), str(self))

    def _read(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                return file.read(LONGEST + 1)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            limits.raise_if_short(error)
            raise SecretError(
                f"the secret {self} cannot be read: {reason_of(error)}",
                "create the file, or check its path and permissions",
            ) from None

"""`keyring:SERVICE/USER`: a secret in the system's keyring."""

from pathlib import Path
from typing import ClassVar, Self

from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.reference import Reference
from milvusconn_cli.text import is_unicode
from milvusconn_cli.values import positional_value_class


@positional_value_class
class FromKeyring(Reference):
    """A password of the system's keyring."""

    service: str
    user: str
    kind: ClassVar[str] = "keyring"
    toml_form: ClassVar[str] = "{ keyring = … }"

    def __str__(self) -> str:
        return f"keyring:{self.service}/{self.user}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """`SERVICE/USER`."""
        service, _, user = text.rpartition("/")
        if not service or not user:
            raise SecretError("a keyring reference must be SERVICE/USER")
        return cls(service, user)

    @classmethod
    def from_toml(cls, value: object, base: Path) -> Self | None:  # noqa: ARG003 -- no path
        """`{ keyring = "SERVICE/USER" }`."""
        return cls.from_text(value) if isinstance(value, str) else None

    def to_toml(self) -> dict[str, object]:
        """`{ keyring = "SERVICE/USER" }`."""
        return {"keyring": f"{self.service}/{self.user}"}

    async def fetch(self) -> str:
        """The keyring's entry."""
        from milvusconn_cli.system.threads import in_daemon_thread  # noqa: PLC0415 -- asyncio

        return await in_daemon_thread(self._read)

    def _read(self) -> str:
        try:
            import keyring  # noqa: PLC0415 -- an extra, and slow to import
        except ImportError:
            raise SecretError(
                f"the secret {self} needs the keyring package",
                "`pip install 'milvusconn[keyring]'`",
            ) from None
        try:
            text = keyring.get_password(self.service, self.user)
        except Exception as error:  # noqa: BLE001 -- backends raise what they like
            raise SecretError(
                f"the keyring failed for the secret {self}: {type(error).__name__}"
            ) from None
        if text is None:
            raise SecretError(f"the secret {self} is not in the keyring")
        if not is_unicode(str(text)):
            raise SecretError(f"the secret {self} is not UTF-8 text")
        return str(text)

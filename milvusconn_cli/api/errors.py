"""What `connections` raises. Names and codes are pymilvus's.

MilvusException
├── ConnectionConfigException      1   settings or an alias that are not valid
├── ConnectionNotExistException    1   no such alias, or it is disconnected
└── ConnectError                   2   the connection is not established; `report` says why
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from milvusconn_cli.errors import AliasError, MilvusconnError

if TYPE_CHECKING:
    from milvusconn_cli.api.outcome import ConnectionReport

_UNEXPECTED = 1
_CONNECT_FAILED = 2


class MilvusException(Exception):  # noqa: N818 -- pymilvus's name
    """An operation failed. No message contains a secret.

    Attributes:
        code: pymilvus's number for this kind of error.
        message: One line.
        hint: What to do about it; None if there is nothing to say.
    """

    code = _UNEXPECTED

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.hint)


class ConnectionConfigException(MilvusException):
    """Settings or an alias that are not valid, or a registry file that cannot be used."""


class ConnectionNotExistException(MilvusException):
    """There is no such alias, or it is disconnected."""


class ConnectError(MilvusException):
    """`connect` could not establish the connection. Nothing was saved.

    Attributes:
        report: The cause, its evidence, and what to do.
    """

    code = _CONNECT_FAILED

    def __init__(self, report: "ConnectionReport") -> None:
        super().__init__(f"{report.alias}: {report.status}: {report.summary}", report.advice)
        self.report = report

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.report,)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the errors of the packages below as those of this module."""
    try:
        yield
    except AliasError as error:
        raise ConnectionNotExistException(error.message, error.hint) from None
    except MilvusconnError as error:
        raise ConnectionConfigException(error.message, error.hint) from None

"""What ends a command, as exceptions. `app.main` is their only catcher.

A failed probe is not an error: it is a `Report`, the normal answer.

MilvusconnError
├── UsageError            2   options that do not go together
├── AliasError            1   no such alias
├── ConfigError          78   the configuration is invalid (pymilvus: ConnectionConfigException)
│   ├── UriError              a URI that no client could use
│   ├── PemError              certificate or key files that TLS could not use
│   ├── SecretError           a secret reference that yields nothing usable
│   └── RegistryError         the registry file: unreadable, malformed, not writable, locked
│       └── ShapeError        it is TOML, but no registry
├── LimitError           71   this machine would not let us try
└── OutputError          74   stdout could not be written

Terminated             143   not an error: SIGTERM or SIGHUP ends the program
"""

from milvusconn_cli.exits import ExitCode

DEBUG_VARIABLE = "MILVUSCONN_DEBUG"
"""Shows the traceback of an internal error, and gRPC's log."""


class MilvusconnError(Exception):
    """A command cannot go on; the message is one line, the hint what to type next."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Terminated(BaseException):
    """SIGTERM or SIGHUP came; raised where the program is, so that what it holds is let go of."""


class UsageError(MilvusconnError):
    """Options that each are right and together make no sense."""

    exit_code = ExitCode.USAGE


class AliasError(MilvusconnError):
    """There is no such alias."""

    exit_code = ExitCode.NO


class ConfigError(MilvusconnError):
    """The configuration is invalid."""

    exit_code = ExitCode.CONFIG


class UriError(ConfigError):
    """A URI that no client could use; the hint holds the corrected form where one is likely."""


class PemError(ConfigError):
    """Certificate, key or CA files that TLS could not use."""


class SecretError(ConfigError):
    """A secret reference that yields nothing usable. Names the reference, never a value."""


class RegistryError(ConfigError):
    """The registry file cannot be read, understood, locked or replaced. Nothing was changed."""


class ShapeError(RegistryError):
    """A value in the registry file is not what it has to be; `keys` lead to it."""

    def __init__(self, message: str, keys: tuple[str, ...]) -> None:
        super().__init__(message)
        self.keys = keys


class LimitError(MilvusconnError):
    """Our own machine would not let us try: too many open files, threads, or out of memory."""

    exit_code = ExitCode.LIMIT


class OutputError(MilvusconnError):
    """Standard output could not be written, for another reason than a reader that left."""

    exit_code = ExitCode.OUTPUT

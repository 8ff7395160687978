"""What a probe is given: a connection, and how to speak of it. Pure."""

from collections.abc import Sequence

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.errors import ConfigError, PemError, RegistryError, SecretError, UriError
from milvusconn_cli.report import Finding, Report, Subject, finding
from milvusconn_cli.values import value_class

_CAUSE_OF_ERROR: Sequence[tuple[type[ConfigError], Cause]] = (
    (UriError, Cause.CONFIG_URI),
    (PemError, Cause.CONFIG_PEM),
    (SecretError, Cause.CONFIG_SECRET),
    (RegistryError, Cause.CONFIG_FILE),
    (ConfigError, Cause.CONFIG_FILE),
)


@value_class
class Target:
    """A connection to probe, and its subject for the report."""

    subject: Subject
    connection: Connection
    create: bool = True
    """Whether a Milvus Lite database that does not exist is created, as a client would."""


Judged = Report | Target
"""A connection to probe, or the report where no probe is needed."""


def of_config_error(error: ConfigError) -> Finding:
    """An invalid configuration, as a finding."""
    cause = next(cause for kind, cause in _CAUSE_OF_ERROR if isinstance(error, kind))
    return finding(cause, error.message, error.hint)

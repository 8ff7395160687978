"""An alias's settings with its secret, for the two verbs that hand one out."""

from milvusconn_cli.cli.open_registry import open_registry
from milvusconn_cli.cli.options import Config
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.connection import tls_files as pem
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT, Connection
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import AliasError
from milvusconn_cli.handover import variables as handover
from milvusconn_cli.secrets.reference import Literal, Reference, Secret


def variables_of(alias: str, config: Config, *, quiet: bool) -> dict[str, str]:
    """The variables of an alias that is in service; warnings about them go to stderr."""
    entry = open_registry(config, quiet=quiet, asked=[alias]).get(alias)
    connection = entry.connection()
    if connection.disconnected:
        raise AliasError(f"{alias} is disconnected", f"milvusconn connect {entry.alias}")
    pem.load_within(connection.timeout or DEFAULT_TIMEOUT, connection.tls_files)
    given = handover.variables(connection, _secret_of(connection))
    for warning in () if quiet else handover.warnings(connection):
        hint = f"milvusconn show {entry.alias} --as pymilvus" if "import" in warning else None
        print_message(f"{alias}: {warning}", hint)
    return given


def _secret_of(connection: Connection) -> Secret | None:
    reference = connection.secret if connection.has_secret else None
    if reference is None or isinstance(reference, Literal):
        return None if reference is None else reference.secret
    return _fetched(reference, connection.timeout or DEFAULT_TIMEOUT)


def _fetched(reference: Reference, seconds: float) -> Secret:
    from milvusconn_cli.cli import event_loop  # noqa: PLC0415 -- brings asyncio
    from milvusconn_cli.secrets.fetch import fetch  # noqa: PLC0415 -- the same

    return event_loop.run(lambda: fetch(reference, Deadline(seconds)))

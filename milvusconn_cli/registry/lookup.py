"""What can be said of an alias without dialling, and what is left to dial.

Pure. No such alias, out of service, settings that no client could use: each is an answer already,
and none of them needs grpc.
"""

from dataclasses import replace
from ipaddress import IPv4Address

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.corrections import DEFAULT_PORT, DEFAULT_TLS_PORT
from milvusconn_cli.connection.target import Target, of_config_error
from milvusconn_cli.connection.uri import compose, parse_address
from milvusconn_cli.disclosure import place
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.registry.aliases import Entry, Registry, typed
from milvusconn_cli.report import Finding, Report, Subject, finding
from milvusconn_cli.text import as_argument

_USUAL_PORTS = (DEFAULT_PORT, DEFAULT_TLS_PORT)


def resolve(registry: Registry, alias: str) -> Report | Target:
    """The report if no probe is needed, else what to probe."""
    if alias not in registry:
        meant = meant_uri(alias)
        told = alias if meant else typed(alias)
        summary = f"no alias {told!r}"
        hint = f"did you mean {meant}?" if meant else registry.suggestion(alias)
        return Report(
            subject=Subject(alias=told), finding=finding(Cause.NO_SUCH_ALIAS, summary, hint)
        )
    return resolve_entry(registry.get(alias))


def meant_uri(alias: str) -> str | None:
    """The URI of a host in the place of an alias; None where it may be an alias, or a secret."""
    if _is_host_alone(alias):
        return compose(alias, DEFAULT_PORT, tls=False)
    try:
        host, port = parse_address(alias)
    except ConfigError:
        return None
    is_host = "." in host or ":" in host or host == "localhost" or port in _USUAL_PORTS
    uri = compose(host, port, tls=port == DEFAULT_TLS_PORT)
    return uri if is_host and place(uri) == uri else None


def _is_host_alone(alias: str) -> bool:
    """Whether this is `localhost` or an IPv4 address, which hardly anybody calls an alias."""
    try:
        return alias == "localhost" or bool(IPv4Address(alias))
    except ValueError:
        return False


def resolve_entry(entry: Entry) -> Report | Target:
    """The same for an alias that exists."""
    try:
        connection = entry.read()
    except ConfigError as error:
        return Report(subject=entry.subject, finding=_told_from(entry, of_config_error(error)))
    if connection.disconnected:
        advice = f"reconnect it with `milvusconn connect {as_argument(entry.alias)}`"
        return Report(subject=entry.subject, finding=finding(Cause.DISCONNECTED, advice=advice))
    return Target(subject=entry.subject_of(connection), connection=connection)


def _told_from(entry: Entry, found: Finding) -> Finding:
    """The finding with the variables that the settings come from, where they do."""
    if not entry.variables:
        return found
    return replace(found, summary=f"{found.summary} (from ${', $'.join(entry.variables)})")


def in_service(entry: Entry) -> Entry:
    """The entry as it would be without a `disconnect`."""
    kept = {key: value for key, value in entry.table.items() if key != "disconnected"}
    return replace(entry, table=kept)

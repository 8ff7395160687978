"""`Connections`: pymilvus's seven operations, live, over a registry that the command line shares.

Each operation has an asynchronous twin, `async_…`, that blocks no event loop. All of them can be
called from any thread, and in the child of a fork.
"""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from milvusconn_cli.api import loop, outcome, settings
from milvusconn_cli.api.errors import (
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    MilvusException,
    translated,
)
from milvusconn_cli.api.intent import Intent
from milvusconn_cli.api.outcome import ConnectionReport
from milvusconn_cli.api.settings import Place, SecretReference, Settings
from milvusconn_cli.api.stores import FileStore, MemoryStore, Store
from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT, Connection
from milvusconn_cli.connection.target import Judged, Target
from milvusconn_cli.deadline import Deadline
from milvusconn_cli.handover.pymilvus import arguments as handed_on
from milvusconn_cli.handover.pymilvus import tls_files
from milvusconn_cli.registry import edits
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry, Registry, typed
from milvusconn_cli.registry.lookup import resolve, resolve_entry
from milvusconn_cli.report import Report
from milvusconn_cli.secrets.fetch import fetch
from milvusconn_cli.secrets.reference import Secret
from milvusconn_cli.system.threads import in_daemon_thread

if TYPE_CHECKING:
    from pymilvus import MilvusClient

"""What is known of an alias without a probe, or what to probe."""


class Connections:
    """Aliases, and whether their connections are established now.

    `connections`, an instance of this class, uses the user's registry file: `$MILVUSCONN_CONFIG`,
    else the one that the command line uses. Variables of the environment define or override
    aliases as they do there.
    """

    def __init__(self, config: str | PathLike[str] | None = None) -> None:
        """Use the registry file `config`; None is the user's own."""
        self._store: Store = FileStore(None if config is None else Path(config))

    @classmethod
    def in_memory(cls) -> Self:
        """Aliases that no file has, and that end with this process, as those of pymilvus do."""
        made = cls()
        made._store = MemoryStore()
        return made

    # Whether, and why not

    def has_connection(self, alias: str, *, timeout: float | None = None) -> bool:
        """Check whether the alias exists and its connection is established now.

        Connects to the server with the settings of the alias: a server that was stopped is False.

        Args:
            alias: The alias.
            timeout: Seconds for the whole check, DNS included, instead of the alias's own.

        Returns:
            True only if a client with these settings gets a successful `Connect` response now.

        Raises:
            ConnectionConfigException: `alias` is not text, or the registry file is malformed.
        """
        return self.report(alias, timeout=timeout).established

    async def async_has_connection(self, alias: str, *, timeout: float | None = None) -> bool:
        """`has_connection`, awaited."""
        return (await self.async_report(alias, timeout=timeout)).established

    def report(self, alias: str, *, timeout: float | None = None) -> ConnectionReport:
        """Check as `has_connection` does, and say why not.

        Args:
            alias: The alias.
            timeout: Seconds for the whole check, DNS included, instead of the alias's own.

        Returns:
            The cause, its layer, evidence and advice. An unknown alias, a disconnected one and
            invalid settings are causes too, not errors.

        Raises:
            ConnectionConfigException: As for `has_connection`.
        """
        return self._probed(*self._judged(alias, timeout))

    async def async_report(self, alias: str, *, timeout: float | None = None) -> ConnectionReport:
        """`report`, awaited."""
        judged = await in_daemon_thread(lambda: self._judged(alias, timeout))
        return await self._async_probed(*judged)

    def list_connections(
        self, *, probe: bool = True, timeout: float | None = None
    ) -> list[tuple[str, ConnectionReport | None]]:
        """List all aliases, in the registry's order.

        Args:
            probe: Whether to check all connections, concurrently.
            timeout: Seconds for each check, instead of the aliases' own.

        Returns:
            Pairs of an alias and, as in pymilvus, None if it is not connected. The other value is
            the report of the check. Without `probe` it is always None.

        Raises:
            ConnectionConfigException: The registry file is malformed.
        """
        registry, judged = self._all_judged(timeout)
        if not probe:
            return [(alias, None) for alias in registry.entries]
        targets = [one for one in judged if isinstance(one, Target)]
        return _pairs(judged, loop.probe_all(targets, timeout) if targets else [])

    async def async_list_connections(
        self, *, probe: bool = True, timeout: float | None = None
    ) -> list[tuple[str, ConnectionReport | None]]:
        """`list_connections`, awaited."""
        registry, judged = await in_daemon_thread(lambda: self._all_judged(timeout))
        if not probe:
            return [(alias, None) for alias in registry.entries]
        targets = [one for one in judged if isinstance(one, Target)]
        return _pairs(judged, await loop.async_probe_all(targets, timeout) if targets else [])

    def get_connection_addr(self, alias: str) -> dict[str, Any]:
        """Look up where an alias points to, without connecting.

        Returns:
            `address` (`host:port`, `unix:PATH` or the path of a `.db`), `user` (text, empty if
            there is none) and `db_name`; `secure` (True) with TLS; `timeout` (seconds) and the
            paths of TLS files by pymilvus's names, where they are set. Never a secret. Empty if
            there is no such alias.

        Raises:
            ConnectionConfigException: `alias` is not text, or its settings are not valid.
        """
        with translated():
            entry = self._store.load().find(_checked(alias))
            return _described(entry) if entry else {}

    async def async_get_connection_addr(self, alias: str) -> dict[str, Any]:
        """`get_connection_addr`, awaited."""
        return await in_daemon_thread(lambda: self.get_connection_addr(alias))

    # Handing on

    def kwargs(self, alias: str) -> dict[str, Any]:
        """The arguments with which pymilvus's `MilvusClient` connects as this alias says.

        `MilvusClient(**connections.kwargs("prod"))`. Does not connect. **The result contains the
        secret**: `token` is the API key or `user:password`.

        Args:
            alias: The alias.

        Returns:
            `uri`, and where they are set `token` (or `user`, if there is no password), `db_name`,
            `timeout` (seconds), `server_name`, and the TLS files by the names that have an effect.

        Raises:
            ConnectionConfigException: The settings are not valid, or the secret cannot be fetched.
            ConnectionNotExistException: There is no such alias, or it is disconnected.
        """
        with translated():
            connection = self._connection(alias)
            return handed_on(connection, loop.run(_secret_of(connection)))

    async def async_kwargs(self, alias: str) -> dict[str, Any]:
        """`kwargs`, awaited."""
        with translated():
            connection = await in_daemon_thread(lambda: self._connection(alias))
            return handed_on(connection, await loop.awaited(_secret_of(connection)))

    def client(self, alias: str, **more: Any) -> "MilvusClient":  # noqa: ANN401 -- pymilvus's
        """Make pymilvus's `MilvusClient` for an alias. It is the caller's to close.

        Args:
            alias: The alias.
            more: Further arguments of `MilvusClient`, which go before those of the alias.

        Raises:
            MilvusException: pymilvus is not installed.
            ConnectionConfigException, ConnectionNotExistException: As for `kwargs`.
            pymilvus.exceptions.MilvusException: What `MilvusClient` raises. It is no subclass of
                ours, and does not say why; `report` does.
        """
        arguments = {**self.kwargs(alias), **more}
        try:
            from pymilvus import MilvusClient  # noqa: PLC0415 -- not needed for anything else
        except ModuleNotFoundError as error:
            if error.name != "pymilvus":
                raise
            raise MilvusException("pymilvus is not installed", "pip install pymilvus") from None
        return MilvusClient(**arguments)

    # Changes

    def add_connection(self, **aliases: Settings) -> None:
        """Save the settings of aliases without connecting; all of them, or none.

        Settings that an alias already has are left as they are. Others that differ are rejected,
        unless they have `replace` set.

        Args:
            aliases: The settings by alias, as `prod={"uri": "https://milvus.example"}`.

        Raises:
            ConnectionConfigException: Settings are not valid, or the alias has other ones.
        """
        with translated():
            wanted = {alias: Intent(alias, _of(one)) for alias, one in aliases.items()}
            for intent in wanted.values():
                intent.check()
            self._store.change(
                lambda registry: [
                    change for one in wanted.values() for change in one.adding(registry)
                ]
            )

    async def async_add_connection(self, **aliases: Settings) -> None:
        """`add_connection`, awaited."""
        await in_daemon_thread(lambda: self.add_connection(**aliases))

    def connect(
        self,
        alias: str = DEFAULT_ALIAS,
        user: str | None = "",
        password: str | SecretReference | None = "",
        db_name: str = "",
        token: str | SecretReference | None = "",
        **place: Unpack[Place],
    ) -> None:
        """Connect an alias, and save its settings if the connection works.

        Also reconnects an alias that was disconnected. Without settings it connects an alias that
        exists; what is given besides completes its settings. On failure nothing changes.

        Args:
            alias: The alias.
            user: The user name.
            password: The password, or a reference to it as in the registry file.
            db_name: The database. Default: the URI's path, or `default`.
            token: An API key or `user:password`, or a reference; instead of user and password.
            place: Where to connect and over what: see `Settings`.

        Raises:
            ConnectionConfigException: Settings are not valid, there are none, or the alias has
                other ones and `replace` is not set.
            ConnectError: The connection is not established; its `report` says why.
        """
        given: Any = {"user": user, "password": password, "db_name": db_name, "token": token}
        intent = self._intent(alias, {**place, **given})
        self._conclude(intent, self._outcome(intent))

    async def async_connect(
        self,
        alias: str = DEFAULT_ALIAS,
        user: str | None = "",
        password: str | SecretReference | None = "",
        db_name: str = "",
        token: str | SecretReference | None = "",
        **place: Unpack[Place],
    ) -> None:
        """`connect`, awaited."""
        given: Any = {"user": user, "password": password, "db_name": db_name, "token": token}
        intent = await in_daemon_thread(lambda: self._intent(alias, {**place, **given}))
        report = await self._async_outcome(intent)
        await in_daemon_thread(lambda: self._conclude(intent, report))

    def disconnect(self, alias: str, *, force: bool = False) -> None:
        """Disconnect an alias, but keep its settings.

        `has_connection` is False, without any network traffic, until `connect` reconnects it.

        Args:
            alias: The alias.
            force: Whether to ignore an alias that does not exist.

        Raises:
            ConnectionConfigException: `alias` is not text, or the registry cannot be changed.
            ConnectionNotExistException: There is no such alias; the hint has the nearest name.
        """
        self._change_one(
            alias,
            lambda entry: [] if entry.disconnected else [edits.disconnecting(entry.alias)],
            force=force,
        )

    async def async_disconnect(self, alias: str, *, force: bool = False) -> None:
        """`disconnect`, awaited."""
        await in_daemon_thread(lambda: self.disconnect(alias, force=force))

    def remove_connection(self, alias: str, *, force: bool = False) -> None:
        """Delete an alias and its settings. Arguments and errors are those of `disconnect`."""
        self._change_one(alias, lambda entry: [edits.removing(entry.alias)], force=force)

    async def async_remove_connection(self, alias: str, *, force: bool = False) -> None:
        """`remove_connection`, awaited."""
        await in_daemon_thread(lambda: self.remove_connection(alias, force=force))

    # Steps

    def _judged(self, alias: str, timeout: float | None) -> tuple[Judged, float | None]:
        with translated():
            limit = settings.timeout(timeout)
            return resolve(self._store.load(), _checked(alias)), limit

    def _connection(self, alias: str) -> Connection:
        """The settings of an alias that is in service."""
        registry = self._store.load()
        entry = registry.find(_checked(alias))
        if entry is None:
            raise _unknown(alias, registry, registry)
        connection = entry.connection()
        if connection.disconnected:
            hint = f"reconnect it with connections.connect({alias!r})"
            raise ConnectionNotExistException(f"{alias} is disconnected", hint)
        return connection

    def _all_judged(self, timeout: float | None) -> tuple[Registry, list[Judged]]:
        with translated():
            settings.timeout(timeout)
            registry = self._store.load()
            return registry, [resolve_entry(entry) for entry in registry.entries.values()]

    def _probed(self, judged: Judged, limit: float | None) -> ConnectionReport:
        if isinstance(judged, Report):
            return _public(judged)
        (report,) = loop.probe_all([judged], limit)
        return _public(report)

    async def _async_probed(self, judged: Judged, limit: float | None) -> ConnectionReport:
        if isinstance(judged, Report):
            return _public(judged)
        (report,) = await loop.async_probe_all([judged], limit)
        return _public(report)

    def _intent(self, alias: str, given: Any) -> Intent:  # noqa: ANN401 -- checked where it is read
        with translated():
            intent = Intent(_checked(alias), _of(given))
            intent.look_up(self._store.load(), self._store.base)
            return intent

    def _outcome(self, intent: Intent) -> ConnectionReport:
        with translated():
            judged = resolve_entry(intent.entry)
        return self._probed(judged, None)

    async def _async_outcome(self, intent: Intent) -> ConnectionReport:
        with translated():
            judged = resolve_entry(intent.entry)
        return await self._async_probed(judged, None)

    def _conclude(self, intent: Intent, report: ConnectionReport) -> None:
        """Save what was connected; `ConnectError` if it was not."""
        if report.cause is not None and report.layer == "config":
            raise ConnectionConfigException(f"{report.alias}: {report.summary}", report.advice)
        if not report.established:
            raise ConnectError(report)
        if intent.has_to_save:
            with translated():
                self._store.change(intent.connecting)

    def _change_one(
        self, alias: str, change: Callable[[Entry], Sequence[edits.Change]], *, force: bool
    ) -> None:
        asked: list[Registry] = []

        def decide(registry: Registry) -> Sequence[edits.Change]:
            asked[:] = [registry]
            entry = registry.entries.get(alias)
            return change(entry) if entry else []

        _checked(alias)
        with translated():
            self._store.change(decide)
            (stored,) = asked
            if alias not in stored.entries and not force:
                raise _unknown(alias, stored, self._store.load())


async def _secret_of(connection: Connection) -> Secret | None:
    if not connection.has_secret or connection.secret is None:
        return None
    return await fetch(connection.secret, Deadline(connection.timeout or DEFAULT_TIMEOUT))


def _of(given: Settings) -> settings.Given:
    return settings.read(given)


def _checked(alias: str) -> str:
    """The alias; `ConnectionConfigException` in pymilvus's words if it is not text."""
    if isinstance(alias, str):
        return alias
    raise ConnectionConfigException(f"Alias should be string, but {type(alias)!r} is given.")


def _unknown(alias: str, stored: Registry, all_of_them: Registry) -> ConnectionNotExistException:
    """The error for an alias that is not in the registry, though the environment may have it."""
    entry = all_of_them.find(alias)
    if entry is not None:
        variables = ", ".join(entry.variables) or "MILVUS_*"
        return ConnectionNotExistException(
            f"{alias} is not in the registry: it comes from {variables}", "unset it"
        )
    return ConnectionNotExistException(f"no alias {typed(alias)!r}", stored.nearest(alias))


def _described(entry: Entry) -> dict[str, Any]:
    connection = entry.connection()
    optional = {
        "secure": connection.tls or None,
        "timeout": connection.timeout,
        **tls_files(connection.tls_files),
    }
    return {
        "address": connection.address,
        "user": connection.user or "",
        "db_name": connection.effective_database,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _public(report: Report) -> ConnectionReport:
    """The report for programs: of what the registry says, with advice in Python."""
    alias, cause = report.subject.alias, report.finding and report.finding.cause
    if cause is Cause.DISCONNECTED:
        return outcome.of(report, f"reconnect it with connections.connect({alias!r})")
    if cause is Cause.NO_SUCH_ALIAS and report.finding:
        near = report.finding.advice if report.finding.advice.startswith("did you mean") else None
        return outcome.of(report, near or f"connections.connect({alias!r}, uri=…) adds it")
    return outcome.of(report)


def _pairs(
    judged: Sequence[Judged], reports: Sequence[Report]
) -> list[tuple[str, ConnectionReport | None]]:
    probed = iter(reports)
    rows = [next(probed) if isinstance(one, Target) else one for one in judged]
    return [(row.subject.alias, _public(row) if row.established else None) for row in rows]


connections = Connections()
"""Over the user's registry file."""

"""The system's keyring as a place for literal secrets that would else lie in the registry file.

Every secret gets an entry of its own, so that nothing that is there is ever overwritten: not
another registry's alias of the same name, not what `--replace` puts aside.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from milvusconn_cli.connection.settings import DEFAULT_TIMEOUT, Connection
from milvusconn_cli.connection.tables import Table
from milvusconn_cli.errors import ConfigError, SecretError
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.secrets.reference import Secret
from milvusconn_cli.system.threads import within

SERVICE = "milvusconn"
Answer = TypeVar("Answer")
_unanswered: set[object] = set()
"""Calls that the keyring is still busy with, although nobody waits for them any more."""


@contextmanager
def stored(
    alias: str, connection: Connection, is_needed: Callable[[FromKeyring], bool]
) -> Iterator[Connection]:
    """The connection with its literal secrets in the keyring, and references in their place.

    What was stored is taken out again where the `with` block fails, unless it `is_needed`: an
    interrupt may come when the registry refers to it already. `SecretError` where there is no
    keyring that keeps what it is given; nothing is left there then.
    """
    made: dict[str, FromKeyring] = {}
    seconds = connection.timeout or DEFAULT_TIMEOUT
    try:
        for field, literal in connection.literal_secrets.items():
            entry = FromKeyring(f"{SERVICE}/{alias}", f"{field}-{os.urandom(4).hex()}")
            made[field] = entry
            _keep(entry, literal.secret, seconds)
        yield connection.with_secrets(made)
    except BaseException as end:
        refused = isinstance(end, ConfigError)  # then nothing was changed
        for entry in made.values():
            if refused or not is_needed(entry):
                _forget(entry, seconds)
        raise


def agreeing(table: Table, given: Table) -> Table:
    """`table`, with the literals of `given` in the place of our entries that hold the very same."""
    limit = given.get("timeout")
    seconds = limit if isinstance(limit, int | float) else DEFAULT_TIMEOUT
    same = {
        field: given[field]
        for field, entry in _ours_by_field(table).items()
        if isinstance(given.get(field), str) and given[field] == _kept(entry, seconds)
    }
    return {**table, **same}


def ours_in(table: Table) -> Iterator[FromKeyring]:
    """The entries that `stored` made for an alias, by its table in the registry."""
    yield from _ours_by_field(table).values()


def _ours_by_field(table: Table) -> dict[str, FromKeyring]:
    found = {}
    for field in ("password", "token"):
        value = table.get(field)
        named = value.get("keyring") if isinstance(value, dict) else None
        if isinstance(named, str) and named.startswith(f"{SERVICE}/"):
            service, _, user = named.rpartition("/")
            found[field] = FromKeyring(service, user)
    return found


def _kept(entry: FromKeyring, seconds: float) -> str | None:
    """What the keyring has there; None where it cannot be asked."""
    kept: str | None = None
    with suppress(SecretError):
        kept = _asked(seconds, lambda ring: ring.get_password(entry.service, entry.user))
    return kept


def _keep(entry: FromKeyring, secret: Secret, seconds: float) -> None:
    def keep(ring: Any) -> bool:  # noqa: ANN401 -- keyring has no types
        ring.set_password(entry.service, entry.user, secret.reveal())
        return bool(ring.get_password(entry.service, entry.user) == secret.reveal())

    if not _asked(seconds, keep):
        raise SecretError("the keyring did not store the secret")


def _forget(entry: FromKeyring, seconds: float) -> None:
    with suppress(SecretError):
        _asked(seconds, lambda ring: ring.delete_password(entry.service, entry.user))


def _asked(seconds: float, ask: Callable[[Any], Answer]) -> Answer:
    """The response of the keyring; `SecretError` if there is none in time.

    It may wait for its own password, or for a bus that is stuck. One that has not answered a call
    is asked nothing more while it is busy with that.
    """
    if _unanswered:
        raise SecretError("the keyring is not responding")
    call = object()

    def run() -> Answer:
        try:
            import keyring  # noqa: PLC0415 -- an extra, slow to import, and its backend may hang

            return ask(keyring)
        except ImportError:
            hint = "`pip install 'milvusconn[keyring]'`"
            raise SecretError("the keyring package is not installed", hint) from None
        except Exception as error:  # noqa: BLE001 -- backends raise what they like
            raise SecretError(f"the keyring failed: {type(error).__name__}") from None
        finally:
            _unanswered.discard(call)

    _unanswered.add(call)
    try:
        return within(seconds, run)
    except TimeoutError:
        raise SecretError(
            f"the keyring did not answer within {seconds:g} s", "check that it is unlocked"
        ) from None
